# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A management certificate, without its key, among the roots that the machine trusts. Private to this collection."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ...facts.fact import Facts, Json
from ..contract import Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from ..trusted_root import subject_of
from . import certificate_thing as certificates
from . import states
from .given_certificate import NotUsable, check_client, content_of, der_of, read_certificate, thumbprint_of
from .thing import Change, Thing


def _plan(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
    return plan_at(facts, options, settings, datetime.now(timezone.utc))


def plan_at(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json], now: datetime) -> Planned:
    """Return what the fix would do at that time."""
    try:
        given = _given(options, settings)
        check_client(given, now)
        thing, distrusted = _looked_at(thumbprint_of(given))
        found, refused = states.state_of(facts, thing), states.state_of(facts, distrusted)
    except (NotUsable, states.StateUnknown) as error:
        return Refusal(f"{error}; nothing was changed")
    if refused != certificates.ABSENT:
        return Refusal(
            f"the machine was told to distrust the certificate {thumbprint_of(given)} ({certificates.DISTRUSTED}), so"
            " it is not made a trusted root; find out why, or make another certificate"
        )
    if found != certificates.ABSENT:
        return Unchanged(_people(given, found), "the certificate is among the roots that the machine trusts already")
    return Plan(
        fix="management_certificate_root",
        before=_people(given, found),
        after=_people(given, certificates.IMPORTED),
        found=found,
        wanted=certificates.IMPORTED,
        timeout_seconds=timeout_seconds(options),
        changes=(Change(thing, found, certificates.IMPORTED, (0,)),),
        secrets=(b64encode(der_of(given)).decode("ascii"),),
    )


def _given(options: Mapping[str, Json], settings: Mapping[str, Json]) -> Any:
    """Return the certificate that the operator gave.

    Raises:
        NotUsable: it is none, or another than he named.
    """
    given = read_certificate(content_of(options.get("cer"), "cer"))
    named = str(settings.get("management_certificate") or "").upper()
    if named not in ("", thumbprint_of(given)):
        raise NotUsable(
            f"cer: the setting management_certificate names {named}, and the file holds {thumbprint_of(given)}; correct"
            " one of them"
        )
    return given


def _people(given: Any, state: str) -> Json:
    return {
        "thumbprint": thumbprint_of(given),
        "subject": subject_of(given),
        f"certificate in {certificates.ROOTS}": state,
    }


def _looked_at(thumbprint: str) -> tuple[Thing, Thing]:
    return (
        certificates.certificate(certificates.ROOTS, thumbprint),
        certificates.certificate(certificates.DISTRUSTED, thumbprint),
    )


def _things(options: Mapping[str, Json], settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    try:
        return _looked_at(thumbprint_of(_given(options, settings)))
    except NotUsable:
        # The plan refuses, and says why.
        return ()


def _owns(thing: Thing, state: str) -> bool:
    return certificates.is_certificate(thing, certificates.ROOTS) and state == certificates.ABSENT


FIX = Fix(
    name="management_certificate_root",
    safety="weakening",
    why="makes a self-signed certificate of a client a root that the whole machine trusts for everything: who has its"
    " private key can vouch for any server and program",
    needs=(),
    scripts=certificates.SCRIPTS,
    planner=_plan,
    options={"cer": {"type": "path"}},
    files=("cer",),
    platform="windows",
    things=_things,
    owns=_owns,
    makes=lambda change: change.after == certificates.IMPORTED,
)

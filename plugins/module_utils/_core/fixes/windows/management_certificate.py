# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate, with its private key, by which a program logs on to Azure. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from ...facts.fact import Facts, Json
from ..contract import Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from . import certificate_thing as certificates
from . import states
from .given_certificate import NotUsable, content_of, read_certificate
from .management_pfx import Pair, open_pfx, same_certificate
from .thing import Change, Thing


def _plan(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json]) -> Planned:
    return plan_at(facts, options, settings, datetime.now(timezone.utc))


def plan_at(facts: Facts, options: Mapping[str, Json], settings: Mapping[str, Json], now: datetime) -> Planned:
    """Return what the fix would do at that time."""
    try:
        pair = _given(options, settings, now)
        thing = certificates.certificate(certificates.PERSONAL, pair.thumbprint)
        found = states.state_of(facts, thing)
    except (NotUsable, states.StateUnknown) as error:
        return Refusal(f"{error}; nothing was changed")
    words, owner = certificates.split(found)
    if words.endswith("with key"):
        told = f"the account{owner} has the certificate {pair.thumbprint} with its private key already"
        return Unchanged(_people(pair, found), told)
    if words not in (certificates.ABSENT, certificates.PRESENT) or not owner:
        return Refusal(
            f"{thing} is {found!r}: expected that it is absent, or there without its private key; remove it by hand"
            " (certmgr.msc, Personal), and run again"
        )
    wanted = certificates.IMPORTED_WITH_KEY + owner
    return Plan(
        fix="management_certificate",
        before=_people(pair, found),
        after=_people(pair, wanted),
        found=words,
        wanted=certificates.IMPORTED_WITH_KEY,
        timeout_seconds=timeout_seconds(options),
        changes=(Change(thing, found, wanted, (0, 1)),),
        secrets=pair.lines(str(options.get("pfx_password") or "")),
    )


def _given(options: Mapping[str, Json], settings: Mapping[str, Json], now: datetime) -> Pair:
    """Return what the operator gave.

    Raises:
        NotUsable: it cannot be used.
    """
    pair = open_pfx(content_of(options.get("pfx"), "pfx"), str(options.get("pfx_password") or ""), now)
    if options.get("cer"):
        same_certificate(pair, read_certificate(content_of(options["cer"], "cer")))
    named = str(settings.get("management_certificate") or "").upper()
    if named not in ("", pair.thumbprint):
        raise NotUsable(
            f"pfx: the setting management_certificate names {named}, and the file holds {pair.thumbprint}; correct one"
            " of them"
        )
    return pair


def _people(pair: Pair, state: str) -> Json:
    return {
        "thumbprint": pair.thumbprint,
        "subject": pair.subject,
        "until": pair.until,
        f"certificate in {certificates.PERSONAL}": state,
    }


def _things(options: Mapping[str, Json], settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    try:
        pair = _given(options, settings, datetime.now(timezone.utc))
    except NotUsable:
        # The plan refuses, and says why.
        return ()
    return (certificates.certificate(certificates.PERSONAL, pair.thumbprint),)


def _owns(thing: Thing, state: str) -> bool:
    words, owner = certificates.split(state)
    before = (certificates.ABSENT, certificates.PRESENT)
    return certificates.is_certificate(thing, certificates.PERSONAL) and words in before and bool(owner)


def _makes(change: Change) -> bool:
    (_before, whose), (after, owner) = certificates.split(change.before), certificates.split(change.after)
    return after == certificates.IMPORTED_WITH_KEY and owner == whose


FIX = Fix(
    name="management_certificate",
    safety="opt_in",
    why="brings a private key onto the machine, by which every administrator there can log on to the subscription",
    needs=(),
    scripts=certificates.SCRIPTS,
    planner=_plan,
    options={
        "pfx": {"type": "path"},
        "pfx_password": {"type": "str", "default": "", "no_log": True},
        "cer": {"type": "path"},
    },
    files=("pfx", "cer"),
    platform="windows",
    things=_things,
    owns=_owns,
    makes=_makes,
)

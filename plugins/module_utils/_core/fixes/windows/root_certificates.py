# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Roots that the operator gives, in the machine's store of trusted roots. Private to this collection."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone

from ...facts.fact import Facts, Json
from ..contract import Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from ..trusted_root import TrustedRoot, read_roots
from . import certificate_thing as certificates
from . import states
from .thing import Change, Thing

_NONE_GIVEN = (
    "no certificate was given; get the missing ones from their issuer over https, compare their SHA-256 with what it"
    " publishes, and name them in the option files, or give their texts in the option certificates"
)


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    return plan_at(facts, options, datetime.now(timezone.utc))


def plan_at(facts: Facts, options: Mapping[str, Json], now: datetime) -> Planned:
    """Return what the fix would do at that time."""
    given = _given(options, now)
    update = _automatic_update(facts)
    if isinstance(given, Refusal):
        return Refusal(f"{given.reason}; nothing was changed")
    if not given:
        return Refusal(f"{_NONE_GIVEN}. {update}")
    try:
        found = {root: states.state_of(facts, _trusted(root)) for root in given}
        refused = [root for root in given if states.state_of(facts, _distrusted(root)) != certificates.ABSENT]
    except states.StateUnknown as error:
        return error.refusal
    if refused:
        return Refusal(
            f"the machine was told to distrust {_title(refused[0])} ({certificates.DISTRUSTED}); leave it out, or find"
            " out why; nothing was changed"
        )
    new = [root for root in given if found[root] == certificates.ABSENT]
    if not new:
        told = f"every certificate that was given is trusted already. {update}"
        return Unchanged(_people(found, (), update), told)
    return Plan(
        fix="root_certificates",
        before=_people(found, (), update),
        after=_people(found, new, update),
        found=f"{len(new)} missing",
        wanted="all trusted",
        timeout_seconds=timeout_seconds(options),
        changes=tuple(
            Change(_trusted(root), certificates.ABSENT, certificates.IMPORTED, (number,))
            for number, root in enumerate(new)
        ),
        secrets=tuple(b64encode(root.der).decode("ascii") for root in new),
    )


def _given(options: Mapping[str, Json], now: datetime) -> list[TrustedRoot] | Refusal:
    """Return the roots of both options; those of the files come first."""
    files, texts = options.get("files") or [], options.get("certificates") or []
    if not isinstance(files, list) or not isinstance(texts, list):
        return Refusal("expected a list of files and a list of texts, found something else; give lists")
    given: dict[str, TrustedRoot] = {}
    for option, each in (
        ("files", [_as_text(file) for file in files]),
        ("certificates", [str(text) for text in texts]),
    ):
        found = read_roots(each, now)
        if isinstance(found, Refusal):
            return Refusal(found.reason.replace("certificates, text", f"{option}, number", 1))
        given.update((root.name, root) for root in found)
    return list(given.values())


def _as_text(file: object) -> str:
    """Return a file that an option names, which arrives as base64, in PEM form; others than these are left as read."""
    try:
        content = b64decode(str(file), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if content.startswith(b"\x30"):
        return TrustedRoot("", "", content).text
    return content.decode("utf-8-sig", "replace")


def _automatic_update(facts: Facts) -> str:
    """Return what Windows does by itself about roots that it lacks."""
    branch = facts.tree.get("certificates")
    on = branch.get("automatic_update") if isinstance(branch, dict) else None
    if on is None:
        return "Whether Windows fetches missing roots by itself is not known."
    if on:
        return (
            "DisableRootAutoUpdate is not set: Windows fetches the roots of its own programme by itself when it meets"
            " them, where the machine reaches Windows Update."
        )
    return "DisableRootAutoUpdate is set: Windows fetches no roots by itself."


def _people(found: Mapping[TrustedRoot, str], new: Sequence[TrustedRoot], update: str) -> Json:
    roots: dict[str, Json] = {
        _title(root): certificates.IMPORTED if root in new else state for root, state in found.items()
    }
    return {f"roots in {certificates.ROOTS}": roots, "automatic update": update}


def _title(root: TrustedRoot) -> str:
    return f"{root.subject} ({root.thumbprint})"


def _trusted(root: TrustedRoot) -> Thing:
    return certificates.certificate(certificates.ROOTS, root.thumbprint)


def _distrusted(root: TrustedRoot) -> Thing:
    return certificates.certificate(certificates.DISTRUSTED, root.thumbprint)


def _things(options: Mapping[str, Json], _settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    given = _given(options, datetime.now(timezone.utc))
    if isinstance(given, Refusal):
        # The plan refuses, and says why.
        return ()
    return tuple(thing for root in given for thing in (_trusted(root), _distrusted(root)))


def _owns(thing: Thing, state: str) -> bool:
    return certificates.is_certificate(thing, certificates.ROOTS) and state == certificates.ABSENT


FIX = Fix(
    name="root_certificates",
    safety="opt_in",
    why="adds what the machine trusts: who owns such a root can vouch for any server and program",
    needs=(),
    wishes=("certificates.automatic_update",),
    scripts=certificates.SCRIPTS,
    planner=_plan,
    # Certificates are public; but somebody may give a key by mistake.
    options={
        "certificates": {"type": "list", "elements": "str", "default": [], "no_log": True},
        "files": {"type": "list", "elements": "path", "default": []},
    },
    files=("files",),
    platform="windows",
    things=_things,
    owns=_owns,
    makes=lambda change: change.after == certificates.IMPORTED,
)

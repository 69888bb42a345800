# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The words that all renderings use, and what of a machine's findings they show where. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .document import Finding, FixRecord, Json, MachineEntry, MachineError

#: What became of a fix where its reason matters, as that Windows has to be restarted.
FIX_STATES_TOLD = ("applied", "unchanged", "refused", "failed", "running")
FIX_WORDS = {
    "refused": "was refused",
    "failed": "failed",
    "running": "is still running",
    "applied": "was applied",
    "unchanged": "changed nothing",
    "already_done": "was done earlier",
}
VERDICT_WORDS = {"blocked": "blocked", "unknown": "unknown", "ready_after_fix": "ready after fixes", "ready": "ready"}
VERDICT_MEANINGS = {
    "blocked": "cannot move: something fails that no fix repairs",
    "unknown": "not proven: something decisive could not be read or needs a person's word",
    "ready_after_fix": "can move once the named fixes have run",
    "ready": "can move",
}
READY_ANSWERS = {"blocked": "no", "unknown": "unknown", "ready_after_fix": "after fixes", "ready": "yes"}
BASELINE_WORDS = {"current": "the newest documents", "2017": "the 2017 documents"}
STATUS_WORDS = {
    "pass": "pass",
    "fail": "fail",
    "unknown": "unknown",
    "manual": "manual",
    "not_applicable": "not applicable",
}
ERROR_WORDS = {
    "unreachable": "unreachable",
    "authentication_refused": "logon refused",
    "become_refused": "privilege escalation refused",
    "rights_refused": "no right to log on remotely",
    "crypto_mismatch": "no common cryptography",
    "certificate_not_trusted": "certificate not trusted",
    "language_mode": "scripts are restricted",
    "timed_out": "timed out",
    "script_failed": "the collecting script failed",
    "cut_off": "the answer was cut off",
    "bad_recording": "the recording is not valid",
}
#: Where a finding is shown, in this order.
PLACES = ("blocking", "fixable", "unproven", "warning", "waived", "passed", "not_applicable")

#: What Ansible puts before every message of ssh; it would push the reason out of the line.
_SSH_PREFIX = "Failed to connect to the host via ssh: "
_SPEAKS_OF_SIZES = re.compile(r"\b[KMGT]i?B\b|\bbytes\b")
_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
_LIST_SHOWN = 20


def other_baseline(baseline: str) -> str:
    """Name the baseline that does not give the headline."""
    return "2017" if baseline == "current" else "current"


def place(finding: Finding, baseline: str) -> str:
    """Say where a finding belongs in a rendering.

    A failing blocker that a fix can repair is ``fixable``. A waived finding is neither blocking nor passed. What is
    unknown and no blocker stands with the warnings.
    """
    status = finding["baselines"][baseline]["status"]
    if status == "pass":
        return "passed"
    if status == "not_applicable":
        return "not_applicable"
    # As in the verdict: a waiver excuses what fails, an attestation what is manual, and nothing what is unknown.
    if (status == "fail" and finding["waiver"]) or (status == "manual" and finding["attestation"]):
        return "waived"
    if finding["severity"] != "blocker":
        return "warning"
    if status == "fail":
        return "blocking" if finding["fix"] is None else "fixable"
    return "unproven"


def permission(name: str, safety: str) -> str:
    """Name the setting that allows a fix, or say that it needs none."""
    if safety == "automatic":
        return "runs by default"
    setting = "preflight_allow_weakening" if safety == "weakening" else "preflight_allow"
    return f"{setting}: [{name}]"


def permissions(entry: MachineEntry, baseline: str) -> list[str]:
    """List what has to run before the machine is ready: ``lsof (runs by default)``, ``preflight_allow: [a, b]``."""
    named: dict[str, list[str]] = {"automatic": [], "opt_in": [], "weakening": []}
    for one in entry["verdicts"][baseline]["permissions"]:
        if one["fix"] not in named[one["safety"]]:
            named[one["safety"]].append(one["fix"])
    texts = [permission(", ".join(names), safety) for safety, names in named.items() if names]
    if named["automatic"]:
        texts[0] = f"{', '.join(named['automatic'])} (runs by default)"
    return texts


def fix_text(finding: Finding, fixes: Mapping[str, FixRecord]) -> str:
    """Say what the finding's fix did, would do, or needs; ``fixes`` are the machine's by requirement id."""
    record = fixes.get(finding["id"])
    offer = finding["fix"]
    if record is None:
        return "" if offer is None else f"{offer['name']} ({permission(offer['name'], offer['safety'])})"
    name, reason = record["fix"], record["reason"]
    because = f": {reason}" if reason else ""
    if record["state"] == "not_allowed":
        return f"{name} needs {record['permission'] or permission(name, record['safety'])}"
    if record["state"] == "planned":
        allowed = "runs by default" if record["safety"] == "automatic" else "allowed"
        return f"{name} is planned and was not run yet ({record['permission'] or allowed})"
    return f"{name} {FIX_WORDS.get(record['state'], record['state'])}{because}"


def error_text(error: MachineError) -> str:
    """Say why a machine could not be judged."""
    kind = ERROR_WORDS.get(error["kind"], error["kind"])
    return f"{kind}: {error['message'].removeprefix(_SSH_PREFIX)}"


def fixes_by_requirement(entry: MachineEntry) -> dict[str, FixRecord]:
    """Find the fix of each requirement."""
    return {identifier: record for record in entry["fixes"] for identifier in record["requirements"]}


def told_fixes(entry: MachineEntry) -> list[FixRecord]:
    """List the fixes that were carried out, or were to be, and say something that somebody must know."""
    return [record for record in entry["fixes"] if record["state"] in FIX_STATES_TOLD and record["reason"]]


def changes(entry: MachineEntry, baseline: str) -> list[tuple[str, str, str]]:
    """List the findings whose status fixes have changed: id, status before, status now."""
    if entry["before"] is None:
        return []
    before = entry["before"]["findings"]
    return [
        (finding["id"], before[finding["id"]][baseline], finding["baselines"][baseline]["status"])
        for finding in entry["findings"]
        if finding["id"] in before and before[finding["id"]][baseline] != finding["baselines"][baseline]["status"]
    ]


def value_text(value: Json, required: str = "") -> str:
    """Put an observed value into words.

    Observed values carry no unit; where the requirement speaks of sizes, large numbers are answered as sizes.
    """
    return _value(value, bool(_SPEAKS_OF_SIZES.search(required)))


def size_text(size: float) -> str:
    """Put a number of bytes into the unit that people use for it."""
    if not abs(size) < 1024**6:
        return f"{size} bytes"
    amount = float(size)
    for unit in _UNITS:
        if abs(amount) < 1024 or unit == _UNITS[-1]:
            text = f"{amount:.0f}" if amount == int(amount) else f"{amount:.1f}"
            return f"{text} {unit}"
        amount /= 1024
    return ""


def _value(value: Json, sizes: bool) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return size_text(value) if sizes and abs(value) >= 1024**2 else f"{value}"
    if isinstance(value, str):
        return value or "empty"
    if isinstance(value, list):
        shown = [_value(entry, sizes) for entry in value[:_LIST_SHOWN]]
        if len(value) > _LIST_SHOWN:
            shown.append(f"… and {len(value) - _LIST_SHOWN} more")
        nested = any(isinstance(entry, dict) for entry in value)
        return ("; " if nested else ", ").join(shown) or "none"
    return ", ".join(_named(name, entry, sizes) for name, entry in value.items()) or "none"


def _named(name: str, value: Json, sizes: bool) -> str:
    if name.endswith("_bytes") and isinstance(value, (int, float)):
        return f"{name.removesuffix('_bytes')} {size_text(value)}"
    return f"{name} {_value(value, sizes)}"

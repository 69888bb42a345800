# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installed updates that requirements ask for, and restarts that Windows waits for. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import registry_keys
from ..fact import Fact, Subject, Unknown, Value
from . import registry_values
from .collecting_process import ENVIRONMENT
from .operating_system import SYSTEM, VERSION, version

_CBS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
#: SHA-2 signatures and the servicing stack for them, TLS 1.2 in WinHTTP, the update for Hyper-V hosts; rollups.
_NUMBERS = ("4474419", "4490628", "3140245", "2961977")
PACKAGES = registry_keys(
    rf"{_CBS}\Packages", *(f"Package_for_KB{number}*" for number in _NUMBERS), "Package_for_RollupFix*"
)
#: Where a restart is asked for: by servicing, by Windows Update.
SERVICING = registry_keys(_CBS, "RebootPending", "RebootInProgress", "PackagesPending")
AUTO_UPDATE = registry_keys(
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update", "RebootRequired"
)
RENAMES = registry_values.read(
    r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager",
    *("PendingFileRenameOperations", "PendingFileRenameOperations2"),
)
_NAMES = r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName"
ACTIVE_NAME = registry_values.read(rf"{_NAMES}\ActiveComputerName", "ComputerName")
NEXT_NAME = registry_values.read(rf"{_NAMES}\ComputerName", "ComputerName")
#: The first rollup for 2008 R2 that is itself signed with SHA-2 only (August 2019).
_SIGNED_WITH_SHA2 = 24511


def _packages(recording: Recording) -> tuple[set[str], int] | Unknown:
    """Return the numbers of the updates that are there, and the newest revision of a rollup."""
    found = registry_values.present(recording, PACKAGES)
    if isinstance(found, Unknown):
        return found
    numbers: set[str] = set()
    revision = 0
    for words in found:
        update = re.match(r"Package_for_KB(\d+)", words[0], re.IGNORECASE)
        rollup = re.match(r"Package_for_RollupFix~.*~~\d+\.(\d+)\.", words[0], re.IGNORECASE)
        if update:
            numbers.add(update[1])
        if rollup:
            revision = max(revision, int(rollup[1]))
    return numbers, revision


def _revision(recording: Recording, packages: tuple[set[str], int]) -> int | Unknown:
    own = registry_values.number(recording, VERSION, "UBR", absent=0)
    return own if isinstance(own, Unknown) else max(own, packages[1])


def _sha2(recording: Recording) -> bool | Unknown:
    """Whether Windows takes updates and programs signed with SHA-2 only; from 2012 on it always does.

    A rollup that is itself signed so was installed after that.
    """
    numbers = version(recording)
    if isinstance(numbers, Unknown):
        return numbers
    if not numbers.startswith("6.1."):
        return not numbers.startswith("6.0.")
    packages = _packages(recording)
    if isinstance(packages, Unknown):
        return packages
    revision = _revision(recording, packages)
    if isinstance(revision, Unknown):
        return revision
    return {"4474419", "4490628"} <= packages[0] or revision >= _SIGNED_WITH_SHA2


def _parse(recording: Recording) -> Mapping[str, Value]:
    packages = _packages(recording)
    if isinstance(packages, Unknown):
        installed: Value = packages
        rollup: Value = packages
    else:
        installed = [f"KB{number}" for number in sorted(packages[0])]
        rollup = _revision(recording, packages)
    return {"installed": installed, "rollup_revision": rollup, "sha2_signatures": _sha2(recording)}


def _signs(recording: Recording) -> Value:
    """Return what a restart is waited for; a place that could not be looked at leaves the rest unknown."""
    signs: list[Value] = []
    for read, sign in ((SERVICING, "servicing"), (AUTO_UPDATE, "Windows Update")):
        keys = registry_values.present(recording, read)
        if isinstance(keys, Unknown):
            return keys
        signs.extend(f"{sign} ({words[0]})" for words in keys)
    for name in RENAMES.arguments[1:]:
        renames = registry_values.value(recording, RENAMES, name)
        if isinstance(renames, Unknown):
            return renames
        if renames is not None and any(entry.strip() for entry in renames[1]):
            signs.append("files to be replaced")
            break
    names = [registry_values.text(recording, read, "ComputerName") for read in (ACTIVE_NAME, NEXT_NAME)]
    for found in names:
        if isinstance(found, Unknown):
            return found
    if len({str(found).lower() for found in names}) > 1:
        signs.append("a new computer name")
    return signs


def _parse_reboot(recording: Recording) -> Mapping[str, Value]:
    signs = _signs(recording)
    return {"signs": signs, "pending": signs if isinstance(signs, Unknown) else bool(signs)}


_PACKAGE_READS = (PACKAGES, VERSION, ENVIRONMENT)
_REBOOT: tuple[Read, ...] = (SERVICING, AUTO_UPDATE, RENAMES, ACTIVE_NAME, NEXT_NAME, ENVIRONMENT)
_KEYS = "the packages of Component Based Servicing in the registry"

SUBJECT = Subject(
    "updates",
    (
        Fact(
            "updates.installed",
            "list",
            f"Those of {', '.join(f'KB{number}' for number in _NUMBERS)} that are there under their own name.",
            _KEYS,
            _PACKAGE_READS,
        ),
        Fact(
            "updates.rollup_revision",
            "int",
            "The revision of the newest rollup, or of Windows itself where that is higher; 0 without any.",
            f"{_KEYS}, UBR",
            _PACKAGE_READS,
        ),
        Fact(
            "updates.sha2_signatures",
            "bool",
            "Whether Windows takes what is signed with SHA-2 only: from 2012 on; on 2008 R2 with KB4474419 and "
            "KB4490628, or with a rollup that is signed so itself.",
            f"{_KEYS}, the version",
            (*_PACKAGE_READS, SYSTEM),
        ),
    ),
    _parse,
)

REBOOT = Subject(
    "reboot",
    (
        Fact("reboot.pending", "bool", "Whether Windows waits for a restart.", "the registry", _REBOOT),
        Fact("reboot.signs", "list", "What it waits for.", "the registry", _REBOOT),
    ),
    _parse_reboot,
)

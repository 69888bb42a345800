# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enables TLS 1.2 for Windows, WinHTTP and .NET. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...facts.fact import Facts, Json
from ..contract import Fix, Planned, Unchanged
from . import schannel, states
from .states import Target, maker, number_of, owner, registry_values
from .thing import Thing

#: The views of 64-bit and of 32-bit programs; of the second, no part is sure to exist on a small installation.
_VIEWS = ((r"HKLM\SOFTWARE", 0), (r"HKLM\SOFTWARE\WOW6432Node", 1))
_DOTNET = r"Microsoft\.NETFramework\v4.0.30319"
_DOTNET_VALUES = {"SystemDefaultTlsVersions": "DWord 1", "SchUseStrongCrypto": "DWord 1"}
_WINHTTP = r"Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp"
_TLS_1_2 = 0x800
#: SSL 3.0 and TLS 1.0, which WinHTTP uses before Windows 8.1 where nothing is set; and TLS 1.1 and 1.2.
_WINHTTP_OF_8_1 = 0xA0 | 0x200 | _TLS_1_2
_UPDATE = "KB3140245"
_WORDS = ("without TLS 1.2", "offering TLS 1.2")


def _wanted(build: int) -> list[tuple[Thing, Target]]:
    """Return what is set on a release of Windows, each thing once: a key is made first and taken away last."""
    rows = schannel.enabled("TLS 1.2")
    for view, wow in _VIEWS:
        if build < schannel.WINDOWS_8_1:
            rows += registry_values(rf"{view}\{_WINHTTP}", {}, 1 + 4 * wow)
        rows.append((Thing("registry", rf"{view}\{_WINHTTP}|DefaultSecureProtocols"), _winhttp(build)))
        rows += registry_values(rf"{view}\{_DOTNET}", _DOTNET_VALUES, 1 + 2 * wow)
    return list(dict(rows).items())


def _winhttp(build: int) -> Callable[[str], str]:
    """Return what becomes of DefaultSecureProtocols: what it allows stays allowed.

    From Windows 8.1 on WinHTTP uses TLS 1.2 where there is no value, and so where one of another type is taken away.
    """

    def target(state: str) -> str:
        found = number_of(state)
        if found is not None:
            return f"DWord {found | _TLS_1_2}"
        return f"DWord {_WINHTTP_OF_8_1}" if build < schannel.WINDOWS_8_1 else "absent"

    return target


def _things(_options: Mapping[str, Json], _settings: Mapping[str, Json]) -> tuple[Thing, ...]:
    return tuple(thing for thing, _target in _wanted(0))


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    build = int(str(_fact(facts, "os", "build")))
    try:
        made = states.changes(facts, _wanted(build))
    except states.StateUnknown as error:
        return error.refusal
    update = _update(facts, build)
    if not made:
        return Unchanged({"state": _WORDS[1]}, " ".join([f"the machine is {_WORDS[1]} already", *update]))
    restarts = [schannel.RESTART_PROGRAMS]
    if build < schannel.WINDOWS_8_1 and any("SCHANNEL" in change.thing.name for change in made):
        restarts.append(schannel.RESTART_WINDOWS)
    return states.plan_of(
        FIX.name, _WORDS, made, options, actions=tuple(("tell", sentence) for sentence in (*restarts, *update))
    )


def _update(facts: Facts, build: int) -> list[str]:
    """Say that an old WinHTTP needs its update, unless it is known to be there."""
    installed = _fact(facts, "updates", "installed")
    if build >= schannel.WINDOWS_8_1 or (isinstance(installed, list) and _UPDATE in installed):
        return []
    return [f"WinHTTP heeds its value only with {_UPDATE}, or a rollup that contains it: install that as well."]


def _fact(facts: Facts, subject: str, name: str) -> Json:
    found = facts.tree.get(subject)
    return found.get(name) if isinstance(found, dict) else None


FIX = Fix(
    name="tls_protocol",
    safety="automatic",
    why="adds TLS 1.2 to what Windows, WinHTTP and .NET 4 use and takes no version of TLS away; only SSL 3.0 and RC4,"
    " to which .NET could fall back, are not used any more",
    needs=("os.build",),
    wishes=("updates.installed",),
    scripts=("registry_state.ps1", "tell.ps1"),
    planner=_plan,
    platform="windows",
    things=_things,
    owns=owner(_things({}, {})),
    makes=maker([*_wanted(0), *_wanted(schannel.WINDOWS_8_1)]),
    actions=(("tell", schannel.RESTART_PROGRAMS), ("tell", schannel.RESTART_OLD_WINDOWS)),
    carries_connection=True,
)

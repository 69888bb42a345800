# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""State and start mode of services, out of a recording. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import rows
from ..fact import Unknown, Value

#: As the registry has them.
START_MODES = {"0": "boot", "1": "system", "2": "automatic", "3": "manual", "4": "disabled"}


@dataclass(frozen=True)
class ServiceState:
    """One service; a start mode that Windows does not know is unknown, and so is the state where it was not told."""

    installed: bool
    running: bool | Unknown
    start_mode: str | Unknown

    @property
    def autostart(self) -> bool | Unknown:
        """Whether it starts with the machine."""
        if isinstance(self.start_mode, Unknown):
            return self.start_mode
        return self.start_mode in ("boot", "system", "automatic")

    def plain(self) -> Value:
        """As the facts show it."""
        return {"installed": self.installed, "running": self.running, "start_mode": self.start_mode}


def states(recording: Recording, of: Read) -> dict[str, ServiceState] | Unknown:
    """Return the services of an answer by the names that were asked for."""
    answer = recording.answer(of)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    told = {words[0].lower(): words for words in rows(answer.lines) if len(words) >= 2}
    missing = [name for name in of.arguments if name.lower() not in told]
    if missing:
        return Unknown(f"the answer about services does not tell of {missing[0]}")
    return {name: _state(told[name.lower()]) for name in of.arguments}


def one(recording: Recording, of: Read, name: str) -> ServiceState | Unknown:
    """Return one service of an answer."""
    found = states(recording, of)
    return found if isinstance(found, Unknown) else found[name]


def _state(words: list[str]) -> ServiceState:
    if words[1] == "absent" and len(words) == 2:
        return ServiceState(False, False, "absent")
    state, number = words[1], words[2] if len(words) > 2 else ""
    running: bool | Unknown = state == "Running"
    if not state:
        running = Unknown(f"the service control manager does not tell the state of {words[0]}")
    doubt = Unknown(f"the start mode of {words[0]} is {number[:20]!r}, which Windows does not know")
    return ServiceState(True, running, START_MODES.get(number, doubt))

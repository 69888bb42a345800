# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which names of Azure the machine itself reaches. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import rows, tcp
from ..fact import Fact, Subject, Unknown, Value
from . import proxy

SIGN_IN = "login.microsoftonline.com:443"
TARGETS = tcp(5000, SIGN_IN)


def _sign_in(recording: Recording) -> bool | Unknown:
    answer = recording.answer(TARGETS)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    said = next((words[1] for words in rows(answer.lines) if words[0] == SIGN_IN and len(words) > 1), "")
    if said == "open":
        return True
    used = proxy.used(recording)
    if isinstance(used, Unknown):
        return used
    if used:
        return Unknown("services go through a proxy, which was not tried")
    return False if said else Unknown(f"{TARGETS.key} does not tell of {SIGN_IN}")


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {"sign_in": _sign_in(recording)}


SUBJECT = Subject(
    "outbound",
    (
        Fact(
            "outbound.sign_in",
            "bool",
            f"Whether {SIGN_IN} takes a TCP connection from the machine; not known where services use a proxy and the "
            "direct way is closed.",
            "a TCP connection",
            (TARGETS, *proxy.READS),
        ),
    ),
    _parse,
)

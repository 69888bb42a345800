# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake, PreflightAction
from ansible_collections.preflight.azure.plugins.plugin_utils.terminal_text import harmless


class Action(PreflightAction):
    """Fails with what a machine said, or warns of it."""

    def __init__(self, said: str, fails: bool) -> None:
        self.said, self.fails = said, fails
        self._task = SimpleNamespace(args={})

    def answer(self, _arguments: dict[str, Any], _variables: dict[str, Any]) -> dict[str, Any]:
        if self.fails:
            raise Mistake(self.said)
        return {"warnings": [self.said]}


@pytest.mark.parametrize("fails", [True, False])
def test_what_a_machine_said_does_not_steer_the_terminal(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    monkeypatch.setattr(ActionBase, "run", lambda *_a, **_k: {})
    result = Action("a\x1b[2Jb\rc\x9b\u202e", fails).run()
    assert (result["msg"] if fails else result["warnings"][0]) == r"a\x1b[2Jb\rc\x9b\u202e"


@pytest.mark.parametrize("text", ["two\nlines", "Größe 1\u00a0MiB \U0001f600", "C:\\new"])
def test_text_for_people_stays(text: str) -> None:
    assert harmless({"msg": text, "warnings": [text], "changed": True}) == {
        "msg": text,
        "warnings": [text],
        "changed": True,
    }


def test_lines_of_windows_are_lines() -> None:
    assert harmless({"msg": "two\r\nlines"}) == {"msg": "two\nlines"}

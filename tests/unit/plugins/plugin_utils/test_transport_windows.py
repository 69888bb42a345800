# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import re
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.windows_read import environment
from ansible_collections.preflight.azure.plugins.plugin_utils import transport_windows
from ansible_collections.preflight.azure.plugins.plugin_utils.transport import collect, platform_of
from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import BOOTSTRAP, run_powershell
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import VisitError

ANSWER = (
    "@@ preflight-recording 1\r\n@@ platform windows\r\n@@ user 0\r\n@@ started 1.0\r\n@ environment\r\n"
    " powershell\t2.0\r\n@ end 0\r\n@@ finished 2.0\r\n@@ complete 8 lines 124 bytes\r\n"
)


class Action:
    """An action whose connection answers as the test says."""

    def __init__(self, transport: str, *, stdout: str = ANSWER, become: Any = None, error: Any = None) -> None:
        shell = SimpleNamespace(SHELL_FAMILY="powershell")
        self._connection = SimpleNamespace(transport=transport, become=become, _shell=shell)
        self.stdout, self.error = stdout, error
        self.commands: list[tuple[str, Any]] = []

    def _low_level_execute_command(self, text: str, in_data: Any = None, executable: Any = None) -> Any:
        self.commands.append((text, in_data))
        if self.error is not None:
            raise self.error
        return {"stdout": self.stdout, "stderr": "", "rc": 0}


@pytest.mark.parametrize(
    ("transport", "core", "kind"),
    [
        ("winrm", (2, 16), bytes),
        ("psrp", (2, 18), list),
        ("ssh", (2, 17), bytes),
        ("winrm", (2, 18), bytes),
        ("psrp", (2, 19), str),
        ("ssh", (2, 18), bytes),
    ],
)
def test_each_connection_gets_command_and_input_as_it_wants_them(
    transport: str, core: tuple[int, int], kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_windows, "_CORE", core)
    action = Action(transport)
    recording, _text = collect(action, [environment()])
    [(command, in_data)] = action.commands
    assert recording.platform == "windows"
    assert recording.answer(environment()).lines == ["powershell\t2.0"]
    assert isinstance(in_data, kind)
    assert len(command) <= 2000
    if transport == "ssh" and core >= (2, 18):
        assert base64.b64decode(command.split(" ")[-1]).decode("utf-16-le") == BOOTSTRAP
        assert re.fullmatch(r"[A-Za-z0-9+/=. -]+", command), "neither cmd nor PowerShell may find anything to expand"
    else:
        assert command == BOOTSTRAP


def test_windows_is_told_by_the_shell_of_the_connection() -> None:
    assert platform_of(Action("ssh")) == "windows"


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (Action("winrm", become=SimpleNamespace(name="runas")), "become_refused"),
        (Action("winrm", stdout="@@ preflight-language ConstrainedLanguage\r\n"), "language_mode"),
        (Action("winrm", stdout=ANSWER[:120]), "cut_off"),
        (Action("psrp", stdout="something else"), "script_failed"),
        (Action("psrp", error=ConnectionError("Remote end closed connection without response")), "cut_off"),
        (Action("winrm", error=AnsibleConnectionFailure("basic: HTTPSConnectionPool: Max retries")), "unreachable"),
        (
            Action("winrm", error=AnsibleConnectionFailure("SSLError(CERTIFICATE_VERIFY_FAILED)")),
            "certificate_not_trusted",
        ),
        (
            Action(
                "winrm", error=AnsibleConnectionFailure("ntlm: the specified credentials were rejected by the server")
            ),
            "authentication_refused",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_failed_visits_to_windows_are_told_apart(action: Action, kind: str) -> None:
    if kind == "cut_off" and action.error is None:
        assert not collect(action, [environment()])[0].complete
        return
    with pytest.raises(VisitError) as caught:
        collect(action, [environment()])
    assert caught.value.kind == kind


def test_script_goes_nowhere_where_become_is_asked_for() -> None:
    action = Action("psrp", become=SimpleNamespace(name="runas"))
    with pytest.raises(VisitError, match="become: false"):
        run_powershell(action, "1\n'x'\n")
    assert action.commands == []

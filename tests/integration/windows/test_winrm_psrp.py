# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The unmodified connections winrm and psrp, against loopback endpoints that stand in for Windows machines."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import BOOTSTRAP
from ansible_collections.preflight.azure.tests.doubles.session import Session, decoded
from ansible_collections.preflight.azure.tests.doubles.wsman import Endpoint

MACHINES = Path(__file__).resolve().parents[2] / "doubles" / "machines"
CONNECTIONS = ("winrm", "psrp")


@dataclass
class Double:
    """One machine on a port of its own."""

    session: Session
    port: int

    def machine_info(self, connection: str, user: str = "administrator", password: str = "secret") -> dict[str, Any]:
        """Collect the subject os through a connection; return the task's result."""
        variables = {
            **{"ansible_connection": connection, "ansible_port": self.port, "ansible_shell_type": "powershell"},
            **{"ansible_user": user, "ansible_password": password},
            **{"ansible_winrm_scheme": "http", "ansible_winrm_transport": "basic"},
            **{"ansible_psrp_protocol": "http", "ansible_psrp_auth": "basic"},
            "ansible_psrp_message_encryption": "never",
        }
        words = ["-i", "127.0.0.1,", "all", "-m", "preflight.azure.machine_info", "-e", json.dumps(variables)]
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ansible")), *words, "-a", json.dumps({"subjects": ["os"]})],
            capture_output=True,
            text=True,
            env={**os.environ, "ANSIBLE_NOCOLOR": "1"},
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        begin = done.stdout.find("=> {")
        assert begin >= 0, done.stdout + done.stderr
        result: dict[str, Any] = json.JSONDecoder().raw_decode(done.stdout, begin + 3)[0]
        return result


@pytest.fixture
def double() -> Iterator[Double]:
    model = yaml.safe_load((MACHINES / "source_2008r2_german.yml").read_text())
    session = Session(model)
    users = {"administrator": "secret", "limited": "secret"}
    endpoint = Endpoint(("127.0.0.1", 0), session, users, without_rights=("limited",))
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    yield Double(session, endpoint.server_address[1])
    endpoint.shutdown()
    endpoint.server_close()


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_old_machine_is_collected_in_one_command_and_not_changed(double: Double, connection: str) -> None:
    before = copy.deepcopy(double.session.machine)
    result = double.machine_info(connection)
    assert result["facts"]["os"]["version"] == "6.1.7601"
    assert result["facts"]["os"]["powershell_version"] == "2.0"
    assert double.session.machine == before
    [seen] = double.session.seen
    assert len(seen.command_line) <= 2000
    assert (decoded(seen.command_line) or seen.command_line).startswith(BOOTSTRAP)


@pytest.mark.parametrize("connection", CONNECTIONS)
@pytest.mark.parametrize(
    ("user", "password", "kind"),
    [("administrator", "wrong", "authentication_refused"), ("limited", "secret", "rights_refused")],
)
def test_account_that_may_not_is_told_by_kind(
    double: Double, connection: str, user: str, password: str, kind: str
) -> None:
    result = double.machine_info(connection, user, password)
    assert result["unreachable"]
    assert result["error"]["kind"] == kind, result


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_restricted_scripts_are_told_by_kind(double: Double, connection: str) -> None:
    double.session.machine = {**double.session.machine, "language_mode": "ConstrainedLanguage"}
    assert double.machine_info(connection)["error"]["kind"] == "language_mode"


@pytest.mark.parametrize("connection", CONNECTIONS)
def test_broken_wmi_and_cut_output_leave_the_rest_known(double: Double, connection: str) -> None:
    model = double.session.machine
    double.session.machine = {**model, "faults": {"wmi root\\cimv2 Win32_OperatingSystem*": "timed_out"}}
    result = double.machine_info(connection)
    assert result["facts"]["os"]["build"] is None
    assert "time limit" in result["unknown"]["os.build"]
    assert result["facts"]["os"]["name"] == "Windows Server 2008 R2 Standard"
    double.session.machine = {**model, "output_characters": 300}
    assert "ends before" in double.machine_info(connection)["unknown"]["os.build"]

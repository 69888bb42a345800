# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The transport on real connections: which way the script takes, and how failures are told apart."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from lab_hosts import Lab

OS_ONLY = {"subjects": ["os"]}
NO_STANDARD_INPUT = Path(__file__).parent / "plugins"


@pytest.mark.parametrize(
    ("host", "os_id"),
    [
        ("debian", "debian"),
        ("rhel9", "rhel"),
        ("rhel7", "centos"),
        ("sles12", "sles"),
        ("rhel6", "rhel"),
        ("busybox", None),
    ],
)
def test_every_kind_of_host_answers(lab: Lab, host: str, os_id: str | None) -> None:
    if host not in lab.hosts:
        pytest.skip(f"{host} is not up in the lab")
    result = lab.module(host, "preflight.azure.machine_info", arguments=OS_ONLY)[host]
    assert os_id in (None, result["facts"]["os"]["id"])


def test_audit_is_one_round_trip(lab: Lab) -> None:
    done = lab.command("ansible", "debian", "-m", "preflight.azure.audit", "-vvvv")
    assert len(re.findall(r"SSH: EXEC ssh", done.stdout)) == 1
    assert "PUT" not in done.stdout


def become(user: str, password: str = "") -> list[str]:
    words = (
        ["-e", f"ansible_user={user}", "-b", "-e", f"ansible_become_password={password}"]
        if password
        else ["-e", f"ansible_user={user}", "-b"]
    )
    return [*words, "-e", "ansible_become_method=sudo"]


@pytest.mark.lab_hosts("rhel9")
def test_sudo_without_password(lab: Lab) -> None:
    result = lab.module("rhel9", "preflight.azure.machine_info", *become("operator"), arguments={"subjects": ["ssh"]})
    assert result["rhel9"]["facts"]["ssh"]["password_authentication"] is not None


@pytest.mark.lab_hosts("rhel9")
def test_sudo_with_password(lab: Lab) -> None:
    options = become("needspass", lab.passwords["needspass"])
    result = lab.module("rhel9", "preflight.azure.machine_info", *options, arguments={"subjects": ["ssh"]})
    assert result["rhel9"]["facts"]["ssh"]["password_authentication"] is not None


@pytest.mark.lab_hosts("rhel6")
@pytest.mark.parametrize("user", ["operator", "needspass"])
def test_sudo_that_demands_a_terminal(lab: Lab, user: str) -> None:
    password = lab.passwords[user] if user == "needspass" else ""
    result = lab.module("rhel6", "preflight.azure.machine_info", *become(user, password), arguments=OS_ONLY)
    assert result["rhel6"]["facts"]["os"]["version"] == "6.8"


def test_without_root_what_needs_root_is_unknown_with_that_reason(lab: Lab) -> None:
    result = lab.module(
        "debian", "preflight.azure.machine_info", "-e", "ansible_user=nosudo", arguments={"subjects": ["firewall"]}
    )
    assert "root" in result["debian"]["unknown"]["firewall.ssh_allowed_now"]


@pytest.mark.lab_hosts("rhel9")
def test_connection_that_takes_no_standard_input(lab: Lab) -> None:
    """As paramiko is, which newer Ansible no longer has: an ssh connection that refuses ``in_data``."""
    arguments = ["-e", "ansible_connection=ssh_without_stdin"]
    os.environ["ANSIBLE_CONNECTION_PLUGINS"] = str(NO_STANDARD_INPUT)
    try:
        result = lab.module("rhel9", "preflight.azure.machine_info", *arguments, arguments=OS_ONLY)
        hardened = lab.module(
            "rhel9", "preflight.azure.machine_info", *arguments, *become("operator"), arguments=OS_ONLY
        )
    finally:
        del os.environ["ANSIBLE_CONNECTION_PLUGINS"]
    assert result["rhel9"]["facts"]["os"]["id"] == hardened["rhel9"]["facts"]["os"]["id"] == "rhel"


@pytest.mark.skipif(
    not (find_spec("paramiko") and find_spec("ansible.plugins.connection.paramiko_ssh")),
    reason="this ansible-core has no paramiko connection, or paramiko is not installed",
)
@pytest.mark.parametrize("options", [[], become("operator")])
@pytest.mark.lab_hosts("rhel9")
def test_paramiko_where_ansible_still_has_it(lab: Lab, options: list[str]) -> None:
    words = ["-c", "paramiko", "-e", "ansible_paramiko_host_key_checking=false", *options]
    result = lab.module("rhel9", "preflight.azure.machine_info", *words, arguments=OS_ONLY)["rhel9"]
    assert result["facts"]["os"]["id"] == "rhel"


@pytest.mark.parametrize(
    ("host", "options", "kind"),
    [
        ("debian", ["-e", "ansible_host=198.51.100.250"], "unreachable"),
        ("debian", ["-e", "ansible_port=9"], "unreachable"),
        ("debian", ["-e", "ansible_host=no-such-host.invalid"], "unreachable"),
        ("debian", ["-e", "ansible_user=nobody-of-that-name"], "authentication_refused"),
        ("debian", ["-e", "ansible_user=nosudo", "-b"], "become_refused"),
        ("debian", ["-e", "ansible_user=needspass", "-b"], "become_refused"),
        ("debian", ["-e", "ansible_user=needspass", "-b", "-e", "ansible_become_password=wrong"], "become_refused"),
    ],
)
def test_failures_are_told_apart(lab: Lab, host: str, options: list[str], kind: str) -> None:
    result = lab.module(host, "preflight.azure.machine_info", *options, arguments=OS_ONLY)[host]
    assert result["unreachable"] is True
    assert result["error"]["kind"] == kind


@pytest.mark.lab_hosts("oldssh")
def test_old_ssh_is_a_crypto_mismatch_that_says_what_to_configure(lab: Lab) -> None:
    result = lab.module("oldssh", "preflight.azure.machine_info", arguments=OS_ONLY)["oldssh"]
    assert result["error"]["kind"] == "crypto_mismatch"
    assert "HostKeyAlgorithms=+ssh-rsa" in result["msg"]


@pytest.mark.lab_hosts("noisy")
def test_profile_that_prints_does_no_harm(lab: Lab) -> None:
    result = lab.module("noisy", "preflight.azure.machine_info", arguments=OS_ONLY)["noisy"]
    assert result["facts"]["os"]["id"]

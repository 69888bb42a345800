# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import processes, ssh, sshd_config
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.sshd_logon import ROOT, SUBJECT
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import process, running
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)

EFFECTIVE = """\
port 22
passwordauthentication no
permitrootlogin without-password
allowusers root
allowusers operator@10.0.0.*
authenticationmethods any
subsystem sftp /usr/lib/openssh/sftp-server
"""
CHANGED = "1700000000 2023-11-14 22:13:20.500000000 +0000 /etc/ssh/sshd_config\n"
WRITTEN = "1700000000 2023-11-14 22:13:20.{} +0000 /run/sshd.pid\n/run/sshd.pid:77\n"


def facts(user: int = 0, **answers: Any) -> dict[str, Any]:
    given: dict[Any, Any] = {
        sshd_config.EFFECTIVE: answers.get("effective", EFFECTIVE),
        sshd_config.MAIN: answers.get("main", "PermitRootLogin no\n"),
        sshd_config.VENDOR: answers.get("vendor", Status.ABSENT),
        sshd_config.PARTS: answers.get("parts", "/etc/ssh/sshd_config.d/5.conf:UsePAM yes\n"),
        ROOT: answers.get("root", "groups root wheel\nshell /bin/bash\nshadow set\n"),
        ssh.TIMES: answers.get("times", CHANGED + WRITTEN.format("900000000")),
        processes.PROCESSES: running(process(77, "sshd"), process(90, "sshd", 77)),
    }
    found: Facts = assemble(recording(given, user=user), [SUBJECT])
    tree: Any = found.tree["sshd"]
    return dict(tree)


def test_settings_of_a_logon_of_root() -> None:
    found = facts()["settings"]
    assert found["error"] == ""
    assert found["allowusers"] == ["root", "operator@10.0.0.*"]
    assert found["denyusers"] == []
    assert found["subsystem"] == ["sftp /usr/lib/openssh/sftp-server"]


def test_what_the_server_finds_wrong_is_told() -> None:
    said = "/etc/ssh/sshd_config: line 5: Bad configuration option: Foo\n/etc/ssh/sshd_config: terminating\n"
    assert "Bad configuration option: Foo" in facts(effective=Printed(said, 255))["settings"]["error"]
    assert facts(effective=Printed("", 255))["settings"]["error"] == "sshd -T ended with code 255"


def test_settings_without_root_rights_are_unknown() -> None:
    assert facts(user=1000, effective=Printed("", 1))["settings"] is None


def test_account_is_described_without_its_secret() -> None:
    assert facts()["root"] == {"groups": ["root", "wheel"], "shell": "/bin/bash", "password": "set"}
    assert "$2" in ROOT.arguments[1]
    assert "print $2" not in ROOT.arguments[1]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("sftp /usr/lib/ssh/sftp-server\n", "/usr/lib/ssh/sftp-server"),
        ("sftp /tmp/evil\n", "internal-sftp"),
        ("", "internal-sftp"),
    ],
)
def test_installed_sftp_server_is_found(lines: str, expected: str) -> None:
    assert facts(root=f"groups root\n{lines}")["sftp_server"] == expected


def test_files_come_with_the_main_one_first() -> None:
    assert list(facts()["files"]) == ["/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/5.conf"]
    vendors = facts(main=Status.ABSENT, vendor="UsePAM yes\n", parts="grep: no such file\n")["files"]
    assert vendors == {"/usr/etc/ssh/sshd_config": "UsePAM yes\n"}


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (CHANGED + WRITTEN.format("900000000"), "yes"),
        (CHANGED + WRITTEN.format("100000000"), "no"),
        (CHANGED + WRITTEN.format("900000000").replace(":77", ":90"), "unknown"),
        (CHANGED, "unknown"),
    ],
)
def test_server_has_read_what_is_older_than_the_file_with_its_number(times: str, expected: str) -> None:
    assert facts(times=times)["loaded"] == expected

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import operating_system, os_release
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.machines import (
    AnswerDict,
    kernel,
    machine,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
    values,
)


def facts_of(answers: AnswerDict) -> Facts:
    return assemble(recording(machine(answers)), [operating_system.SUBJECT])


def release_files(
    os_release_text: str | None = None, suse: str | None = None, lsb: str | None = None, **lines: str | None
) -> AnswerDict:
    return {
        os_release.OS_RELEASE: Status.ABSENT if os_release_text is None else os_release_text,
        os_release.SUSE_RELEASE: Status.ABSENT if suse is None else suse,
        os_release.LSB_RELEASE: Status.ABSENT if lsb is None else lsb,
        os_release.RELEASE_LINES: values({f"/etc/{name}": line for name, line in lines.items()}),
    }


def os_file(identifier: str, version: str, name: str = "Some Linux", like: str = "") -> str:
    return f'NAME="{name}"\nVERSION_ID="{version}"\nID="{identifier}"\nID_LIKE="{like}"\n'


RHEL6 = "Red Hat Enterprise Linux Server release 6.10 (Santiago)"
SLES11 = "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n"
UBUNTU = 'NAME="Ubuntu"\nVERSION_ID="22.04"\nID=ubuntu\nID_LIKE=debian\n'
CASES: dict[str, tuple[AnswerDict, tuple[Any, ...]]] = {
    "rhel 5": (
        release_files(**{"redhat-release": "Red Hat Enterprise Linux Server release 5.11 (Tikanga)"}),
        ("rhel", "rhel", "5.11", 5, 11),
    ),
    "rhel 6": (release_files(**{"redhat-release": RHEL6}), ("rhel", "rhel", "6.10", 6, 10)),
    "rhel 9": (release_files(os_file("rhel", "9.4")), ("rhel", "rhel", "9.4", 9, 4)),
    "centos 6": (
        release_files(**dict.fromkeys(("centos-release", "redhat-release"), "CentOS release 6.8 (Final)")),
        ("centos", "rhel", "6.8", 6, 8),
    ),
    "centos 7": (
        release_files(
            os_file("centos", "7", like="rhel fedora"), **{"centos-release": "CentOS Linux release 7.9.2009 (Core)"}
        ),
        ("centos", "rhel", "7.9", 7, 9),
    ),
    "centos stream has no minor version": (
        release_files(os_file("centos", "9"), **{"centos-release": "CentOS Stream release 9"}),
        ("centos", "rhel", "9", 9, None),
    ),
    "oracle 6 has redhat-release too": (
        release_files(
            **{"redhat-release": RHEL6.replace("6.10", "6.5"), "oracle-release": "Oracle Linux Server release 6.5"}
        ),
        ("ol", "rhel", "6.5", 6, 5),
    ),
    "oracle 8": (release_files(os_file("ol", "8.10", like="fedora")), ("ol", "rhel", "8.10", 8, 10)),
    "rocky": (
        release_files(os_file("rocky", "8.9"), **{"centos-release": "Rocky Linux release 8.9 (Green Obsidian)"}),
        ("rocky", "rhel", "8.9", 8, 9),
    ),
    "rocky without os-release": (
        release_files(**{"centos-release": "Rocky Linux release 8.9 (Green Obsidian)"}),
        ("rocky", "rhel", "8.9", 8, 9),
    ),
    "alma": (release_files(os_file("almalinux", "9.4")), ("almalinux", "rhel", "9.4", 9, 4)),
    "amazon 2": (release_files(os_file("amzn", "2", like="centos rhel fedora")), ("amzn", "rhel", "2", 2, 0)),
    "fedora": (release_files(os_file("fedora", "40")), ("fedora", "rhel", "40", 40, 0)),
    "sles 11": (release_files(suse=SLES11), ("sles", "suse", "11.4", 11, 4)),
    "opensuse 13.2": (
        release_files(suse="openSUSE 13.2 (x86_64)\nVERSION = 13.2\n"),
        ("opensuse", "suse", "13.2", 13, 2),
    ),
    "sles 12": (release_files(os_file("sles", "12.5"), suse=SLES11), ("sles", "suse", "12.5", 12, 5)),
    "sles 15 without service pack": (release_files(os_file("sles", "15")), ("sles", "suse", "15", 15, 0)),
    "leap": (
        release_files(os_file("opensuse-leap", "15.5", like="suse opensuse")),
        ("opensuse-leap", "suse", "15.5", 15, 5),
    ),
    "debian 12": (release_files(os_file("debian", "12"), debian_version="12.5"), ("debian", "debian", "12.5", 12, 5)),
    "debian 9": (release_files(os_file("debian", "9"), debian_version="9.13"), ("debian", "debian", "9.13", 9, 13)),
    "debian testing": (
        release_files("ID=debian\nNAME=Debian\n", debian_version="trixie/sid"),
        ("debian", "debian", None, None, None),
    ),
    "debian between two releases": (
        release_files(os_file("debian", "12"), debian_version="13.1"),
        ("debian", "debian", "12", 12, None),
    ),
    "debian whose point release cannot be read": (
        release_files(os_file("debian", "12"), debian_version=None),
        ("debian", "debian", "12", 12, None),
    ),
    "debian 6": (release_files(debian_version="6.0.10"), ("debian", "debian", "6.0.10", 6, 0)),
    "ubuntu": (release_files(UBUNTU, debian_version="bookworm/sid"), ("ubuntu", "debian", "22.04", 22, 4)),
    "ubuntu without os-release": (
        release_files(lsb="DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\n", debian_version="squeeze/sid"),
        ("ubuntu", "debian", "10.04", 10, 4),
    ),
    "arch has no versions": (release_files("ID=arch\nNAME='Arch Linux'\n"), ("arch", "other", None, None, None)),
    "nothing": (release_files(), (None, None, None, None, None)),
    "a clone that descends from rhel": (
        release_files(os_file("anolis", "8.6", like="rhel fedora centos")),
        ("anolis", "rhel", "8.6", 8, 6),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_release(case: str) -> None:
    answers, expected = CASES[case]
    found = facts_of(answers)
    tree: Any = found.tree["os"]
    assert tuple(tree[name] for name in ("id", "family", "version", "major", "minor")) == expected
    for name, value in zip(("id", "family", "version", "major", "minor"), expected, strict=True):
        assert (f"os.{name}" in found.reasons) is (value is None)


@pytest.mark.parametrize("read", [os_release.OS_RELEASE, os_release.RELEASE_LINES])
@pytest.mark.parametrize("answer", [Status.UNREADABLE, Status.TIMED_OUT, Printed("ID=rhel", truncated=True)])
def test_a_release_that_could_not_be_read_is_unknown(read: Read, answer: Status | Printed) -> None:
    found = facts_of({read: answer})
    tree: Any = found.tree["os"]
    assert [tree[name] for name in ("id", "family", "name", "version", "major", "minor")] == [None] * 6
    assert read.key in found.reasons["os.version"]


def test_an_old_file_that_could_not_be_read_is_not_passed_over() -> None:
    answers = release_files(**{"oracle-release": None, "redhat-release": RHEL6})
    assert facts_of(answers).tree["os"]["id"] is None  # type: ignore[index,call-overload]


def test_kernel_name_and_architecture() -> None:
    tree: Any = facts_of({operating_system.KERNEL: kernel("2.6.39-400.294.3.el6uek.x86_64", "db1")}).tree["os"]
    assert tree["kernel"] == "2.6.39-400.294.3.el6uek.x86_64"
    assert (tree["hostname"], tree["architecture"]) == ("db1", "x86_64")


@pytest.mark.parametrize("answer", [Printed("uname: cannot", 1), Printed(""), Status.ABSENT, "x86_64\nand more"])
def test_an_architecture_that_is_no_word_is_unknown(answer: Printed | Status | str) -> None:
    assert "os.architecture" in facts_of({operating_system.ARCHITECTURE: answer}).reasons


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ('ID="a b"', "a b"),
        ("ID='x'", "x"),
        ("ID=plain  ", "plain"),
        ('ID="a\\"b\\$c"', 'a"b$c'),
        ('ID="', '"'),
        ("#ID=x", None),
        ("export ID=x", None),
        ("ID=a=b", "a=b"),
    ],
)
def test_assignments(line: str, value: str | None) -> None:
    assert os_release.assignments(line).get("ID") == value

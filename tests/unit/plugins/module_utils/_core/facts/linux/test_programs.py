# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tests of programs, packages, VMware Tools and trusted certificates."""

from __future__ import annotations

import base64
import hashlib

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import (
    certificates,
    commands,
    packages,
    vmware_tools,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import (
    process,
    running,
    systemd,
    sysv,
    unit,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    names,
    recording,
)

AnswerDict = dict[Read, "str | Status | Printed"]
UNKNOWN = "unknown"

DPKG = """\
install ok installed ca-certificates 20230311+deb12u1
install ok installed lsof 4.95.0-1
unknown ok not-installed open-vm-tools\x20
deinstall ok config-files openssl 3.0.19-1~deb12u2
install ok installed openssh-server 1:9.2p1-2+deb12u10
dpkg-query: no packages found matching openssh
"""
RPM = """\
installed lsof (none):4.87-6.el7
package openssh-server is not installed
installed openssl 1:1.0.2k-19.el7
installed ca-certificates 0:2023.2.60-72.el7
package open-vm-tools is not installed
installed openssh (none):7.4p1-21.el7
"""


def parse(module: object, answers: AnswerDict, user: int = 0) -> dict[str, object]:
    subject = getattr(module, "SUBJECT")  # noqa: B009 - any of the modules
    facts = dict(subject.parse(recording(answers, user=user)))
    return {name: UNKNOWN if isinstance(value, Unknown) else value for name, value in facts.items()}


def installed(answers: AnswerDict) -> dict[str, str] | object:
    found = parse(packages, answers)["installed"]
    return {one["name"]: one["version"] for one in found} if isinstance(found, list) else found


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("/usr/bin/apt-get", "/usr/bin/dpkg-query", "/usr/bin/rpm", "/usr/bin/dnf"), "apt"),
        (("/usr/bin/dnf", "/usr/bin/yum", "/bin/rpm"), "dnf"),
        (("/usr/bin/yum", "/bin/rpm"), "yum"),
        (("/usr/bin/zypper", "/usr/bin/rpm", "/usr/bin/yum"), "zypper"),
        (("/bin/rpm",), "none"),
        ((), "none"),
    ],
)
def test_the_package_manager_is_the_one_that_is_there(paths: tuple[str, ...], expected: str) -> None:
    assert parse(packages, {commands.PROGRAMS: names(*paths)})["manager"] == expected


def test_dpkg_lists_what_is_installed_and_not_what_was() -> None:
    answers: AnswerDict = {commands.PROGRAMS: "/usr/bin/dpkg-query\n/usr/bin/rpm\n", packages.DPKG: Printed(DPKG, 1)}
    assert installed(answers) == {
        "ca-certificates": "20230311+deb12u1",
        "lsof": "4.95.0-1",
        "openssh-server": "1:9.2p1-2+deb12u10",
    }


def test_rpm_lists_versions_with_epochs_that_matter() -> None:
    assert installed({commands.PROGRAMS: "/bin/rpm\n", packages.RPM: Printed(RPM, 2)}) == {
        "ca-certificates": "2023.2.60-72.el7",
        "lsof": "4.87-6.el7",
        "openssh-server": "7.4p1-21.el7",
        "openssl": "1:1.0.2k-19.el7",
    }


def test_no_package_of_interest_is_an_empty_list() -> None:
    text = "unknown ok not-installed lsof \n"
    assert installed({commands.PROGRAMS: "/usr/bin/dpkg-query\n", packages.DPKG: Printed(text, 1)}) == {}


@pytest.mark.parametrize(
    "answer",
    [
        Status.TIMED_OUT,
        Status.ABSENT,
        Printed("", 127),
        "",
        Printed("error: cannot open Packages database in /var/lib/rpm\npackage lsof is not installed\n", 7),
        Printed("rpmdb: BDB0113 Thread died\npackage lsof is not installed\n", 7),
    ],
)
def test_a_database_that_does_not_answer_is_unknown(answer: str | Status | Printed) -> None:
    assert installed({commands.PROGRAMS: "/bin/rpm\n", packages.RPM: answer}) == UNKNOWN


def test_rpm_never_runs_as_root() -> None:
    assert "chroot --userspec=65534:65534 /" in packages.RPM.arguments[1]


@pytest.mark.parametrize(
    ("paths", "python"),
    [
        (("/usr/bin/python3", "/usr/bin/python2"), "/usr/bin/python3"),
        (("/usr/bin/python2", "/usr/bin/python"), "/usr/bin/python"),
        (("/usr/libexec/platform-python",), "/usr/libexec/platform-python"),
        (("/usr/bin/python3.9",), "/usr/bin/python3.9"),
        ((), ""),
    ],
)
def test_a_python_is_named_by_its_path(paths: tuple[str, ...], python: str) -> None:
    assert parse(commands, {commands.PROGRAMS: names(*paths)})["python"] == python


@pytest.mark.parametrize("path", ["/usr/sbin/lsof", "/usr/bin/lsof", "/bin/lsof", "/usr/local/bin/lsof"])
def test_programs_are_found_in_every_folder(path: str) -> None:
    facts = parse(commands, {commands.PROGRAMS: names(path)})
    assert (facts["lsof"], facts["openssl"]) == (True, False)


def test_folders_that_cannot_be_listed_leave_programs_unknown() -> None:
    answer = Printed("/usr/bin/lsof\n", status=Status.UNREADABLE)
    assert parse(commands, {commands.PROGRAMS: answer}) == {"lsof": UNKNOWN, "openssl": UNKNOWN, "python": UNKNOWN}


@pytest.mark.parametrize(
    ("init", "paths", "expected"),
    [
        (systemd(unit("open-vm-tools.service", Names="open-vm-tools.service vmtoolsd.service")),
         ("/usr/bin/vmtoolsd",), (True, "open-vm-tools", True, True)),
        (systemd(unit("vmtoolsd.service", ActiveState="inactive", UnitFileState="disabled", WantedBy="")),
         ("/usr/bin/vmtoolsd",), (True, "open-vm-tools", False, False)),
        (sysv("/etc/init.d/vmware-tools", "/etc/rc3.d/S03vmware-tools",
              processes_found=running(process(30, "vmtoolsd"))),
         ("/usr/sbin/vmtoolsd", "/etc/vmware-tools/locations"), (True, "vmware-tools", True, True)),
        (sysv(jobs="/etc/init/vmware-tools.conf:start on (runlevel 2\n"),
         ("/usr/bin/vmtoolsd", "/usr/lib/vmware-tools"), (True, "vmware-tools", False, True)),
        (systemd(), (), (False, "none", False, False)),
        ({}, (), (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)),
    ],
)  # fmt: skip
def test_vmware_tools(init: AnswerDict, paths: tuple[str, ...], expected: tuple[object, ...]) -> None:
    facts = parse(vmware_tools, {**init, commands.PROGRAMS: names(*paths)})
    assert (facts["installed"], facts["kind"], facts["running"], facts["autostart"]) == expected


def pem(der: bytes, label: str = "CERTIFICATE") -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(der).decode()}-----END {label}-----\n"


def der(content: bytes) -> bytes:
    return b"\x30\x82" + len(content).to_bytes(2, "big") + content


def fingerprint(data: bytes) -> dict[str, str]:
    return {"sha1": hashlib.sha1(data).hexdigest().upper(), "sha256": hashlib.sha256(data).hexdigest().upper()}


def test_roots_are_told_by_their_fingerprints_each_once() -> None:
    one, two = der(b"a" * 300), der(b"b" * 301)
    text = "# Comment\n" + pem(one) + pem(two).replace("\n", "\r\n") + pem(one)
    assert parse(certificates, {certificates.ROOTS: text})["roots"] == [fingerprint(one), fingerprint(two)]


def test_what_openssl_adds_to_a_trusted_certificate_does_not_count() -> None:
    one = der(b"a" * 300)
    text = pem(one + b"\x30\x03abc", "TRUSTED CERTIFICATE")
    assert parse(certificates, {certificates.ROOTS: text})["roots"] == [fingerprint(one)]


def test_padding_that_the_collector_took_for_a_secret_is_put_back() -> None:
    one = der(base64.b64decode("pass") * 100 + b"x")
    text = pem(one)
    assert "=" in text
    shown = text.replace("==\n", "=[redacted]\n").replace("=\n", "=[redacted]\n")
    assert parse(certificates, {certificates.ROOTS: shown})["roots"] == [fingerprint(one)]


def test_a_broken_certificate_makes_its_element_unknown() -> None:
    text = pem(der(b"a" * 300)) + "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"
    found = parse(certificates, {certificates.ROOTS: text})["roots"]
    assert isinstance(found, list)
    assert isinstance(found[1]["sha1"], Unknown)


@pytest.mark.parametrize(
    "answer", [Printed(pem(der(b"a" * 300)), truncated=True), Status.TIMED_OUT, "", Printed("", 1)]
)
def test_no_whole_bundle_is_unknown(answer: str | Printed | Status) -> None:
    assert parse(certificates, {certificates.ROOTS: answer})["roots"] == UNKNOWN


@pytest.mark.parametrize(
    ("init", "paths", "expected"),
    [
        (systemd(), (), ""),
        (systemd(unit("vmtoolsd.service")), ("/usr/bin/vmtoolsd",), ""),
        (systemd(), ("/etc/vmware-tools/locations",), "VMware's own tools were installed here (/etc/vmware-tools/loc"),
        (sysv("/etc/init.d/vmware-tools"), ("/usr/sbin/vmtoolsd", "/etc/vmware-tools/locations"), ""),
        (systemd(unit("vmtoolsd.service"), unit("vmware-tools.service")), ("/usr/bin/vmtoolsd",), "both open-vm-tools"),
        (
            systemd(unit("vmtoolsd.service", LoadState="masked", UnitFileState="masked")),
            ("/usr/bin/vmtoolsd",),
            "vmtoolsd.service is masked",
        ),
    ],
)
def test_obstacle_of_vmware_tools(init: AnswerDict, paths: tuple[str, ...], expected: str) -> None:
    found = parse(vmware_tools, {**init, commands.PROGRAMS: names(*paths)})["obstacle"]
    assert isinstance(found, str)
    assert found.startswith(expected)
    assert bool(found) == bool(expected)

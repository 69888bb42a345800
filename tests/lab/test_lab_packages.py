# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the package managers of the hosts install and remove, without a network."""

from __future__ import annotations

import re

import pytest
from lab_command import inside, knock

_INSTALL = {"rhel9": "dnf -y install", "rhel7": "yum -y install", "sles12": "zypper --non-interactive install"}
_RPM = ["rhel9", "rhel7", "sles12"]


@pytest.mark.usefixtures("inventory")
@pytest.mark.parametrize(
    ("host", "simulation"),
    [
        ("debian", "apt-get --simulate install lsof"),
        ("rhel9", "dnf --assumeno install lsof"),
        ("rhel7", "yum --assumeno install lsof"),
        ("sles12", "zypper --non-interactive install --dry-run lsof"),
    ],
)
def test_package_manager_would_install_lsof(host: str, simulation: str) -> None:
    answer = inside(host, simulation)
    # one package, or two when its dependency is not there yet
    assert re.search(r"Inst lsof|Install  [12] Package|[12] new packages? to install", answer.stdout), answer.stdout


@pytest.mark.usefixtures("inventory")
@pytest.mark.parametrize(
    "package",
    [
        *("openssh-server", "ca-certificates", "chrony", "ntpsec", "systemd-timesyncd", "open-vm-tools", "firewalld"),
        *("ufw", "nftables", "iptables-persistent", "initramfs-tools"),
    ],
)
def test_debian_offers(package: str) -> None:
    answer = inside("debian", f"apt-get --simulate --reinstall install {package}")
    assert f"Inst {package} " in answer.stdout, answer.stdout + answer.stderr


@pytest.mark.parametrize("copy", _RPM, indirect=True)
def test_rpm_host_loses_its_ssh_server_and_gets_it_back(copy: str) -> None:
    package = "openssh" if copy.startswith("sles12") else "openssh-server"
    removed = inside(copy, f"rpm -e --nodeps {package} && ! test -e /usr/sbin/sshd && ! test -e /etc/ssh/sshd_config")
    assert removed.returncode == 0, removed.stderr
    assert knock(copy, 22) == "open"  # the daemon that runs goes on
    back = inside(copy, f"{_INSTALL[copy.partition('-')[0]]} {package} && systemctl is-enabled sshd")
    assert back.stdout.split()[-1] == "disabled", back.stdout + back.stderr
    assert inside(copy, "systemctl enable --now sshd && systemctl restart sshd && sshd -t").returncode == 0


@pytest.mark.parametrize("copy", _RPM, indirect=True)
def test_rpm_host_gets_tools_and_a_time_daemon(copy: str) -> None:
    install = _INSTALL[copy.partition("-")[0]]
    done = inside(copy, f"{install} open-vm-tools chrony && systemctl start vmtoolsd chronyd && sleep 1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert inside(copy, "cat /proc/[0-9]*/comm | grep -xc -e vmtoolsd -e chronyd").stdout.strip() == "2"


@pytest.mark.parametrize("copy", _RPM, indirect=True)
def test_trusted_roots_follow_the_anchors(copy: str) -> None:
    if copy.startswith("sles12"):
        anchors, update, bundle = "/etc/pki/trust/anchors", "update-ca-certificates", "/etc/ssl/ca-bundle.pem"
    else:
        anchors, update = "/etc/pki/ca-trust/source/anchors", "update-ca-trust"
        bundle = "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=lab -keyout /dev/null -days 9"
    count = f"{update} && grep -c BEGIN {bundle}"
    done = inside(copy, f"{count}; {make} -out {anchors}/lab.pem 2>/dev/null; {count}; rm {anchors}/lab.pem; {count}")
    before, during, after = map(int, done.stdout.split())
    assert (during, after) == (before + 1, before)

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab itself: its hosts answer, install, stay untouched. Starts the lab if it is not up, and leaves it up."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

LAB = Path(__file__).with_name("lab")
HOSTS = ["busybox", "debian", "noisy", "oldssh", "ondisk", "rhel6", "rhel7", "rhel9", "sles12"]
LEFT_OUT = 75


def command(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=600, check=False)


def inside(host: str, script: str) -> subprocess.CompletedProcess[str]:
    return command(LAB, "exec", host, "/bin/sh", "-c", script)


@pytest.fixture(scope="module")
def inventory() -> Path:
    """The inventory of the lab with all its hosts up."""
    up = command(LAB, "up")
    if up.returncode == LEFT_OUT:
        pytest.skip(up.stderr.strip())
    assert up.returncode == 0, up.stderr
    return Path(command(LAB, "inventory").stdout.strip())


def raw(inventory: Path, host: str, *more: str) -> subprocess.CompletedProcess[str]:
    ansible = Path(sys.executable).with_name("ansible")
    return command(ansible, "-i", inventory, host, "-m", "raw", "-a", "true", *more)


@pytest.mark.parametrize("host", [host for host in HOSTS if host != "oldssh"])
@pytest.mark.parametrize("user", ["root", "operator", "needspass"])
def test_host_answers_over_ssh(inventory: Path, host: str, user: str) -> None:
    answer = raw(inventory, host, "-u", user)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_old_cryptography_is_refused(inventory: Path) -> None:
    answer = raw(inventory, "oldssh")
    assert answer.returncode != 0
    assert "no matching host key type found. Their offer: ssh-rsa" in answer.stdout + answer.stderr


def test_old_cryptography_works_when_it_is_allowed(inventory: Path) -> None:
    document = json.loads(inventory.read_text(encoding="ascii"))
    allowed = document["all"]["children"]["lab"]["hosts"]["oldssh"]["lab_ssh_args_that_work"]
    answer = raw(inventory, "oldssh", f"--ssh-extra-args={allowed}")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("host", ["debian", "rhel9", "sles12"])
def test_sudo_takes_the_password_of_the_inventory(inventory: Path, host: str) -> None:
    password = json.loads(inventory.read_text(encoding="ascii"))["all"]["vars"]["lab_passwords"]["needspass"]
    answer = raw(
        inventory, host, "-u", "needspass", "--become", "-e", json.dumps({"ansible_become_password": password})
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


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
@pytest.mark.parametrize("host", ["debian", "rhel9", "rhel6", "busybox"])
def test_untouched_host_has_the_same_snapshot_twice(host: str, inventory: Path, tmp_path: Path) -> None:
    for name in ("before", "after"):
        taken = command(LAB, "snapshot", host, tmp_path / name)
        assert taken.returncode == 0, taken.stderr
        raw(inventory, host, "-u", "operator")
    compared = command(LAB, "diff", tmp_path / "before", tmp_path / "after")
    assert (compared.returncode, compared.stdout) == (0, "")


@pytest.mark.usefixtures("inventory")
def test_snapshot_sees_a_new_byte(tmp_path: Path) -> None:
    command(LAB, "snapshot", "noisy", tmp_path / "before")
    inside("noisy", "echo >>/etc/motd; touch /root/new")
    command(LAB, "snapshot", "noisy", tmp_path / "after")
    compared = command(LAB, "diff", tmp_path / "before", tmp_path / "after")
    inside("noisy", "rm /root/new")
    assert compared.returncode == 1
    assert "+ /root/new" in compared.stdout
    assert "~ /etc/motd sha256" in compared.stdout


@pytest.mark.usefixtures("inventory")
@pytest.mark.parametrize(
    "absent", ["python", "python2", "python3", "systemctl", "lsblk", "timeout", "base64", "rpm", "yum", "dpkg"]
)
def test_rhel6_has_no(absent: str) -> None:
    assert inside("rhel6", f"command -v {absent}").returncode != 0


@pytest.mark.usefixtures("inventory")
def test_rhel6_is_booted_by_init() -> None:
    assert inside("rhel6", "cat /proc/1/comm; runlevel; service sshd status").stdout.splitlines()[:2] == ["init", "N 3"]


@pytest.mark.usefixtures("inventory")
@pytest.mark.parametrize("host", ["debian", "rhel9", "rhel7", "sles12", "ondisk"])
def test_systemd_is_process_one(host: str) -> None:
    unit = "ssh" if host == "debian" else "sshd"
    answer = inside(
        host, f"cat /proc/1/comm; systemctl is-active {unit}; systemctl is-enabled {unit}; systemctl is-failed '*'"
    )
    assert answer.stdout.split()[:3] == ["systemd", "active", "enabled"]
    assert "failed" not in answer.stdout.split()[3:]


def test_other_machines_are_told_why_the_lab_is_left_out() -> None:
    answer = command("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", LAB, "up")
    if "setpriv" in answer.stderr or "Permission denied" in answer.stderr:
        pytest.skip("this machine does not let another user run the lab's script")
    assert answer.returncode == LEFT_OUT
    assert answer.stderr.startswith("lab left out: ")

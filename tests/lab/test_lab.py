# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lab itself: its hosts answer, install, stay untouched. Starts the lab if it is not up, and leaves it up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from lab_command import HOSTS, LAB, LEFT_OUT, SYSTEMD, command, inside, raw


@pytest.mark.parametrize("user", ["root", "operator", "needspass"])
def test_every_host_answers_over_ssh(inventory: Path, user: str) -> None:
    hosts = [host for host in HOSTS if host != "oldssh"]
    answer = raw(inventory, ",".join(hosts), "-u", user, "--forks", "4")
    assert re.findall(r"^(\S+) \| (?:UNREACHABLE|FAILED)", answer.stdout, re.MULTILINE) == []
    assert set(re.findall(r"^(\S+) \| CHANGED", answer.stdout, re.MULTILINE)) == set(hosts)


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


def after_a_login(host: str, inventory: Path, folder: Path) -> list[str]:
    """What differs on a host before and after somebody has logged in."""
    for name in ("before", "after"):
        taken = command(LAB, "snapshot", host, folder / name)
        assert taken.returncode == 0, taken.stderr
        raw(inventory, host, "-u", "operator")
    return command(LAB, "diff", folder / "before", folder / "after").stdout.splitlines()


@pytest.mark.usefixtures("inventory")
@pytest.mark.parametrize("host", ["debian", "rhel9", "rhel6", "busybox", "firewalld", "ntpd", "upstart"])
def test_untouched_host_has_the_same_snapshot_twice(host: str, inventory: Path, tmp_path: Path) -> None:
    # What an earlier test began may end meanwhile, but only once; what a login writes would come every time.
    seen = [after_a_login(host, inventory, tmp_path)]
    while seen[-1] and len(seen) < 3:
        seen.append(after_a_login(host, inventory, tmp_path))
    assert seen[-1] == [], seen


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
@pytest.mark.parametrize("host", SYSTEMD)
def test_systemd_is_process_one(host: str) -> None:
    unit = "ssh" if inside(host, "test -d /etc/apt").returncode == 0 else "sshd"
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

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes the single hosts special: firewalls, clocks, adapters, old ways to start."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import pytest
from lab_command import FIREWALLS, HOSTS, LAB, address, command, inside, knock

pytestmark = pytest.mark.usefixtures("inventory")
_SYS_TIME = 1 << 25


@pytest.mark.parametrize("host", FIREWALLS)
def test_firewall_lets_in_ssh_only(host: str) -> None:
    assert (knock(host, 22), knock(host, 20004)) == ("open", "blocked")
    assert knock("debian", 20004) == "refused"  # no firewall: it is only that nobody listens


@pytest.mark.parametrize("host", HOSTS)
def test_no_host_can_set_a_clock(host: str) -> None:
    shown = inside(host, "cat /proc/1/status /proc/self/status").stdout
    bounds = [int(line.split()[1], 16) for line in shown.splitlines() if line.startswith("CapBnd")]
    assert [bound & _SYS_TIME for bound in bounds] == [0, 0]
    if host != "busybox":
        assert inside(host, "date -s 2001-01-01").returncode != 0
    assert datetime.now(timezone.utc).year > 2001


def test_time_daemons_follow_the_time_server() -> None:
    questions = {
        "ntpd": "ntpq -n -c rv 127.0.0.1 | grep -v -e leap_alarm | grep stratum=9",
        "timesyncd": "test -e /run/systemd/timesync/synchronized",
        "twodaemons": "chronyc -h 127.0.0.1 -n tracking | grep 'Leap status *: Normal'",
    }
    until = time.monotonic() + 90
    while questions and time.monotonic() < until:
        questions = {host: question for host, question in questions.items() if inside(host, question).returncode != 0}
        time.sleep(1)
    assert questions == {}


def test_clock_that_is_off_is_seven_minutes_ahead() -> None:
    ahead = int(inside("clockoff", "date +%s").stdout) - time.time()
    assert 410 < ahead < 430
    assert inside("clockoff", "systemctl is-active chrony").stdout.strip() == "inactive"


def test_two_daemons_are_enabled_and_one_runs() -> None:
    assert inside("twodaemons", "systemctl is-enabled chronyd ntpd").stdout.split() == ["enabled", "enabled"]
    assert sorted(inside("twodaemons", "systemctl is-active chronyd ntpd").stdout.split()) == ["active", "inactive"]


def test_adapters_have_their_kinds_of_addresses() -> None:
    fields = [line.split() for line in inside("adapters", "ip -o addr show scope global").stdout.splitlines()]
    assert [(field[1], field[2]) for field in fields] == [("eth0", "inet"), ("eth0", "inet"), ("eth1", "inet6")]
    assert "eth2" in inside("adapters", "ip -o -6 addr show scope link").stdout
    assert inside("adapters", "hostname").stdout.strip() == "adapters.corp.example"
    assert "127.0.1.1\tadapters.corp.example\tadapters\n" in inside("adapters", "cat /etc/hosts").stdout


def test_etc_is_read_only() -> None:
    assert "Read-only file system" in inside("etcro", "touch /etc/x").stderr
    assert inside("etcro", "touch /var/x && rm /var/x").returncode == 0


@pytest.mark.parametrize(
    "absent", ["python", "python2", "python3", "systemctl", "lsblk", "timeout", "base64", "rpm", "yum", "dpkg"]
)
def test_rhel6_has_no(absent: str) -> None:
    assert inside("rhel6", f"command -v {absent}").returncode != 0


def test_rhel6_is_booted_by_init() -> None:
    assert inside("rhel6", "cat /proc/1/comm; runlevel; service sshd status").stdout.splitlines()[:2] == ["init", "N 3"]


@pytest.mark.parametrize("copy", ["rhel6"], indirect=True)
@pytest.mark.parametrize(("name", "start"), [("ntpd", "58"), ("vmtoolsd", "03")])
def test_service_and_chkconfig_work_on_real_links(copy: str, name: str, start: str) -> None:
    assert inside(copy, f"service {name} status; chkconfig {name}").returncode == 1
    inside(copy, f"chkconfig {name} on; service {name} start")
    assert inside(copy, f"service {name} status && test -L /etc/rc.d/rc3.d/S{start}{name}").returncode == 0
    inside(copy, f"chkconfig {name} off; service {name} stop")
    assert inside(copy, f"service {name} status").returncode == 3
    assert inside(copy, f"ls /etc/rc.d/rc3.d/S*{name}").returncode != 0


@pytest.mark.parametrize("copy", ["upstart"], indirect=True)
def test_stand_in_of_upstart_obeys_the_files_of_jobs(copy: str) -> None:
    assert inside(copy, "initctl status ssh").stdout.startswith("ssh start/running, process ")
    assert inside(copy, "stop ssh && start ssh && restart ssh").returncode == 0
    inside(copy, "echo manual >/etc/init/ssh.override; stop ssh; initctl boot")
    assert inside(copy, "status ssh").stdout == "ssh stop/waiting\n"
    inside(copy, "rm /etc/init/ssh.override; initctl boot; sleep 1")
    assert knock(copy, 22) == "open"


def test_copies_come_and_go_without_disturbing_others() -> None:
    names = [f"{host}-labtest{number}" for host in ("noisy", "rhel6") for number in (1, 2)]
    began = inside("debian", "cut -d' ' -f22 /proc/1/stat; cat /proc/1/cmdline").stdout
    with ThreadPoolExecutor(4) as pool:
        ups = list(pool.map(lambda name: command(LAB, "up", name), names))
        assert [up.returncode for up in ups] == [0] * 4, ups
        assert len({address(name) for name in names}) == 4
        assert [inside(name, "hostname").stdout.strip() for name in names] == names
        listed = Path(command(LAB, "inventory").stdout.strip()).read_text(encoding="ascii")
        assert all(f'"{name}"' in listed for name in names)
        list(pool.map(lambda name: command(LAB, "down", name), names))
    assert inside("debian", "cut -d' ' -f22 /proc/1/stat; cat /proc/1/cmdline").stdout == began
    assert not any(name in command(LAB, "status").stdout for name in names)


@pytest.mark.parametrize("copy", ["ondisk", "debian"], indirect=True)
def test_immutable_files_are_kept_until_the_host_goes(copy: str) -> None:
    inside(copy, "chattr +i /etc/hosts")
    assert inside(copy, "echo >>/etc/hosts || mv /etc/hosts /etc/away").returncode != 0
    done = subprocess.run([str(LAB), "reset", copy], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert inside(copy, "echo >>/etc/hosts").returncode == 0

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop one host."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from preflight_lab import network, personal, processes, roots
from preflight_lab.hosts import Host
from preflight_lab.places import HERE, HOSTS, netns
from preflight_lab.shell import LabError, run

_INIT = {"init": ["/sbin/init"], "sshd": ["/usr/sbin/sshd", "-D"]}
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
    "HOME": "/root",
    "TERM": "dumb",
}
_BOOT_LIMIT = 120
_NOT_THEIRS = "-sys_time,-sys_module,-sys_rawio,-sys_boot,-wake_alarm,-syslog"
_GROUP_TREES = ("/sys/fs/cgroup", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified")


def start(host: Host, lower: list[Path]) -> None:
    """Start a host from its lower directories, with an empty upper one."""
    stop(host.name)
    area = HOSTS / host.name
    for part in ("upper", "work", "root"):
        (area / part).mkdir(parents=True)
    if host.on_disk:
        roots.copy(lower, area)
    else:
        roots.mount_overlay(lower, area)
    (area / "lower").write_text("\n".join(map(str, lower)), encoding="ascii")
    personal.write(host, area / "root")
    launch(host)


def launch(host: Host) -> None:
    """Connect and boot a host whose root is mounted; wait until its sshd answers."""
    area = HOSTS / host.name
    more = [[address.format(n=host.number) for address in each] for each in host.more_addresses]
    network.connect(host.name, host.address, more)
    (area / "launched").write_text("", encoding="ascii")
    log = area / "console.log"
    with log.open("wb") as console:
        outer = subprocess.Popen(
            _command(host, area / "root"), stdin=subprocess.DEVNULL, stdout=console, stderr=console,
            start_new_session=True, env=ENVIRONMENT, cwd="/",
        )  # fmt: skip
    until = time.monotonic() + _BOOT_LIMIT
    while time.monotonic() < until and outer.poll() is None:
        inner = processes.only_child(outer.pid)
        if inner:
            processes.record(area / "pid", inner)
            processes.record(area / "outer", outer.pid)
            if _ssh_answers(host.address):
                return
        time.sleep(0.05)
    tail = log.read_text(encoding="utf-8", errors="replace")[-1500:]
    raise LabError(f"{host.name}: no sshd on {host.address} within {_BOOT_LIMIT} s; its console: {tail or 'silent'}")


def _command(host: Host, root: Path) -> list[str]:
    if host.boot == "systemd":
        nspawn = [
            "systemd-nspawn", "--quiet", "--boot", f"--directory={root}", f"--machine={netns(host.name)}",
            f"--hostname={host.full_name}", f"--network-namespace-path=/run/netns/{netns(host.name)}", "--register=no",
            # Their firewall is their own, as on any machine; nspawn takes it away from a host in a given namespace.
            "--capability=CAP_NET_ADMIN",
            *(f"--setenv={each}" for each in host.init_environment),
            "--keep-unit", "--console=passive", "--link-journal=no", "--resolv-conf=off", "--timezone=off",
        ]  # fmt: skip
        if Path("/run/systemd/system").is_dir():
            scope = ["systemd-run", "--scope", "--quiet", "--collect", f"--unit={netns(host.name)}"]
            return [*scope, "--property=Delegate=yes", *nspawn]
        return ["sh", "-c", _OWN_CGROUP, netns(host.name), *nspawn]
    personality = ["setarch", "--uname-2.6"] if host.old_kernel_name else []
    spaces = ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"]
    enter = ["sh", str(HERE / "enter.sh"), str(root), host.full_name]
    return ["ip", "netns", "exec", netns(host.name), *spaces, *personality, *enter, *_INIT[host.boot]]


# Where no systemd looks after control groups, each host gets its own; nspawn would put all into one.
_OWN_CGROUP = """
for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
    [ -e "$tree/cgroup.procs" ] && mkdir -p "$tree/$0" && echo $$ >"$tree/$0/cgroup.procs"
done
exec "$@"
"""


def halt(name: str) -> None:
    """Stop a host but keep its upper directory."""
    area = HOSTS / name
    for part in ("hang", "pid", "outer"):
        processes.end(area / part)
        (area / part).unlink(missing_ok=True)
    if network.is_ours():
        network.disconnect(name)
    _unmount_below(area, f"{area}/small")
    for tree in _GROUP_TREES:
        _remove_groups(Path(tree, netns(name)))


def stop(name: str) -> None:
    """Stop a host and forget everything it wrote; also what a crash left of one."""
    halt(name)
    area = HOSTS / name
    _unmount_below(area)
    if area.is_dir():
        try:
            shutil.rmtree(area)
        except PermissionError:  # somebody made a file on this machine's disk immutable
            run(["chattr", "-R", "-f", "-i", "-a", area], check=False)
            shutil.rmtree(area)


def pid_of(name: str) -> int:
    """The process that is number 1 inside a host that is up."""
    pid = processes.alive(HOSTS / name / "pid")
    if not pid:
        raise LabError(f"{name} is not up; start it with: lab up {name}")
    return pid


def inside(pid: int) -> list[str]:
    """The command prefix that runs something inside the host with that process 1, without ssh."""
    # Root from outside has every capability; what reaches beyond the host (see enter.sh) is taken from it here too.
    enter = ["nsenter", "-t", str(pid), "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--"]
    return ["setpriv", f"--bounding-set={_NOT_THEIRS}", *enter]


def is_up(name: str) -> bool:
    """Whether the host runs."""
    return bool(processes.alive(HOSTS / name / "pid"))


def _ssh_answers(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _unmount_below(area: Path, keep: str = "") -> None:
    """Unmount what is mounted under a directory, innermost first."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    points = [line.split()[4] for line in lines]
    for point in sorted((each for each in points if each.startswith(f"{area}/") and each != keep), reverse=True):
        run(["umount", "-l", point], check=False)


def _remove_groups(group: Path) -> None:
    if group.is_dir():
        for directory, _children, _files in os.walk(group, topdown=False):
            try:
                os.rmdir(directory)
            except OSError:
                continue  # still a dying process in it: harmless, and removed by the next down

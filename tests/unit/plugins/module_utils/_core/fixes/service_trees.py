# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine below a directory, with SysV init, upstart or what systemctl prints, and the service library on it.

The scripts name /etc and /run; here these names are replaced in what is sent, so that neither root rights nor a
variable that production would have to carry are needed. The real systemd and SysV init are in the lab.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import (
    Limits,
    as_sent,
    compose_calls,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import changes
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import SERVICE_SCRIPTS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.said import Said, said

STATES = frozenset({"applied", "unchanged", "already_done", "refused", "failed", "running", "restored"})
#: A fix of nothing but the service toyd.
TOY = """
toy_names() {
    service_units='toy.service toyd.service toy.socket'
    service_companions='toy-keys.service'
    service_scripts='toyd toy'
    service_process=toyd
}
toy_state() { toy_names; service_state; state="autostart=$autostart running=$running"; }
toy_prepare() { toy_names; service_prepare "$@"; }
toy_apply() { service_apply; }
toy_settle() { toy_names; service_settle; }
toy_undo() { toy_names; refuse_to_cut "the toy server" toyshd; service_undo; }
toy_look() { toy_names; service_state; echo "$autostart $running $service_system $service $service_obstacle"; }
process_runs() { [ -e ROOT/run/toyd.pid ]; }
wait_for_its_end() { :; }
pause() { sleep 0.01; }
"""
SCRIPT = """#!/bin/sh
case $1 in
start)
    [ ! -e ROOT/broken ] || { echo "toyd: bad line 3"; exit 1; }
    umask >ROOT/run/umask
    env >ROOT/run/env
    >ROOT/run/toyd.pid ;;
stop) rm ROOT/run/toyd.pid ;;
esac
"""
CHKCONFIG = """#!/bin/sh
for level in 2 3 4 5; do
    rm -f ROOT/etc/rc.d/rc$level.d/[SK]??"$1"
    if [ "$2" = on ]; then ln -s ../init.d/$1 ROOT/etc/rc.d/rc$level.d/S55$1
    else ln -s ../init.d/$1 ROOT/etc/rc.d/rc$level.d/K25$1; fi
done
"""
UPDATE_RC_D = """#!/bin/sh
for level in 2 3 4 5; do
    rm -f ROOT/etc/rc$level.d/[SK]??"$1"
    ln -s ../init.d/$1 ROOT/etc/rc$level.d/S20$1
done
"""
INITCTL = """#!/bin/sh
case $1 in
start) >ROOT/run/toyd.pid; echo "$2 start/running, process 5" ;;
stop) rm ROOT/run/toyd.pid ;;
esac
"""
#: Answers "show" with a file, and with a fragment where that is asked for; enables and starts what is named.
SYSTEMCTL = """#!/bin/sh
case "$*" in
*FragmentPath*) echo "FragmentPath=ROOT/toy.service" ;;
*ConditionResult*) echo ConditionResult=yes ;;
*show*) cat ROOT/shown ;;
enable*) ln -s /lib/systemd/system/toy.service ROOT/etc/systemd/system/multi-user.target.wants/toy.service
    sed 's/=disabled/=enabled/' ROOT/shown >ROOT/shown.new && mv ROOT/shown.new ROOT/shown ;;
start*) [ ! -e ROOT/broken ] || { echo "Job for toy.service failed because it is broken."; exit 1; }
    sed 's/=inactive/=active/' ROOT/shown >ROOT/shown.new && mv ROOT/shown.new ROOT/shown ;;
stop*) sed 's/=active/=inactive/' ROOT/shown >ROOT/shown.new && mv ROOT/shown.new ROOT/shown ;;
esac
"""


@dataclass
class Tree:
    """A machine below ``root``; ``shell`` is what runs the scripts."""

    root: Path
    shell: list[str]

    def program(self, name: str, text: str) -> None:
        self.write(f"bin/{name}", text)

    def write(self, path: str, text: str) -> None:
        there = self.root / path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text.replace("ROOT", str(self.root)))
        there.chmod(0o755)

    def rhel6(self) -> None:
        """SysV init as RHEL has it: the script is switched off, and stopped."""
        self.program("chkconfig", CHKCONFIG)
        self.write("etc/rc.d/init.d/toyd", SCRIPT)
        self.write("etc/inittab", "# id:5:initdefault:\nid:3:initdefault:\n")
        (self.root / "etc/init.d").symlink_to("rc.d/init.d")
        for level in range(7):
            (self.root / f"etc/rc.d/rc{level}.d").mkdir(parents=True)
            (self.root / f"etc/rc{level}.d").symlink_to(f"rc.d/rc{level}.d")
            (self.root / f"etc/rc.d/rc{level}.d/K25toyd").symlink_to("../init.d/toyd")
            (self.root / f"etc/rc.d/rc{level}.d/S10other").symlink_to("../init.d/other")
        self._run_directory()

    def debian7(self) -> None:
        """SysV init as Debian has it, without a link."""
        self.program("update-rc.d", UPDATE_RC_D)
        self.write("etc/init.d/toyd", SCRIPT)
        for level in range(7):
            (self.root / f"etc/rc{level}.d").mkdir(parents=True)
        self._run_directory()

    def upstart(self, job: str = "# a job\nstart on runlevel [2345]\n", override: str | None = None) -> None:
        self.program("initctl", INITCTL)
        self.write("etc/init/toyd.conf", job)
        if override is not None:
            self.write("etc/init/toyd.override", override)
        self._run_directory()

    def systemd(self, shown: str, fragment: str = "[Install]\nWantedBy=multi-user.target\n") -> None:
        self.program("systemctl", SYSTEMCTL)
        self.write("shown", shown)
        self.write("toy.service", fragment)
        (self.root / "etc/systemd/system/multi-user.target.wants").mkdir(parents=True)
        (self.root / "run/systemd/system").mkdir(parents=True)

    def _run_directory(self) -> None:
        (self.root / "run").mkdir(exist_ok=True)

    @property
    def journal(self) -> Path:
        return self.root / "preflight.azure" / "journal"

    @property
    def record(self) -> str:
        [path] = self.journal.glob("*.record")
        return path.read_text()

    def look(self) -> list[str]:
        """All links and directories below /etc, and whether the daemon runs."""
        links = [f"{path} {path.readlink()}" for path in (self.root / "etc").rglob("*") if path.is_symlink()]
        directories = [str(path) for path in (self.root / "etc").rglob("*") if path.is_dir() and not path.is_symlink()]
        shown = self.root / "shown"
        units = shown.read_text().replace("=enabled", "=disabled") if shown.exists() else ""
        return [units, *sorted([*links, *directories, *(str(path) for path in (self.root / "run").glob("*.pid"))])]

    def script(self, calls: list[str], run: str) -> str:
        names = (*changes.LIBRARIES, *SERVICE_SCRIPTS)
        script = compose_calls(
            ["effective_user=0", *calls],
            Limits(time_seconds=60),
            [
                *(as_sent(Path(changes.__file__).with_name(name)) for name in names),
                TOY.replace("ROOT", str(self.root)),
                f"journal_root={self.root}/preflight.azure\njournal=$journal_root/journal\nlock_seconds=1",
                f"change_run={run}\nchange_catalogue=1.0",
                "" if os.geteuid() == 0 else "trusted() { :; }",
            ],
        )
        return self._here(script).replace("PATH=/usr/sbin:", f"PATH={self.root}/bin:/usr/sbin:", 1)

    def _here(self, script: str) -> str:
        return script.replace("/etc/", f"{self.root}/etc/").replace("/run/systemd", f"{self.root}/run/systemd")

    def state(self) -> str:
        """What the library says: autostart, running, the kind of system, the service, the obstacle."""
        [line] = self._looks("toy_look")
        return line

    def states(self, units: list[str]) -> list[str]:
        """What it says of each of these answers of systemctl."""
        for number, shown in enumerate(units):
            (self.root / f"shown.{number}").write_text(shown)
        numbers = " ".join(str(number) for number in range(len(units)))
        return self._looks(f"for n in {numbers}; do cat {self.root}/shown.$n >{self.root}/shown; toy_look; done")

    def _looks(self, line: str) -> list[str]:
        library = Path(changes.__file__).with_name("service_state.sh").read_text()
        toy = TOY.replace("ROOT", str(self.root))
        script = self._here(f"PATH={self.root}/bin:$PATH\n{library}\n{toy}\n{line}\n")
        done = subprocess.run(self.shell, input=script.encode(), capture_output=True, timeout=60, check=True)
        assert done.stderr == b""
        return [found.strip() for found in done.stdout.decode().splitlines()]

    def call(self, line: str, run: str) -> Said:
        script = self.script([line], run)
        done = subprocess.run(self.shell, input=script.encode(), capture_output=True, timeout=60, check=True)
        assert done.stderr == b""
        [answer] = parse(done.stdout).answers.values()
        return said(answer, STATES)

    def change(self, run: str = "r1", before: str = "autostart=no running=no", *arguments: str) -> Said:
        words = " ".join(arguments)
        return self.call(f"change toy 20 '{before}' 'autostart=yes running=yes' {words}", run)

    def restore(self, number: str = "000001") -> Said:
        return self.call(f"restore {number} toy 20 no", "undo")

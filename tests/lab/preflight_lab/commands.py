# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the lab."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from preflight_lab import boot, credentials, hosts, inventory, lifecycle, needs, roots, snapshot, trouble
from preflight_lab.locks import held
from preflight_lab.places import LEFT_OUT
from preflight_lab.shell import LabError, LeftOut, say


def main(arguments: list[str]) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command is not _diff:
            needs.check_root()
        return int(options.command(options) or 0)
    except LeftOut as error:
        say(f"lab left out: {error}")
        return LEFT_OUT
    except LabError as error:
        say(f"lab: {error}")
        return 1
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except KeyboardInterrupt:
        say("lab: interrupted; `lab down` clears up")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: object, *names: str, text: str, many: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text)
        sub.set_defaults(command=function)
        for each in names:
            sub.add_argument(each)
        if many:
            sub.add_argument("names", nargs="*", metavar="NAME")
        return sub

    command("up", _up, many=True, text="start the named hosts, or all")
    command("down", _down, many=True, text="stop the named hosts, or all; nothing they wrote stays")
    command("reset", _reset, many=True, text="down and up again")
    command("build", _build, text="build the cached roots only; `up` does it by itself")
    command("status", _status, text="the hosts that are up")
    command("inventory", _inventory, text="print the path of the Ansible inventory")
    command("fleet", _fleet, "action", "count", text="`fleet up N`: N cheap hosts; `fleet down 0`")
    execute = command("exec", _exec, "name", text="run a command inside a host, from outside")
    execute.add_argument("words", nargs=argparse.REMAINDER, metavar="CMD")
    command("snapshot", _snapshot, "name", "file", text="write the state of a host's whole file system")
    command("diff", _diff, "before", "after", text="compare two snapshots; exit code 1 when they differ")
    for name, (function, text) in trouble.COMMANDS.items():
        command(name, _trouble(function), "name", text=text)
    command("prune", _prune, text="remove cached roots that are out of date and not in use")
    return parser


def _up(options: argparse.Namespace) -> None:
    lifecycle.up(options.names or list(hosts.STATIC))


def _reset(options: argparse.Namespace) -> None:
    lifecycle.up(options.names or [host.name for host in inventory.up_hosts()], afresh=True)


def _build(_options: argparse.Namespace) -> None:
    lifecycle.build()


def _down(options: argparse.Namespace) -> None:
    if options.names:
        lifecycle.down(options.names)
    else:
        lifecycle.all_down()


def _fleet(options: argparse.Namespace) -> None:
    if options.action not in ("up", "down") or not options.count.isdigit():
        raise LabError("say `lab fleet up N` or `lab fleet down 0`")
    keep = [host.name for host in hosts.fleet(int(options.count))] if int(options.count) else []
    lifecycle.down([host.name for host in inventory.up_hosts() if "fleet" in host.groups and host.name not in keep])
    if options.action == "up":
        lifecycle.up(keep)


def _status(_options: argparse.Namespace) -> None:
    for host in inventory.up_hosts():
        print(f"{host.name:16} {host.address:15} {host.boot:8} {'up' if boot.is_up(host.name) else 'dead'}")


def _inventory(_options: argparse.Namespace) -> None:
    if not credentials.KEY.exists():
        raise LabError("no lab has been up yet; run: lab up")
    inventory.write()
    print(inventory.INVENTORY)


def _exec(options: argparse.Namespace) -> None:
    if not options.words:
        raise LabError("say what to run: lab exec NAME CMD…")
    inside = boot.inside(boot.pid_of(hosts.host(options.name).name))
    os.execvpe(inside[0], [*inside, *options.words], boot.ENVIRONMENT)


def _snapshot(options: argparse.Namespace) -> None:
    hosts.host(options.name)
    snapshot.take(boot.pid_of(options.name), Path(options.file))


def _diff(options: argparse.Namespace) -> int:
    differences = snapshot.compare(Path(options.before), Path(options.after))
    for line in differences:
        print(line)
    return 1 if differences else 0


def _trouble(function: object) -> object:
    def command(options: argparse.Namespace) -> None:
        with held("lab", shared=True), held(f"host-{options.name}"):
            function(hosts.host(options.name))  # type: ignore[operator]

    return command


def _prune(_options: argparse.Namespace) -> None:
    with held("lab"):
        roots.prune()

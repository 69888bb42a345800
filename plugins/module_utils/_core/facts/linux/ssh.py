# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SSH server: whether it is there, starts, and whom it lets in. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...collector.read import command
from ...collector.recording import Recording
from ..fact import Fact, Subject, Unknown, Value
from . import init, services, sshd_config
from .commands import PROGRAMS, has
from .processes import processes, started_at

UNITS = ("sshd.service", "ssh.service", "sshd.socket", "ssh.socket")
_SOCKETS = ("ssh.socket", "sshd.socket")
#: Where the server keeps its number. It writes the file anew whenever it reads its settings, also after a reload.
PID_FILES = ("/run/sshd.pid", "/var/run/sshd.pid", "/var/run/sshd.init.pid")
#: The times of the folder tell of a part that was taken away. "%y" has the fractions of a second that "%Y" has not.
TIMES = command(
    "sshd configuration times",
    "stat -c '%Y %y %n' /etc/ssh/sshd_config /etc/ssh/sshd_config.d /etc/ssh/sshd_config.d/*.conf "
    + " ".join(PID_FILES)
    + f"; for f in {' '.join(PID_FILES)}; do {{ read -r n <$f; }} 2>/dev/null && echo \"$f:$n\"; done",
)
#: Debian's units and scripts do not start a server while this file is there.
OFF = command("sshd off", "test ! -e /etc/ssh/sshd_not_to_be_run")
#: What the server says of its settings; nothing where there is no server.
TEST = command("sshd -t", "command -v sshd >/dev/null || exit 0; sshd -t", 10)
#: What the service itself makes before it starts the server; by then the settings were accepted.
_MADE_AT_START = re.compile("no hostkeys available|privilege separation directory")


def service(recording: Recording) -> services.ServiceState:
    """Return the state of the server; one that a socket starts counts as running."""
    return services.state(recording, UNITS, ("sshd", "ssh"), ("sshd",))


def ports(recording: Recording) -> list[int] | Unknown:
    """Return the TCP ports that the server listens on, as its socket or its settings have them."""
    for name in _SOCKETS:
        properties = services.unit(recording, name) if services.active(recording, name) is True else None
        if isinstance(properties, dict):
            found = re.findall(r":(\d+) \(Stream\)", properties.get("Listen", ""))
            if found:
                return sorted({int(port) for port in found})
    settings = sshd_config.settings(recording)
    if isinstance(settings, Unknown):
        return settings
    listen, port = settings.all("listenaddress"), settings.all("port")
    if isinstance(listen, Unknown) or isinstance(port, Unknown):
        return listen if isinstance(listen, Unknown) else port if isinstance(port, Unknown) else []
    with_port = [found[1] for found in (re.search(r"(?:\]|^[^:]+):(\d+)$", address) for address in listen) if found]
    chosen = with_port if len(with_port) == len(listen) and listen else [*with_port, *port] or ["22"]
    return sorted({int(number) for number in chosen if re.fullmatch(r"\d{1,5}", number)})


def _password_authentication(settings: sshd_config.Settings | Unknown) -> bool | Unknown:
    value = settings if isinstance(settings, Unknown) else settings.get("passwordauthentication", "yes")
    return value if isinstance(value, Unknown) else value.lower() == "yes"


def _permit_root_login(settings: sshd_config.Settings | Unknown) -> str | Unknown:
    by_version = Unknown("PermitRootLogin is not set, and its default depends on the server's version")
    value = settings if isinstance(settings, Unknown) else settings.get("permitrootlogin", by_version)
    if isinstance(value, Unknown):
        return value
    return "prohibit-password" if value.lower() == "without-password" else value.lower()


def _sftp_subsystem(settings: sshd_config.Settings | Unknown) -> str | Unknown:
    subsystems = settings if isinstance(settings, Unknown) else settings.all("subsystem")
    if isinstance(subsystems, Unknown):
        return subsystems
    found = (re.match(r"sftp\s+(.*)", subsystem) for subsystem in subsystems)
    return next((match[1].strip() for match in found if match), "")


def _daemon_started(recording: Recording) -> tuple[float, float] | bool | Unknown:
    """Return between which moments the server read its settings last; false where none runs."""
    boot = started_at(recording)
    found = processes(recording, "sshd")
    if isinstance(found, Unknown) or isinstance(boot, Unknown):
        return found if isinstance(found, Unknown) else boot if isinstance(boot, Unknown) else False
    seconds: list[float] = []
    for name in UNITS[:2]:
        properties = services.unit(recording, name)
        if isinstance(properties, dict) and properties.get("ActiveState") == "active":
            main = properties.get("MainPID", "")
            seconds = [process.started for process in found if str(process.pid) == main]
            # A reload starts no process, but changes the state of the unit twice.
            changed = properties.get("StateChangeTimestampMonotonic", "")
            if seconds and re.fullmatch(r"\d{1,18}", changed):
                seconds = [max(seconds[0], int(changed) / 1e6)]
    # A server that systemd does not know: the children for each connection have it, or another sshd, as parent.
    seconds = seconds or [process.started for process in found if process.parent == 1][:1]
    seconds = seconds or [process.started for process in found][:1]
    if not seconds:
        return False
    written = pid_file_times(recording)
    return max([(boot[0] + seconds[0], boot[1] + seconds[0]), *([] if isinstance(written, Unknown) else written)])


def pid_file_times(recording: Recording) -> list[tuple[float, float]] | Unknown:
    """Return when the file with the server's number was written, if the number is that of a server that runs."""
    answer, found = recording.answer(TIMES), processes(recording, "sshd")
    if isinstance(found, Unknown):
        return found
    numbers = {process.pid for process in found}
    servers = {process.pid for process in found if process.parent not in numbers}
    lines = answer.lines if answer.answered else []
    return [
        written
        for path in PID_FILES
        if any(line == f"{path}:{server}" for server in servers for line in lines)
        for written in times(lines, (path,))
    ]


def _newer(recording: Recording) -> bool | Unknown:
    started = _daemon_started(recording)
    if not isinstance(started, tuple):
        return started
    answer = recording.answer(TIMES)
    changed = times(answer.lines, ("/etc/ssh/",)) if answer.answered else []
    if not changed:
        return Unknown(answer.reason)
    earliest, latest = max(changed)
    if earliest >= started[1]:
        return True
    if latest <= started[0]:
        return False
    return Unknown("the SSH server was started in the same second in which its settings were changed")


def times(lines: list[str], paths: tuple[str, ...]) -> list[tuple[float, float]]:
    """Return between which moments each of the files was written whose path begins with one of those."""
    return list(_times(lines, paths))


def _times(lines: list[str], paths: tuple[str, ...]) -> Iterator[tuple[float, float]]:
    for line in lines:
        found = re.match(r"(\d{1,12}) [\d-]+ [\d:]+(\.\d+)? \S+ (/.*)", line)
        if found is None or not found[3].startswith(paths):
            continue
        if found[2]:
            yield int(found[1]) + float(found[2]), int(found[1]) + float(found[2])
        else:
            yield float(found[1]), float(found[1]) + 1


def _autostart(recording: Recording, state: services.ServiceState) -> bool | Unknown:
    off = recording.answer(OFF)
    if state.autostart is True and off.answered and off.code == 1:
        return False
    return state.autostart


def _obstacle(recording: Recording) -> str | Unknown:
    off, test = recording.answer(OFF), recording.answer(TEST)
    for answer in (off, test):
        if not answer.answered:
            return Unknown(answer.reason)
    if off.code == 1:
        return (
            "/etc/ssh/sshd_not_to_be_run is there, so somebody decided that the SSH server must not run; remove that "
            "file if it may"
        )
    masked = services.obstacle(recording, UNITS)
    if masked:
        return masked
    if test.code == 0 or _MADE_AT_START.search(test.text):
        return ""
    lines = [line for line in test.lines if line.strip()]
    told = next((line for line in lines if re.search(r"line \d", line)), lines[-1] if lines else f"code {test.code}")
    return f"the SSH server does not accept its settings ({told.strip()[:200]}); correct them until 'sshd -t' is silent"


def _parse(recording: Recording) -> Mapping[str, Value]:
    state = service(recording)
    settings = sshd_config.settings(recording)
    listening = ports(recording)
    return {
        "installed": services.any_of([has(recording, "sshd"), state.running]),
        "running": state.running,
        "autostart": _autostart(recording, state),
        "obstacle": _obstacle(recording),
        "ports": listening if isinstance(listening, Unknown) else [*listening],
        "password_authentication": _password_authentication(settings),
        "permit_root_login": _permit_root_login(settings),
        "sftp_subsystem": _sftp_subsystem(settings),
        "configuration_newer_than_daemon": _newer(recording),
    }


#: What :func:`ports` looks at.
PORT_READS = (
    *(sshd_config.EFFECTIVE, sshd_config.MAIN, sshd_config.VENDOR, sshd_config.PARTS),
    *(services.UNITS, init.INIT),
)
_SETTINGS = (sshd_config.EFFECTIVE, sshd_config.MAIN, sshd_config.VENDOR, sshd_config.PARTS)
_FROM_SETTINGS = "sshd -T as root for a logon of root from the present address, else /etc/ssh/sshd_config and its parts"
_FROM_INIT = "systemd, upstart or the links of SysV init; processes"

SUBJECT = Subject(
    "ssh",
    (
        Fact("ssh.installed", "bool", "Whether an SSH server is there.", "the file sshd", (PROGRAMS, *services.READS)),
        Fact("ssh.running", "bool", "Whether the server or its socket listens.", _FROM_INIT, services.READS),
        Fact("ssh.autostart", "bool", "Whether it starts with the machine.", _FROM_INIT, (*services.READS, OFF)),
        Fact(
            "ssh.obstacle",
            "str",
            "Why the server cannot or must not be started; empty where nothing speaks against it. Only for planning a "
            "fix: no audit collects it.",
            "/etc/ssh/sshd_not_to_be_run, systemd, sshd -t",
            (OFF, TEST, *services.READS),
        ),
        Fact("ssh.ports", "list", "The TCP ports it listens on.", _FROM_SETTINGS, PORT_READS),
        Fact("ssh.password_authentication", "bool", "Whether it takes passwords.", _FROM_SETTINGS, _SETTINGS),
        Fact(
            "ssh.permit_root_login",
            "str",
            "How root may log on: yes, no, prohibit-password or forced-commands-only.",
            _FROM_SETTINGS,
            _SETTINGS,
        ),
        Fact("ssh.sftp_subsystem", "str", "Its SFTP server; empty where it has none.", _FROM_SETTINGS, _SETTINGS),
        Fact(
            "ssh.configuration_newer_than_daemon",
            "bool",
            "Whether its settings were changed after it last read them; false where no server runs.",
            "modification times, start times",
            (TIMES, *services.READS),
        ),
    ),
    _parse,
)

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a model answers about services, files, certificates, programs, the firewall, groups and the network."""

from __future__ import annotations

from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import (
    ABSENT,
    Answer,
    Machine,
    NotInFileError,
    ReadEndedError,
    found,
    part,
    row,
)


def environment(machine: Machine) -> Answer:
    """What the process is."""
    for name, value in machine["environment"].items():
        yield row(name, *(value if isinstance(value, list) else [value]))


def services(machine: Machine, *names: str) -> Answer:
    """State, start mode, whether delayed, account of each."""
    told = {name.lower(): service for name, service in part(machine, "services").items()}
    for name in names:
        service = told.get(name.lower())
        if service is None:
            raise NotInFileError(f"service {name}")
        if service == ABSENT:
            yield row(name, ABSENT)
        else:
            yield row(name, *(service.get(key) for key in ("state", "start", "delayed", "account")))


def file(machine: Machine, path: str) -> Answer:
    """Size, time of change and version; a file without one has zeros."""
    entry = _file(machine, path)
    yield row("size_bytes", entry["size_bytes"] if "size_bytes" in entry else len(str(entry.get("text", ""))))
    yield row("modified", entry.get("modified", "2024-01-01T00:00:00Z"))
    yield row("version", entry.get("version", "0.0.0.0"))


def content(machine: Machine, path: str) -> Answer:
    """The text of a file."""
    said = str(_file(machine, path).get("text", ""))
    if len(said) > 262144:
        raise ReadEndedError("1", "longer than 262144 characters")
    yield said


def _file(machine: Machine, path: str) -> Any:
    environment_of = part(machine, "environment")
    if str(environment_of.get("process_bits")) == "32" and environment_of.get("architecture") != "x86":
        path = path.replace("System32", "SysWOW64")
    return found(part(machine, "files"), path)


def certificates(machine: Machine, location: str, store: str) -> Answer:
    """The certificates of a store; the roots of the machine are seen in the store of every account."""
    names = ("thumbprint", "subject", "issuer", "from", "until", "private_key", "algorithm")
    stores = part(machine, "certificates")
    listed = list(found(stores, f"{location}\\{store}") or [])
    if (location, store) == ("CurrentUser", "Root"):
        own = [certificate["thumbprint"] for certificate in listed]
        everybody = stores.get("LocalMachine\\Root") or []
        listed += [certificate for certificate in everybody if certificate["thumbprint"] not in own]
    for certificate in listed:
        issuer = {"issuer": certificate["subject"], "private_key": False, "algorithm": "1.2.840.113549.1.1.11"}
        yield row(*({**issuer, **certificate}.get(name, "") for name in names))


def tcp(machine: Machine, _milliseconds: str, *targets: str) -> Answer:
    """Which targets take a connection, or why not."""
    for target in targets:
        said = found(part(machine, "tcp"), target)
        yield row(target, said, "203.0.113.5" if said == "open" else "")


def tls(machine: Machine, _milliseconds: str, *targets: str) -> Answer:
    """Who answers with which certificate."""
    for target in targets:
        yield row(target, *found(part(machine, "tls"), target))


def https(machine: Machine, _milliseconds: str, *targets: str) -> Answer:
    """What WinHTTP gets through its proxy; nothing where the machine has none."""
    told = machine.get("https") or {}
    for target in targets if told else ():
        yield row(target, found(told, target))


def names(machine: Machine, *wanted: str) -> Answer:
    """The addresses of names."""
    for name in wanted:
        addresses = found(part(machine, "names"), name)
        yield from (row(name, "address", address) for address in addresses or [])
        if not addresses:
            yield row(name, "HostNotFound")


def program(machine: Machine, line: str, _seconds: str) -> Answer:
    """What a program prints; its exit code ends the answer."""
    told = part(machine, "programs")
    if line not in told:
        raise NotInFileError(f"program {line}")
    output = str(told[line].get("output", ""))
    if told[line].get("exit", 0):
        raise ReadEndedError(str(told[line]["exit"]), output)
    yield output


def firewall(machine: Machine, *groups: str) -> Answer:
    """Profiles, policy, and inbound rules that are enabled or of some groups."""
    told = machine.get("firewall")
    if told is None:
        raise NotInFileError("firewall")
    if told == ABSENT:
        raise ReadEndedError("1", "The Windows Firewall service is not running.")
    for kind, profile in told["profiles"].items():
        yield row("profile", kind, *(profile[name] for name in ("enabled", "block_all", "default_inbound")))
    yield row("policy", told["policy"]["modify_state"], told["policy"]["current_profiles"])
    columns = ("group", "enabled", "action", "protocol", "ports", "remote", "profiles", "application", "service")
    given = {"enabled": True, "action": 1, "protocol": 6, "remote": "*", "profiles": 2147483647}
    for name, rule in (told.get("rules") or {}).items():
        whole = {**given, **rule}
        if whole.get("direction", 1) == 1 and (whole["enabled"] or whole.get("group") in groups):
            yield row("rule", rule.get("name", name), *(whole.get(column, "") for column in columns))


def group_members(machine: Machine, sid: str) -> Answer:
    """The members of a local group."""
    yield from (row(*member) for member in found(part(machine, "groups"), sid))


def journal(machine: Machine) -> Answer:
    """The lines of the records of changes, each behind the name of its file."""
    for name, lines in found({"journal": machine.get("journal", ABSENT)}, "journal").items():
        yield from (row(name, line) for line in lines)

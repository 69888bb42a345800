# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers of a model of a Windows machine, as the functions of ``windows.ps1`` would give them."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Machine = Mapping[str, Any]
Answer = Iterator[str]


class ReadEndedError(Exception):
    """A read that ends without an answer: absent, unreadable, timed_out, or a number and a message."""

    def __init__(self, word: str, message: str = "") -> None:
        self.word = word
        self.message = message
        super().__init__(word)


def row(*words: Any) -> str:
    """Return words as ``Join-Row`` writes them."""
    return "\t".join(_escaped(_text(word)) for word in words)


def answer(machine: Machine, kind: str, words: Sequence[str]) -> list[str]:
    """Return the lines of one answer.

    Raises:
        ReadEndedError: the read ends without one.
    """
    key = " ".join((kind, *words))
    for pattern, fault in machine.get("faults", {}).items():
        if fnmatch.fnmatchcase(key, pattern):
            raise ReadEndedError(str(fault), "Der Vorgang ist fehlgeschlagen." if str(fault).isdigit() else "")
    return list(_ANSWERS[kind](machine, *words))


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value)  # PowerShell writes True and False as Python does


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "\\r").replace("\n", "\\n")


def _found(mapping: Mapping[str, Any], name: str) -> Any:
    """Return what stands under a name, whatever its case.

    Raises:
        ReadEndedError: nothing does.
    """
    for key, value in mapping.items():
        if str(key).lower() == name.lower():
            return value
    raise ReadEndedError("absent")


def _environment(machine: Machine) -> Answer:
    for name, value in machine["environment"].items():
        yield row(name, *(value if isinstance(value, list) else [value]))


def _registry(machine: Machine, key: str, *names: str) -> Answer:
    values = _found(machine.get("registry", {}), key) or {}
    for name in values if "*" in names else names:
        yield from _value_rows(values, name)


def _value_rows(values: Mapping[str, Any], wanted: str) -> Answer:
    for name, typed in values.items():
        if name.lower() == wanted.lower():
            [(kind, data)] = typed.items()
            if kind != "MultiString":
                yield row(wanted, kind, data)
            elif not data:
                yield row(wanted, kind)
            else:
                yield from (row(wanted, kind, entry) for entry in data)


def _below(machine: Machine, key: str) -> dict[str, Mapping[str, Any]]:
    """Return the keys directly below a key; a key without an entry of its own has no values."""
    registry = machine.get("registry", {})
    found: dict[str, Mapping[str, Any]] = {}
    for path, values in registry.items():
        if path.lower().startswith(f"{key.lower()}\\"):
            name, _slash, rest = path[len(key) + 1 :].partition("\\")
            found[name] = found.get(name, {}) if rest else (values or {})
    if not found and key.lower() not in {path.lower() for path in registry}:
        raise ReadEndedError("absent")
    return found


def _registry_keys(machine: Machine, key: str, *patterns: str) -> Answer:
    for name in _below(machine, key):
        if any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns):
            yield row(name)


def _registry_tree(machine: Machine, key: str, *names: str) -> Answer:
    for below, values in _below(machine, key).items():
        for name in names:
            yield from (f"{row(below)}\t{line}" for line in _value_rows(values, name))


def _wmi(machine: Machine, namespace: str, class_name: str, condition: str, *properties: str) -> Answer:
    for entry in _found(_found(machine.get("wmi", {}), namespace), class_name):
        if _holds(entry, condition):
            yield from _instance(entry, properties)


def _instance(entry: Mapping[str, Any], properties: Sequence[str]) -> Answer:
    yield "-"
    for name in properties:
        value: Any = entry
        for part in (name,) if name in entry else tuple(name.split(".")):
            value = value.get(part) if isinstance(value, Mapping) else None
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield row(name, one)


def _holds(entry: Mapping[str, Any], condition: str) -> bool:
    """Whether a WMI object meets a condition of the form ``A = 'x' and B = 1``.

    Raises:
        ReadEndedError: the condition is of another form; a real WMI would know more.
    """
    for part in filter(None, re.split(r"\s+and\s+", condition, flags=re.IGNORECASE)):
        found = re.fullmatch(r"\s*(\w+)\s*(=|<>)\s*(?:'([^']*)'|(\w+))\s*", part)
        if found is None:
            raise ReadEndedError("1", f"Invalid query: {condition}")
        wanted = found[3] if found[3] is not None else found[4]
        if (_text(entry.get(found[1])).lower() == wanted.lower()) != (found[2] == "="):
            return False
    return True


def _services(machine: Machine, *names: str) -> Answer:
    services = {name.lower(): service for name, service in machine.get("services", {}).items()}
    for name in names:
        service = services.get(name.lower())
        if service is None:
            yield row(name, "absent")
        else:
            yield row(name, *(service.get(key) for key in ("state", "start", "delayed", "account")))


def _file(machine: Machine, path: str) -> Answer:
    file = _found(machine.get("files", {}), path)
    for name in ("size_bytes", "modified", "version"):
        yield row(name, file.get(name, ""))


def _content(machine: Machine, path: str) -> Answer:
    yield from str(_found(machine.get("files", {}), path).get("text", "")).splitlines()


def _certificates(machine: Machine, location: str, store: str) -> Answer:
    names = ("thumbprint", "subject", "issuer", "from", "until", "private_key", "algorithm")
    for certificate in _found(machine.get("certificates", {}), f"{location}\\{store}"):
        yield row(*(certificate.get(name, "") for name in names))


def _tcp(machine: Machine, _milliseconds: str, *targets: str) -> Answer:
    for target in targets:
        said = machine.get("tcp", {}).get(target, "HostNotFound")
        yield row(target, said, "203.0.113.5" if said == "open" else "")


def _tls(machine: Machine, _milliseconds: str, *targets: str) -> Answer:
    for target in targets:
        yield row(target, *machine.get("tls", {}).get(target, ["HostNotFound", "No such host is known"]))


def _names(machine: Machine, *names: str) -> Answer:
    for name in names:
        addresses = machine.get("names", {}).get(name)
        yield from (row(name, "address", address) for address in addresses or [])
        if not addresses:
            yield row(name, "HostNotFound")


def _program(machine: Machine, line: str, _seconds: str) -> Answer:
    program = machine.get("programs", {}).get(line)
    if program is None:
        raise ReadEndedError("1", f"'{line.split()[0]}' is not recognized as an internal or external command")
    if program.get("exit", 0):
        raise ReadEndedError(str(program["exit"]), str(program.get("output", "")))
    yield from str(program.get("output", "")).splitlines()


def _firewall(machine: Machine, *groups: str) -> Answer:
    firewall = machine.get("firewall")
    if firewall is None:
        raise ReadEndedError("1", "The Windows Firewall service is not running.")
    for kind, profile in firewall["profiles"].items():
        yield row("profile", kind, *(profile[name] for name in ("enabled", "block_all", "default_inbound")))
    yield row("policy", firewall["policy"]["modify_state"], firewall["policy"]["current_profiles"])
    names = (
        *("name", "group", "enabled", "action", "protocol", "ports", "remote", "profiles", "application", "service"),
    )
    for rule in firewall.get("rules", []):
        if rule.get("direction", 1) == 1 and (rule.get("enabled") or rule.get("group") in groups):
            yield row("rule", *(rule.get(name, "") for name in names))


def _group_members(machine: Machine, sid: str) -> Answer:
    yield from (row(*member) for member in _found(machine.get("groups", {}), sid))


def _objects(machine: Machine, module: str, line: str, *properties: str) -> Answer:
    for entry in _found(_found(machine.get("modules", {}), module), line):
        yield from _instance(entry, properties)


_ANSWERS: Mapping[str, Callable[..., Answer]] = {
    "environment": _environment,
    "registry": _registry,
    "registry_keys": _registry_keys,
    "registry_tree": _registry_tree,
    "wmi": _wmi,
    "services": _services,
    "file": _file,
    "text": _content,
    "certificates": _certificates,
    "tcp": _tcp,
    "tls": _tls,
    "names": _names,
    "program": _program,
    "firewall": _firewall,
    "group_members": _group_members,
    "objects": _objects,
}

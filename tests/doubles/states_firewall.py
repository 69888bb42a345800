# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of Windows Firewall in a model, as ``firewall_group_state.ps1`` and ``firewall_rule_state.ps1`` know them.

What is set stands among the machine's own rules at once, whatever group policy says; whether it counts is another
question, and the read ``firewall`` tells what that needs.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, NotInFileError, ReadEndedError

Model = dict[str, Any]
Rule = dict[str, Any]

#: What a rule of a machine file is that says nothing else.
GIVEN: Rule = {"enabled": True, "action": 1, "protocol": 6, "remote": "*", "profiles": 2147483647, "direction": 1}
_ALL = 2147483647
_INVALID = "Value does not fall within the expected range."
_LIMITS = ("application", "service", "remote_ports", "local_addresses", "adapters", "kinds")
_TOLD = ("program", *_LIMITS[1:])


def _rules(model: Model) -> dict[str, Rule]:
    """Return the rules by the keys of the machine file: a rule may have a name that another one has, too."""
    firewall = model.get("firewall")
    if firewall is None:
        raise NotInFileError("firewall")
    if firewall == ABSENT:
        raise ReadEndedError("1", "The Windows Firewall service is not running.")
    rules: dict[str, Rule] = firewall.setdefault("rules", {})
    return rules


def _value(rule: Rule, name: str) -> Any:
    return rule.get(name, GIVEN.get(name, ""))


def _of_group(model: Model, group: str) -> list[Rule]:
    return [
        rule
        for rule in _rules(model).values()
        if str(rule.get("group", "")).lower() == group.lower() and _value(rule, "direction") == 1
    ]


def _purpose(rule: Rule) -> str:
    names = ("protocol", "ports", "remote", "application", "service", "action")
    words = [str(_value(rule, name)) for name in names]
    if any("|" in word or ";" in word for word in words):
        raise ReadEndedError("1", f"a rule of the group holds a bar or a semicolon: {words}")
    return "|".join(words)


def _setting(rule: Rule) -> str:
    return f"{_value(rule, 'profiles')}|{'on' if _value(rule, 'enabled') else 'off'}"


def group(model: Model, name: str) -> str:
    """Return the state of a group."""
    rows = [f"{_purpose(rule)}|{_setting(rule)}" for rule in _of_group(model, name)]
    return ";".join(sorted(rows)) or "absent"


def set_group(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    """Give the rules of a group the profiles and switches of a state."""
    left = _of_group(model, name)
    rows = [row.rsplit("|", 2) for row in state.split(";")]
    if len(left) != len(rows):
        raise ReadEndedError("1", f"expected {len(rows)} rules of the group, found {len(left)}")
    pairs = []
    for words in (2, 1, 0):
        later = []
        for rule in left:
            own = [_purpose(rule), *_setting(rule).split("|")]
            row = next((each for each in rows if each[: words + 1] == own[: words + 1]), None)
            if row is None:
                later.append(rule)
                continue
            rows.remove(row)
            pairs.append((rule, row))
        left = later
    if left:
        raise ReadEndedError("1", "a rule of the group is for something else now")
    if model.get("restoring") and any(_opens(rule, int(profiles), switch) for rule, (_of, profiles, switch) in pairs):
        told = "a rule of the group would be opened, and restore only closes; look at the rules of the group by hand"
        raise ReadEndedError("1", told)
    for rule, (_purpose_of, profiles, switch) in pairs:
        _put(rule, "profiles", _checked_profiles(profiles))
        _put(rule, "enabled", switch == "on")


def _opens(rule: Rule, profiles: int, switch: str) -> bool:
    closed = not _value(rule, "enabled") or profiles & ~_value(rule, "profiles") & 7 != 0
    return switch == "on" and closed


def _put(rule: Rule, name: str, value: Any) -> None:
    """Change a rule where it is another; what the file leaves out stays out."""
    if _value(rule, name) != value:
        rule[name] = value


def _checked_profiles(text: str) -> int:
    number = int(text)
    if number != _ALL and not 1 <= number <= 7:
        raise ReadEndedError("1", _INVALID)
    return number


def _named(model: Model, name: str) -> list[str]:
    return [key for key, rule in _rules(model).items() if str(rule.get("name", key)).lower() == name.lower()]


def rule(model: Model, name: str) -> str:
    """Return the state of a rule."""
    found = _named(model, name)
    if len(found) != 1:
        return f"several rules of this name: {len(found)}" if found else "absent"
    one = _rules(model)[found[0]]
    profiles = 7 if _value(one, "profiles") == _ALL else _value(one, "profiles")
    words = {
        **{each: _value(one, each) for each in ("enabled", "direction", "action", "protocol", "ports")},
        "profiles": profiles,
        "addresses": ",".join(sorted(map(_network, str(_value(one, "remote")).split(",")))),
        "group": _value(one, "group"),
    }
    limits = {told: str(_value(one, limit)) for limit, told in zip(_LIMITS, _TOLD, strict=True)}
    words.update({told: value for told, value in limits.items() if value not in ("", "*", "All")})
    return " ".join(["present", *(f"{word}={value}" for word, value in words.items())])


def _network(address: str) -> str:
    try:
        return str(ipaddress.IPv4Network(address))
    except ValueError:
        return address


def set_rule(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    """Make, change or take away a rule; the firewall tells addresses with masks, whatever it was given."""
    rules, found = _rules(model), _named(model, name)
    if state == "absent":
        # The firewall takes one of them away.
        for key in found[:1]:
            del rules[key]
        return
    said = dict(word.split("=", 1) for word in state.split(" ")[1:])
    try:
        networks = [ipaddress.IPv4Network(each) for each in said["addresses"].split(",")]
    except ValueError as error:
        raise ReadEndedError("1", _INVALID) from error
    remote = ",".join(each.with_netmask for each in networks)
    if found:
        rules[found[0]].update(remote=remote, profiles=_checked_profiles(said["profiles"]))
        return
    numbers = {each: int(said[each]) for each in ("protocol", "direction", "action")}
    more = {"ports": said["ports"], "group": said["group"], "enabled": True}
    rules[name] = {**numbers, **more, "remote": remote, "profiles": _checked_profiles(said["profiles"])}

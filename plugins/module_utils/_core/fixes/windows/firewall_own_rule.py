# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rule of Windows Firewall that this collection makes, for TCP 20004. Private to this collection."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Union

from .states import StateUnknown
from .thing import Thing

#: Windows does not translate it, and nobody else uses it.
RULE = Thing("firewall_rule", "preflight.azure multi-VM consistency")
_FORM = (
    "present enabled=True direction=1 action=1 protocol=6 ports=20004 profiles={} addresses={} group=preflight.azure"
)
_OWN = re.compile(re.escape(_FORM).replace(r"\{\}", "([1-7])", 1).replace(r"\{\}", "([0-9./,]+)", 1))


@dataclass(frozen=True)
class OwnRule:
    """Profiles as a number, and the networks that may connect."""

    profiles: int
    networks: tuple[str, ...]

    def __str__(self) -> str:
        return _FORM.format(self.profiles, ",".join(self.networks))


def own_rule(state: str) -> Union[OwnRule, None]:
    """Return the rule that a state tells; ``None`` for a state that this collection never makes."""
    found = _OWN.fullmatch(state)
    if found is None:
        return None
    try:
        rule = _rule(int(found[1]), found[2].split(","))
    except ValueError:
        return None
    return rule if str(rule) == state and "0.0.0.0/0" not in rule.networks else None


def opened(state: str, profiles: int, networks: Sequence[str]) -> str:
    """Return the state that lets networks in, in these profiles, and all that an own rule lets in already.

    Raises:
        StateUnknown: there is a rule of this name which this collection did not make so.
    """
    if state == "absent":
        return str(_rule(profiles, networks))
    found = own_rule(state)
    if found is None:
        raise StateUnknown(f"there is {RULE}, but it is not as this collection makes it ({state[:200]})")
    return str(_rule(found.profiles | profiles, [*found.networks, *networks]))


def widens(before: str, after: str) -> bool:
    """Whether the after is what this collection makes of the before, which is absent or a rule that lets in less."""
    rule = own_rule(after)
    if rule is None or before == after:
        return False
    try:
        return opened(before, rule.profiles, rule.networks) == after
    except StateUnknown:
        return False


def _rule(profiles: int, networks: Iterable[str]) -> OwnRule:
    merged = ipaddress.collapse_addresses(map(ipaddress.IPv4Network, networks))
    # In the order of their characters, as the machine tells them.
    return OwnRule(profiles, tuple(sorted(map(str, merged))))

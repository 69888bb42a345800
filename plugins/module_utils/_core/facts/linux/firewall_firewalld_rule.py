# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads one rule of a zone of firewalld. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, tostring

from .firewall_chains import ACCEPT, DENY, EITHER, Rule

__all__ = ["Element", "ports_match", "read_rich_rule", "simple_rule"]

#: What a rich rule can be about, beside a service, a port or a protocol.
_ABOUT_OTHERS = ("icmp-block", "icmp-type", "masquerade", "forward-port", "source-port", "tcp-mss-clamp")
_REFUSING = ("reject", "drop")


def ports_match(element: Element, port: int) -> bool:
    """Whether the element names that TCP port."""
    span = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", element.get("port", ""))
    if element.get("protocol") != "tcp" or span is None:
        return False
    return int(span[1]) <= port <= int(span[2] or span[1])


def simple_rule(matches: Sequence[bool | None], doubt: str) -> list[Rule]:
    """Return what plain ports, services and protocols make together; ``None`` among them is one that is not known."""
    if True in matches:
        return [Rule(ACCEPT)]
    return [Rule(EITHER, doubt=doubt)] if None in matches else []


def read_rich_rule(rule: Element, port: int, service: Callable[[str, int], bool | None]) -> Rule | None:
    """Return what the rule does with a connection over IPv4 to the port, none where it does not concern it."""
    if rule.get("family") == "ipv6":
        return None
    doubt = f"a rich rule of firewalld could not be understood: {_text(rule)[:200]}"
    action = next((DENY for tag in _REFUSING if rule.find(tag) is not None), "")
    action = action or (ACCEPT if rule.find("accept") is not None else "")
    if not action:
        return None  # it logs or marks
    about = _is_about(rule, port, service)
    if about is False:
        return None
    if rule.get("priority", "0") != "0":
        return Rule(EITHER, doubt=doubt)
    source = rule.find("source")
    address = source.get("address", "") if source is not None else ""
    plain = about and rule.find("destination") is None and (source is None or _is_plain(source))
    # A limit is judged for the first connection of a source.
    return Rule(action, "", (address,) if address else (), "" if plain else doubt)


def _is_about(rule: Element, port: int, service: Callable[[str, int], bool | None]) -> bool | None:
    forward = rule.find("forward-port")
    if forward is not None and ports_match(forward, port):
        return None
    if any(rule.find(tag) is not None for tag in _ABOUT_OTHERS):
        return False
    found: list[bool | None] = [ports_match(element, port) for element in rule.findall("port")]
    found += [element.get("value") in ("tcp", "6") for element in rule.findall("protocol")]
    found += [service(element.get("name", ""), port) for element in rule.findall("service")]
    return found[0] if found else True


def _is_plain(source: Element) -> bool:
    invert = source.get("invert", "no").lower() in ("yes", "true")
    return not invert and re.fullmatch(r"[\d./]+", source.get("address", "")) is not None


def _text(rule: Element) -> str:
    return " ".join(tostring(rule, encoding="unicode").split())

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is put into the rules that hold now. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from ..facts.linux import firewall_iptables, firewall_nft
from ..facts.posix_cksum import posix_cksum
from . import firewall_port_iptables, firewall_port_nft
from .contract import Refusal
from .firewall_port_wanted import Wanted
from .firewall_port_ways import FIREWALLD, NFTABLES, UFW, is_named


@dataclass(frozen=True)
class Live:
    """The way (a word for the script), the rules as words PLACE/PORT or PLACE/PORT/SOURCE, and where each one goes.

    ``found`` is the word for the rules as they are now; it changes when anybody else changes them.
    """

    way: str = "none"
    words: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    found: str = "-"


def live_change(keeper: str, found: Mapping[str, Any], wanted: Sequence[Wanted]) -> Union[Live, Refusal]:
    """Return which rules are to hold at once."""
    if not wanted:
        return Live()
    kernel = found["kernel"]
    refusing = _refusing(kernel, wanted)
    if keeper == FIREWALLD:
        return _firewalld(found, refusing, wanted)
    if len(refusing) != 1:
        return Refusal(f"several sets of rules refuse it now ({', '.join(refusing)}); open the port by hand")
    if keeper == NFTABLES:
        return _nft(kernel, wanted) if refusing[0].startswith("nft ") else _mismatch(refusing[0])
    return _iptables(kernel, refusing[0], UFW if keeper == UFW else "", wanted)


def _refusing(kernel: Mapping[str, Any], wanted: Sequence[Wanted]) -> list[str]:
    """Return the sets of rules in the kernel that do not let in what is wanted."""
    found: dict[str, None] = {}
    rule_set = firewall_nft.read_rule_set(kernel["nft"])
    for wish, _openings in wanted:
        for name in ("legacy", "compat"):
            if kernel[name] and wish.missing(firewall_iptables.accepts(kernel[name], wish.connection)) != []:
                found[name] = None
        for key, outcome in firewall_nft.chain_outcomes(rule_set, wish.connection, _compat_table(kernel)).items():
            if wish.missing(outcome) != []:
                found[f"nft {' '.join(key)}"] = None
    return list(found)


def _compat_table(kernel: Mapping[str, Any]) -> tuple[str, str]:
    """Return the table that the newer iptables has, and which is looked at through its own program."""
    return ("ip", "filter") if kernel["compat"] else ("", "")


def _mismatch(refusing: str) -> Refusal:
    return Refusal(
        f"the port is refused now by other rules ({refusing}) than those of the firewall's file; open it by hand"
    )


def _firewalld(found: Mapping[str, Any], refusing: Sequence[str], wanted: Sequence[Wanted]) -> Union[Live, Refusal]:
    # Where firewalld still works through iptables, its rules are in the table "filter".
    foreign = [name for name in refusing if name.startswith("nft ") and name.split()[2] not in ("firewalld", "filter")]
    if foreign:
        return _mismatch(", ".join(foreign))
    zones = [str(zone["name"]) for zone in found["zones"] if zone["active"]]
    if not zones or not all(re.fullmatch(r"[A-Za-z0-9_-]+", zone) for zone in zones):
        return Refusal(f"expected the zones of the adapters from firewall-cmd, found {zones}; open the port by hand")
    words = [f"{zone}/{opening.word}" for zone in zones for _wish, openings in wanted for opening in openings]
    return Live("firewalld", tuple(words), (), "no")


def _nft(kernel: Mapping[str, Any], wanted: Sequence[Wanted]) -> Union[Live, Refusal]:
    text = kernel["nft"]
    chain = firewall_port_nft.refusing_chain(text, wanted, _compat_table(kernel))
    if isinstance(chain, Refusal):
        return chain
    places = firewall_port_nft.live_places(text, chain, wanted)
    if isinstance(places, Refusal):
        return places
    words = [f"{'.'.join(chain)}/{opening.word}" for _wish, openings in wanted for opening in openings]
    return Live("nft", tuple(words), tuple(places), firewall_port_nft.chain_word(text, chain))


def _iptables(kernel: Mapping[str, Any], backend: str, ufw: str, wanted: Sequence[Wanted]) -> Union[Live, Refusal]:
    if backend not in ("legacy", "compat"):
        return _mismatch(backend)
    if backend == "legacy" and "tcp" not in kernel["legacy_matches"]:
        return Refusal(
            "the kernel has not loaded the match for TCP ports (xt_tcpudp), and no module is loaded for this; open the "
            "port by hand"
        )
    chain = firewall_port_iptables.UFW_CHAIN if ufw else "INPUT"
    text = kernel[backend]
    numbers = firewall_port_iptables.live_places(text, chain, wanted, "the rules in the kernel")
    if isinstance(numbers, Refusal):
        return numbers
    openings = [opening for _wish, each in wanted for opening in each]
    # The rules of ufw have no comment: it would not find them again.
    named = is_named(kernel) and not ufw
    listed = [line.rstrip() for line in text.splitlines()]
    there = [opening.told for opening in openings if _shown(opening, chain, named) in _without_quotes(listed)]
    if there:
        return Refusal(f"a rule for {', '.join(there)} is there, but where it stands it has no effect; move it by hand")
    rules = "".join(f"{line}\n" for line in listed if line.startswith(f"-A {chain} "))
    words = tuple(f"{chain}/{opening.word}" for opening in openings)
    way = f"{backend}-named" if named else backend
    return Live(way, words, tuple(map(str, numbers)), posix_cksum(rules.encode("utf-8", "surrogateescape")))


def _shown(opening: Any, chain: str, named: bool) -> str:
    return firewall_port_iptables.saved_line(opening, chain, named).replace('"', "")


def _without_quotes(lines: Sequence[str]) -> set[str]:
    return {line.replace('"', "") for line in lines}

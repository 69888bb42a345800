# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kernel filters now. Private to this collection.

The programs that list rules load kernel modules where these are missing, and make the table they are asked for. So each
is only run where the kernel already has what it lists; the guard stands in the command line itself. Exit code 77 says
that root rights are missing, 78 that no program for the job is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...collector.read import Read, command
from ...collector.recording import Recording
from ..fact import Unknown
from . import firewall_iptables, firewall_nft
from .firewall_chains import Connection, Outcome, all_of

_NEEDS_ROOT, _NO_PROGRAM = 77, 78

#: The table "filter" of the older iptables, where it is there. Its names are readable for root alone.
LEGACY = command(
    "iptables-save",
    "test -e /proc/net/ip_tables_names || exit 0; test -r /proc/net/ip_tables_names || exit 77;"
    " grep -q '^filter$' /proc/net/ip_tables_names || exit 0;"
    " p=$(command -v iptables-legacy-save || command -v iptables-save) || exit 78;"
    ' case $(readlink -f "$p") in *nft*) exit 78 ;; esac; "$p" -t filter',
)
#: nf_tables is there as a module, or was built in; a kernel without /proc/modules cannot load any.
NFT_LOADED = (
    "test -d /sys/module/nf_tables || ! test -e /proc/modules ||"
    " { read -r k </proc/sys/kernel/osrelease && grep -qs '/nf_tables[.]ko' \"/lib/modules/$k/modules.builtin\"; }"
    ' || exit 0; test "$(id -u)" = 0 || exit 77;'
)
NFT = command("nft list ruleset", NFT_LOADED + " command -v nft >/dev/null || exit 78; nft list ruleset")
#: The table "ip filter" of the newer iptables, where nft cannot show all of it or is not there.
IPTABLES_NFT = command(
    "iptables-nft-save",
    NFT_LOADED
    + " if command -v nft >/dev/null; then nft list table ip filter 2>/dev/null | grep -Eq 'xt |# ?(xt_|match|target)'"
    " || exit 0; fi; p=$(command -v iptables-nft-save || command -v iptables-save) || exit 78;"
    ' case $(readlink -f "$p") in *nft*) "$p" -t filter ;; *) exit 78 ;; esac',
)
READS = (LEGACY, NFT, IPTABLES_NFT)


@dataclass(frozen=True)
class Kernel:
    """The rules that the kernel has; each part is a text, or why it is not known."""

    legacy: str | Unknown
    nft: firewall_nft.RuleSet | Unknown
    iptables_nft: str | Unknown

    def accepts(self, connection: Connection) -> Outcome:
        """Return whether all rules together let the connection in."""
        outcomes = [_unless_unknown(self.legacy, connection)]
        if isinstance(self.iptables_nft, str) and self.iptables_nft:
            outcomes.append(firewall_iptables.accepts(self.iptables_nft, connection))
        if isinstance(self.nft, Unknown):
            outcomes.append(Outcome(self.nft))
        else:
            elsewhere = ("ip", "filter") if self.iptables_nft and isinstance(self.iptables_nft, str) else ("", "")
            outcomes.append(firewall_nft.accepts(self.nft, connection, elsewhere))
        return all_of(outcomes)

    def kind(self) -> str | Unknown:
        """Return what the rules look like: nftables, iptables, or none where nothing is refused."""
        by_iptables = [text for text in (self.legacy, self.iptables_nft) if isinstance(text, str)]
        if isinstance(self.nft, firewall_nft.RuleSet) and self.nft.filters():
            others = {key[:2] for key, chain in self.nft.chains.items() if chain.is_input} - {("ip", "filter")}
            return "nftables" if others - {("ip6", "filter")} else "iptables"
        if any(map(firewall_iptables.filters, by_iptables)):
            return "iptables"
        return next((part for part in (self.legacy, self.nft) if isinstance(part, Unknown)), "none")

    def has_chain(self, name: str) -> bool | Unknown:
        """Whether a chain of that name is there, in whatever table."""
        if isinstance(self.nft, firewall_nft.RuleSet) and any(key[2] == name for key in self.nft.chains):
            return True
        if any(isinstance(text, str) and f"\n:{name} " in text for text in (self.legacy, self.iptables_nft)):
            return True
        return next((part for part in (self.legacy, self.nft) if isinstance(part, Unknown)), False)


def kernel(recording: Recording) -> Kernel:
    """Return the rules of the kernel."""
    legacy, nft, iptables_nft = (_text(recording, read) for read in (LEGACY, NFT, IPTABLES_NFT))
    # Without nft only the table of the newer iptables can be shown; other tables stay in the dark.
    return Kernel(legacy, nft if isinstance(nft, Unknown) else firewall_nft.read_rule_set(nft), iptables_nft)


def _text(recording: Recording, read: Read) -> str | Unknown:
    answer = recording.answer(read)
    if answer.answered and answer.code == 0:
        return answer.text
    if answer.answered and answer.code == _NEEDS_ROOT:
        return Unknown("the firewall rules in the kernel could not be read without root rights")
    if answer.answered and answer.code == _NO_PROGRAM:
        return Unknown(f"the kernel has firewall rules, but the program for {read.key} is not there")
    return Unknown(answer.reason)


def _unless_unknown(text: str | Unknown, connection: Connection) -> Outcome:
    return Outcome(text) if isinstance(text, Unknown) else firewall_iptables.accepts(text, connection)

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a Windows machine is changed by: things that have a state. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """Something that has a state, which is one line of text; ``kind`` names the functions that read and set it.

    Kinds: ``registry_key`` (path; present, absent), ``registry`` (``path|value``; absent, or type and data as
    ``DWord 1``), ``service`` (name; absent, or ``automatic running`` and the like),
    ``service_start`` (name; only how it starts), ``terminal_service`` (as ``service``, with its helper),
    ``time_service`` (absent, incomplete, or as ``service`` and what it follows), ``vmware_time_sync`` (enabled,
    disabled, absent),
    ``firewall_group`` (the untranslated name of a group; its inbound rules, each with its profiles and ``on`` or
    ``off``), ``firewall_rule`` (name; absent, or ``present`` and all that makes the rule), ``update``
    (``identity|SHA-256|path of its file``; absent, installed, or ``state`` and its number), ``update_file`` (path;
    absent, or SHA-256, size and free space; only looked at), ``certificate`` (``location\\store|thumbprint``; see
    ``certificate_state.ps1``).
    """

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Change:
    """A thing, the state that it has and the one that it gets; ``data`` are numbers of lines of secret data."""

    thing: Thing
    before: str
    after: str
    data: tuple[int, ...] = ()

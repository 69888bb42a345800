# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of firewalld's zones with more let in. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Union

from ..facts.linux.firewall_firewalld import Files
from .contract import Refusal
from .file_change import EditableFile, with_text
from .firewall_port_rules import Opening, Wish

Wishes = Sequence[tuple[Wish, Sequence[Opening]]]


def zone_lines(opening: Opening) -> list[str]:
    """Return the lines that let it in, as firewalld itself writes them."""
    port = f'<port port="{opening.port}" protocol="tcp"/>'
    if not opening.source:
        return [f"  {port}"]
    return [
        '  <rule family="ipv4">',
        f'    <source address="{opening.source}"/>',
        f"    {port}",
        "    <accept/>",
        "  </rule>",
    ]


def changed_zone(zone: Mapping[str, Any], wishes: Wishes) -> Union[tuple[EditableFile, EditableFile], Refusal]:
    """Return the file of a zone before and after; where the zone has only the vendor's, that is what it begins with."""
    path = str(zone["path"])
    if zone["obstacle"]:
        return Refusal(f"{path} cannot be replaced: {zone['obstacle']}")
    before = EditableFile(path, zone["text"] if zone["present"] else None)
    text = str(zone["text"] if zone["present"] else zone["vendor_text"])
    end = "\r\n" if "\r\n" in text else "\n"
    close = re.search(r"^[ \t]*</zone>\s*\Z", text, re.MULTILINE)
    if close is None:
        return Refusal(f"{path}: expected </zone> on a line of its own at the end; open the port by hand")
    lines = [line for _wish, openings in wishes for opening in openings for line in zone_lines(opening)]
    new = "".join(f"{line}{end}" for line in lines)
    return before, with_text(before, f"{text[: close.start()]}{new}{text[close.start() :]}")


def still_refused(files: Files, after: Sequence[EditableFile], wishes: Wishes) -> Refusal | None:
    """Return why the changed files would not let in what is wished, if so."""
    for file in after:
        files = files.with_text(file.path, file.text or "")
    for wish, _openings in wishes:
        missing = wish.missing(files.accepts(wish.connection))
        if missing:
            reason = missing.reason if isinstance(missing, Refusal) else "something else in its zones refuses it"
            return Refusal(f"firewalld: {reason}")
    return None

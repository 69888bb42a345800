# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guests of a Hyper-V host say of themselves over its data exchange. Private to this collection.

Guests write what they like: the texts are taken apart with patterns, never as XML.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ...collector.recording import Recording
from ..fact import Unknown
from . import wmi_objects
from .hyperv_reads import GUESTS

_NAME = re.compile(r'<PROPERTY NAME="Name"[^>]*>\s*<VALUE>([^<]*)</VALUE>')
_DATA = re.compile(r'<PROPERTY NAME="Data"[^>]*>\s*<VALUE>([^<]*)</VALUE>')
#: Only Windows says its platform, and says 2.
_WINDOWS = "2"


@dataclass(frozen=True)
class Guest:
    """The system in a virtual machine: ``windows`` or ``other``, its name, and the host name it goes by."""

    family: str
    name: str
    hostname: str


def guests(recording: Recording) -> dict[str, Guest] | Unknown:
    """Return the guests that told anything, by the ids of their machines."""
    found = wmi_objects.all_of(recording, GUESTS)
    if isinstance(found, Unknown):
        return found
    told = {each.get("SystemName", [""])[0].upper(): _items(each) for each in found}
    return {identifier: _guest(items) for identifier, items in told.items() if items.get("OSName")}


def _items(properties: wmi_objects.Properties) -> dict[str, str]:
    items: dict[str, str] = {}
    for item in properties.get("GuestIntrinsicExchangeItems", ()):
        name, data = _NAME.search(item), _DATA.search(item)
        if name and data:
            items[html.unescape(name[1])] = html.unescape(data[1])
    return items


def _guest(items: dict[str, str]) -> Guest:
    name = items["OSName"]
    windows = items.get("OSPlatformId") == _WINDOWS or "windows" in name.lower()
    return Guest("windows" if windows else "other", name, items.get("FullyQualifiedDomainName", ""))

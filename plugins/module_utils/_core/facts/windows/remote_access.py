# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remote Desktop, remote rights of local administrators, and who these are. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import group_members, rows
from ..fact import Element, Fact, Subject, Unknown, Value
from . import registry_values
from .collecting_process import ENVIRONMENT
from .firewall import RDP_PORT

TERMINAL_SERVER = registry_values.read(r"HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server", "fDenyTSConnections")
#: Group policy wins over the setting of the machine itself.
TERMINAL_SERVER_POLICY = registry_values.read(
    r"HKLM\SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services", "fDenyTSConnections", "UserAuthentication"
)
SYSTEM_POLICY = registry_values.read(
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System", "LocalAccountTokenFilterPolicy", "EnableLUA"
)
ADMINISTRATORS = group_members("S-1-5-32-544")
_NAME = "LocalAccountTokenFilterPolicy"


def _remote_desktop(recording: Recording) -> bool | Unknown:
    policy = registry_values.number(recording, TERMINAL_SERVER_POLICY, "fDenyTSConnections", absent=-1)
    if isinstance(policy, Unknown):
        return policy
    if policy != -1:
        return policy == 0
    own = registry_values.number(recording, TERMINAL_SERVER, "fDenyTSConnections", absent=1)
    return own if isinstance(own, Unknown) else own == 0


def _network_level_authentication(recording: Recording) -> bool | Unknown:
    policy = registry_values.number(recording, TERMINAL_SERVER_POLICY, "UserAuthentication", absent=-1)
    if isinstance(policy, Unknown) or policy != -1:
        return policy if isinstance(policy, Unknown) else policy != 0
    own = registry_values.number(recording, RDP_PORT, "UserAuthentication", absent=0)
    return own if isinstance(own, Unknown) else own != 0


def _token_filter(recording: Recording) -> dict[str, Value]:
    """Return type and number of the policy: only a DWORD counts for Windows, a text is as good as nothing."""
    found = registry_values.value(recording, SYSTEM_POLICY, _NAME)
    if isinstance(found, Unknown):
        return {"token_filter_policy": found, "token_filter_policy_type": found}
    if found is None:
        return {"token_filter_policy": 0, "token_filter_policy_type": ""}
    kind, data = found
    number = int(data[0]) if kind == "DWord" and data and data[0].isdigit() else 0
    return {"token_filter_policy": number, "token_filter_policy_type": kind}


def _administrators(recording: Recording) -> Value:
    answer = recording.answer(ADMINISTRATORS)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    found: list[Value] = []
    for words in rows(answer.lines):
        if len(words) != 2 or not re.fullmatch(r"S-1(-\d+)+", words[0]):
            return Unknown("a member of the administrators could not be understood")
        # WinNT://DOMAIN/MACHINE/name for one of the machine's own, WinNT://DOMAIN/name for one of a domain.
        name = "\\".join(words[1].removeprefix("WinNT://").split("/")[-2:])
        found.append(
            {"sid": words[0], "name": name, "built_in": re.fullmatch(r"S-1-5-21-.*-500", words[0]) is not None}
        )
    return found


def _parse(recording: Recording) -> Mapping[str, Value]:
    return {
        "remote_desktop_enabled": _remote_desktop(recording),
        "network_level_authentication": _network_level_authentication(recording),
        **_token_filter(recording),
        "administrators": _administrators(recording),
    }


SUBJECT = Subject(
    "remote_access",
    (
        Fact(
            "remote_access.remote_desktop_enabled",
            "bool",
            "Whether Windows takes connections of Remote Desktop.",
            "fDenyTSConnections in the registry, group policy first",
            (TERMINAL_SERVER, TERMINAL_SERVER_POLICY),
        ),
        Fact(
            "remote_access.network_level_authentication",
            "bool",
            "Whether it wants people to be known before it shows a desktop.",
            "UserAuthentication in the registry, group policy first",
            (TERMINAL_SERVER_POLICY, RDP_PORT),
        ),
        Fact(
            "remote_access.token_filter_policy",
            "int",
            f"{_NAME}; 0 where it is not set, or not as a DWORD.",
            "the registry",
            (SYSTEM_POLICY, ENVIRONMENT),
        ),
        Fact(
            "remote_access.token_filter_policy_type",
            "str",
            f"The type of {_NAME} (DWord, String); empty where it is not set.",
            "the registry",
            (SYSTEM_POLICY, ENVIRONMENT),
        ),
        Fact(
            "remote_access.administrators",
            "list",
            "The direct members of the local administrators (S-1-5-32-544).",
            "the group's members",
            (ADMINISTRATORS,),
            elements=(
                Element("sid", "str", "The security identifier."),
                Element("name", "str", "DOMAIN or MACHINE, and the name."),
                Element("built_in", "bool", "Whether it is the built-in account (RID 500)."),
            ),
        ),
    ),
    _parse,
)

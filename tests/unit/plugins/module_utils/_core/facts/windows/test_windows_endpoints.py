# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import endpoints, proxy
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    SERVER_2019,
    row,
)

NAMES = endpoints.TARGETS.arguments[1:]
SIGN_IN = "login.microsoftonline.com:443"
REPLICATION = [name for name in NAMES if "hypervrecoverymanager" in name]
SYSTEM_PROXY = {proxy.SYSTEM_ACCOUNT: [row("ProxyEnable", "DWord", 1), row("ProxyServer", "String", "proxy:8080")]}

#: The value as netsh writes it: header, counter, flags, length and text of proxy and exceptions.
WINHTTP_PROXY = {
    proxy.WINHTTP: [
        row("WinHttpSettings", "Binary", "280000000000000003000000" + "0A000000" + b"proxy:8080".hex() + "00000000")
    ]
}


def answers(**said: str) -> list[str]:
    """What became of every name; ``said`` by what the name begins with."""
    return [row(name, next((word for start, word in said.items() if name.startswith(start)), "open")) for name in NAMES]


def collected(more: Mapping[Read, Any]) -> Facts:
    return assemble(recording({**SERVER_2019, **more}), [endpoints.SUBJECT])


def facts(more: Mapping[Read, Any]) -> dict[str, Any]:
    found = collected(more).tree["endpoints"]
    assert isinstance(found, dict)
    return found


def test_everything_is_reached_directly() -> None:
    found = facts({})
    issuer = found.pop("issuer")
    assert set(found.values()) == {True}
    assert "DigiCert" in issuer


def test_error_without_a_name_says_nothing() -> None:
    assert facts({endpoints.TARGETS: answers(login="Error")})["sign_in"] is None


def test_certificate_seen_beside_the_proxy_is_not_that_of_services() -> None:
    assert facts(through_proxy())["issuer"] is None


@pytest.mark.parametrize("said", ["TimedOut", "ConnectionRefused", "NetworkUnreachable"])
def test_closed_way_is_a_failure(said: str) -> None:
    found = facts({endpoints.TARGETS: answers(login=said)})
    assert found["sign_in"] is False
    assert found["management"] is True


def test_one_name_of_two_is_enough() -> None:
    lines = [row(name, "HostNotFound" if name == REPLICATION[0] else "open") for name in NAMES]
    assert facts({endpoints.TARGETS: lines})["replication"] is True
    lines = [row(name, "HostNotFound" if name == REPLICATION[0] else "TimedOut") for name in NAMES]
    assert facts({endpoints.TARGETS: lines})["replication"] is False


def test_names_that_do_not_exist_say_nothing() -> None:
    found = collected({endpoints.TARGETS: answers(pod01="HostNotFound")})
    assert isinstance(found.tree["endpoints"], dict)
    assert found.tree["endpoints"]["replication"] is None
    assert "could not be tried" in found.reasons["endpoints.replication"]


def test_name_that_is_not_told_of_is_unknown() -> None:
    assert facts({endpoints.TARGETS: answers()[1:]})["sign_in"] is None


@pytest.mark.parametrize("status", [Status.TIMED_OUT, Status.NOT_RUN, 1])
def test_no_answer_is_unknown(status: Any) -> None:
    assert facts({endpoints.TARGETS: status})["storage"] is None


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["Tracking time.nist.gov [132.163.97.1:123].", "14:05:01, +00.0012345s"], True),
        (["14:05:01, -12.5012345s"], True),
        (["saat 14.05.01, +00,0012345s"], True),
        (["14:05:01, error: 0x800705B4"], False),
        (["14:05:01, Fehler: 0x800705B4"], False),
        (["Die Zeit konnte nicht ermittelt werden: 0x80072AF9"], None),
        ([], None),
        (Status.TIMED_OUT, None),
    ],
)
def test_time_server_is_judged_by_numbers(lines: Any, expected: bool | None) -> None:
    assert facts({endpoints.TIME["time_nist"]: lines})["time_nist"] is expected


@pytest.mark.parametrize(
    "lines",
    [
        [row(SIGN_IN, "TimedOut")],
        # What an old .NET says where only TLS 1.2 is spoken.
        [row(SIGN_IN, "Error", "Authentifizierung fehlgeschlagen, da die Gegenseite die Übertragung beendet hat.")],
        [],
        Status.TIMED_OUT,
    ],
)
def test_certificate_that_was_not_seen_is_unknown(lines: Any) -> None:
    assert facts({endpoints.CERTIFICATE: lines})["issuer"] is None


def test_issuer_is_told_as_it_is() -> None:
    line = row(
        SIGN_IN, "open", "Tls12", "CN=login.microsoftonline.com", "CN=Gateway\tCA, O=Example", "AB", "2027-01-01"
    )
    assert facts({endpoints.CERTIFICATE: [line]})["issuer"] == "CN=Gateway\tCA, O=Example"


def through_proxy(**said: str) -> dict[Read, Any]:
    return {**WINHTTP_PROXY, endpoints.THROUGH_PROXY: [line.replace("\topen", "\t404") for line in answers(**said)]}


@pytest.mark.parametrize("direct", ["open", "TimedOut"])
def test_with_a_proxy_of_services_only_what_goes_through_it_counts(direct: str) -> None:
    found = facts({**through_proxy(login="407", management="403"), endpoints.TARGETS: answers(pod01=direct)})
    assert (found["sign_in"], found["management"], found["replication"]) == (False, None, True)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("200", True),
        ("401", True),
        ("407", False),
        ("0x80072EE2", False),
        ("0x80072EFD", False),
        ("503", None),
        # A name, a secure channel and a certificate that failed: of an old Windows, of an inspection, of the proxy.
        ("0x80072EE7", None),
        ("0x80072F7D", None),
        ("0x80072F0D", None),
        ("NotTried", None),
    ],
)
def test_answer_through_the_proxy_is_judged_with_care(said: str, expected: bool | None) -> None:
    assert facts(through_proxy(azureopendatastorage=said))["storage"] is expected


@pytest.mark.parametrize("lines", [[], Status.TIMED_OUT, 1])
def test_no_answer_through_the_proxy_is_unknown(lines: Any) -> None:
    assert facts({**WINHTTP_PROXY, endpoints.THROUGH_PROXY: lines})["sign_in"] is None


def test_another_proxy_than_that_of_winhttp_is_unknown() -> None:
    assert facts(SYSTEM_PROXY)["sign_in"] is None
    assert facts({**through_proxy(), **SYSTEM_PROXY})["sign_in"] is True
    other = [row("ProxyEnable", "DWord", 1), row("ProxyServer", "String", "other:3128")]
    assert facts({**through_proxy(), proxy.SYSTEM_ACCOUNT: other})["sign_in"] is None
    assert facts({**through_proxy(), proxy.SYSTEM_ACCOUNT: Status.UNREADABLE})["sign_in"] is None

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which services of Azure a server of Site Recovery reaches, and who answers there. Private to this collection.

Of names with ``*`` those are tried that Microsoft runs in any case, in two regions where there is one per region.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...collector.read import Read
from ...collector.recording import Recording
from ...collector.windows_read import https, program, rows, tcp, tls
from ..fact import Fact, Subject, Unknown, Value
from . import proxy

#: Fact, what it is for, and what stands for it: one that answers is enough.
_NAMES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "sign_in": ("the sign-in of Microsoft Entra", ("login.microsoftonline.com:443",)),
    "management": ("Azure Resource Manager", ("management.azure.com:443",)),
    "replication": (
        "*.hypervrecoverymanager.windowsazure.com, the replication service",
        (
            "pod01-rcm1.eus.hypervrecoverymanager.windowsazure.com:443",
            "pod01-rcm1.jpe.hypervrecoverymanager.windowsazure.com:443",
        ),
    ),
    "backup": (
        "*.backup.windowsazure.com, the transfer of data",
        ("pod01-prot1.we.backup.windowsazure.com:443", "pod01-prot1.jpe.backup.windowsazure.com:443"),
    ),
    "storage": (
        "*.blob.core.windows.net, the storage accounts (a public one of Microsoft is tried)",
        ("azureopendatastorage.blob.core.windows.net:443",),
    ),
    "telemetry": ("Application Insights", ("dc.services.visualstudio.com:443",)),
    "mysql": ("the download of MySQL", ("dev.mysql.com:443",)),
}
TARGETS = tcp(5000, *(target for _title, targets in _NAMES.values() for target in targets))
#: The same through the proxy of WinHTTP, which services use; nothing where there is none.
THROUGH_PROXY = https(4000, *TARGETS.arguments[1:])
CERTIFICATE = tls(5000, _NAMES["sign_in"][1][0])
#: One sample each, which sets nothing.
TIME = {
    name: program(rf"%SystemRoot%\System32\w32tm.exe /stripchart /computer:{server} /dataonly /samples:1", 12)
    for name, server in {"time_windows": "time.windows.com", "time_nist": "time.nist.gov"}.items()
}
#: What .NET calls a way that is closed; a name without an address, which may have been given up, is something else.
_CLOSED = frozenset(
    ("TimedOut", "ConnectionRefused", "ConnectionReset", "HostUnreachable", "NetworkUnreachable", "AccessDenied")
)
#: WinHTTP could not connect, or waited too long; and the proxy asks who it is.
_REFUSED = ("0X80072EE2", "0X80072EFD", "407")
#: These a proxy may say in the name of another server, as well as the server itself.
_OF_WHOM = ("403", "500", "502", "503", "504")


def reached(recording: Recording, targets: tuple[str, ...]) -> bool | Unknown:
    """Whether one of some names takes a connection.

    Where services use a proxy, only what goes through it counts.
    """
    used = proxy.used(recording)
    if isinstance(used, Unknown):
        return used
    if used:
        return _through_proxy(recording, targets)
    answer = recording.answer(TARGETS)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    said = {words[0]: words[1] for words in rows(answer.lines) if len(words) > 1}
    if any(said.get(target) == "open" for target in targets):
        return True
    missing = next((target for target in targets if target not in said), None)
    if missing is not None:
        return Unknown(f"the answer does not tell of {missing}")
    if any(said[target] in _CLOSED for target in targets):
        return False
    return Unknown(f"{' and '.join(targets)} could not be tried: {said[targets[0]]}")


def _through_proxy(recording: Recording, targets: tuple[str, ...]) -> bool | Unknown:
    """Whether WinHTTP gets an answer of one of some names through its proxy; others' proxies cannot be tried."""
    known = proxy.SUBJECT.parse(recording)
    winhttp = known["winhttp"]
    others = [known[name] for name in ("system_account", "system_account_script", "site_recovery")]
    if not winhttp or any(other and other != winhttp for other in others):
        return Unknown("services go through a proxy that is not WinHTTP's, and only WinHTTP's was tried")
    answer = recording.answer(THROUGH_PROXY)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    told = {words[0]: words[1].upper() for words in rows(answer.lines) if len(words) > 1}
    said = [told.get(target, "") for target in targets]
    if any(word.isdigit() and word not in (*_REFUSED, *_OF_WHOM) for word in said):
        return True
    if all(word in _REFUSED for word in said):
        return False
    return Unknown(f"through the proxy of WinHTTP {targets[0]} answers {said[0] or 'nothing'}, which tells neither way")


def _issuer(recording: Recording) -> str | Unknown:
    """Return who issued the certificate that is seen; a handshake that fails tells nothing of who answers.

    An old .NET does not speak TLS 1.2 by itself, and Azure nothing older.
    """
    used = proxy.used(recording)
    if isinstance(used, Unknown):
        return used
    if used:
        return Unknown("services go through a proxy, and the certificate that they see there was not looked at")
    answer = recording.answer(CERTIFICATE)
    if not answer.answered or answer.code != 0:
        return Unknown(answer.reason)
    told = next((words for words in rows(answer.lines) if words[0] == CERTIFICATE.arguments[1]), [])
    if len(told) < 5 or told[1] != "open":
        why = " ".join(told[1:3]) or "it was not told"
        return Unknown(f"no TLS connection to {CERTIFICATE.arguments[1]} could be made to see its certificate: {why}")
    return told[4]


def _time_server(recording: Recording, of: Read) -> bool | Unknown:
    """Whether a time server answers; w32tm prints the offset as a number, or "error" with a number."""
    answer = recording.answer(of)
    if not answer.answered:
        return Unknown(answer.reason)
    if re.search(r",\s*[+-]?\d+[.,]\d+s\s*$", answer.text, re.MULTILINE):
        return True
    # 0x800705B4 is a time limit that ran out; anything else (no such name, no service) leaves it open.
    if re.search(r"0x800705B4", answer.text, re.IGNORECASE):
        return False
    return Unknown(f"w32tm does not tell whether the server answers: {answer.text.strip()[-120:]!r}")


def _parse(recording: Recording) -> Mapping[str, Value]:
    facts: dict[str, Value] = {name: reached(recording, targets) for name, (_title, targets) in _NAMES.items()}
    for name, read in TIME.items():
        facts[name] = _time_server(recording, read)
    return facts | {"issuer": _issuer(recording)}


_WAY = "through the proxy of WinHTTP, where services use it, else directly."

SUBJECT = Subject(
    "endpoints",
    (
        *(
            Fact(
                f"endpoints.{name}",
                "bool",
                f"Whether the machine reaches {title}, {_WAY}",
                f"a connection to {' or '.join(targets)}",
                (TARGETS, THROUGH_PROXY, *proxy.READS),
            )
            for name, (title, targets) in _NAMES.items()
        ),
        *(
            Fact(f"endpoints.{name}", "bool", "Whether this time server answers (UDP 123).", "w32tm", (read,))
            for name, read in TIME.items()
        ),
        Fact(
            "endpoints.issuer",
            "str",
            "Who issued the certificate that the sign-in of Microsoft Entra shows to this machine.",
            "a TLS handshake, where services use no proxy",
            (CERTIFICATE, *proxy.READS),
        ),
    ),
    _parse,
)

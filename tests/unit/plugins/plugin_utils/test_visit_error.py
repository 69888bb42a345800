# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.plugin_utils.visit_error import (
    ADVICE,
    VisitError,
    kind_of,
    needs_terminal,
)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("ssh: connect to host 192.0.2.9 port 22: No route to host", "unreachable"),
        ("ssh: connect to host 192.0.2.9 port 22: Connection refused", "unreachable"),
        ("ssh: Could not resolve hostname nowhere: Name or service not known", "unreachable"),
        ("Connection timed out during banner exchange", "unreachable"),
        ("root@192.0.2.9: Permission denied (publickey,password).", "authentication_refused"),
        ("Invalid/incorrect username/password. Skipping remaining 0 retries", "authentication_refused"),
        ("Host key verification failed.", "authentication_refused"),
        ("Unable to negotiate: no matching host key type found. Their offer: ssh-rsa", "crypto_mismatch"),
        ("no matching key exchange method found. Their offer: diffie-hellman-group1-sha1", "crypto_mismatch"),
        ("no matching cipher found. Their offer: aes128-cbc,3des-cbc", "crypto_mismatch"),
        ("ssh_dispatch_run_fatal: Connection to 192.0.2.9 port 22: error in libcrypto", "crypto_mismatch"),
        ("Incorrect sudo password", "become_refused"),
        ("Missing sudo password", "become_refused"),
        ("sudo: a password is required", "become_refused"),
        ("nosudo is not in the sudoers file.", "become_refused"),
        ("sudo: sorry, you must have a tty to run sudo", "become_refused"),
        ("/bin/sh: 1: sudo: not found", "become_refused"),
        ("su: Authentication failure", "become_refused"),
        ("Timeout (12s) waiting for privilege escalation prompt: ", "become_refused"),
        ("Timeout, server 192.0.2.9 not responding.", "timed_out"),
        ("Connection to 192.0.2.9 closed by remote host.", "cut_off"),
        ("kex_exchange_identification: Connection closed by remote host", "unreachable"),
    ],
)  # fmt: skip
def test_words_of_programs_are_told_apart(said: str, kind: str) -> None:
    assert kind_of(said, "unreachable") == kind


def test_message_says_what_was_found_and_what_to_do() -> None:
    own = VisitError("become_refused", "found this", "do that")
    assert str(own) == "become refused: found this; do that"
    error = VisitError("become_refused", "sudo: a\npassword   is required")
    assert error.message == f"sudo: a password is required; {ADVICE['become_refused']}"
    assert str(error) == f"become refused: {error.message}"


def test_long_words_are_cut() -> None:
    assert len(VisitError("script_failed", "x" * 100_000).message) < 800


@pytest.mark.parametrize(
    "said", ["sudo: sorry, you must have a tty to run sudo", "sudo: no tty present and no askpass"]
)
def test_want_of_a_terminal_is_seen(said: str) -> None:
    assert needs_terminal(said)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "ntlm: HTTPSConnectionPool(host='192.0.2.7', port=5986): Max retries exceeded with url: /wsman (Caused by "
            "NewConnectionError(\"HTTPSConnection(host='192.0.2.7', port=5986): Failed to establish a new connection: "
            '[Errno 111] Connection refused"))',
            "ntlm: 192.0.2.7, port 5986: Connection refused; ",
        ),
        (
            "HTTPConnectionPool(host='h.example.com', port=5985): Max retries exceeded with url: /wsman (Caused by "
            "NewConnectionError('<urllib3.connection.HTTPConnection object at 0x7f>: Failed to establish a new "
            "connection: [Errno 113] No route to host'))",
            "h.example.com, port 5985: No route to host; ",
        ),
        (
            "HTTPSConnectionPool(host='h', port=5986): Max retries exceeded with url: /wsman (Caused by "
            "ConnectTimeoutError(<HTTPSConnection(host='h', port=5986) at 0x7f>, 'Connection to h timed out. "
            "(connect timeout=30)'))",
            "h, port 5986: Connection to h timed out; ",
        ),
        (
            "ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without "
            "response'))",
            "the connection ended without an answer; ",
        ),
    ],
)
def test_words_of_libraries_become_a_sentence(said: str, told: str) -> None:
    message = VisitError("unreachable", said).message
    assert message.startswith(told)
    assert message.endswith(f"; {ADVICE['unreachable']}")
    assert not any(word in message for word in ("Pool", "Caused", "Error", "Errno"))

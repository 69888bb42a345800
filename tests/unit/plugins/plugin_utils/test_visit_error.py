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

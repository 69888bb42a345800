# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tells apart why a visit to a machine failed. Private to this collection."""

from __future__ import annotations

import re

#: The kinds of failed visit, and what a person does about each.
ADVICE = {
    "unreachable": "check the address, the port and the firewalls between this controller and the machine",
    "authentication_refused": "check ansible_user and its key or password",
    "become_refused": "check the rights of the user, ansible_become_method and ansible_become_password",
    "certificate_not_trusted": (
        "install the authority of the machine's certificate on the controller (ansible_winrm_ca_trust_path, "
        "ansible_psrp_ca_cert), or give the machine a certificate that it trusts"
    ),
    "rights_refused": (
        "the account has no right to log on remotely; use a member of the machine's local group Administrators: a "
        "domain account, or the built-in administrator, for other local accounts are refused until "
        "LocalAccountTokenFilterPolicy is 1"
    ),
    "language_mode": (
        "scripts need FullLanguage; lift the policy (AppLocker, Device Guard, a restricted endpoint) for this account, "
        "or name another endpoint (ansible_psrp_configuration_name)"
    ),
    "crypto_mismatch": (
        "the machine offers only old algorithms; name them for this machine, for example "
        'ansible_ssh_common_args="-o HostKeyAlgorithms=+ssh-rsa -o PubkeyAcceptedAlgorithms=+ssh-rsa '
        '-o KexAlgorithms=+diffie-hellman-group14-sha1 -o Ciphers=+aes128-cbc", and where OpenSSL itself refuses SHA-1 '
        "allow it on the controller (on RHEL 9: update-crypto-policies --set DEFAULT:SHA1)"
    ),
    "timed_out": "look for a hanging file system or an overloaded machine, or raise timeout_seconds",
    "script_failed": (
        "log on as the same user and run /bin/sh (on Windows: powershell.exe): "
        "a login script or the shell may be broken"
    ),
    "cut_off": "run again; if it stays, look for a broken connection or a full disk on the way",
    "bad_recording": "run again; if it stays, look for a program that prints into the session",
}

#: How the library below winrm and psrp words that nobody answers, and that the answer broke off.
_CONNECTION_POOL = re.compile(
    r"HTTPS?ConnectionPool\(host='([^']+)', port=(\d+)\): Max retries exceeded with url: \S+ \(Caused by (.+)\)$"
)
_CAUSES = (
    re.compile(r"\[Errno -?\d+\] ?([^\"')]+)"),
    re.compile(r"(Connection to \S+ timed out)"),
    re.compile(r": ([^:\"')]+)[\"')]*$"),
)
_ABORTED = re.compile(r"(?:ConnectionError: )?\('Connection aborted\.', .*\)")

#: What programs say, in the order in which it is looked for. Sources: OpenSSH (sshconnect.c, kex.c), sudo (sudoers),
#: su, doas, and ansible-core's connection plugins.
_SIGNS = (
    (
        "crypto_mismatch",
        "no matching (host key type|key exchange method|cipher|MAC) found",
        "error in libcrypto",
        "ssh_dispatch_run_fatal.*(invalid|libcrypto)",
        "no mutual signature",
        "Incompatible ssh",
    ),
    (
        "certificate_not_trusted",
        "CERTIFICATE_VERIFY_FAILED|certificate verify failed|certificate is not valid|self.signed certificate",
    ),
    (
        "rights_refused",
        r"Access is denied.*\(extended fault|WSManFault.*Code.?.?.?5\b|fault_subcode.*AccessDenied|w:AccessDenied",
        "Received a 403|Code 403|HTTP 403|status code 403",
    ),
    (
        "become_refused",
        r"(Incorrect|Missing) \S+ password",
        "is not in the sudoers file",
        "not allowed to (execute|run)",
        "a password is required",
        "you must have a tty|no tty present",
        "may not run sudo",
        "(sudo|doas|su): (command )?not found",
        "su: Authentication failure",
        "doas: (Operation not permitted|Authentication failed)",
        "waiting for (become|privilege escalation)",
        r"\d incorrect password attempt",
    ),
    (
        "authentication_refused",
        "Permission denied",
        "the specified credentials were rejected by the server|Failed to authenticate the user|Received a 401|HTTP 401",
        "Authentication fail",
        "Invalid/incorrect (username/)?password",
        "Too many authentication failures",
        "Host key verification failed|REMOTE HOST IDENTIFICATION",
        "Bad authentication|No more authentication methods",
        "not a valid .* private key|UNPROTECTED PRIVATE KEY",
        "to use the 'ssh' connection type with passwords",
    ),
    ("timed_out", "Timeout, server .* not responding"),
    ("cut_off", r"Connection to \S+ closed by remote host", "client_loop: send disconnect"),
)


class VisitError(Exception):
    """There was no visit, or nothing of use came back.

    ``kind`` is one of :data:`ADVICE`; ``message`` says what was found and what to do, which is ``advice`` or that of
    the kind. The text has both.
    """

    def __init__(self, kind: str, found: str, advice: str = "") -> None:
        self.kind = kind
        self.message = f"{_one_line(found)}; {advice or ADVICE[kind]}"
        super().__init__(f"{kind.replace('_', ' ')}: {self.message}")


class ScriptTooLong(VisitError):
    """The connection takes scripts only as an argument, and this one is too long for that; a shorter one may do."""

    def __init__(self, characters: int) -> None:
        super().__init__("script_failed", f"the script is too long to be an argument: {characters} characters")


def kind_of(text: str, otherwise: str) -> str:
    """Return the kind of failure that a program's words stand for."""
    for kind, *patterns in _SIGNS:
        if re.search("|".join(patterns), text, re.IGNORECASE):
            return kind
    return otherwise


def needs_terminal(text: str) -> bool:
    """Whether sudo refused for want of a terminal (``requiretty``, the default of RHEL 6)."""
    return bool(re.search(r"you must have a tty|no tty present", text))


def _nobody_answers(found: re.Match[str]) -> str:
    causes = (pattern.search(found[3]) for pattern in _CAUSES)
    return f"{found[1]}, port {found[2]}: " + next((cause[1] for cause in causes if cause), found[3])


def _one_line(text: str) -> str:
    words = _CONNECTION_POOL.sub(_nobody_answers, " ".join(text.split()))
    words = _ABORTED.sub("the connection ended without an answer", words)
    return words if len(words) <= 500 else words[:500] + "…"

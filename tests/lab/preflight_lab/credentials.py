# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's key pair, the users and their passwords: new for each lab directory."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from preflight_lab.places import STATE
from preflight_lab.shell import run

KEY = STATE / "id_ed25519"
OLD_KEY = STATE / "id_rsa"  # for a server that knows no ed25519
USERS = {"operator": 1001, "needspass": 1002, "nosudo": 1003}
_PASSWORDS = STATE / "passwords.json"


def ensure() -> None:
    """Make what is missing."""
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, kind in ((KEY, "ed25519"), (OLD_KEY, "rsa")):
        if not path.exists():
            run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "preflight-lab", "-f", path])
    if not _PASSWORDS.exists():
        known = {user: secrets.token_urlsafe(12) for user in ("root", *USERS)}
        listed = "".join(f"{password}\n" for password in known.values())
        hashes = run(["openssl", "passwd", "-6", "-stdin"], stdin=listed).split()
        text = json.dumps({"passwords": known, "hashes": dict(zip(known, hashes, strict=True))})
        _PASSWORDS.touch(mode=0o600)
        _PASSWORDS.write_text(text, encoding="ascii")


def passwords() -> dict[str, str]:
    """Each user's password."""
    return dict(json.loads(_PASSWORDS.read_text(encoding="ascii"))["passwords"])


def hashes() -> dict[str, str]:
    """Each user's password as /etc/shadow wants it."""
    return dict(json.loads(_PASSWORDS.read_text(encoding="ascii"))["hashes"])


def public_keys() -> str:
    """What goes into authorized_keys."""
    return "".join(Path(f"{key}.pub").read_text(encoding="ascii") for key in (KEY, OLD_KEY))

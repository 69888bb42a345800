# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator wants to have installed from a file on the machine. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...facts.fact import Json
from .shown import shown
from .thing import Thing

#: The options of every fix that installs from a file, as Ansible's argument specification.
OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "path": {"type": "str", "required": True},
    "sha256": {"type": "str", "required": True},
    "kb": {"type": "str"},
    "package": {"type": "str"},
    "product_code": {"type": "str"},
    # Servicing takes its time, above all on old machines.
    "timeout_seconds": {"type": "int", "default": 3600},
}
_NAMES = ("kb", "package", "product_code")
_KB = re.compile(r"(?:KB)?(\d{6,8})", re.IGNORECASE)
#: A name of Component Based Servicing; the publisher's key, the processor, the language and the version may follow.
_PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{3,150}(?:~[0-9a-f]{16}~[A-Za-z0-9]+~[A-Za-z0-9-]*~\d+(?:\.\d+){3})?")
_PRODUCT = re.compile(r"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SEGMENT = r"""[^\\/:*?"<>|%]+"""
_PATH = re.compile(rf"[A-Za-z]:\\(?:{_SEGMENT}\\)*{_SEGMENT}\.(?:msu|cab|msi)", re.IGNORECASE)


class WishError(ValueError):
    """What the operator wants is not understood; the message says what was expected and what was found."""


@dataclass(frozen=True)
class Wish:
    """What shall be there, by the name that Windows knows it by, and the file that it comes from."""

    identity: str
    sha256: str
    path: str

    @property
    def update(self) -> Thing:
        """The thing that is given a state."""
        return Thing("update", "|".join((self.identity, self.sha256, self.path)))

    @property
    def file(self) -> Thing:
        """The thing that is only looked at."""
        return Thing("update_file", self.path)


def read_wish(options: Mapping[str, Json]) -> Wish:
    """Return what the options ask for.

    Raises:
        WishError: an option is not what it should be.
    """
    path, digest = str(options.get("path") or ""), str(options.get("sha256") or "").lower()
    if path.startswith(("\\\\", "//")):
        raise WishError(
            f"path: expected a file on the machine itself, found {shown(path)}; a share would need the credentials"
            " a second time, which the connection does not pass on: copy the file to a disk of the machine"
        )
    if not _path_is_good(path):
        raise WishError(
            "path: expected the absolute path of a .msu, .cab or .msi on the machine, as"
            rf" C:\install\Windows6.1-KB3140245-x64.msu, found {shown(path)}"
        )
    if not _SHA256.fullmatch(digest):
        raise WishError(f"sha256: expected the 64 hexadecimal digits of the file's SHA-256, found {shown(digest)}")
    return Wish(_identity(options, path), digest, path)


def _path_is_good(path: str) -> bool:
    parts = path.split("\\")[1:]
    plain = all(part.strip(". ") and part == part.rstrip(". ") for part in parts)
    return bool(path.isprintable() and len(path) < 250 and _PATH.fullmatch(path) and plain)


def _identity(options: Mapping[str, Json], path: str) -> str:
    given = [name for name in _NAMES if options.get(name)]
    of_installer = path.lower().endswith(".msi")
    possible = ("product_code",) if of_installer else ("kb", "package")
    if len(given) != 1 or given[0] not in possible:
        raise WishError(
            f"expected one of {' and '.join(possible)} for {shown(path)}, found {' and '.join(given) or 'none of them'}"
            "; it tells what the file brings, and whether it is there already"
        )
    text = str(options[given[0]]).strip()
    update = _KB.fullmatch(text)
    if given[0] == "kb" and update is not None:
        return f"Package_for_KB{update[1]}"
    if given[0] == "package" and _PACKAGE.fullmatch(text):
        return text
    if given[0] == "product_code" and _PRODUCT.fullmatch(text.upper()):
        return text.upper()
    examples = {"kb": "KB3140245", "package": "Package_for_RollupFix~31bf3856ad364e35~amd64~~7601.24511.1.8"}
    raise WishError(
        f"{given[0]}: expected something like {examples.get(given[0], '{23170F69-40C1-2702-1900-000001000000}')},"
        f" found {shown(text)}"
    )


def owns(thing: Thing, state: str) -> bool:
    """Whether a fix that installs from files may put a thing back: only taken away again is what was not there."""
    words = thing.name.split("|")
    if thing.kind != "update" or state != "absent" or len(words) != 3:
        return False
    identity, digest, path = words
    known = _PRODUCT if path.lower().endswith(".msi") else _PACKAGE
    return bool(known.fullmatch(identity) and _SHA256.fullmatch(digest) and _path_is_good(path))

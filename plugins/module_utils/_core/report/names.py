# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""File names for machine names, which are hostile. Private to this collection."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(rb"[A-Za-z0-9._-]")
_PARTIAL_ESCAPE = re.compile(r"%[0-9A-F]?$")
LONGEST = 200


def safe_file_name(name: str) -> str:
    """Give the one file name (without a suffix) that stands for a machine name.

    Every byte outside ``A-Za-z0-9._-``, and a leading dot, becomes ``%XX``, so that two names never meet in one file
    and none leaves its directory. What is longer than 200 bytes keeps its beginning and ends in ``%-`` and the SHA-256
    of the name; ``%-`` cannot come from a name, and neither can the lone ``%`` that stands for the empty one.
    """
    # surrogatepass: an undecodable byte in a name stays apart from the character that its neighbours would make.
    raw = name.encode("utf-8", "surrogatepass")
    if not raw:
        return "%"
    escaped = "".join(chr(byte) if _PLAIN.match(bytes((byte,))) else f"%{byte:02X}" for byte in raw)
    if escaped.startswith("."):
        escaped = "%2E" + escaped[1:]
    if len(escaped) <= LONGEST:
        return escaped
    digest = hashlib.sha256(raw).hexdigest()
    head = _PARTIAL_ESCAPE.sub("", escaped[: LONGEST - len(digest) - 2])
    return f"{head}%-{digest}"

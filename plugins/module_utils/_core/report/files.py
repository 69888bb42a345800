# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are either the old ones or the new ones, and nobody else's to read. Private to this collection."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any


def write_directory(path: Path) -> None:
    """Make a directory and its missing parents with mode 0700; one that exists is left as it is."""
    if path.is_dir():
        return
    if path.parent != path:
        write_directory(path.parent)
    # Several workers write into the same directory at once: another one may have been faster.
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    if not path.is_dir():
        raise NotADirectoryError(f"{path} is wanted as a directory, but something else is there. Move it away.")


def write_atomically(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file with mode 0600 by renaming a finished temporary file, which is flushed to the disk first."""
    write_directory(path.parent)
    handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(chunks)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def json_lines(document: Mapping[str, Any]) -> Iterator[bytes]:
    """Turn a document into JSON that is compact, and still has one finding, fact subject or machine on each line."""
    mark = "{"
    for key, value in document.items():
        yield f"{mark}\n {_json(key)}: ".encode("ascii")
        yield from _entries(value)
        mark = ","
    yield b"\n}\n"


def _entries(value: Any) -> Iterator[bytes]:
    if not value or not isinstance(value, (list, dict)):
        yield _json(value).encode("ascii")
        return
    opening, closing = ("[", "]") if isinstance(value, list) else ("{", "}")
    mark = opening
    for entry in value:
        text = _json(entry) if isinstance(value, list) else f"{_json(entry)}: {_json(value[entry])}"
        yield f"{mark}\n  {text}".encode("ascii")
        mark = ","
    yield f"\n {closing}".encode("ascii")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, allow_nan=False)

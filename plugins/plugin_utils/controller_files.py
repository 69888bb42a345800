# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on the controller that options of a fix name. Private to this collection."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Fix
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake

#: Certificates and keys have some thousand bytes; what is larger was named by mistake.
_LARGEST_BYTES = 1_000_000


def with_content(fix: Fix, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a fix with the content, as base64, in the place of each file that they name.

    Raises:
        Mistake: a file cannot be read, or is no file of that kind.
    """
    return {name: _content(fix, name, value) if name in fix.files else value for name, value in options.items()}


def _content(fix: Fix, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_content(fix, name, each) for each in value]
    if not value:
        return value
    path = Path(str(value)).expanduser()
    told = f"{fix.name}: {name}: expected a file on the controller of at most {_LARGEST_BYTES} bytes, found {path}"
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise Mistake(f"{told}: {error.strerror}; name one that can be read") from error
    if not 0 < len(content) <= _LARGEST_BYTES:
        raise Mistake(f"{told}, which is empty or larger; name the right one")
    return b64encode(content).decode("ascii")

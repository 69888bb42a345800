# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files on the controller that options of a fix name. Private to this collection."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Fix
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake

#: Certificates and keys have some thousand bytes; what is larger was named by mistake.
_LARGEST_BYTES = 1_000_000
#: What is longer is the content of a file rather than its path; the smallest PFX has twice as much.
_LONGEST_PATH = 600


def with_content(action: ActionBase, fix: Fix, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a fix with the content, as base64, in the place of each file that they name.

    A file is looked for where Ansible looks for the files of a task, and may be encrypted by ansible-vault.

    Raises:
        Mistake: a file cannot be read, or is no file of that kind.
    """

    def content(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [content(name, each) for each in value]
        return _encoded(action, f"{fix.name}: {name}", str(value)) if value else value

    return {name: content(name, value) if name in fix.files else value for name, value in options.items()}


def _encoded(action: ActionBase, option: str, path: str) -> str:
    expected = f"{option}: expected a file on the controller of at most {_LARGEST_BYTES} bytes"
    loader = action._loader
    try:
        real = loader.get_real_file(action._find_needle("files", path))
        try:
            with Path(real).open("rb") as file:
                content = file.read(_LARGEST_BYTES + 1)
        finally:
            loader.cleanup_tmp_file(real)
    except (AnsibleError, OSError, ValueError) as error:
        if not _is_path(path):
            # The key itself may have been given, and what Ansible says repeats it.
            raise Mistake(
                f"{expected}, found {len(path)} characters that are no path; give the path of the file"
            ) from None
        raise Mistake(f"{expected}, found {path}: {_said(error)}; name one that can be read") from error
    if not 0 < len(content) <= _LARGEST_BYTES:
        raise Mistake(f"{expected}, found {path}, which is empty or larger; name the right one")
    return b64encode(content).decode("ascii")


def _said(error: Exception) -> str:
    """Return what Ansible says in one line, without its advice, which is for modules that copy files."""
    return " ".join(str(error).partition(" on the Ansible Controller")[0].split())


def _is_path(text: str) -> bool:
    return text.isprintable() and len(text) <= _LONGEST_PATH and "-----BEGIN" not in text

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that options of a fix name, as Ansible's own loader finds and decrypts them."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible import constants as C
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.registry import FIXES
from ansible_collections.preflight.azure.plugins.plugin_utils.controller_files import with_content
from ansible_collections.preflight.azure.plugins.plugin_utils.fix import FixAction
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake

FIX = replace(FIXES["linux"]["lsof"], name="sample", files=("pfx", "files"))
SECRETS = [("default", VaultSecret(b"of the vault"))]
CONTENT = b"\x30\x82\x00\xff"


def options(folder: Path, **given: Any) -> dict[str, Any]:
    """Read options for a playbook in a folder."""
    action = FixAction.__new__(FixAction)
    action._loader = DataLoader()
    action._loader.set_vault_secrets(SECRETS)
    action._task = SimpleNamespace(get_search_path=lambda: [str(folder)])
    return with_content(action, FIX, given)


def encoded(content: bytes) -> str:
    return b64encode(content).decode()


def test_file_beside_the_playbook_and_in_its_folder_files_is_found(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.pfx").write_bytes(CONTENT)
    (tmp_path / "b.cer").write_bytes(CONTENT * 2)
    found = options(tmp_path, pfx="a.pfx", files=["b.cer", str(tmp_path / "b.cer")], other="a.pfx")
    assert found == {"pfx": encoded(CONTENT), "files": [encoded(CONTENT * 2)] * 2, "other": "a.pfx"}


def test_nothing_is_read_where_no_file_is_named(tmp_path: Path) -> None:
    assert options(tmp_path, pfx=None, files=[]) == {"pfx": None, "files": []}


def test_file_in_a_vault_is_decrypted_and_no_copy_stays(tmp_path: Path) -> None:
    (tmp_path / "a.pfx").write_bytes(VaultLib(SECRETS).encrypt(CONTENT))
    before = sorted(Path(C.DEFAULT_LOCAL_TMP).rglob("*"))
    assert options(tmp_path, pfx="a.pfx") == {"pfx": encoded(CONTENT)}
    assert sorted(Path(C.DEFAULT_LOCAL_TMP).rglob("*")) == before


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "name one that can be read"), (b"", "which is empty or larger"), (b"x" * 1_000_001, "empty or larger")],
    ids=["missing", "empty", "too large"],
)
def test_file_that_cannot_be_meant_is_named_with_its_option(tmp_path: Path, content: bytes | None, told: str) -> None:
    if content is not None:
        (tmp_path / "a.pfx").write_bytes(content)
    with pytest.raises(Mistake, match="sample: pfx: expected a file on the controller") as raised:
        options(tmp_path, pfx="a.pfx")
    assert "a.pfx" in str(raised.value)
    assert told in str(raised.value)


def test_missing_file_is_told_in_one_line_without_advice_for_other_modules(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="files: expected a file on the controller") as raised:
        options(tmp_path, files=["nowhere.pem"])
    assert "nowhere.pem" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "remote_src" not in str(raised.value)
    assert str(raised.value).endswith("; name one that can be read")


@pytest.mark.parametrize(
    "content",
    [
        b64encode(b"a key and its certificate" * 100).decode(),
        "-----BEGIN PRIVATE KEY-----",
        "MIIEvQIBADAN\nBgkqhkiG9w0BAQ",
        "\0a key",
    ],
    ids=["base64", "PEM", "lines", "bytes"],
)
def test_key_that_was_given_for_a_path_is_not_repeated(tmp_path: Path, content: str) -> None:
    with pytest.raises(Mistake, match="characters that are no path") as raised:
        options(tmp_path, files=[content])
    assert content[:12] not in str(raised.value)
    assert raised.value.__cause__ is None

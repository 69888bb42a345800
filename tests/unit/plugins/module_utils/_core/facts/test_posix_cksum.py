# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import shutil
import subprocess

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from hypothesis import example, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"", "4294967295-0"), (b"a", "1220704766-1"), (b"123456789", "930766865-9"), (b"\0" * 4, "3975907619-4")],
)
def test_known_checksums(content: bytes, expected: str) -> None:
    assert posix_cksum(content) == expected


@pytest.mark.skipif(shutil.which("cksum") is None, reason="cksum is not installed here")
@settings(max_examples=40)
@given(content=st.binary(max_size=600))
@example(content=bytes(range(256)) * 300)  # the size takes more than two bytes
@example(content=b"\0" * 256)
def test_it_is_what_the_command_says(content: bytes) -> None:
    said = subprocess.run(["cksum"], input=content, capture_output=True, check=True).stdout.decode().split()
    assert posix_cksum(content) == f"{said[0]}-{said[1]}"

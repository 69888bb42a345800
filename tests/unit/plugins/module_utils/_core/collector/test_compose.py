# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose, library
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import command, file


def test_library_is_sent_without_comments_and_indentation() -> None:
    for line in library().splitlines():
        assert line == line.strip()
        assert line
        assert not line.startswith("#")


def test_script_is_pure_ascii_and_fits_an_argument() -> None:
    script = compose([])
    assert script.isascii()
    assert len(script) < 12_000


def test_same_read_is_carried_out_once() -> None:
    script = compose([file("/etc/fstab"), file("/etc/hosts"), file("/etc/fstab")])
    assert script.count("read_file /etc/fstab") == 1


def test_script_ends_with_the_call_of_what_it_defines() -> None:
    assert compose([]).splitlines()[-3:] == ["collect", "exit 0", "}"]


@pytest.mark.parametrize("name", ["two\nlines", "bell\a", "tab\t"])
def test_name_that_would_break_a_mark_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        compose([command(name, "true")])

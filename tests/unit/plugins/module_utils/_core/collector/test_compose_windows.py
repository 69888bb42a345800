# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector import windows_read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import (
    compose_windows,
    compose_windows_calls,
)


def test_first_line_counts_the_script_and_data_follows() -> None:
    lines = compose_windows_calls(["Read-Answer 5 'environment'"], Limits(), data=["c2VjcmV0"]).splitlines()
    count = int(lines[0])
    assert (lines[1], lines[count]) == ("& {", "} $args[0]")
    assert lines[count + 1 :] == ["c2VjcmV0"]


def test_script_is_ascii_and_every_read_one_line() -> None:
    script = compose_windows([windows_read.registry("HKLM\\Sóft", "a'b"), windows_read.environment()], Limits())
    assert script.isascii()
    assert "Read-Answer 5 'registry' ('HKLM\\S' + [string][char]243 + 'ft') 'a''b'\n" in script


def test_same_read_is_sent_once() -> None:
    assert compose_windows([windows_read.environment()] * 2, Limits()).count("Read-Answer 5 'environment'") == 1


def test_library_is_small_enough_to_leave_room_for_the_reads() -> None:
    # The largest audit of one machine needs 9 KiB of lines.
    assert len(compose_windows([], Limits())) < 18 * 1024


@pytest.mark.parametrize("words", ["a\nb", "a\tb", "\x1b[0m"])
def test_name_that_cannot_be_printed_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        compose_windows([windows_read.text(words)], Limits())


@pytest.mark.parametrize("data", ["secret\nb", "secr\u00e9t", "secret\r"])
def test_data_that_would_be_no_line_is_refused_and_not_repeated(data: str) -> None:
    with pytest.raises(ValueError, match="lines of ASCII") as raised:
        compose_windows_calls([], Limits(), data=[data])
    assert "secr" not in str(raised.value).replace("it is secret", "")

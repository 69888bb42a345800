# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import (
    RecordingError,
    as_utf8,
    parse,
)

TEXT = "@@ preflight-recording 1\n@@ platform windows\n@@ user 0\n@ environment\n machine\tB\u00dcRO\n@ end 0\n"
WHOLE = f"{TEXT}@@ complete 6 lines {len(TEXT.encode())} bytes\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_recording_is_read_as_redirections_of_windows_write_it(encoding: str, line_end: str) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    recording = parse((mark + WHOLE.replace("\n", line_end)).encode(encoding))
    assert recording.complete
    assert recording.answers["environment"].lines == ["machine\tB\u00dcRO"]


def test_recording_that_went_through_the_code_page_of_a_console_is_refused() -> None:
    with pytest.raises(RecordingError, match="changed"):
        parse(WHOLE.encode().decode("cp437").encode("utf-16"))


def test_utf_16_that_was_cut_within_a_character_is_incomplete() -> None:
    assert not parse(WHOLE.encode("utf-16")[:-61]).complete


def test_platform_can_be_looked_up_in_utf_16() -> None:
    assert b"\n@@ platform windows\n" in as_utf8(WHOLE.encode("utf-16"))

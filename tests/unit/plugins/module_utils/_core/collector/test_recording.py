# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import command, file
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import (
    RecordingError,
    Status,
    parse,
)
from hypothesis import given
from hypothesis import strategies as st

LINES = [
    "@@ preflight-recording 1",
    "@@ platform linux",
    "@@ user 1000",
    "@@ started 1763701200.5",
    "@ file /etc/fstab",
    " /dev/sda1 / ext4",
    " @ end 0",
    "@ end 0",
    "@ command lsblk",
    " unknown column",
    "@ end 1",
    "@ file /etc/nothing",
    "@ end - absent",
    "@ command big",
    " x",
    "@ end 0 truncated",
    "@@ finished 1763701201",
]
BODY = "".join(f"{line}\n" for line in LINES)
WHOLE = f"{BODY}@@ complete {len(LINES)} lines {len(BODY)} bytes\n"


def test_whole_recording_is_understood() -> None:
    recording = parse(WHOLE.encode())
    assert recording.complete
    assert (recording.platform, recording.user, recording.started, recording.finished) == (
        "linux",
        1000,
        1763701200.5,
        1763701201.0,
    )
    assert recording.answer(file("/etc/fstab")).text == "/dev/sda1 / ext4\n@ end 0\n"
    assert recording.answer(command("lsblk", "")).code == 1
    assert recording.answer(file("/etc/nothing")).status is Status.ABSENT


def test_noise_around_a_recording_is_left_out() -> None:
    noisy = "Welcome!\n@ file /x\n" + WHOLE + "logout\n@@ complete 1 lines 1 bytes\n"
    assert parse(noisy.encode()) == parse(WHOLE.encode())


def test_terminal_line_ends_do_not_matter() -> None:
    assert parse(WHOLE.replace("\n", "\r\n").encode()) == parse(WHOLE.encode())


def test_reasons_are_clauses_for_people() -> None:
    recording = parse(WHOLE.encode())
    assert recording.answer(file("/etc/nothing")).reason == "file /etc/nothing does not exist"
    assert recording.answer(command("lsblk", "")).reason == "command lsblk ended with code 1: unknown column"
    assert recording.answer(command("big", "")).reason == "the answer to command big was cut at its size limit"
    assert recording.answer(file("/etc/hosts")).reason == "file /etc/hosts was not collected"


@given(st.integers(min_value=len(LINES[0]) + 1, max_value=len(WHOLE) - 2))
def test_cut_recording_is_incomplete_and_never_wrong(length: int) -> None:
    whole, part = parse(WHOLE.encode()), parse(WHOLE[:length].encode())
    assert not part.complete
    for key, answer in part.answers.items():
        assert answer == whole.answers[key] or answer.status is Status.CUT_OFF
    assert part.answer(file("/etc/hosts")).status is Status.CUT_OFF


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("/dev/sda1 / ext4", "/dev/sda1 / ext4,ro", "changed after it was made"),
        (" /dev/sda1 / ext4\n", "", "changed after it was made"),
        (" /dev/sda1 / ext4", "/dev/sda1 / ext4", "does not come from the collector"),
        ("@ end 1", "@ end one", "expected '@ end CODE"),
        ("@ end - absent", "@ end - lost", "expected '@ end CODE"),
        ("@ command lsblk", "@ file /etc/fstab", "expected one answer"),
        ("@@ complete", "@@ complete x", "expected '@@ complete N lines"),
    ],
)
def test_edited_recording_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        parse(WHOLE.replace(old, new, 1).encode())


def test_output_without_a_recording_is_refused() -> None:
    with pytest.raises(RecordingError, match="expected a line"):
        parse(b"bash: /bin/sh: No such file or directory\n")


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_recording_or_its_error(noise: bytes) -> None:
    for output in (noise, BODY.encode() + noise, WHOLE[:80].encode() + noise):
        with contextlib.suppress(RecordingError):
            parse(output)

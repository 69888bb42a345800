# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Answer, Recording, Status
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.changes import (
    compose_changes,
    parse_changes,
    seconds_needed,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan

PLAN = Plan("lsof", {"lsof": "missing"}, {"lsof": "installed"}, "missing", "installed", ("apt",), 300)
APPLIED = """state: applied
reason: installed lsof:amd64 4.95.0-1

record: record: 000001
record: fix: lsof
record: run: r1
record: catalogue: 1.0
record: time: 2026-01-01T00:00:00Z
record: before: missing
record: after: installed
record: manager: apt
record: adding: lsof
record: state: planned 2026-01-01T00:00:00Z
record: added: lsof:amd64 4.95.0-1
record: state: done 2026-01-01T00:00:01Z
"""


def answered(text: str, code: int = 0) -> Recording:
    key = "change lsof"
    return Recording({key: Answer(key, Status.ANSWERED, text, code)}, user=0, complete=True)


def test_change_is_one_line_behind_the_libraries() -> None:
    lines = compose_changes([PLAN], "20260101T000000Z-abc123", "1.0").splitlines()
    assert lines.count("change lsof 300 missing installed apt") == 1
    assert lines.index("apply_change() {") < lines.index("lsof_state() {") < lines.index("reads() {")
    assert "change_run=20260101T000000Z-abc123" in lines
    assert f"time_limit={seconds_needed([PLAN])}" in lines


def test_script_fits_an_argument_and_is_one_block() -> None:
    script = compose_changes([PLAN], "r1")
    assert script.isascii()
    assert len(script) < 32_000
    assert script.startswith("{\n")
    assert script.endswith("\n}\n")


def test_scripts_that_fixes_share_are_sent_once() -> None:
    assert compose_changes([PLAN, PLAN], "r1").count("\npackage_prepare() {") == 1


@pytest.mark.parametrize("run", ["", "a b", "../x", "a;b", "a.b", "a\nb"])
def test_run_id_that_is_no_plain_word_is_refused(run: str) -> None:
    with pytest.raises(ValueError, match="run id"):
        compose_changes([PLAN], run)


def test_argument_is_quoted() -> None:
    plan = Plan("lsof", None, None, "it's", "$(reboot)", ("a b",))
    assert """change lsof 300 'it'"'"'s' '$(reboot)' 'a b'""" in compose_changes([plan], "r1").splitlines()


def test_argument_with_a_line_break_is_refused() -> None:
    with pytest.raises(ValueError, match="printable"):
        compose_changes([Plan("lsof", None, None, "a\nb", "c")], "r1")


def test_applied_change_brings_a_copy_of_its_record() -> None:
    [result] = parse_changes(answered(APPLIED), [PLAN])
    assert (result.state, result.reason) == ("applied", "installed lsof:amd64 4.95.0-1")
    assert result.changed
    assert result.succeeded
    assert result.journal is not None
    assert result.journal["state"] == "done"
    assert result.journal["details"] == {"manager": ["apt"], "adding": ["lsof"], "added": ["lsof:amd64 4.95.0-1"]}


def test_failed_change_brings_the_end_of_the_log() -> None:
    [result] = parse_changes(answered("state: failed\nreason: locked\nlog: E: Could not get lock\n"), [PLAN])
    assert (result.state, result.changed, result.succeeded) == ("failed", False, False)
    assert result.log == ("E: Could not get lock",)


@pytest.mark.parametrize("text", ["", "state: splendid\n", "sh: syntax error\n"])
def test_answer_without_a_known_state_is_failed(text: str) -> None:
    [result] = parse_changes(answered(text, 2), [PLAN])
    assert result.state == "failed"
    assert "ended with code 2" in result.reason


@pytest.mark.parametrize(
    ("status", "state"), [(Status.TIMED_OUT, "running"), (Status.NOT_RUN, "failed"), (Status.CUT_OFF, "failed")]
)
def test_missing_answer_is_never_applied(status: Status, state: str) -> None:
    recording = Recording({"change lsof": Answer("change lsof", status)}, user=0, complete=True)
    [result] = parse_changes(recording, [PLAN])
    assert result.state == state


def test_cut_recording_points_to_the_journal() -> None:
    [result] = parse_changes(Recording(user=0), [PLAN])
    assert result.state == "failed"
    assert "journal" in result.reason

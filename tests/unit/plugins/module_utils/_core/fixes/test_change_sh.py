# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contract of every change, with a fix that writes one file, on every shell that is at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import (
    Limits,
    as_sent,
    compose_calls,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import changes
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.said import Said, said

SHELLS = ("dash", "bash", "ksh93", "mksh", "busybox")
STATES = frozenset({"applied", "unchanged", "already_done", "refused", "failed", "running", "restored"})
TOY = """
toy_state() { state=old; [ ! -e "$toy" ] || read -r state <"$toy"; }
toy_prepare() { [ "$1" != never ] || conclude refused "the fix will not"; record_lines="prepared: $1$newline"; }
toy_apply() { transaction sh -c "$apply_program" sh "$toy"; }
toy_settle() { record_lines="settled: yes$newline"; reason="exit code ${code:-none}"; }
toy_undo() {
    reason="it was gone"
    [ -e "$toy" ] || return 0
    toy_state
    [ "$state" = new ] || [ "$force" = yes ] || conclude refused "somebody wrote $state"
    rm "$toy"
    undone=yes
    reason="removed the file"
}
"""


@dataclass
class Machine:
    """A journal of its own, and one file that the toy fix owns."""

    shell: list[str]
    root: Path
    edit: Callable[[str], str] = str
    apply_program: str = 'echo new >"$1"'
    settings: tuple[str, ...] = ()

    @property
    def toy(self) -> Path:
        return self.root / "toy"

    @property
    def journal(self) -> Path:
        return self.root / "preflight.azure" / "journal"

    @property
    def records(self) -> list[str]:
        return [path.read_text() for path in sorted(self.journal.glob("*.record"))]

    def call(self, line: str, run: str = "r1") -> Said:
        definitions = [
            *(as_sent(Path(changes.__file__).with_name(name)) for name in changes.LIBRARIES),
            TOY,
            f"journal_root={self.root}/preflight.azure\njournal=$journal_root/journal\nlock_seconds=1\ntoy={self.toy}",
            f"change_run={run}\nchange_catalogue=1.0\napply_program='{self.apply_program}'",
            # Without root rights no directory can be one that only root can write.
            "" if os.geteuid() == 0 else "trusted() { :; }",
            *self.settings,
        ]
        script = self.edit(compose_calls(["effective_user=0", line], Limits(time_seconds=60), definitions))
        done = subprocess.run(self.shell, input=script.encode(), capture_output=True, timeout=90, check=True)
        assert done.stderr == b""
        [answer] = parse(done.stdout).answers.values()
        return said(answer, STATES)

    def change(self, run: str = "r1", argument: str = "now", seconds: int = 20) -> Said:
        return self.call(f"change toy {seconds} old new {argument}", run)

    def restore(self, number: str = "000001", force: str = "no") -> Said:
        return self.call(f"restore {number} toy 20 {force}")


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    path = shutil.which(request.param)
    if path is None:
        pytest.skip(f"{request.param} is not installed here")
    return Machine([path, "sh"] if request.param == "busybox" else [path], tmp_path)


@pytest.fixture
def quick(tmp_path: Path) -> Machine:
    """For what does not depend on the shell."""
    return Machine(["sh"], tmp_path)


def test_change_is_journalled_and_restored_on_every_shell(machine: Machine) -> None:
    applied = machine.change()
    assert (applied.state, applied.reason) == ("applied", "exit code 0")
    assert machine.toy.read_text() == "new\n"
    assert [line.split()[1] for line in applied.record if line.startswith("state:")] == ["planned", "done"]
    assert {"before: old", "after: new", "prepared: now", "settled: yes", "run: r1"} <= set(applied.record)
    assert machine.change("r2").state == "unchanged"
    restored = machine.restore()
    assert (restored.state, restored.reason) == ("restored", "removed the file")
    assert not machine.toy.exists()
    assert machine.restore().state == "unchanged"
    assert len(machine.records) == 1
    assert oct(machine.journal.stat().st_mode) == "0o40700"
    assert sorted(path.suffix for path in machine.journal.iterdir()) == [".log", ".record"]


def test_same_run_answers_already_done(machine: Machine) -> None:
    machine.change("r1")
    again = machine.change("r1")
    assert again.state == "already_done"
    assert "run: r1" in again.record
    assert len(machine.records) == 1


def test_one_run_may_use_a_fix_twice(quick: Machine) -> None:
    quick.change("r1")
    quick.toy.write_text("old\n")
    assert quick.change("r1").state == "applied"
    assert len(quick.records) == 2


def test_state_that_the_audit_did_not_see_is_refused(quick: Machine) -> None:
    quick.toy.write_text("mine\n")
    refused = quick.change()
    assert refused.state == "refused"
    assert "found it 'mine'" in refused.reason
    assert quick.records == []


def test_refusal_of_the_fix_leaves_no_record(quick: Machine) -> None:
    assert quick.change(argument="never").reason == "the fix will not"
    assert quick.records == []


def test_change_that_does_not_reach_its_state_is_failed_with_the_log(quick: Machine) -> None:
    quick.apply_program = "echo no such thing; exit 7"
    failed = quick.change()
    assert (failed.state, failed.reason) == ("failed", "exit code 7")
    assert failed.log == ("no such thing",)
    quick.apply_program = 'echo new >"$1"'
    assert quick.change().state == "applied"


def test_numbers_go_on_past_octal_ones(quick: Machine) -> None:
    quick.journal.mkdir(parents=True, mode=0o700)
    (quick.root / "preflight.azure").chmod(0o700)
    (quick.journal / "000009.other.r0.record").write_text("record: 000009\nstate: done x\n")
    assert "record: 000010" in quick.change().record


def test_what_somebody_changed_since_is_restored_only_with_force(quick: Machine) -> None:
    quick.change()
    quick.toy.write_text("other\n")
    assert quick.restore().reason == "somebody wrote other"
    assert quick.restore(force="yes").state == "restored"


def test_record_that_does_not_exist_is_refused(quick: Machine) -> None:
    assert "there is no record 000007" in quick.restore("000007").reason


def test_transaction_that_takes_too_long_goes_on_and_is_settled_by_the_next_run(quick: Machine) -> None:
    quick.apply_program = 'until [ -e "$1.go" ]; do sleep 0.1; done; echo new >"$1"'
    running = quick.change(seconds=1)
    assert running.state == "running"
    assert "not interrupted" in running.reason
    (quick.root / "toy.go").touch()
    assert quick.change("r2").state == "unchanged"
    assert "state: done" in quick.records[0]
    assert quick.restore().state == "restored"


@pytest.mark.skipif(shutil.which("setsid") is None, reason="setsid is not installed here")
def test_transaction_whose_shell_was_killed_is_waited_for(machine: Machine) -> None:
    machine.apply_program = 'kill -9 $PPID; sleep 1; echo new >"$1"'
    applied = machine.change()
    assert (applied.state, applied.reason) == ("applied", "exit code none")


def test_many_runs_at_once_make_the_change_once_and_do_not_disturb_each_other(quick: Machine) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(quick.change, [f"at-once-{number}" for number in range(8)]))
    others = [answer for answer in answers if answer.state != "applied"]
    assert len(others) == 7
    for answer in others:  # a run waits for the others, but here not for long
        assert answer.state == "unchanged" or "is changing this machine" in answer.reason, answer


def test_lock_of_a_living_run_is_waited_for_and_named(quick: Machine) -> None:
    quick.change()
    quick.restore()
    with subprocess.Popen(["sleep", "60"]) as other:
        born = Path(f"/proc/{other.pid}/stat").read_text().rpartition(") ")[2].split()[19]
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        (quick.root / "preflight.azure" / "lock.99").write_text(f"{other.pid} {born} {boot} r-other\n")
        refused = quick.change("r2")
        other.kill()
    assert refused.state == "refused"
    assert "r-other" in refused.reason
    assert quick.change("r2").state == "applied"


@pytest.mark.parametrize("owner", ["1 2 3 r0", "999999999 5 {boot} r0", "1 5 {boot} r0", ""])
def test_lock_of_a_dead_process_or_an_earlier_boot_is_taken_over(quick: Machine, owner: str) -> None:
    directory = quick.root / "preflight.azure"
    directory.mkdir(mode=0o700)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    (directory / "lock.7").write_text(owner.format(boot=boot) + "\n")
    assert quick.change().state == "applied"
    assert [path.name for path in directory.glob("lock.*")] == ["lock.8"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a directory away")
@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda path: os.chown(path, 1000, 0), "belongs to user 1000"),
        (lambda path: path.chmod(0o770), "written by others"),
        (lambda path: path.chmod(0o702), "written by others"),
        (lambda path: (path.rmdir(), path.symlink_to("/tmp")), "symbolic link"),
        (lambda path: (path.rmdir(), path.touch()), "no directory"),
    ],
)
def test_journal_that_somebody_else_prepared_is_refused(
    quick: Machine, spoil: Callable[[Path], None], found: str
) -> None:
    directory = quick.root / "preflight.azure"
    directory.mkdir(mode=0o700)
    spoil(directory)
    refused = quick.change()
    assert refused.state == "refused"
    assert found in refused.reason
    assert not quick.toy.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to give a file away")
def test_record_that_somebody_else_wrote_is_refused(quick: Machine) -> None:
    quick.change()
    [record] = quick.journal.glob("*.record")
    os.chown(record, 1000, 0)
    assert "belongs to user 1000" in quick.restore().reason
    assert quick.toy.exists()


def test_no_root_rights_are_told(quick: Machine) -> None:
    quick.edit = lambda script: script.replace("effective_user=0\n", "effective_user=1000\n")
    assert "set become: true" in quick.change().reason
    assert not quick.journal.exists()


#: Every how many steps a run is killed; 1 tries them all (two minutes).
KILL_EVERY = int(os.environ.get("PREFLIGHT_KILL_EVERY", "32"))
STEP = """
step() { %s
}
%s() {
step_pid=$BASHPID
set -T
trap 'step "$FUNCNAME:$LINENO"' DEBUG
"""


def killed_at(function: str, action: str) -> Callable[[str], str]:
    """Do something before every simple command from the beginning of a function on; needs bash."""
    return lambda script: script.replace(f"\n{function}() {{\n", STEP % (action, function), 1)


def steps_of(quick: Machine, function: str, call: Callable[[], Said]) -> list[str]:
    quick.edit = killed_at(function, f'echo "$1" >>{quick.root}/steps')
    call()
    quick.edit = str
    return list(dict.fromkeys((quick.root / "steps").read_text().split()))


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed here")
def test_killed_before_any_step_it_is_done_or_not_and_can_be_restored(tmp_path: Path) -> None:
    quick = Machine(["bash"], tmp_path)
    steps = steps_of(quick, "apply_change", quick.change)
    assert len(steps) > 100
    quick.restore()
    for index, step in enumerate(steps[::KILL_EVERY]):
        shutil.rmtree(quick.journal.parent, ignore_errors=True)
        quick.edit = killed_at("apply_change", f'[ "$1" != {step} ] || kill -9 $step_pid')
        assert quick.change().state == "failed" or step.startswith("conclude:"), step
        quick.edit = str
        if index % 2:
            assert quick.change().state in ("applied", "already_done"), step
            assert quick.toy.exists(), step
        for number in sorted(path.name[:6] for path in quick.journal.glob("*.record")):
            if "state: planned" in next(quick.journal.glob(f"{number}*.record")).read_text():
                assert quick.restore(number).state in ("restored", "unchanged"), step
        assert not quick.toy.exists(), step


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed here")
def test_restore_killed_before_any_step_is_finished_by_the_next(tmp_path: Path) -> None:
    quick = Machine(["bash"], tmp_path)
    quick.change()
    steps = steps_of(quick, "undo_change", quick.restore)
    assert len(steps) > 50
    for step in steps[::KILL_EVERY]:
        shutil.rmtree(quick.journal.parent, ignore_errors=True)
        assert quick.change().state == "applied"
        quick.edit = killed_at("undo_change", f'[ "$1" != {step} ] || kill -9 $step_pid')
        assert quick.restore().state == "failed" or step.startswith("conclude:"), step
        quick.edit = str
        assert quick.restore().state in ("restored", "unchanged"), step
        assert not quick.toy.exists(), step
        assert "state: restored" in quick.records[0], step

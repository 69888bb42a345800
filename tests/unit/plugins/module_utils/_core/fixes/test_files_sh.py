# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files that are replaced in one step and brought back byte by byte, on every shell that is at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.file_change import (
    EditableFile,
    change_arguments,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.file_machine import (
    NEW,
    OLD,
    Machine,
    before_every_step,
    text,
)

SHELLS = ("dash", "bash", "ksh93", "mksh", "busybox")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed here")


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


def look(path: Path) -> tuple[bytes, int, int, int, int]:
    """Return everything of a file that must come back."""
    status = path.stat()
    return path.read_bytes(), status.st_mode, status.st_uid, status.st_gid, status.st_mtime_ns


def test_file_is_changed_and_brought_back_to_the_byte_on_every_shell(machine: Machine) -> None:
    machine.paper.chmod(0o664)
    os.utime(machine.paper, ns=(1_000_000_000, 1_234_567_891_234_567_890))
    before = look(machine.paper)
    applied = machine.change()
    assert (applied.state, applied.reason) == ("applied", f"wrote {machine.paper}")
    assert look(machine.paper)[:4] == (NEW, *before[1:4])
    assert machine.change(run="r2", old={machine.paper: OLD}).state == "unchanged"
    restored = machine.restore()
    assert (restored.state, restored.reason) == ("restored", f"brought back {machine.paper}")
    if machine.shell[-1] == "sh":  # busybox's own cp knows only seconds
        before = (*before[:4], before[4] // 1_000_000_000 * 1_000_000_000)
    assert look(machine.paper) == before
    assert machine.restore().state == "unchanged"
    assert machine.strays() == []
    assert [path.suffix for path in machine.journal.iterdir()] == [".record"]


def test_file_that_was_not_there_is_made_readable_and_removed_again_on_every_shell(machine: Machine) -> None:
    machine.paper.unlink()
    assert machine.change({machine.paper: b"10.0.0.4 web01\n"}).state == "applied"
    assert machine.paper.read_bytes() == b"10.0.0.4 web01\n"
    assert oct(machine.paper.stat().st_mode) == "0o100644"
    restored = machine.restore()
    assert (restored.state, restored.reason) == ("restored", f"removed {machine.paper}")
    assert list(machine.etc.iterdir()) == []


@pytest.mark.parametrize("content", [bytes(range(256)), b"", b"\n", b"\\c%s%%-n'\"$(touch x)`x`\r\n" * 9, b"-n"])
def test_any_byte_is_written_on_every_shell(machine: Machine, content: bytes) -> None:
    assert machine.change({machine.paper: content}).state == "applied"
    assert machine.paper.read_bytes() == content
    machine.restore()
    assert machine.paper.read_bytes() == OLD


def test_two_files_are_one_change_on_every_shell(machine: Machine) -> None:
    assert machine.change({machine.paper: NEW, machine.second: b"new\n"}).state == "applied"
    assert machine.now() == {machine.paper: NEW, machine.second: b"new\n"}
    assert machine.restore().state == "restored"
    assert machine.now() == {machine.paper: OLD, machine.second: None}


def make_link(machine: Machine) -> None:
    machine.paper.rename(machine.etc / "second")
    machine.paper.symlink_to("second")


def make_fifo(machine: Machine) -> None:
    machine.paper.unlink()
    os.mkfifo(machine.paper)


def take_directory_away(machine: Machine) -> None:
    shutil.rmtree(machine.etc)


OBSTACLES: tuple[tuple[Callable[[Machine], object], str], ...] = (
    (make_link, "it is a symbolic link"),
    (lambda machine: os.link(machine.paper, machine.root / "twin"), "it has 2 hard links"),
    (lambda machine: machine.etc.chmod(0o757), "others than root can write to"),
)


@pytest.mark.parametrize(("spoil", "found"), OBSTACLES, ids=["symlink", "hard-link", "directory-rights"])
def test_file_that_must_not_be_replaced_is_left_alone_on_every_shell(
    machine: Machine, spoil: Callable[[Machine], object], found: str
) -> None:
    spoil(machine)
    refused = machine.change()
    assert refused.state == "refused"
    assert found in refused.reason
    assert machine.paper.read_bytes() == OLD
    assert list(machine.journal.iterdir()) == []


@pytest.mark.parametrize("spoil", [make_fifo, take_directory_away], ids=["fifo", "no-directory"])
def test_what_is_no_file_any_more_is_refused_at_once(quick: Machine, spoil: Callable[[Machine], object]) -> None:
    spoil(quick)
    refused = quick.change(old={quick.paper: OLD})
    assert refused.state == "refused"
    assert "audit it again" in refused.reason
    assert list(quick.journal.iterdir()) == []


def test_obstacle_on_the_way_back_is_refused_before_anything_is_undone(quick: Machine) -> None:
    quick.change({quick.paper: NEW, quick.second: b"new\n"})
    os.link(quick.second, quick.root / "twin")
    refused = quick.restore()
    assert refused.state == "refused"
    assert "hard links" in refused.reason
    assert quick.now() == {quick.paper: NEW, quick.second: b"new\n"}


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Mounts something, and takes it away again."""
    places: list[Path] = []

    def mount(place: Path, *options: str) -> None:
        done = subprocess.run(["mount", *options, str(place)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
        if "remount,ro,bind" not in options:
            places.append(place)

    yield mount
    for place in reversed(places):
        subprocess.run(["umount", str(place)], check=True)


@needs_root
def test_file_that_is_a_mount_point_is_refused(quick: Machine, mounted: Callable[..., None]) -> None:
    (quick.root / "other").write_bytes(OLD)
    mounted(quick.paper, "--bind", str(quick.root / "other"))
    refused = quick.change()
    assert (refused.state, "mount point" in refused.reason) == ("refused", True)


@needs_root
def test_read_only_directory_is_refused(machine: Machine, mounted: Callable[..., None]) -> None:
    mounted(machine.etc, "--bind", str(machine.etc))
    mounted(machine.etc, "-o", "remount,ro,bind")
    refused = machine.change()
    assert (refused.state, "mounted read-only" in refused.reason) == ("refused", True)


@needs_root
@pytest.mark.parametrize(("flag", "of"), [("i", "paper"), ("a", "paper"), ("i", "etc"), ("a", "etc")])
def test_immutable_or_append_only_is_refused(quick: Machine, flag: str, of: str) -> None:
    path = getattr(quick, of)
    if subprocess.run(["chattr", f"+{flag}", str(path)], capture_output=True, check=False).returncode:
        pytest.skip("this file system knows no such flags")
    try:
        refused = quick.change()
        assert refused.state == "refused"
        assert f"{path} is immutable or append-only" in refused.reason
        assert quick.paper.read_bytes() == OLD
        assert [path.name for path in quick.etc.iterdir()] == ["hosts"]
    finally:
        subprocess.run(["chattr", f"-{flag}", str(path)], check=True)


@needs_root
def test_flags_that_no_copy_takes_along_stay(quick: Machine) -> None:
    if subprocess.run(["chattr", "+Ad", str(quick.paper)], capture_output=True, check=False).returncode:
        pytest.skip("this file system knows no such flags")

    def flags() -> str:
        return subprocess.run(["lsattr", quick.paper], capture_output=True, text=True, check=True).stdout

    before = flags()
    assert quick.change().state == "applied"
    assert flags() == before
    quick.restore()
    assert flags() == before


def test_acl_and_extended_attributes_stay_and_come_back(machine: Machine) -> None:
    # version 2; owner rw-, user 65534 r--, group r--, mask r--, others r--
    acl = bytes.fromhex("02000000 0100 0600 ffffffff 0200 0400 feff0000 0400 0400 ffffffff 1000 0400 ffffffff")
    acl += bytes.fromhex("2000 0400 ffffffff")
    set_any = False
    for name, value in (("user.preflight", b"kept"), ("system.posix_acl_access", acl)):
        with suppress(OSError):
            os.setxattr(machine.paper, name, value)
            set_any = True
    if not set_any:
        pytest.skip("this file system has no extended attributes")

    def attributes() -> dict[str, bytes]:
        return {name: os.getxattr(machine.paper, name) for name in os.listxattr(machine.paper)}

    before = attributes()
    assert machine.change().state == "applied"
    if machine.shell[-1] != "sh":  # busybox's own cp knows none of them
        assert attributes() == before
    machine.restore()
    if machine.shell[-1] != "sh":
        assert attributes() == before


@needs_root
def test_full_disk_leaves_the_old_file_and_nothing_else(machine: Machine, mounted: Callable[..., None]) -> None:
    mounted(machine.etc, "-t", "tmpfs", "-o", "size=64k,mode=755", "none")
    old, new = b"a" * 40_000, b"b" + b"a" * 40_000
    machine.paper.write_bytes(old)
    failed = machine.change({machine.paper: new})
    assert failed.state == "failed"
    assert "No space left on device" in failed.reason
    assert machine.paper.read_bytes() == old
    assert [path.name for path in machine.etc.iterdir()] == ["hosts"]
    assert "state: failed" in machine.record
    assert machine.restore().state == "unchanged"


@needs_root
def test_full_journal_refuses_the_change(machine: Machine, mounted: Callable[..., None]) -> None:
    machine.journal.parent.mkdir(mode=0o700)
    mounted(machine.journal.parent, "-t", "tmpfs", "-o", "size=64k,mode=700", "none")
    machine.paper.write_bytes(b"a" * 80_000)
    refused = machine.change({machine.paper: b"b" + b"a" * 80_000})
    assert refused.state == "refused"
    assert "No space left on device" in refused.reason
    assert "nothing was changed" in refused.reason
    assert machine.paper.read_bytes() == b"a" * 80_000
    assert list(machine.journal.iterdir()) == []


def test_file_edited_since_the_audit_is_refused(quick: Machine) -> None:
    refused = quick.change({quick.paper: NEW}, old={quick.paper: b"what the audit saw"})
    assert refused.state == "refused"
    assert "audit it again" in refused.reason
    assert quick.paper.read_bytes() == OLD


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ('copy_with_attributes() { echo more >>"$1"; cp -p "$1" "$2"; }', "refused"),
        ('paper_apply() { echo more >>"$paper"; file_apply; }', "failed"),
    ],
    ids=["while it is kept", "before it is replaced"],
)
def test_file_edited_during_the_change_keeps_the_edit(quick: Machine, more: str, state: str) -> None:
    quick.more = more
    assert quick.change().state == state
    assert quick.paper.read_bytes() == OLD + b"more\n"
    assert quick.strays() == []


def test_second_file_that_fails_is_told_and_the_first_can_be_restored(quick: Machine) -> None:
    quick.second.write_bytes(b"old\n")
    quick.more = 'paper_apply() { echo more >>"$second"; file_apply; }'
    failed = quick.change({quick.paper: NEW, quick.second: b"new\n"})
    assert failed.state == "failed"
    assert f"wrote {quick.paper}" in failed.reason
    assert f"{quick.second} was not changed: somebody else" in failed.reason
    assert "changed since" in quick.restore().reason
    assert quick.now() == {quick.paper: NEW, quick.second: b"old\nmore\n"}
    assert quick.restore(force=True).state == "restored"
    assert quick.now() == {quick.paper: OLD, quick.second: b"old\n"}


LATER = """
paper_apply() {{
    file_apply
    record_lines=
    file_prepare "$second" {before} {after} 2 0 3 || return 1
    append_state planned
    file_apply
}}
paper_state() {{ file_state "$paper"; state=$file_word; }}
"""


@pytest.mark.parametrize("expected", [b"12", b"else"])
def test_step_prepared_later_never_takes_the_record_away(quick: Machine, expected: bytes) -> None:
    quick.second.write_bytes(b"12")
    quick.more = LATER.format(before=posix_cksum(expected), after=posix_cksum(b"123"))
    states = [f"{quick.paper} {posix_cksum(content)}" for content in (OLD, NEW)]
    arguments = change_arguments(EditableFile(str(quick.paper), text(OLD)), EditableFile(str(quick.paper), text(NEW)))
    changed = quick.call(" ".join(f"'{word}'" for word in ("change", "paper", "20", *states, *arguments)), "r1")
    assert changed.state == "applied"
    assert "state: done" in quick.record
    assert quick.second.read_bytes() == (b"123" if expected == b"12" else b"12")
    if expected != b"12":
        assert f"{quick.second} was changed since the audit" in changed.reason
    assert quick.restore().state == "restored"
    assert quick.now() == {quick.paper: OLD, quick.second: b"12"}
    assert quick.strays() == []


def test_change_by_somebody_else_is_undone_only_with_force(quick: Machine) -> None:
    quick.change()
    quick.paper.write_bytes(NEW + b"\nmine\n")
    refused = quick.restore()
    assert refused.state == "refused"
    assert "changed since" in refused.reason
    assert ".old1" in refused.reason
    assert quick.paper.read_bytes() == NEW + b"\nmine\n"
    assert quick.restore(force=True).state == "restored"
    assert quick.paper.read_bytes() == OLD


def test_file_removed_since_comes_back_only_with_force(quick: Machine) -> None:
    quick.change()
    quick.paper.unlink()
    assert quick.restore().state == "refused"
    assert quick.restore(force=True).state == "restored"
    assert quick.paper.read_bytes() == OLD


def test_what_somebody_undid_by_hand_is_nothing_to_undo(quick: Machine) -> None:
    quick.change()
    quick.paper.write_bytes(OLD)
    restored = quick.restore()
    assert (restored.state, restored.reason) == ("unchanged", f"{quick.paper} is as before")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept.write_bytes(b"10.6.6.6 web01\n"),
        lambda kept: kept.unlink(),
        lambda kept: (kept.rename(kept.parent.parent / "elsewhere"), kept.symlink_to(kept.parent.parent / "elsewhere")),
    ],
    ids=["other content", "gone", "symlink"],
)
def test_kept_copy_that_is_not_what_was_kept_is_refused_even_with_force(
    quick: Machine, spoil: Callable[[Path], object]
) -> None:
    quick.change()
    [kept] = quick.journal.glob("*.old1")
    spoil(kept)
    for force in (False, True):
        refused = quick.restore(force=force)
        assert refused.state == "refused"
        assert "is not what was kept" in refused.reason
        assert quick.paper.read_bytes() == NEW


def test_record_that_names_a_file_of_others_is_not_believed(quick: Machine) -> None:
    quick.change()
    shadow = quick.etc / "shadow"
    shadow.write_bytes(b"root:x\n")
    [record] = quick.journal.glob("*.record")
    record.write_text(record.read_text() + f"file: 1 none 1-1 {shadow}\nfile: 2 none 1-1 {quick.etc}/../etc/shadow\n")
    restored = quick.restore(force=True)
    assert restored.state == "restored"
    assert f"left {shadow} alone" in restored.reason
    assert shadow.read_bytes() == b"root:x\n"
    assert quick.paper.read_bytes() == OLD


def test_record_that_names_a_copy_elsewhere_is_not_believed(quick: Machine) -> None:
    quick.change()
    (quick.root / "secret").write_bytes(b"root:x\n")
    [record] = quick.journal.glob("*.record")
    line = f"file: 1/../../../../secret {posix_cksum(b'root:x' + bytes([10]))} 1-1 {quick.paper}\n"
    (quick.journal / f"{record.name.removesuffix('.record')}.old1").rename(quick.root / "away")
    (quick.journal / f"{record.name.removesuffix('.record')}.old1").mkdir()
    record.write_text("".join(each for each in record.read_text().splitlines(True) if "file:" not in each) + line)
    refused = quick.restore(force=True)
    assert refused.state == "refused"
    assert "is not what was kept" in refused.reason
    assert quick.paper.read_bytes() == NEW


#: Every how many steps a run is killed; 1 tries them all (a few minutes).
KILL_EVERY = int(os.environ.get("PREFLIGHT_KILL_EVERY", "24"))


def steps_of(machine: Machine, function: str, call: Callable[[], object]) -> list[str]:
    machine.edit = before_every_step(function, f'echo "$1" >>{machine.root}/steps')
    call()
    machine.edit = str
    steps = list(dict.fromkeys((machine.root / "steps").read_text().split()))
    # What comes before and after is not the files' business, and tried with the contract of all changes.
    ours = [step for step in steps if step.startswith(OURS)]
    assert len(ours) > 30
    return ours[::KILL_EVERY]


OURS = ("file_", "checksum", "replace_", "write_", "new_", "copy_", "flush", "keep", "look_", "bring_", "temporary_",
        "append_", "settle", "paper_", "write_record", "undo_change", "owned_")  # fmt: skip
BOTH = ({"hosts": OLD}, {"hosts": NEW}, {"hosts": NEW, "second": b"new\n"})


def contents(machine: Machine) -> dict[str, bytes]:
    return {path.name: content for path, content in machine.now().items() if content is not None}


@needs_bash
def test_killed_before_any_step_each_file_is_old_or_new_and_nothing_is_left_behind(tmp_path: Path) -> None:
    machine = Machine(["bash"], tmp_path)

    def change() -> object:
        return machine.change({machine.paper: NEW, machine.second: b"new\n"}, old={machine.paper: OLD})

    steps = steps_of(machine, "apply_change", change)
    machine.restore()
    for index, step in enumerate(steps):
        shutil.rmtree(machine.journal.parent, ignore_errors=True)
        before = look(machine.paper)
        machine.edit = before_every_step("apply_change", f'[ "$1" != {step} ] || kill -9 $step_pid')
        change()
        machine.edit = str
        assert contents(machine) in BOTH, step
        if index % 2:
            machine.change({machine.paper: NEW, machine.second: b"new\n"}, run="r2")
            assert contents(machine) == BOTH[2], step
        for record in sorted(machine.journal.glob("*.record"), reverse=True):
            assert machine.restore(record.name[:6]).state in ("restored", "unchanged"), step
        assert contents(machine) == BOTH[0], step
        assert look(machine.paper) == before, step
        if list(machine.journal.glob("*.record")):
            assert machine.strays() == [], step


@needs_bash
def test_restore_killed_before_any_step_is_finished_by_the_next_run(tmp_path: Path) -> None:
    machine = Machine(["bash"], tmp_path)
    new = {machine.paper: NEW, machine.second: b"new\n"}
    before = look(machine.paper)
    machine.change(new)
    steps = steps_of(machine, "undo_change", machine.restore)
    for index, step in enumerate(steps):
        shutil.rmtree(machine.journal.parent, ignore_errors=True)
        assert machine.change(new).state == "applied", step
        machine.edit = before_every_step("undo_change", f'[ "$1" != {step} ] || kill -9 $step_pid')
        machine.restore()
        machine.edit = str
        assert contents(machine) in (*BOTH, {"hosts": OLD, "second": b"new\n"}), step
        if index % 2:  # any run of a fix that edits files tidies up, whether it has something to do or not
            machine.change({machine.paper: machine.paper.read_bytes()}, run="r2")
            assert machine.strays() == [], step
        assert machine.restore().state in ("restored", "unchanged"), step
        assert look(machine.paper) == before, step
        assert machine.strays() == [], step
        assert "state: restored" in machine.record, step

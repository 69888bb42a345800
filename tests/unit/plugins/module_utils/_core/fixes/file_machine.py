# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory of its own with a journal, and a fix that edits two files in it, for the tests of ``files.sh``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import (
    Limits,
    as_sent,
    compose_calls,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import changes
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import FILE_SCRIPTS
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.file_change import (
    EditableFile,
    change_arguments,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.said import Said, said

OLD = b"127.0.0.1\tlocalhost\r\n# caf\xe9\n10.0.0.4 web01"
NEW = b"127.0.0.1\tlocalhost\r\n# caf\xe9\n10.0.0.4 web01.example.com web01"
_STATES = frozenset({"applied", "unchanged", "already_done", "refused", "failed", "running", "restored"})
_PAPER = """
paper_state() { file_state "$paper"; state=$file_word; file_state "$second"; state="$state $file_word"; }
paper_prepare() {
    while [ $# -ge 6 ]; do
        file_prepare "$1" "$2" "$3" "$4" "$5" "$6"
        shift 6
    done
}
paper_apply() { file_apply; }
paper_settle() { file_settle; }
paper_undo() { file_may_undo "$paper" "$second"; file_undo "$paper" "$second"; }
"""
_STEP = """
step() { %s
}
%s() {
step_pid=$BASHPID
set -T
trap 'step "$FUNCNAME:$LINENO"' DEBUG
"""


def text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "surrogateescape")


@dataclass
class Machine:
    """``paper`` and ``second`` are the files that the fix owns; the directory of ``paper`` is a stand-in for /etc."""

    shell: list[str]
    root: Path
    edit: Callable[[str], str] = str
    more: str = ""

    def __post_init__(self) -> None:
        self.etc.mkdir(mode=0o755, exist_ok=True)
        self.paper.write_bytes(OLD)

    @property
    def etc(self) -> Path:
        return self.root / "etc"

    @property
    def paper(self) -> Path:
        return self.etc / "hosts"

    @property
    def second(self) -> Path:
        return self.etc / "second"

    @property
    def journal(self) -> Path:
        return self.root / "preflight.azure" / "journal"

    @property
    def record(self) -> str:
        """The newest record."""
        return sorted(self.journal.glob("*.record"))[-1].read_text()

    def strays(self) -> list[str]:
        """What is left beside the files, and beside records that were settled."""
        kept = {".record", ".old1", ".old2"}
        return [
            str(path)
            for path in (*self.etc.iterdir(), *self.journal.iterdir())
            if path.name not in (self.paper.name, self.second.name) and path.suffix not in kept
        ]

    def now(self) -> dict[Path, bytes | None]:
        return {path: path.read_bytes() if path.is_file() else None for path in (self.paper, self.second)}

    def call(self, line: str, run: str) -> Said:
        scripts = [*changes.LIBRARIES, *FILE_SCRIPTS]
        settings = [
            f"journal_root={self.root}/preflight.azure\njournal=$journal_root/journal\nlock_seconds=5",
            f"paper={self.paper}\nsecond={self.second}\nchange_run={run}\nchange_catalogue=1.0",
            # Without root rights no directory can be one that only root can write.
            "" if os.geteuid() == 0 else f"trusted() {{ :; }}\ndirectory_owner={os.geteuid()}",
        ]
        here = Path(changes.__file__)
        definitions = [*(as_sent(here.with_name(name)) for name in scripts), _PAPER, *settings, self.more]
        script = self.edit(compose_calls(["effective_user=0", line], Limits(time_seconds=60), definitions))
        done = subprocess.run(self.shell, input=script.encode(), capture_output=True, timeout=90, check=True)
        assert done.stderr == b""
        [answer] = parse(done.stdout).answers.values()
        return said(answer, _STATES)

    def change(
        self,
        new: Mapping[Path, bytes] | None = None,
        run: str = "r1",
        *,
        old: Mapping[Path, bytes | None] | None = None,
    ) -> Said:
        """Make the change; ``old`` is what the planner believes to be there."""
        was = {**self.now(), **(old or {})}
        becomes = {**was, **(new or {self.paper: NEW})}
        before = {path: EditableFile(str(path), text(content)) for path, content in was.items()}
        after = {path: EditableFile(str(path), text(content)) for path, content in becomes.items()}
        words = ["paper", "20", *(" ".join(file.state for file in files.values()) for files in (before, after))]
        for path in was:
            if becomes[path] != was[path]:
                words += change_arguments(before[path], after[path])
        return self.call("change " + " ".join(f"'{word}'" for word in words), run)

    def restore(self, number: str = "000001", *, force: bool = False) -> Said:
        return self.call(f"restore {number} paper 20 {'yes' if force else 'no'}", "undo")


def before_every_step(function: str, action: str) -> Callable[[str], str]:
    """Do something before every simple command from the beginning of a function on; needs bash."""
    return lambda script: script.replace(f"\n{function}() {{\n", _STEP % (action, function), 1)

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The script of push_account with a stand-in for sshd, of old and of new versions, on every shell that is at hand."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import (
    Limits,
    as_sent,
    compose_calls,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.quote import quote_posix
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import parse
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import changes
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.file_change import (
    EditableFile,
    change_arguments,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.push_account import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.said import Said, said

SHELLS = ("dash", "bash", "ksh93", "mksh", "busybox")
STATES = frozenset({"applied", "unchanged", "already_done", "refused", "failed", "running", "restored"})
OLD = "# mine\nPasswordAuthentication no\nPermitRootLogin no\n"
ADDED = ("PasswordAuthentication yes", "PermitRootLogin yes", "Subsystem sftp internal-sftp")
FOUND = "pw=no root=no sftp=no loaded=unknown"
WANTED = "pw=yes root=yes sftp=yes loaded=unknown"
#: Of two values the first holds; a Match block for root beats them; SFTP twice is an error. "old_sshd" knows no laddr.
SSHD = """
sshd() {
case "${old_sshd-}$*" in yes*laddr=*) echo "Invalid test mode specification laddr" >&2; return 1 ;; esac
config=$push_main
last=
for word_of_sshd in "$@"; do [ "$last" != -f ] || config=$word_of_sshd; last=$word_of_sshd; done
awk -v "show=$1" '
    $1 == "Bad" { print FILENAME ": line " NR ": Bad configuration option: Bad" >"/dev/stderr"; bad = 1; exit }
    tolower($1) == "match" { match_root = ($3 == "root") ; next }
    tolower($1) == "subsystem" && sftp { print "Subsystem already defined" >"/dev/stderr"; bad = 1; exit }
    tolower($1) == "subsystem" { sftp = $3 }
    { key = tolower($1); if (match_root) set[key] = $2; else if (!(key in first)) first[key] = $2 }
    END {
        if (bad) exit 255
        for (key in set) first[key] = set[key]
        if (show != "-T") exit
        print "port 22"
        print "listenaddress 0.0.0.0:22"
        print "passwordauthentication " first["passwordauthentication"]
        print "permitrootlogin " first["permitrootlogin"]
        if (sftp) print "subsystem sftp " sftp
    }' "$config"
}
"""


@dataclass
class Machine:
    """A main file of its own, and no server that waits for connections."""

    shell: list[str]
    root: Path
    more: str = ""

    @property
    def main(self) -> Path:
        return self.root / "sshd_config"

    def call(self, line: str) -> Said:
        files = dict.fromkeys((*changes.LIBRARIES, *FIX.scripts))
        definitions = [
            *(as_sent(Path(changes.__file__).with_name(name)) for name in files),
            f"journal_root={self.root}/preflight.azure\njournal=$journal_root/journal\nlock_seconds=1",
            f"push_main={self.main}\npush_drop_in={self.root}/none\npush_folder={self.root}\npush_pid_files=/nonexistent",
            f"change_run=r1\nchange_catalogue=1.0\ndirectory_owner={os.geteuid()}",
            "push_waits() { return 1; }",
            "" if os.geteuid() == 0 else "trusted() { :; }",
            SSHD,
            self.more,
        ]
        script = compose_calls(["effective_user=0", line], Limits(time_seconds=60), definitions)
        done = subprocess.run(self.shell, input=script.encode(), capture_output=True, timeout=90, check=True)
        [answer] = parse(done.stdout).answers.values()
        return said(answer, STATES)

    def change(self, added: tuple[str, ...] = ADDED, found: str = FOUND, wanted: str = WANTED) -> Said:
        old = self.main.read_text()
        new = "".join(f"{line}\n" for line in added) + old
        arguments = change_arguments(EditableFile(str(self.main), old), EditableFile(str(self.main), new))
        words = ["change", "push_account", "20", found, wanted, "\\n".join(added), *arguments]
        return self.call(" ".join(map(quote_posix, words)))

    def restore(self, force: str = "no") -> Said:
        return self.call(f"restore 000001 push_account 20 {force}")


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    path = shutil.which(request.param)
    if path is None:
        pytest.skip(f"{request.param} is not installed here")
    (tmp_path / "sshd_config").write_text(OLD)
    return Machine([path, "sh"] if request.param == "busybox" else [path], tmp_path)


@pytest.fixture
def quick(tmp_path: Path) -> Machine:
    """For what does not depend on the shell."""
    (tmp_path / "sshd_config").write_text(OLD)
    return Machine(["sh"], tmp_path)


def test_settings_are_put_in_front_and_taken_away_again_on_every_shell(machine: Machine) -> None:
    applied = machine.change()
    assert (applied.state, machine.main.read_text()) == ("applied", "\n".join((*ADDED, OLD))), applied
    restored = machine.restore()
    assert (restored.state, machine.main.read_text()) == ("restored", OLD), restored


def test_old_server_that_knows_fewer_words_does_the_same(quick: Machine) -> None:
    quick.more = "old_sshd=yes"
    assert quick.change().state == "applied"
    assert quick.main.read_text() == "\n".join((*ADDED, OLD))


def test_error_that_is_there_already_is_refused(quick: Machine) -> None:
    quick.main.write_text("Bad yes\n" + OLD)
    refused = quick.change(found="settings in error")
    assert refused.state == "refused"
    assert "Bad configuration option" in refused.reason


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        ("Match User root\nPermitRootLogin no\n", "a Match block decides otherwise"),
        ("Subsystem sftp /usr/lib/x\n", "would not take the new settings: Subsystem already defined"),
    ],
)
def test_what_the_server_would_not_take_is_refused_before_anything_is_written(
    quick: Machine, spoil: str, found: str
) -> None:
    quick.main.write_text(OLD + spoil)
    refused = quick.change(found=FOUND.replace("sftp=no", "sftp=yes") if "Subsystem" in spoil else FOUND)
    assert refused.state == "refused", refused
    assert found in refused.reason
    assert quick.main.read_text() == OLD + spoil
    assert list((quick.root / "preflight.azure" / "journal").iterdir()) == []


def test_file_is_put_back_where_it_does_not_hold_after_all(quick: Machine) -> None:
    quick.more = 'push_account_holds() { push_error="it does not hold"; return 1; }'
    failed = quick.change()
    assert failed.state == "failed", failed
    assert "it does not hold" in failed.reason
    assert quick.main.read_text() == OLD


def test_file_is_put_back_where_the_reload_fails(quick: Machine) -> None:
    quick.more = 'push_reload() { push_error="no reload"; return 1; }\npush_start() { :; }'
    failed = quick.change()
    assert failed.state == "failed", failed
    assert "no reload" in failed.reason
    assert quick.main.read_text() == OLD


def test_settings_in_error_after_restore_are_told_and_not_loaded(quick: Machine) -> None:
    quick.change()
    quick.more = 'sshd() { echo "line 1: Bad" >&2; return 255; }'
    failed = quick.restore()
    assert failed.state == "failed"
    assert "was not told to read them: line 1: Bad" in failed.reason
    quick.more = ""
    assert quick.restore().state == "unchanged"
    assert quick.main.read_text() == OLD


@pytest.mark.parametrize(
    ("user", "before", "keys", "state", "found"),
    [
        ("root", "pw=no root=no", "key", "refused", "log on as another user"),
        ("root", "pw=yes root=prohibit-password", "key", "restored", "the next logon of root needs a key"),
        ("root", "pw=yes root=without-password", "", "refused", "no authorized key"),
        ("operator", "pw=no root=no", "key", "restored", "the next logon of operator needs a key"),
        ("operator", "pw=no root=no", "", "refused", "no authorized key"),
        ("operator", "pw=yes root=no", "", "restored", "removed"),
        ("operator", "pw=yes root=yes", "", "restored", "removed"),
        ("", "pw=no root=no", "", "restored", "removed"),
    ],
)
def test_the_way_back_is_not_closed(quick: Machine, user: str, before: str, keys: str, state: str, found: str) -> None:
    quick.change()
    [record] = (quick.root / "preflight.azure" / "journal").glob("*.record")
    record.write_text(record.read_text().replace("before: pw=no root=no", f"before: {before}"))
    quick.more = f"push_user() {{ user={user}; }}\npush_has_key() {{ [ '{keys}' ]; }}"
    undone = quick.restore()
    assert undone.state == state, undone
    assert (found if found != "removed" else "has read it") in undone.reason
    if state == "refused":
        assert quick.restore(force="yes").state == "restored"

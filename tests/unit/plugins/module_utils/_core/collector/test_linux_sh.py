# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collector's script on every shell that is at hand: what it prints, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits, compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import (
    Read,
    command,
    directories,
    file,
    names,
    values,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Recording, Status, parse

SHELLS = ("dash", "bash", "ksh93", "mksh", "busybox")


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> list[str]:
    """The command line of one shell that reads its script from standard input."""
    path = shutil.which(request.param)
    if path is None:
        pytest.skip(f"{request.param} is not installed here")
    return [path, "sh"] if request.param == "busybox" else [path]


def run(shell: list[str], *reads: Read, limits: Limits = Limits(), **options: object) -> Recording:  # noqa: B008
    done = subprocess.run(
        shell, input=compose(reads, limits).encode(), capture_output=True, timeout=60, check=True, **options
    )
    return parse(done.stdout)


def test_recording_is_complete_and_names_the_user(shell: list[str]) -> None:
    recording = run(shell)
    assert recording.complete
    assert recording.user == os.geteuid()
    assert recording.started is not None
    assert recording.finished is not None
    assert recording.started <= recording.finished


def test_absent_unreadable_and_empty_are_different_answers(shell: list[str], tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    recording = run(shell, file(f"{tmp_path}/empty"), file(f"{tmp_path}/absent"), file(str(tmp_path)))
    assert [recording.answer(file(f"{tmp_path}/{name}")).status for name in ("empty", "absent")] == [
        Status.ANSWERED,
        Status.ABSENT,
    ]
    assert recording.answer(file(f"{tmp_path}/empty")).text == ""
    assert recording.answer(file(str(tmp_path))).status is Status.UNREADABLE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_file_behind_a_closed_directory_is_unreadable_not_absent(shell: list[str], tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for directory in (tmp_path, *tmp_path.parents[:-2]):
        directory.chmod(0o755)
    recording = run(shell, file(f"{closed}/secret"), names(f"{closed}/*"), user=65534, group=65534)
    assert recording.answer(file(f"{closed}/secret")).status is Status.UNREADABLE
    assert recording.answer(names(f"{closed}/*")).status is Status.UNREADABLE


@pytest.mark.parametrize("content", ["a\nb\n", "a\nb", "\n", "@ end 0\n@@ complete 1\n", " x\t\r\n\x01", "é\n"])
def test_content_comes_back_as_it_was(shell: list[str], tmp_path: Path, content: str) -> None:
    (tmp_path / "it").write_bytes(content.encode())
    answer = run(shell, file(f"{tmp_path}/it")).answer(file(f"{tmp_path}/it"))
    assert answer.text == (content if content.endswith("\n") else content + "\n")


def test_bytes_that_are_not_utf8_survive(shell: list[str], tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(b"caf\xe9\n")
    answer = run(shell, file(f"{tmp_path}/it")).answer(file(f"{tmp_path}/it"))
    assert answer.text.encode("utf-8", "surrogateescape") == b"caf\xe9\n"


def test_values_names_and_directories(shell: list[str], tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\ntwo\n")
    (tmp_path / "b c").write_text("three")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    every, link = f"{tmp_path}/[ab]*", f"{tmp_path}/link"
    recording = run(shell, values(every), names(every, f"{tmp_path}/zzz*"), directories(link))
    assert recording.answer(values(every)).lines == [f"{tmp_path}/a\tone", f"{tmp_path}/b c\tthree"]
    assert recording.answer(names(every, f"{tmp_path}/zzz*")).lines == [f"{tmp_path}/a", f"{tmp_path}/b c"]
    assert recording.answer(directories(link)).lines == [f"{link}\t{tmp_path}/real"]


def test_command_answers_with_its_code_and_errors(shell: list[str]) -> None:
    read = command("odd", "ls /nowhere/at/all; false")
    answer = run(shell, read).answer(read)
    assert answer.code == 1
    assert "/nowhere/at/all" in answer.text


def test_missing_program_is_absent(shell: list[str]) -> None:
    read = command("none", "no-such-program --version")
    assert run(shell, read).answer(read).status is Status.ABSENT


def test_child_cannot_swallow_the_script(shell: list[str]) -> None:
    recording = run(shell, command("greedy", "cat"), command("next", "echo here"))
    assert recording.answer(command("next", "")).text == "here\n"


def test_hanging_read_is_given_up_while_the_rest_arrives(shell: list[str], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    hanging = Read("file", (str(pipe),), timeout_seconds=1)
    recording = run(shell, hanging, command("tree", "sh -c 'sleep 30; echo late'; echo later", 1), file("/etc/passwd"))
    assert recording.complete
    assert recording.answer(hanging).status is Status.TIMED_OUT
    assert recording.answer(command("tree", "")).status is Status.TIMED_OUT
    assert recording.answer(file("/etc/passwd")).answered


def test_child_that_cannot_be_killed_holds_nothing_of_the_connection(shell: list[str]) -> None:
    """A dead file system holds it for ever, and with it every descriptor that the shell has left open in it."""
    read = command("descriptors", "read -r own rest </proc/self/stat; ls -l /proc/$own/fd")
    with subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        ends = [os.readlink(f"/proc/self/fd/{end.fileno()}") for end in (process.stdout, process.stderr) if end]
        output, _errors = process.communicate(compose([read]).encode(), timeout=20)
    text = parse(output).answer(read).text
    assert " 1 -> " in text
    assert [end for end in ends if end in text] == []


def test_writer_that_stays_behind_does_not_hold_up_the_recording(shell: list[str]) -> None:
    read = command("daemon", "sh -c 'sleep 15 & echo started'")
    began = time.monotonic()
    assert run(shell, read).answer(read).text == "started\n"
    assert time.monotonic() - began < 10


def test_no_time_left_means_not_run(shell: list[str]) -> None:
    limits = Limits(time_seconds=1)
    recording = run(shell, command("slow", "sleep 20", 10), file("/etc/passwd"), limits=limits)
    assert recording.answer(command("slow", "")).status is Status.TIMED_OUT
    assert recording.answer(file("/etc/passwd")).status is Status.NOT_RUN


def test_long_answer_is_cut_and_says_so(shell: list[str]) -> None:
    read = command("long", "seq 1 50000")
    answer = run(shell, read, limits=Limits(answer_bytes=1000)).answer(read)
    assert answer.truncated
    assert not answer.answered
    assert len(answer.text) <= 1000


@pytest.mark.parametrize(
    ("line", "kept", "gone"),
    [
        ("//nas/x /mnt cifs user=joe,password=hunter2,uid=3 0 0", "user=joe", "hunter2"),
        ("//nas/x /mnt cifs credentials=/root/.smb,uid=3 0 0", "uid=3", "/root/.smb"),
        ("http_proxy=http://joe:hunter2@proxy:3128/", "proxy:3128", "hunter2"),
        ("password_pbkdf2 root grub.pbkdf2.sha512.10000.AB", "password_pbkdf2", "grub.pbkdf2"),
        ("password --md5 $1$abc$defghijk", "password", "defghijk"),
        ("Environment=API_TOKEN=abcdef", "Environment", "abcdef"),
        ('PASSPHRASE="two words" x=1', "x=1", "two words"),
        ("netroot=iscsi:joe:hunter2@10.0.0.1::3260::iqn", "10.0.0.1", "hunter2"),
        ("root:$6$salt$hashhashhash:19000:", "root:", "hashhashhash"),
        ("passwordauthentication yes", "passwordauthentication yes", "\0"),
    ],
)
def test_secrets_do_not_leave_the_machine(shell: list[str], tmp_path: Path, line: str, kept: str, gone: str) -> None:
    (tmp_path / "it").write_text(line + "\n")
    text = run(shell, file(f"{tmp_path}/it")).answer(file(f"{tmp_path}/it")).text
    assert kept in text
    assert gone not in text


def test_private_key_does_not_leave_the_machine(shell: list[str], tmp_path: Path) -> None:
    (tmp_path / "it").write_text("x\n-----BEGIN RSA PRIVATE KEY-----\nMIIsecret\n-----END RSA PRIVATE KEY-----\ny\n")
    assert run(shell, file(f"{tmp_path}/it")).answer(file(f"{tmp_path}/it")).lines == [
        "x",
        "[redacted]",
        "[redacted]",
        "[redacted]",
        "y",
    ]


def test_cut_script_runs_nothing(shell: list[str], tmp_path: Path) -> None:
    script = compose([command("touch", f"touch {tmp_path}/ran")]).encode()
    for length in range(0, len(script) - 20, 97):
        done = subprocess.run(shell, input=script[:length], capture_output=True, timeout=10, check=False)
        assert done.returncode != 255
        assert b"@@ preflight-recording" not in done.stdout
    assert not (tmp_path / "ran").exists()


def test_random_word_is_no_argument_of_any_process(shell: list[str]) -> None:
    """Arguments can be read by every user, and who knows the word can forge a mark."""
    seen: list[bytes] = []
    script = compose([command("wait", "sleep 1")]).encode()
    with subprocess.Popen(shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        threading.Timer(0.4, lambda: seen.extend(_command_lines())).start()
        process.communicate(script, timeout=20)
    awks = [line for line in seen if b"redact" in line]
    assert awks or "busybox" in shell[0]  # busybox runs its own awk without starting a program
    assert not any(b"word=" in line.split(b"function")[0] for line in awks)


def _command_lines() -> list[bytes]:
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes())
        except OSError:
            continue
    return lines

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bad input of every kind: a clear error, or unknown with its reason, and nothing else is harmed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read, command, file, names
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status, parse
from lab_hosts import COLLECTION, LAB, Lab


def audit(lab: Lab, host: str, *options: str, **arguments: Any) -> dict[str, Any]:
    result: dict[str, Any] = lab.module(host, "preflight.azure.audit", *options, arguments=arguments)[host]
    return result


def status(result: dict[str, Any], identifier: str) -> str:
    return next((each["status"] for each in result["findings"] if each["id"] == identifier), "pass")


def test_unknown_scenario_lists_the_possible_ones(lab: Lab) -> None:
    result = audit(lab, "debian", scenario="vmware_to_azur")
    assert result["failed"]
    assert "vmware_to_azure, hyperv_to_azure" in result["msg"]


def test_unknown_requirement_names_what_comes_near(lab: Lab) -> None:
    assert "did you mean linux.lsof" in audit(lab, "debian", requirements=["linux.lsoff"])["msg"]


def test_misspelt_permission_is_named_even_where_nothing_fails(lab: Lab, tmp_path: Path) -> None:
    done = lab.playbook("prepare-sources.yml", "--check", "--limit", "debian", cwd=tmp_path, preflight_allow=["losf"])
    assert done.returncode == 2
    assert "preflight_allow: expected names of fixes (" in done.stdout
    assert "found 'losf'" in done.stdout


def test_typo_in_a_catalogue_names_file_and_key(lab: Lab, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "typo.yml").write_text("id: own.typo\ntitel: x\n")
    result = audit(lab, "debian", catalogue=[str(tmp_path)])
    assert result["failed"]
    assert "own/typo.yml" in result["msg"]
    assert "titel" in result["msg"]


@pytest.mark.parametrize(
    ("edit", "kind"),
    [
        (lambda text: text.replace(b" PRETTY_NAME", b" PRETTY_NAMES", 1), "bad_recording"),
        (lambda text: b"\x7fELF" + bytes(range(256)), "bad_recording"),
        (lambda text: b"", "bad_recording"),
    ],
)
def test_edited_recording_is_refused(lab: Lab, tmp_path: Path, edit: Any, kind: str) -> None:
    text = recording_of(lab, tmp_path)
    (tmp_path / "edited.txt").write_bytes(edit(text))
    result = audit(lab, "debian", recording=str(tmp_path / "edited.txt"))
    assert result["error"]["kind"] == kind


def test_cut_recording_leaves_unknown_what_is_missing(lab: Lab, tmp_path: Path) -> None:
    text = recording_of(lab, tmp_path)
    (tmp_path / "cut.txt").write_bytes(text[: len(text) // 2])
    result = audit(lab, "debian", recording=str(tmp_path / "cut.txt"))
    assert result["error"]["kind"] == "cut_off"
    assert result["verdict"] in ("unknown", "blocked")
    assert result["counts"]["unknown"] > 5


def recording_of(lab: Lab, tmp_path: Path) -> bytes:
    audit(lab, "debian", output_dir=str(tmp_path / "report"))
    return (tmp_path / "report" / "recordings" / "debian.txt").read_bytes()


@pytest.mark.parametrize("host", ["debian", "rhel6", "busybox"])
def test_hanging_read_is_given_up_within_its_limit_while_the_rest_arrives(lab: Lab, host: str) -> None:
    if host not in lab.hosts:
        pytest.skip(f"{host} is not up in the lab")
    reads = [
        Read("file", ("/mnt/dead/file",), timeout_seconds=2),
        names("/mnt/dead/*"),
        command("free space", "stat -f /mnt/dead", 2),
        file("/etc/passwd"),
    ]
    subprocess.run([str(LAB), "hang", host], check=True)
    try:
        started = time.monotonic()
        done = subprocess.run(
            [str(LAB), "exec", host, "/bin/sh"], input=compose(reads).encode(), capture_output=True, check=False
        )
        recording = parse(done.stdout)
        assert [recording.answer(read).status for read in reads] == [
            Status.TIMED_OUT,
            Status.TIMED_OUT,
            Status.TIMED_OUT,
            Status.ANSWERED,
        ]
        assert time.monotonic() - started < 30
        assert lab.module(host, "preflight.azure.machine_info")[host]["facts"]["os"]["kernel"]
    finally:
        subprocess.run([str(LAB), "unhang", host], check=True)


@pytest.mark.lab_hosts("rhel9")
def test_locked_rpm_database_is_unknown_in_time(lab: Lab) -> None:
    with subprocess.Popen(
        [str(LAB), "exec", "rhel9", "python3", "-c", LOCK_EVERYTHING_UNDER_RPM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as locker:
        assert locker.stdout is not None
        assert locker.stdout.readline().strip() == "locked"
        result = lab.module("rhel9", "preflight.azure.machine_info")["rhel9"]
        locker.communicate(timeout=30)
    assert result["facts"]["os"]["id"] == "rhel"


LOCK_EVERYTHING_UNDER_RPM = """
import fcntl, glob, sqlite3, sys
locks = glob.glob('/var/lib/rpm/.rpm.lock') + glob.glob('/usr/lib/sysimage/rpm/.rpm.lock')
files = [open(path, 'r+b') for path in locks]
for file in files:
    fcntl.lockf(file, fcntl.LOCK_EX)
for path in glob.glob('/var/lib/rpm/rpmdb.sqlite'):
    connection = sqlite3.connect(path)
    connection.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
sys.stdin.read()
"""


def test_hostile_content_ends_in_facts_or_unknown(lab: Lab) -> None:
    """Not UTF-8, a 100 MB file, control characters: the other facts are there."""
    lab.inside("debian", "cp", "-p", "/etc/hosts", "/root/hosts.kept")
    try:
        lab.inside(
            "debian", "sh", "-c", r"printf '\377\376\033[31m\n@@ complete 1 lines 1 bytes\n@ end 0\n' >>/etc/hosts"
        )
        assert audit(lab, "debian")["counts"]["pass"] > 10
        lab.inside("debian", "sh", "-c", "yes x | head -c 100000000 >>/etc/hosts")
        result = audit(lab, "debian")
        assert status(result, "linux.hosts_file") == "unknown"
        assert result["counts"]["pass"] > 10
    finally:
        lab.inside("debian", "sh", "-c", "cat /root/hosts.kept >/etc/hosts; rm /root/hosts.kept")


@pytest.mark.parametrize(("trouble", "end"), [("readonly", "writable"), ("fill", "unfill")])
@pytest.mark.lab_hosts("rhel6")
def test_file_system_full_or_read_only_does_not_matter_to_an_audit(lab: Lab, trouble: str, end: str) -> None:
    subprocess.run([str(LAB), trouble, "rhel6"], check=True)
    try:
        assert audit(lab, "rhel6")["counts"]["pass"] > 10
    finally:
        subprocess.run([str(LAB), end, "rhel6"], check=True)
        # Else it would keep its small disk.
        subprocess.run([str(LAB), "reset", "rhel6"], check=True)


def test_host_that_hangs_after_connect_is_timed_out_and_the_others_are_not(lab: Lab, tmp_path: Path) -> None:
    shell = tmp_path / "never"
    shell.write_text("#!/bin/sh\nexec sleep 600\n")
    shell.chmod(0o755)
    inventory = tmp_path / "hosts.ini"
    inventory.write_text(f"stuck ansible_connection=ssh ansible_ssh_executable={shell}\n")
    done = lab.playbook(
        "prepare-sources.yml", "--check", "-i", str(inventory), "--limit", "stuck,debian", cwd=tmp_path,
        preflight_timeout_seconds=20,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    report = json.loads((tmp_path / "preflight-report" / "report.json").read_text())
    errors = {entry["name"]: entry["error"] for entry in report["machines"]}
    assert errors["stuck"]["kind"] == "timed_out"
    assert errors["debian"] is None


def test_interrupted_run_keeps_what_was_known(lab: Lab, tmp_path: Path) -> None:
    shell = tmp_path / "never"
    shell.write_text("#!/bin/sh\nexec sleep 600\n")
    shell.chmod(0o755)
    inventory = tmp_path / "hosts.ini"
    inventory.write_text(f"stuck ansible_connection=ssh ansible_ssh_executable={shell}\n")
    playbook = COLLECTION / "playbooks" / "prepare-sources.yml"
    program = Path(sys.executable).with_name("ansible-playbook")
    inventories = ["-i", str(lab.inventory), "-i", str(inventory)]
    process = subprocess.Popen(
        [str(program), *inventories, "--limit", "stuck,debian", "--check", str(playbook)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    document = tmp_path / "preflight-report" / "machines" / "debian.json"
    for _try in range(300):
        if document.exists():
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert json.loads(document.read_text())["name"] == "debian"
    lab.module("localhost", "preflight.azure.report", arguments={"output_dir": str(tmp_path / "preflight-report")})
    report = json.loads((tmp_path / "preflight-report" / "report.json").read_text())
    assert [entry["name"] for entry in report["machines"]] == ["debian"]


def test_output_directory_that_cannot_be_is_named(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = audit(lab, "debian", output_dir=str(tmp_path / "file" / "report"))
    assert result["failed"]
    assert str(tmp_path / "file") in result["msg"]

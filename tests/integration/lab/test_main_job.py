# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The main job on real hosts: audit, fix, audit again, put back; and that check mode leaves a host untouched."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from lab_hosts import COLLECTION, Lab

PLAYBOOK = "prepare-sources.yml"


def machine(output_dir: Path, name: str) -> Any:
    return json.loads((output_dir / "machines" / f"{name}.json").read_text())


@pytest.mark.parametrize("host", ["debian", "rhel9", "rhel7", "sles12", "rhel6", "busybox"])
def test_check_mode_leaves_the_host_untouched(lab: Lab, host: str, tmp_path: Path) -> None:
    if host not in lab.hosts:
        pytest.skip(f"{host} is not up in the lab")
    lab.module(host, "preflight.azure.machine_info", arguments={"subjects": ["os"]})  # the first login leaves traces
    before, after = tmp_path / "before", tmp_path / "after"
    lab.snapshot(host, before)
    done = lab.playbook(PLAYBOOK, "--check", "--diff", "--limit", host, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    lab.module(host, "preflight.azure.machine_info")
    lab.snapshot(host, after)
    assert lab.difference(before, after) == ""


@pytest.mark.lab_hosts("rhel7")
def test_fix_is_applied_judged_again_and_put_back(lab: Lab, tmp_path: Path) -> None:
    packages = lab.inside("rhel7", "rpm", "-qa")
    report = tmp_path / "preflight-report"
    checked = lab.playbook(PLAYBOOK, "--check", "--limit", "rhel7", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    planned = {fix["fix"]: fix for fix in machine(report, "rhel7")["fixes"]}
    assert planned["lsof"]["state"] == "planned"
    assert lab.inside("rhel7", "rpm", "-qa") == packages

    done = lab.playbook(PLAYBOOK, "--limit", "rhel7", cwd=tmp_path)
    try:
        assert done.returncode == 0, done.stdout
        document = machine(report, "rhel7")
        assert {fix["state"] for fix in document["fixes"] if fix["safety"] == "automatic"} == {"applied"}
        assert {fix["state"] for fix in document["fixes"] if fix["safety"] != "automatic"} <= {"not_allowed"}
        assert document["before"]["findings"]["linux.lsof"]["current"] == "fail"
        [finding] = [each for each in document["findings"] if each["id"] == "linux.lsof"]
        assert finding["baselines"]["current"]["status"] == "pass"
        assert "lsof" in lab.inside("rhel7", "rpm", "-q", "lsof")
        again = lab.playbook(PLAYBOOK, "--limit", "rhel7", cwd=tmp_path)
        assert "changed=0" in again.stdout
    finally:
        restored = lab.playbook("restore_sources.yml", "--limit", "rhel7", cwd=tmp_path)
    assert restored.returncode == 0, restored.stdout
    assert sorted(lab.inside("rhel7", "rpm", "-qa").split()) == sorted(packages.split())
    twice = lab.playbook("restore_sources.yml", "--limit", "rhel7", cwd=tmp_path)
    assert "changed=0" in twice.stdout


def test_report_names_every_host_when_all_are_dead(lab: Lab, tmp_path: Path) -> None:
    done = lab.playbook(PLAYBOOK, "--check", cwd=tmp_path, ansible_port=9)
    assert done.returncode == 0, done.stdout
    report = json.loads((tmp_path / "preflight-report" / "report.json").read_text())
    assert {entry["name"] for entry in report["machines"]} == set(lab.hosts) | fleet(lab)
    assert {entry["verdicts"]["current"]["verdict"] for entry in report["machines"]} == {"unknown"}
    assert {entry["error"]["kind"] for entry in report["machines"]} == {"unreachable"}


def test_report_comes_when_the_first_batch_is_dead(lab: Lab, tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.ini"
    inventory.write_text(
        "aaa-dead ansible_host=198.51.100.250\nbbb-alive ansible_connection=local\nccc-alive ansible_connection=local\n"
    )
    done = lab.playbook(
        PLAYBOOK,
        "--check",
        "-i",
        str(inventory),
        "--limit",
        "aaa-dead,bbb-alive,ccc-alive",
        cwd=tmp_path,
        preflight_serial=1,
    )
    assert done.returncode == 0, done.stdout
    report = json.loads((tmp_path / "preflight-report" / "report.json").read_text())
    assert {entry["name"]: bool(entry["error"]) for entry in report["machines"]} == {
        "aaa-dead": True,
        "bbb-alive": False,
        "ccc-alive": False,
    }


def test_not_ready_fails_the_run_only_where_that_is_wanted(lab: Lab, tmp_path: Path) -> None:
    done = lab.playbook(
        PLAYBOOK, "--check", "--limit", "debian", cwd=tmp_path, ansible_port=9, preflight_fail_on=["unknown"]
    )
    assert done.returncode == 2
    assert "found 1 unknown" in done.stdout


def test_evidence_is_for_its_owner_alone(lab: Lab, tmp_path: Path) -> None:
    lab.playbook(PLAYBOOK, "--check", "--limit", "debian", cwd=tmp_path)
    for path in (tmp_path / "preflight-report").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_recording_gives_the_same_findings_but_for_the_clock(lab: Lab, tmp_path: Path) -> None:
    script, recording = tmp_path / "collect.sh", tmp_path / "recording.txt"
    lab.module("localhost", "preflight.azure.collector_script", arguments={"dest": str(script)})
    done = lab.command("ansible", "debian", "-m", "script", "-a", str(script), cwd=tmp_path)
    text = json.loads(done.stdout.partition("=> ")[2])["stdout"]
    recording.write_text(text if text.endswith("\n") else text + "\n")
    offline = lab.module("debian", "preflight.azure.audit", arguments={"recording": str(recording)})["debian"]
    visited = lab.module("debian", "preflight.azure.audit")["debian"]
    clock = {"linux.clock_15_minutes", "linux.clock_5_minutes"}
    told = {each["id"]: each["status"] for each in offline["findings"] if each["id"] not in clock}
    assert told == {each["id"]: each["status"] for each in visited["findings"] if each["id"] not in clock}
    assert {each["id"]: each["status"] for each in offline["findings"] if each["id"] in clock} == dict.fromkeys(
        clock, "unknown"
    )


def fleet(lab: Lab) -> set[str]:
    return set(lab.document["all"]["children"]["fleet"]["hosts"])


def test_playbooks_are_where_the_documentation_says() -> None:
    for name in (PLAYBOOK, "prepare_sources.yml", "restore_sources.yml"):
        assert (COLLECTION / "playbooks" / name).is_file()

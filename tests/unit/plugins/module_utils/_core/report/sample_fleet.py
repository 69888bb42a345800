# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documents to render: one machine of every kind, and hostile ones."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.preflight.azure.plugins.module_utils._core.report.collate import ReportInfo, collate
from ansible_collections.preflight.azure.plugins.module_utils._core.report.document import Report
from ansible_collections.preflight.azure.plugins.module_utils._core.report.machine import (
    Audited,
    failed_machine_document,
    machine_document,
)

GIB = 1024**3
RUN = "20260301T100000Z-4f2a"
CATALOGUE: Any = {"version": "1.0.0", "digest": "sha256:3b7e0c51", "requirements": 45}
HOSTILE = "<script>alert(1)</script>\u202egnp.exe\x1b[31mred\x1b[0m\u2028</script><!--\x00\ud800"
SOURCE = {
    "title": "Support matrix for disaster recovery of VMware VMs",
    "url": "https://learn.microsoft.com/azure/site-recovery/vmware-physical-azure-support-matrix",
    "dated": "2025-11-04",
}

# id, title, severity, required, consequence, remedy, fix
TEXTS: dict[str, tuple[str, str, str, str, str, Any]] = {
    "linux.os_supported": (
        "The operating system is supported",
        "blocker",
        "RHEL, CentOS, Oracle Linux 6.0 to 9.5; SLES 12 SP1 to 15 SP6; Debian 8 to 12; Ubuntu 14.04 to 24.04.",
        "The Mobility service does not install and replication cannot be enabled.",
        "Upgrade the machine to a supported release, or migrate it with Azure Migrate and an agentless method.",
        None,
    ),
    "linux.os_disk_size": (
        "The disk with the operating system fits into Azure",
        "blocker",
        "At most 2 TiB; with UEFI up to 4 TiB.",
        "The machine does not start in Azure.",
        "Move data to another disk and shrink this one.",
        None,
    ),
    "linux.lsof": (
        "The lsof command is installed",
        "blocker",
        "The lsof command is on the path of root.",
        "Installing the Mobility service fails with error 95108.",
        "Install the package lsof.",
        {"name": "lsof", "safety": "automatic", "why": "Nothing else depends on it."},
    ),
    "linux.hosts_entries": (
        "Every address has a line in /etc/hosts",
        "blocker",
        "/etc/hosts names the host for each of its addresses.",
        "After failover the host does not know its own name.",
        "Add a line for each address to /etc/hosts.",
        {"name": "hosts_file", "safety": "opt_in", "why": "Other programs read the file too."},
    ),
    "linux.root_password_logon": (
        "Root may log on with a password",
        "blocker",
        "PasswordAuthentication and PermitRootLogin are yes.",
        "The process server cannot push the Mobility service.",
        "Install the Mobility service by hand instead.",
        {"name": "root_password_logon", "safety": "weakening", "why": "Passwords can be guessed."},
    ),
    "linux.free_space": (
        "There is room for the Mobility service",
        "warning",
        "At least 2 GiB free below /usr/local.",
        "The installation stops half way.",
        "Make room.",
        None,
    ),
    "linux.clock": (
        "The clock agrees with Azure",
        "warning",
        "The clock is at most 300 seconds off.",
        "Tokens are refused.",
        "Start a time service.",
        {"name": "time_service", "safety": "automatic", "why": "It slews and never steps."},
    ),
    "linux.mac_policy": (
        "No shared storage between machines",
        "blocker",
        "A person confirms that no disk is shared.",
        "A shared disk replicates without its other owner.",
        "Ask the storage team.",
        None,
    ),
}


def finding(identifier: str, status: str = "pass", observed: Any = True, reason: str = "", **changed: Any) -> Any:
    """Build a finding; ``status_2017`` gives the other baseline another status, other keywords replace keys."""
    title, severity, required, consequence, remedy, fix = TEXTS[identifier]
    outcome = {
        "status": status,
        "required": required,
        "observed": observed,
        "reason": reason,
        "standing": "unchanged",
        "note": "",
    }
    other = {**outcome, "status": changed.pop("status_2017", status)}
    return {
        "id": identifier,
        "title": title,
        "severity": severity,
        "baselines": {"current": outcome, "2017": other},
        "consequence": consequence,
        "remedy": remedy,
        "fix": fix,
        "waiver": None,
        "attestation": None,
        "evidence": ["file /etc/os-release", "command lsblk"],
        "prevents": ["95108"],
        "covers": ["lin-lsof"],
        "sources": [SOURCE],
        **changed,
    }


def verdict(word: str, findings: Any, baseline: str = "current") -> Any:
    """Build a verdict with the counts of the findings."""
    counts = dict.fromkeys(("pass", "fail", "unknown", "manual", "not_applicable", "waived"), 0)
    permissions, because = [], []
    for one in findings:
        status = one["baselines"][baseline]["status"]
        counts[status] += 1
        counts["waived"] += one["waiver"] is not None
        if status in ("fail", "unknown", "manual") and one["severity"] == "blocker" and one["waiver"] is None:
            because.append(one["id"])
            if one["fix"] and status == "fail":
                permissions.append({"fix": one["fix"]["name"], "safety": one["fix"]["safety"]})
    return {
        "verdict": word,
        "because": because,
        "permissions": permissions,
        "not_judged": ["target", "fleet"],
        "counts": counts,
    }


def audited(name: str, **changed: Any) -> Audited:
    """Build what is known of a machine before it is judged."""
    values: Any = {
        "name": name,
        "machine": "source",
        "platform": "linux",
        "scenario": "vmware_to_azure",
        "run": RUN,
        "baseline": "current",
        "catalogue": CATALOGUE,
        "collected_at": "2026-03-01T10:00:02Z",
        "judged_at": "2026-03-01T10:00:03Z",
        "origin": {"kind": "collected", "connection": "ssh", "user": 0, "recording": None, "complete": True},
    }
    return Audited(**{**values, **changed})


def machine(name: str, words: tuple[str, str], changed: Any = (), **more: Any) -> Any:
    """Build a machine document: all findings pass but the changed ones; ``words`` are the two verdicts."""
    by_id = {one["id"]: one for one in changed}
    findings = [by_id.get(identifier) or finding(identifier) for identifier in TEXTS]
    known = {key: more.pop(key) for key in ("fixes", "before") if key in more}
    return machine_document(
        audited(name, **more),
        verdicts={
            "current": verdict(words[0], findings),
            "2017": verdict(words[1], findings, "2017"),
        },
        findings=findings,
        facts={"os": {"id": "rhel", "major": 8}},
        unknown_facts={},
        **known,
    )


def fix_record(fix: str, state: str, requirements: list[str], **changed: Any) -> Any:
    """Build what was done by a fix."""
    return {
        "fix": fix,
        "safety": "automatic",
        "requirements": requirements,
        "state": state,
        "reason": "",
        "before": {"installed": False},
        "after": {"installed": True},
        "permission": "",
        **changed,
    }


def before(changed: dict[str, str], findings: Any) -> Any:
    """Build what the audit said before fixes: as now, but for the changed ones."""
    return {
        "verdicts": {"current": verdict("ready_after_fix", findings), "2017": verdict("ready_after_fix", findings)},
        "findings": {
            one["id"]: dict.fromkeys(("current", "2017"), changed.get(one["id"], one["baselines"]["current"]["status"]))
            for one in findings
        },
    }


def sample_machines() -> list[Any]:
    """Build eight machines with all verdicts, errors, waivers, fixes, and hostile text."""
    waiver = {"reason": "Replaced in May", "approver": "j.doe@example.com", "expires": "2026-05-31", "ticket": "CHG-81"}
    disk = finding("linux.os_disk_size", "fail", [{"name": "sda", "size_bytes": 4398046511104}], status_2017="fail")
    hosts = finding("linux.hosts_entries", "fail", ["10.1.2.3", "10.1.2.4"], status_2017="pass")
    space = finding("linux.free_space", "fail", int(0.7 * GIB))
    repaired = machine("web10.example.com", ("ready", "ready"), [space])
    repaired["fixes"] = [fix_record("lsof", "applied", ["linux.lsof"])]
    repaired["before"] = before({"linux.lsof": "fail"}, repaired["findings"])
    weakened = machine("web2.example.com", ("ready", "blocked"), [finding("linux.os_supported", status_2017="fail")])
    weakened["fixes"] = [
        fix_record("root_password_logon", "applied", ["linux.root_password_logon"], safety="weakening")
    ]
    hostile = finding("linux.os_supported", "fail", HOSTILE + "A" * 5000)
    hostile = copy.deepcopy(hostile)
    hostile["baselines"]["current"]["reason"] = HOSTILE
    return [
        machine(
            "db-legacy-01",
            ("blocked", "blocked"),
            [finding("linux.os_supported", "fail", "centos 5.11"), disk, finding("linux.lsof", "fail", False), space],
        ),
        machine(f"{HOSTILE}" + "x" * 300, ("blocked", "ready"), [hostile]),
        machine(
            "app-07",
            ("unknown", "unknown"),
            [
                finding("linux.os_disk_size", "unknown", None, "lsblk is missing and /sys/block could not be read"),
                finding("linux.mac_policy", "manual", None, "Nothing on the machine shows who else uses a disk."),
                finding("linux.clock", "unknown", None, "the recording is offline: no clock to compare with"),
            ],
            origin={"kind": "recording", "connection": "", "user": 0, "recording": "x.txt", "complete": True},
        ),
        failed_machine_document(
            audited("db-03", collected_at=None),
            "unreachable",
            "Failed to connect to the host via ssh: ssh: connect to host db-03 port 22: Connection timed out",
        ),
        machine(
            "web1.example.com",
            ("ready_after_fix", "ready_after_fix"),
            [hosts, finding("linux.lsof", "fail", False), finding("linux.clock", "fail", 412.5)],
            fixes=[
                fix_record(
                    "hosts_file",
                    "not_allowed",
                    ["linux.hosts_entries"],
                    safety="opt_in",
                    permission="preflight_allow: [hosts_file]",
                ),
                fix_record("lsof", "planned", ["linux.lsof"]),
            ],
        ),
        weakened,
        repaired,
        machine("mail", ("ready", "ready"), [finding("linux.os_supported", "fail", "rhel 6.10", waiver=waiver)]),
    ]


def sample_report(**changed: Any) -> Report:
    """Build a report of the eight machines and two that are missing."""
    machines = sample_machines()
    names = [one["name"] for one in machines]
    info = ReportInfo(
        created_at="2026-03-01T10:05:00Z",
        run=RUN,
        scenario="vmware_to_azure",
        baseline="current",
        settings={"ssh_after_failover": True},
        **changed,
    )
    problem: Any = {"file": "machines/web9.json", "reason": "Not JSON: it may have been cut off."}
    return collate(machines, [*names, "web9.example.com", "web11.example.com"], info, [problem])

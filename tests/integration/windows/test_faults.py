# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes wrong between a controller and Windows machines, each told by its name, while other hosts answer."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.tests.doubles.authority import make_authority
from ansible_collections.preflight.azure.tests.doubles.fleet import LIMITED, WAYS, Fleet
from ansible_collections.preflight.azure.tests.doubles.machine_file import load, merged
from ansible_collections.preflight.azure.tests.doubles.ssh_server import why_no_sshd
from ansible_collections.preflight.azure.tests.integration.windows.visits import Answers, Variables, run_module

_HTTP = ("winrm-http-basic", "psrp-http-basic")
_ONE_EACH = (*_HTTP, "ssh-powershell")
_CIMV2 = "wmi root\\cimv2 Win32_OperatingSystem*"


@dataclass(frozen=True)
class Fault:
    """What is wrong: with the machine, or with what the inventory says of it; and the kind that it is told by.

    Where the visit itself succeeds, ``unknown`` is what is said of the fact ``os.build``; which connection it was does
    not matter then.
    """

    kind: str
    ways: tuple[str, ...] = _ONE_EACH
    machine: Mapping[str, Any] = field(default_factory=dict)
    variables: Callable[[Fleet], Variables] = lambda _fleet: {}
    unknown: str = ""


def _closed_port(_fleet: Fleet) -> Variables:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return {"ansible_port": bound.getsockname()[1]}


def _other_authority(fleet: Fleet) -> Variables:
    other = str(make_authority(fleet.folder, "other").certificate)
    return {"ansible_winrm_ca_trust_path": other, "ansible_psrp_ca_cert": other}


def _wrong_secret(fleet: Fleet) -> Variables:
    return {"ansible_password": "wrong", "ansible_ssh_private_key_file": str(fleet.folder / "stranger")}


_SEALED = ("winrm-http-ntlm", "psrp-http-ntlm", "psrp-http-negotiate")
_BOTH_SHELLS = (*_HTTP, "ssh-powershell", "ssh-cmd")
FAULTS = {
    "wrong_password": Fault("authentication_refused", (*_ONE_EACH, *_SEALED), variables=_wrong_secret),
    "no_remote_rights": Fault("rights_refused", (*_HTTP, *_SEALED), variables=lambda _fleet: {"ansible_user": LIMITED}),
    "other_authority": Fault(
        "certificate_not_trusted", ("winrm-https-basic", "psrp-https-basic"), variables=_other_authority
    ),
    "closed_port": Fault("unreachable", variables=_closed_port),
    "become": Fault(
        "become_refused",
        variables=lambda _fleet: {"ansible_become": True, "ansible_become_method": "runas", "ansible_become_user": "x"},
    ),
    "constrained_language": Fault("language_mode", _BOTH_SHELLS, {"language_mode": "ConstrainedLanguage"}),
    "no_powershell": Fault("script_failed", ("winrm-http-basic", "ssh-cmd"), {"without_powershell": True}),
    "broken_in_the_middle": Fault("cut_off", _BOTH_SHELLS, {"dropped_after_characters": 300}),
    "broken_between_two_lines": Fault("cut_off", _ONE_EACH, {"dropped_before_call": 1}),
    "no_answer_in_time": Fault("timed_out", _ONE_EACH, {"answer_seconds": 60}),
    "cut": Fault("", _BOTH_SHELLS, {"output_characters": 300}, unknown="ends before"),
    "hanging_read": Fault("", _HTTP, {"faults": {_CIMV2: "hangs"}}, unknown="time limit"),
    "access_denied": Fault("", _HTTP[:1], {"faults": {_CIMV2: "unreadable"}}, unknown="not be read"),
    "broken_wmi": Fault(
        "", _HTTP[1:], {"faults": {"wmi *": {"ends": "1", "said": "Invalid class"}}}, unknown="Invalid"
    ),
    "wrong_type": Fault(
        "",
        _HTTP[1:],
        {"wmi": {"root\\cimv2": {"Win32_OperatingSystem": {"Version": "?"}}}},
        unknown="gives its version as '?'",
    ),
    "nothing": Fault("", _BOTH_SHELLS),
}
CASES = [(name, way) for name, fault in FAULTS.items() for way in fault.ways]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    model, hosts = load("source_2008r2_german"), dict[str, Variables]()
    with Fleet() as fleet:
        for name, fault in FAULTS.items():
            more = fault.variables(fleet)
            for way in fault.ways:
                if way.startswith("ssh") and why_no_sshd():
                    continue
                double = fleet.add(f"{name}-{way}", merged(model, fault.machine), (WAYS[way][1],))
                hosts[f"{name}-{way}"] = {**fleet.variables(double, way), **more}
        arguments = {"subjects": ["os"], "timeout_seconds": 12}
        yield run_module(hosts, "preflight.azure.machine_info", arguments, tmp_path_factory.mktemp("faults"))


@pytest.mark.parametrize(("name", "way"), CASES)
def test_each_fault_is_told_by_its_name_and_stays_with_its_host(answers: Answers, name: str, way: str) -> None:
    if way.startswith("ssh") and why_no_sshd():
        pytest.skip(why_no_sshd())
    fault, result = FAULTS[name], answers.results[f"{name}-{way}"]
    if fault.kind:
        assert result.get("unreachable"), result
        assert result["error"]["kind"] == fault.kind, result["error"]
        assert result["error"]["message"].count("; ") >= 1, "what was found, and what to do"
    elif fault.unknown:
        assert result["facts"]["os"]["build"] is None
        assert fault.unknown in result["unknown"]["os.build"]
    else:
        assert result["facts"]["os"]["build"] == 7601
        assert result["facts"]["os"]["name"] == "Windows Server 2008 R2 Standard"


def test_an_audit_writes_the_document_of_a_host_that_it_could_not_visit(tmp_path: Path) -> None:
    model, hosts = load("source_2008r2_german"), dict[str, Variables]()
    with Fleet(with_ssh=False) as fleet:
        for name in ("wrong_password", "broken_in_the_middle", "closed_port", "nothing"):
            fault = FAULTS[name]
            double = fleet.add(name, merged(model, fault.machine), ("http",))
            hosts[name] = {**fleet.variables(double, _HTTP[len(hosts) % 2]), **fault.variables(fleet)}
        run_module(hosts, "preflight.azure.audit", {"output_dir": str(tmp_path / "report")}, tmp_path / "run")
    for name in hosts:
        document = json.loads((tmp_path / "report" / "machines" / f"{name}.json").read_text(encoding="utf-8"))
        if FAULTS[name].kind:
            assert document["error"]["kind"] == FAULTS[name].kind
            assert {verdict["verdict"] for verdict in document["verdicts"].values()} == {"unknown"}
        else:
            assert document["error"] is None
            assert document["findings"]


def test_nobody_is_told_a_traceback_or_a_password(answers: Answers) -> None:
    assert "Traceback" not in answers.output
    assert "Kennwort" not in answers.output

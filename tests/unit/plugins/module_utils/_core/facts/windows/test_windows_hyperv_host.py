# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows import (
    hyperv_cluster,
    hyperv_host,
    hyperv_provider,
    installed_programs,
    storage_reads,
    updates,
)
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.collecting_process import ENVIRONMENT
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.hyperv_services import SERVICES
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.windows.operating_system import SYSTEM
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.hyperv_samples import (
    HOST_2012_R2,
    NODE,
    WITHOUT_MODULE,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_machines import (
    recording,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.windows.windows_samples import (
    Answers,
    objects,
    row,
)

_SUBJECTS = (hyperv_host.SUBJECT, hyperv_cluster.SUBJECT, hyperv_provider.SUBJECT)


def changed_services(answers: Answers, old: str, new: str) -> Answers:
    lines: Any = answers[SERVICES]
    return {SERVICES: [line.replace(old, new) for line in lines]}


def collected(answers: Answers, changes: Answers | None = None) -> Facts:
    return assemble(recording({**answers, **(changes or {})}), _SUBJECTS)


def fact(path: str, answers: Answers, changes: Answers | None = None) -> Any:
    subject, name = path.split(".")
    tree: Any = collected(answers, changes).tree
    return tree[subject][name]


def test_a_host_is_known_whole() -> None:
    facts = collected(HOST_2012_R2)
    assert facts.reasons == {}
    assert facts.tree["hyperv_cluster"] == {
        **{"member": False, "name": "", "nodes": [], "virtual_machines": [], "replica_broker": False},
    }


def test_without_the_module_the_role_is_known() -> None:
    facts = collected(WITHOUT_MODULE)
    assert fact("hyperv_host.management", WITHOUT_MODULE)["running"] is True
    assert set(facts.reasons) == {
        *("hyperv_host.live_migration", "hyperv_host.disk_folder", "hyperv_host.machine_folder"),
        "hyperv_host.replica_server",
    }


def test_a_node_tells_of_its_cluster_in_no_language() -> None:
    assert fact("hyperv_cluster.name", NODE) == "HVCLUSTER"
    assert fact("hyperv_cluster.nodes", NODE) == ["HV01", "HV02"]
    assert fact("hyperv_cluster.virtual_machines", NODE) == ["Virtueller Computer db01"]
    assert fact("hyperv_cluster.replica_broker", NODE) is True
    assert fact("hyperv_host.vmm_agent", NODE)["running"] is True


def test_a_node_whose_cluster_service_is_stopped_hides_the_cluster() -> None:
    changes = changed_services(NODE, "ClusSvc\tRunning", "ClusSvc\tStopped")
    changes |= {storage_reads.CLUSTER: Status.ABSENT, hyperv_cluster.NODES: Status.ABSENT}
    facts = collected(NODE, changes)
    assert fact("hyperv_cluster.member", NODE, changes) is True
    for name in ("name", "nodes", "virtual_machines", "replica_broker"):
        assert "cluster service" in facts.reasons[f"hyperv_cluster.{name}"]


def test_the_feature_without_a_cluster_is_no_node() -> None:
    changes = changed_services(HOST_2012_R2, "ClusSvc\tabsent", "ClusSvc\tStopped\t4\t0\tLocalSystem")
    assert fact("hyperv_cluster.member", HOST_2012_R2, changes) is False


_ROLLUP = "Package_for_RollupFix~31bf3856ad364e35~amd64~~9600.{}.1.0"


@pytest.mark.parametrize(
    ("packages", "there"),
    [
        (["Package_for_KB2961977~31bf3856ad364e35~amd64~~6.3.1.0"], True),
        (["PACKAGE_FOR_KB2961977_RTM~31bf3856ad364e35~amd64~~6.3.1.0"], True),
        ([_ROLLUP.format(18600)], True),
        ([_ROLLUP.format(18505)], None),
        ([_ROLLUP.format(18340), _ROLLUP.format(20000)], True),
        ([], False),
        (1, None),
    ],
)
def test_the_update_by_its_name_or_a_rollup(packages: Any, there: bool | None) -> None:
    assert fact("hyperv_host.kb2961977", HOST_2012_R2, {updates.PACKAGES: packages}) is there


def test_windows_server_2016_brings_the_update() -> None:
    changes: Answers = {
        SYSTEM: objects({"Version": "10.0.14393"}),
        updates.PACKAGES: ["Package_for_RollupFix~31bf3856ad364e35~amd64~~14393.6529.1.12"],
    }
    assert fact("hyperv_host.kb2961977", HOST_2012_R2, changes) is True


def test_a_32_bit_process_sees_another_kernel_and_other_keys() -> None:
    changes: Answers = {ENVIRONMENT: ["powershell\t4.0", "process_bits\t32", "architecture\tAMD64"]}
    assert fact("hyperv_host.kernel_date", HOST_2012_R2, changes) is None
    assert fact("hyperv_host.kb2961977", HOST_2012_R2, changes) is None
    assert fact("hyperv_provider.vault", HOST_2012_R2, changes) is None
    # The folder of programs is named so that both see the same.
    assert fact("hyperv_provider.provider_version", HOST_2012_R2, changes) == "5.25.1122.0"


def test_the_kernel_tells_its_date() -> None:
    assert fact("hyperv_host.kernel_date", HOST_2012_R2) == "2026-10-06"
    assert fact("hyperv_host.kernel_date", HOST_2012_R2, {hyperv_host.KERNEL: ["size_bytes\t1"]}) is None


def test_versions_come_from_the_list_of_programs_or_the_file() -> None:
    assert fact("hyperv_provider.provider_version", HOST_2012_R2) == "5.25.1122.0"
    assert fact("hyperv_provider.agent_version", HOST_2012_R2) == "2.0.9270.0"
    without: Answers = {installed_programs.PROGRAMS: [], hyperv_provider.AGENT: Status.ABSENT}
    assert fact("hyperv_provider.agent_version", HOST_2012_R2, without) is None
    assert fact("hyperv_provider.provider_version", NODE) == ""


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://px.corp.example.com", "http://px.corp.example.com"),
        ("https://anna:geheim@px.corp.example.com", "https://px.corp.example.com"),
        ("px:8080", "px:8080"),
    ],
)
def test_the_proxy_of_the_provider_is_shown_without_its_user(address: str, shown: str) -> None:
    changes: Answers = {hyperv_provider.PROXY: [row("ProxyAddress", "String", address)]}
    assert fact("hyperv_provider.proxy", HOST_2012_R2, changes) == shown


def test_services_that_are_not_told_are_unknown() -> None:
    facts = collected(HOST_2012_R2, {SERVICES: ["vmms\tRunning\t2\t0\tLocalSystem"]})
    assert (
        "dra" in facts.reasons["hyperv_provider.provider"] or "SCVMMAgent" in facts.reasons["hyperv_provider.provider"]
    )
    assert "hyperv_cluster.member" in facts.reasons

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.clock_sync import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged

RHEL = "/etc/chrony.conf"
DEBIAN = "/etc/chrony/chrony.conf"
STOCK = "pool 2.rhel.pool.ntp.org iburst\ndriftfile /var/lib/chrony/drift\nmakestep 1.0 3\nrtcsync\n"


def service(daemon: str, name: str, running: bool | None = False, autostart: bool | None = False) -> dict[str, Any]:
    return {
        "daemon": daemon,
        "service": name,
        "installed": bool(name),
        "running": running,
        "autostart": autostart,
    }


def file_fact(path: str, text: str | None, obstacle: str = "") -> dict[str, Any]:
    checksum = "none" if text is None else posix_cksum(text.encode())
    return {"path": path, "present": text is not None, "text": text or "", "checksum": checksum, "obstacle": obstacle}


def settings(path: str, text: str) -> list[dict[str, str]]:
    return [{"path": path, "setting": line} for line in text.splitlines() if line]


class Machine:
    """A RHEL machine with a stopped chronyd, as far as the fix looks at it; tests change what they are about."""

    def __init__(self, text: str = STOCK) -> None:
        self.clock: dict[str, Any] = {
            "services": [service("chrony", "chronyd.service"), service("ntpd", ""), service("timesyncd", "")],
            "configuration": settings(RHEL, text),
            "kept_by_host": "",
            "offset_seconds": 0.01,
            "uncertainty_seconds": 0.05,
            "synchronized": False,
            "daemon_offset_seconds": None,
        }
        self.tree: dict[str, Any] = {
            "clock": self.clock,
            "storage": {"cluster_signs": []},
            "packages": {"manager": "dnf"},
            "os": {"family": "rhel", "major": 9, "minor": 4},
            "files": {"chrony_conf": file_fact(RHEL, text)},
        }
        self.reasons: dict[str, str] = {}

    def services(self, *found: dict[str, Any]) -> None:
        self.clock["services"] = list(found)

    def plan(self, **options: Any) -> Any:
        return FIX.plan(Facts(self.tree, self.reasons), options, {})


@pytest.fixture
def machine() -> Machine:
    return Machine()


def refusal(found: Any) -> str:
    assert isinstance(found, Refusal), found
    return found.reason


def test_installed_daemon_is_enabled_and_started_and_nothing_else(machine: Machine) -> None:
    plan = machine.plan()
    assert isinstance(plan, Plan)
    assert plan.found == "chrony:chronyd.service autostart=no running=no"
    assert plan.wanted == "chrony:chronyd.service autostart=yes running=yes"
    assert plan.arguments == ("-", "-", "-", "no")
    assert plan.after["correction"] == "slewed by chrony"


def test_daemon_that_runs_and_starts_with_a_right_clock_is_left_alone(machine: Machine) -> None:
    machine.services(service("chrony", "chronyd.service", True, True))
    assert isinstance(machine.plan(), Unchanged)


def test_servers_that_stand_there_already_change_nothing(machine: Machine) -> None:
    machine.services(service("chrony", "chronyd.service", True, True))
    assert isinstance(machine.plan(servers=["2.RHEL.pool.ntp.org"]), Unchanged)


def test_new_server_is_added_at_the_end_of_the_main_file(machine: Machine) -> None:
    plan = machine.plan(servers=["ntp.example.com", "2.rhel.pool.ntp.org"])
    assert isinstance(plan, Plan)
    assert plan.after[RHEL] == ["server ntp.example.com iburst"]
    added = STOCK + "# preflight.azure: clock_sync\nserver ntp.example.com iburst\n"
    assert plan.wanted.endswith(f"{RHEL} {posix_cksum(added.encode())}")
    assert plan.arguments[4:7] == (RHEL, posix_cksum(STOCK.encode()), posix_cksum(added.encode()))


@pytest.mark.parametrize(
    ("line", "name", "path"),
    [
        ("sourcedir /etc/chrony/sources.d", "chrony_sources_drop_in", "/etc/chrony/sources.d/preflight.azure.sources"),
        ("confdir /etc/chrony/conf.d", "chrony_conf_drop_in", "/etc/chrony/conf.d/preflight.azure.conf"),
        ("include /etc/chrony.d/*.conf", "chrony_suse_drop_in", "/etc/chrony.d/preflight.azure.conf"),
    ],
)
def test_own_file_is_made_where_chrony_reads_one(line: str, name: str, path: str) -> None:
    machine = Machine(STOCK + line + "\n")
    machine.tree["files"][name] = file_fact(path, None)
    plan = machine.plan(servers=["192.0.2.1"])
    assert isinstance(plan, Plan)
    assert plan.after[path] == ["server 192.0.2.1 iburst"]
    assert RHEL not in plan.after
    machine.tree["files"][name] = file_fact(path, None, "/etc is not there")
    assert RHEL in machine.plan(servers=["192.0.2.1"]).after


def test_replace_comments_out_the_servers_that_stand_there(machine: Machine) -> None:
    plan = machine.plan(servers=["192.0.2.1"], replace=True)
    assert isinstance(plan, Plan)
    assert plan.before[RHEL] == ["pool 2.rhel.pool.ntp.org iburst"]
    wanted = "# " + STOCK + "# preflight.azure: clock_sync\nserver 192.0.2.1 iburst\n"
    assert plan.wanted.endswith(posix_cksum(wanted.encode()))


def test_replace_without_servers_is_refused(machine: Machine) -> None:
    assert "found none" in refusal(machine.plan(replace=True))


@pytest.mark.parametrize("server", ["", "a b", "x\ny", "-x", "a;b", "$(id)", "a/b", "'"])
def test_server_that_is_no_name_is_refused(machine: Machine, server: str) -> None:
    assert "servers: expected names or addresses" in refusal(machine.plan(servers=[server]))


@pytest.mark.parametrize("server", ["ntp", "ntp1.example.com", "192.0.2.1", "2001:db8::1", "::1"])
def test_name_and_address_are_taken(machine: Machine, server: str) -> None:
    assert isinstance(machine.plan(servers=[server]), Plan)


def test_two_daemons_are_refused_by_name(machine: Machine) -> None:
    machine.services(service("chrony", "chronyd.service", True, True), service("timesyncd", "x.service", False, True))
    assert "found chrony and timesyncd running or starting" in refusal(machine.plan())


def test_daemon_that_no_service_starts_is_refused(machine: Machine) -> None:
    machine.services(service("chrony", "chronyd.service"), service("ntpd", "", True))
    assert "no service of a known name starts it" in refusal(machine.plan())


def test_daemon_that_is_not_known_to_run_is_refused(machine: Machine) -> None:
    machine.services(service("chrony", "chronyd.service", None))
    machine.reasons["clock.services[0].running"] = "/proc hides it"
    assert "whether chrony is there, runs and starts with the machine is not known: /proc hides it" in refusal(
        machine.plan()
    )


def test_no_server_anywhere_is_refused() -> None:
    machine = Machine("driftfile /var/lib/chrony/drift\n")
    assert "name some with the option servers" in refusal(machine.plan())


def test_reference_clock_of_the_host_is_a_source() -> None:
    assert isinstance(Machine("refclock PHC /dev/ptp0 poll 3\n").plan(), Plan)


# A clock that is off


def test_stock_makestep_is_forbidden_for_a_clock_that_is_off(machine: Machine) -> None:
    """Started as it is, chronyd would step the clock at its first updates."""
    machine.clock["offset_seconds"] = 420.0
    plan = machine.plan()
    assert isinstance(plan, Plan)
    assert plan.after[RHEL] == ["makestep 1 0"]
    assert plan.after["correction"].startswith("slewed by chrony, in about 84 minutes;")


def test_configuration_without_makestep_is_left_alone(machine: Machine) -> None:
    machine = Machine("server ntp.example.com\n")
    machine.clock["offset_seconds"] = -420.0
    plan = machine.plan()
    assert isinstance(plan, Plan)
    assert RHEL not in plan.after


@pytest.mark.parametrize("line", ["initstepslew 30 ntp.example.com", "OPTIONS=-s"])
def test_chrony_that_steps_all_the_same_is_refused(line: str) -> None:
    machine = Machine(STOCK)
    path = "/etc/sysconfig/chronyd" if "=" in line else RHEL
    machine.clock["configuration"].append({"path": path, "setting": line})
    machine.clock["offset_seconds"] = 420.0
    assert "would step it when it starts, which is not allowed" in refusal(machine.plan())


def test_slewing_for_more_than_a_day_is_refused(machine: Machine) -> None:
    machine.clock["offset_seconds"] = 86400.0
    assert "or slew it for 12 days: allow a step" in refusal(machine.plan())


@pytest.mark.parametrize(
    ("daemon", "name", "path", "line", "refused_from"),
    [
        ("ntpd", "ntpd.service", "/etc/ntp.conf", "server ntp.example.com", 0.128),
        ("timesyncd", "systemd-timesyncd.service", "/etc/systemd/timesyncd.conf", "NTP=ntp.example.com", 0.4),
    ],
)
def test_daemon_that_cannot_be_kept_from_stepping_is_refused_from_its_threshold_on(
    machine: Machine, daemon: str, name: str, path: str, line: str, refused_from: float
) -> None:
    machine.services(service(daemon, name))
    machine.clock["configuration"] = settings(path, line)
    machine.clock["uncertainty_seconds"] = 0.001
    machine.clock["offset_seconds"] = refused_from - 0.01
    assert isinstance(machine.plan(), Plan)
    machine.clock["offset_seconds"] = refused_from
    assert "option step: true" in refusal(machine.plan())
    machine.clock["offset_seconds"] = 60.0
    plan = machine.plan(step=True)
    assert isinstance(plan, Plan)
    assert plan.arguments[3] == "yes"


def test_ntpd_that_slews_slowly_tells_how_slowly(machine: Machine) -> None:
    machine.services(service("ntpd", "ntpd.service"))
    machine.clock["configuration"] = settings("/etc/ntp.conf", "server a\ntinker step 0")
    machine.clock["offset_seconds"] = 420.0
    assert "slew it for 9.7 days" in refusal(machine.plan())
    machine.clock["offset_seconds"] = 10.0
    assert machine.plan().after["correction"] == "slewed by ntpd, in about 5.6 hours"


def test_uncertain_offset_counts_as_far_off(machine: Machine) -> None:
    machine.clock["uncertainty_seconds"] = 30.0
    assert machine.plan().after[RHEL] == ["makestep 1 0"]


def test_unknown_offset_is_refused(machine: Machine) -> None:
    machine.clock["offset_seconds"] = None
    machine.reasons["clock.offset_seconds"] = "the recording was made offline"
    assert "clock.offset_seconds is not known: the recording was made offline" in refusal(machine.plan())


def test_permitted_step_leaves_the_configuration_alone(machine: Machine) -> None:
    machine.clock["offset_seconds"] = 420.0
    plan = machine.plan(step=True)
    assert isinstance(plan, Plan)
    assert plan.arguments == ("-", "-", "-", "yes")
    assert plan.after["correction"] == "stepped by chrony when its servers have answered"


@pytest.mark.parametrize(
    ("signs", "found"), [(["corosync runs"], "node of a cluster (corosync runs)"), (None, "is not known: no rights")]
)
def test_step_is_never_made_on_a_node_of_a_cluster(machine: Machine, signs: Any, found: str) -> None:
    machine.clock["offset_seconds"] = 420.0
    machine.tree["storage"]["cluster_signs"] = signs
    machine.reasons["storage.cluster_signs"] = "no rights"
    assert found in refusal(machine.plan(step=True))
    assert isinstance(machine.plan(), Plan)


def test_ntpd_that_would_give_up_is_refused(machine: Machine) -> None:
    machine.services(service("ntpd", "ntpd.service"))
    machine.clock["configuration"] = settings("/etc/ntp.conf", "server a")
    machine.clock["offset_seconds"] = 4000.0
    assert "ntpd -gq" in refusal(machine.plan(step=True))
    machine.clock["configuration"] += settings("/etc/sysconfig/ntpd", 'OPTIONS="-u ntp:ntp -g"')
    assert isinstance(machine.plan(step=True), Plan)


class TestDaemonThatRuns:
    """A chronyd that runs and starts with the machine, and a clock that is off all the same."""

    @pytest.fixture
    def machine(self) -> Machine:
        one = Machine()
        one.services(service("chrony", "chronyd.service", True, True))
        one.clock.update(offset_seconds=420.0, synchronized=True, daemon_offset_seconds=420.0)
        return one

    def test_slewing_is_left_to_go_on(self, machine: Machine) -> None:
        found = machine.plan()
        assert isinstance(found, Unchanged)
        assert "is slewing the clock, which takes about 84 minutes more" in found.reason

    def test_permitted_step_is_made_at_once(self, machine: Machine) -> None:
        plan = machine.plan(step=True)
        assert isinstance(plan, Plan)
        assert (plan.found[-9:], plan.wanted[-11:]) == ("clock=off", "clock=right")

    def test_daemon_that_disagrees_with_the_controller_is_refused(self, machine: Machine) -> None:
        machine.clock["daemon_offset_seconds"] = 0.0001
        assert "controller's clock or the time servers are wrong" in refusal(machine.plan(step=True))

    def test_daemon_without_a_source_is_told(self, machine: Machine) -> None:
        machine.clock["synchronized"] = False
        assert "follows no source yet" in machine.plan().reason

    def test_new_server_is_added_without_a_step(self, machine: Machine) -> None:
        machine.clock["synchronized"] = False
        assert machine.plan(servers=["192.0.2.1"]).after[RHEL] == ["server 192.0.2.1 iburst", "makestep 1 0"]


# A clock that the host keeps


def test_clock_that_the_host_keeps_is_left_to_it(machine: Machine) -> None:
    machine.clock["kept_by_host"] = "VMware Tools"
    found = machine.plan()
    assert isinstance(found, Unchanged)
    assert "kept by VMware Tools" in found.reason
    assert isinstance(machine.plan(servers=["192.0.2.1"]), Plan)


def test_wrong_clock_that_the_host_keeps_is_refused(machine: Machine) -> None:
    machine.clock.update(kept_by_host="VMware Tools", offset_seconds=420.0)
    assert "420 seconds off: correct the clock of the host" in refusal(machine.plan())


def test_host_that_is_not_known_to_keep_the_clock_is_refused_without_servers(machine: Machine) -> None:
    machine.clock["kept_by_host"] = None
    assert "name servers if it does not" in refusal(machine.plan())


# A machine without a daemon


@pytest.fixture
def bare(machine: Machine) -> Machine:
    machine.services(service("chrony", ""), service("ntpd", ""), service("timesyncd", ""))
    machine.clock["configuration"] = []
    return machine


def test_package_is_installed_only_with_permission(bare: Machine) -> None:
    assert "set the option install" in refusal(bare.plan())
    plan = bare.plan(install=True)
    assert isinstance(plan, Plan)
    assert plan.found == "chrony: package=no autostart=no running=no"
    assert plan.arguments == ("chrony", "dnf", "-", "no")


def test_servers_and_the_ban_on_steps_are_added_to_what_the_package_brings(bare: Machine) -> None:
    bare.clock["offset_seconds"] = 420.0
    plan = bare.plan(install=True, servers=["192.0.2.1"])
    assert isinstance(plan, Plan)
    assert plan.wanted == "chrony: package=yes autostart=yes running=yes lines=yes"
    assert plan.arguments[2] == (
        "\\012# preflight.azure: clock_sync\\012server 192.0.2.1 iburst\\012makestep 1 0\\012".replace(
            "\\012", "\\0012"
        )
    )


@pytest.mark.parametrize(
    ("manager", "family", "major", "minor", "package"),
    [
        ("apt", "debian", 12, 5, "chrony"),
        ("yum", "rhel", 7, 9, "chrony"),
        ("yum", "rhel", 6, 8, "ntp"),
        ("zypper", "suse", 15, 5, "chrony"),
        ("zypper", "suse", 12, 5, "chrony"),
        ("zypper", "suse", 12, 3, "ntp"),
        ("zypper", "suse", 11, 4, "ntp"),
    ],
)
def test_every_family_gets_its_own_daemon(
    bare: Machine, manager: str, family: str, major: int, minor: int, package: str
) -> None:
    bare.tree["packages"]["manager"] = manager
    bare.tree["os"] = {"family": family, "major": major, "minor": minor}
    assert bare.plan(install=True).arguments[:2] == (package, manager)


@pytest.mark.parametrize(("manager", "family"), [("none", "rhel"), (None, "rhel"), ("dnf", "other"), ("dnf", None)])
def test_unknown_system_is_refused(bare: Machine, manager: str | None, family: str | None) -> None:
    bare.tree["packages"]["manager"] = manager
    bare.tree["os"]["family"] = family
    assert "by hand" in refusal(bare.plan(install=True))


def test_timesyncd_follows_its_built_in_servers(machine: Machine) -> None:
    machine.services(service("timesyncd", "systemd-timesyncd.service"))
    machine.clock["configuration"] = []
    assert isinstance(machine.plan(), Plan)


def test_daemon_with_a_file_of_its_own_is_refused(machine: Machine) -> None:
    machine.clock["configuration"] += settings("/etc/sysconfig/chronyd", 'OPTIONS="-f /srv/chrony.conf"')
    assert "name the servers there" in refusal(machine.plan(servers=["192.0.2.1"]))


def test_file_that_cannot_be_replaced_is_refused(machine: Machine) -> None:
    machine.tree["files"]["chrony_conf"] = file_fact(RHEL, STOCK, "it is immutable")
    assert "it is immutable" in refusal(machine.plan(servers=["192.0.2.1"]))


def test_debian_is_edited_where_it_keeps_its_file() -> None:
    machine = Machine()
    machine.tree["packages"]["manager"] = "apt"
    machine.services(service("chrony", "chrony.service", True, True))
    machine.clock["configuration"] = settings(DEBIAN, STOCK)
    machine.tree["files"]["chrony_debian_conf"] = file_fact(DEBIAN, STOCK)
    assert DEBIAN in machine.plan(servers=["192.0.2.1"]).after


def test_option_sets_the_time_limit(machine: Machine) -> None:
    assert machine.plan(timeout_seconds=900).timeout_seconds == 900

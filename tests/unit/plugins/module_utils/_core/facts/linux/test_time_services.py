# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All time daemons of a machine, their configuration, and hosts that keep the clock."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.read import Read
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import clock, time_services
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import (
    process,
    running,
    systemd,
    sysv,
    unit,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)


def parse(answers: dict[Read, Any]) -> dict[str, Any]:
    return dict(time_services.parse(recording(answers)))


def found(answers: dict[Read, Any]) -> dict[str, Any]:
    return {entry["daemon"]: entry for entry in parse(answers)["services"]}


def test_masked_service_is_not_there_and_alias_has_its_own_name() -> None:
    services = found(
        systemd(
            unit("chrony.service", Names="chrony.service chronyd.service"),
            unit("systemd-timesyncd.service", LoadState="masked", UnitFileState="masked"),
            processes_found=running(process(7, "chronyd")),
        )
    )
    assert services["chrony"]["service"] == "chrony.service"
    assert services["timesyncd"]["installed"] is False
    assert services["timesyncd"]["autostart"] is False


def test_script_of_sysv_is_found() -> None:
    services = found(sysv("/etc/init.d/ntpd", "/etc/rc3.d/S58ntpd", processes_found=running(process(7, "ntpd"))))
    assert (services["ntpd"]["service"], services["ntpd"]["running"]) == ("ntpd", True)
    assert services["chrony"]["installed"] is False


def test_nothing_known_is_unknown() -> None:
    assert isinstance(parse({})["services"], Unknown)


def test_timesyncd_that_gives_way_to_another_daemon_does_not_start() -> None:
    both = systemd(unit("ntp.service"), unit("systemd-timesyncd.service", ActiveState="inactive"))
    assert found(both)["timesyncd"]["autostart"] is True
    resigns = "/lib/systemd/system/systemd-timesyncd.service.d/disable-with-time-daemon.conf\n"
    assert found({**both, time_services.RESIGNS: resigns})["timesyncd"]["autostart"] is False


def test_configuration_is_taken_line_by_line() -> None:
    printed = Printed('/etc/chrony.conf:  server a iburst\n/etc/sysconfig/chronyd:OPTIONS="-s"\n', 2)
    assert parse({time_services.CONFIGURATION: printed})["configuration"] == [
        {"path": "/etc/chrony.conf", "setting": "server a iburst"},
        {"path": "/etc/sysconfig/chronyd", "setting": 'OPTIONS="-s"'},
    ]


@pytest.mark.parametrize(
    ("tools", "clocks", "host"),
    [
        ("Enabled\n", "", "VMware Tools"),
        ("Disabled\n", "", ""),
        (Status.ABSENT, "", ""),
        (Status.ABSENT, "/sys/bus/vmbus/devices/x/class_id\t{9527e630-d0ae-497b-adce-e80ab0175caf}\n", "Hyper-V"),
        (
            Status.ABSENT,
            "/sys/bus/vmbus/devices/x/class_id\t{9527e630-d0ae-497b-adce-e80ab0175caf}\n"
            "/sys/class/ptp/ptp0/clock_name\thyperv\n",
            "",
        ),
        (Status.ABSENT, "/sys/class/ptp/ptp0/clock_name\tKVM virtual PTP\n", ""),
    ],
)
def test_host_that_keeps_the_clock_is_recognised(tools: Any, clocks: str, host: str) -> None:
    kept = parse({time_services.VMWARE_TIME: tools, time_services.HOST_CLOCKS: clocks})["kept_by_host"]
    assert host in kept
    assert bool(host) == bool(kept)


def test_tools_that_do_not_answer_leave_the_host_unknown() -> None:
    answers = {time_services.VMWARE_TIME: Status.TIMED_OUT, time_services.HOST_CLOCKS: ""}
    assert isinstance(parse(answers)["kept_by_host"], Unknown)


@pytest.mark.parametrize(
    ("read", "text", "seconds"),
    [
        (clock.CHRONY, "System time     : 419.500000000 seconds fast of NTP time\n", 419.5),
        (clock.CHRONY, "System time     : 0.000012345 seconds slow of NTP time\n", -0.000012345),
        (clock.NTP, "offset=-1500.25, frequency=0.0\n", 1.50025),
        (clock.NTP, "leap=00\n", None),
    ],
)
def test_daemon_tells_how_far_the_clock_is_off(read: Read, text: str, seconds: float | None) -> None:
    value = dict(clock.SUBJECT.parse(recording({read: Printed(text, 0)})))["daemon_offset_seconds"]
    if seconds is None:
        assert isinstance(value, Unknown)
    else:
        assert value == pytest.approx(seconds)

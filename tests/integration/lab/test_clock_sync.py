# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The fix clock_sync on real hosts with real time daemons, none of which can set a clock in the lab."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import compose
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.assemble import assemble
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux.subjects import SUBJECTS
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.select import select
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.clock_sync import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Planned
from contract_cases import applies_and_restores, survives_being_killed, survives_two_runs_at_once
from fix_hosts import CLONE, FAMILIES, KILL_EVERY, Host, clean_host, every_family, on_debian
from lab_hosts import Lab

MODULE = "preflight.azure.clock_sync"
SERVER = "192.0.2.7"
OPTIONS = {"servers": [SERVER], "install": True}
UNITS = "chrony.service chronyd.service ntp.service ntpd.service ntpsec.service systemd-timesyncd.service"
NEVER = "makestep 1 0"


def planned(host: Host, off: float = 0.0, **options: Any) -> Planned:
    """Plan as an action does, for a controller by whose clock the host is that much off."""
    selection = select(FIX.needs + FIX.wishes, SUBJECTS)
    recording = host.send(compose(selection.reads))
    assert recording.started is not None
    assert recording.finished is not None
    seen = replace(recording, sent=recording.started - off, received=recording.finished - off)
    return FIX.plan(assemble(seen, selection.subjects), options, {})


def plan_of(host: Host, off: float = 0.0, **options: Any) -> Plan:
    found = planned(host, off, **options)
    assert isinstance(found, Plan), found
    return found


def look(host: Host, changed: str = "%y") -> tuple[set[str], str]:
    """Packages, configuration files, links and running services, by the host's own tools."""
    return host.packages(), host.shell(
        "for f in $(find /etc/chrony* /etc/ntp* /etc/systemd/timesyncd* /etc/default /etc/sysconfig -type f "
        "2>/dev/null | sort); do case $f in *.keys) ;; *) "
        f"stat -c '%n %a %u %g %s {changed}' $f; sha256sum <$f;; esac; done; "
        "find /etc/systemd/system /etc/rc?.d /run/systemd/system ! -type d 2>/dev/null | sort | "
        "while read -r l; do echo $l $(readlink $l); done; "
        f"systemctl is-active {UNITS}; systemctl is-enabled {UNITS} 2>/dev/null; cat /proc/[0-9]*/comm | "
        "grep -E '^(chronyd|ntpd|systemd-timesyn)$' | sort -u; exit 0"
    )


@pytest.fixture
def host(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    """A host without a time daemon."""
    one = clean_host(lab, request.param)
    if one.manager != "apt":
        yield one
        one.put_back()
        return
    one.shell("rm -rf /run/kept && cp -a /etc/chrony /run/kept && dpkg --purge chrony >/dev/null && rm -rf /etc/chrony")
    yield one
    one.put_back()
    install(one, "chrony")
    one.shell("cp -a /run/kept/. /etc/chrony/ && systemctl restart chrony")


@pytest.fixture
def running(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Host]:
    """A host whose chronyd runs."""
    one = clean_host(lab, request.param)
    if one.manager == "apt":
        one.shell("rm -rf /run/kept && cp -a /etc/chrony /run/kept")
    else:
        install(one, "chrony")
        one.shell("systemctl enable --now chronyd 2>/dev/null")
    yield one
    one.put_back()
    if one.manager == "apt":
        one.shell("cp -a /run/kept/. /etc/chrony/ && systemctl enable chrony 2>/dev/null; systemctl restart chrony")
    else:
        one.shell("systemctl stop chronyd; rpm -e chrony; rm -f /etc/chrony.conf.rpmsave; systemctl daemon-reload")


@pytest.fixture
def stopped(running: Host) -> Host:
    """A host whose chronyd is installed, and no more."""
    running.shell("systemctl disable --now chrony chronyd >/dev/null 2>&1; systemctl daemon-reload")
    return running


runs_on_every_family = pytest.mark.parametrize(
    "running", FAMILIES, indirect=True, ids=[name for name, _manager in FAMILIES]
)
runs_on_debian = pytest.mark.parametrize("running", FAMILIES[:1], indirect=True, ids=["debian"])


def install(host: Host, package: str) -> None:
    """Install a package that the host offers, as somebody did long ago."""
    command = {
        "apt": f"DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {package}",
        "dnf": f"dnf -y install {package}",
        "yum": f"yum -y install {package}",
        "zypper": f"zypper --non-interactive install {package}",
    }[host.manager]
    host.shell(f"{command} >/dev/null 2>&1")


@every_family
def test_check_mode_shows_the_difference_and_writes_nothing(host: Host, tmp_path: Path) -> None:
    host.lab.module(host.name, MODULE, "--check", arguments=OPTIONS)
    # The lab's overlay file system itself stamps a changed directory when it is first listed.
    host.lab.snapshot(host.name, tmp_path / "first")
    host.lab.snapshot(host.name, tmp_path / "before")
    result = host.lab.module(host.name, MODULE, "--check", "--diff", arguments=OPTIONS)[host.name]
    host.lab.snapshot(host.name, tmp_path / "after")
    assert (result["changed"], result["state"]) == (True, "planned"), result
    assert result["before"]["daemon"] == "none"
    assert result["after"]["configuration"] == [f"server {SERVER} iburst"]
    assert host.lab.difference(tmp_path / "before", tmp_path / "after") == ""


@every_family
def test_package_is_installed_told_its_server_started_and_taken_away_again(host: Host) -> None:
    before = look(host)
    first = host.lab.module(host.name, MODULE, arguments=OPTIONS)[host.name]
    assert (first["changed"], first["state"]) == (True, "applied"), first
    assert SERVER in host.shell("chronyc -n sources")
    assert "chronyd" in look(host)[1]
    second = host.lab.module(host.name, MODULE, arguments=OPTIONS)[host.name]
    assert (second["changed"], second["state"]) == (False, "unchanged"), second
    assert host.lab.module(host.name, "preflight.azure.restore")[host.name]["changed"]
    assert look(host) == before
    assert not host.lab.module(host.name, "preflight.azure.restore")[host.name]["changed"]


@every_family
def test_package_never_starts_its_daemon_so_that_it_steps(host: Host) -> None:
    """Its own configuration would; ours is in place before the daemon first starts. Nor do kills lose anything."""
    since = host.shell("date +%s").strip()
    plan = plan_of(host, 420.0, **OPTIONS)
    assert "slewed by chrony, in about 84 minutes" in str(plan.after)
    before = look(host)
    assert host.apply(f"off-{time.time_ns()}", plan=plan).state == "applied"
    config = "/etc/chrony/chrony.conf" if host.manager == "apt" else "/etc/chrony.conf"
    assert re.findall(r"^makestep.*$", host.shell(f"cat {config}"), re.MULTILINE) == [mine(host), NEVER]
    starts = f"journalctl --since @{since} -o cat | grep -c 'chronyd version .* starting'"
    assert host.lab.inside(host.name, "sh", "-c", starts, check=False).strip() in ("0", "1")
    host.put_back()
    assert look(host) == before
    first = [name for name, _manager in FAMILIES].index(host.name) * 5
    survives_being_killed(
        host,
        plan,
        lambda: look(host),
        first_step=first,
        every=24,
        functions=("clock_",),
        replan=lambda: planned(host, 420.0, **OPTIONS),
    )


def mine(host: Host) -> str:
    """The directive as the family's package brings it."""
    return "makestep 1 3" if host.manager == "apt" else "makestep 1.0 3"


@runs_on_every_family
def test_installed_daemon_is_enabled_started_and_put_back(stopped: Host) -> None:
    def replan() -> Planned:
        return planned(stopped, servers=[SERVER])

    def looked() -> tuple[set[str], str]:
        return look(stopped)

    plan = plan_of(stopped, servers=[SERVER])
    applies_and_restores(stopped, plan, replan, looked)
    survives_two_runs_at_once(stopped, plan, looked)
    first = [name for name, _manager in FAMILIES].index(stopped.name) * 24
    survives_being_killed(stopped, plan, looked, first_step=first, every=4 * KILL_EVERY, replan=replan)


@runs_on_debian
@pytest.mark.parametrize(
    "shell", [("bash",), ("bash", "--posix"), ("dash",), ("mksh",), ("ksh93",), ("busybox", "sh")], ids=" ".join
)
def test_every_shell_of_the_host_does_the_same(stopped: Host, shell: tuple[str, ...]) -> None:
    if not stopped.lab.inside(stopped.name, "sh", "-c", f"command -v {shell[0]}", check=False):
        pytest.skip(f"{stopped.name} has no {shell[0]}")
    before = look(stopped, "%Y")  # busybox copies no fractions of a second
    plan = plan_of(stopped, 420.0, servers=[SERVER])
    assert stopped.apply("shell", shell=shell, plan=plan).state == "applied"
    assert [each.state for each in stopped.restore(shell=shell)] == ["restored"]
    assert look(stopped, "%Y") == before


@on_debian
@pytest.mark.parametrize(
    ("package", "file"),
    [("ntpsec", "/etc/ntpsec/ntp.conf"), ("systemd-timesyncd", "/etc/systemd/timesyncd.conf")],
)
def test_other_daemons_are_enabled_started_and_put_back(host: Host, package: str, file: str) -> None:
    install(host, package)
    host.shell(f"systemctl disable --now {package} >/dev/null 2>&1; systemctl daemon-reload")
    try:
        plan = plan_of(host, servers=[SERVER])
        assert file in plan.after
        applies_and_restores(host, plan, lambda: planned(host, servers=[SERVER]), lambda: look(host))
        assert "option step: true" in str(planned(host, 420.0))
    finally:
        host.shell(f"dpkg --purge {package} >/dev/null 2>&1; systemctl daemon-reload")


@runs_on_debian
def test_server_is_added_to_a_running_daemon_without_a_restart(running: Host) -> None:
    running.shell("echo sourcedir /etc/chrony/sources.d >>/etc/chrony/chrony.conf && systemctl restart chrony")
    started, before = running.shell("systemctl show -p MainPID chrony"), look(running)
    plan = plan_of(running, servers=[SERVER])
    assert list(plan.after)[-1] == "/etc/chrony/sources.d/preflight.azure.sources"
    assert running.apply(f"reload-{time.time_ns()}", plan=plan).state == "applied"
    assert SERVER in running.shell("chronyc -n sources")
    running.put_back()
    assert SERVER not in running.shell("chronyc -n sources")
    assert running.shell("systemctl show -p MainPID chrony") == started
    assert look(running) == before


@runs_on_debian
def test_daemon_that_might_step_is_not_restarted_by_restore(running: Host) -> None:
    running.shell("printf '%s\n' 'makestep 1 3' 'server 192.0.2.9' >/etc/chrony/chrony.conf")
    assert running.apply(f"main-{time.time_ns()}", plan=plan_of(running, 420.0, servers=[SERVER])).state == "applied"
    started = running.shell("systemctl show -p MainPID chrony")
    [restored] = running.restore()
    assert restored.state == "restored"
    assert "was not restarted, for the clock is not right yet" in restored.reason
    assert running.shell("systemctl show -p MainPID chrony") == started


@runs_on_debian
def test_what_chrony_does_not_accept_and_what_was_edited_since_is_refused(stopped: Host) -> None:
    plan = plan_of(stopped, 420.0, servers=[SERVER])
    stopped.shell("echo nonsense here >>/etc/chrony/chrony.conf")
    before = look(stopped)
    result = stopped.apply(f"edited-{time.time_ns()}", plan=plan)
    assert (result.state, "it was changed since the audit" in result.reason) == ("refused", True), result
    result = stopped.apply(f"bad-{time.time_ns()}", plan=plan_of(stopped, 420.0, servers=[SERVER]))
    assert (result.state, "chronyd -p says" in result.reason) == ("refused", True), result
    assert look(stopped) == before
    assert stopped.shell("ls /var/lib/preflight.azure/journal/ | grep -cE '[.](edited|bad)-' || :").strip() == "0"


@pytest.fixture
def fast(lab: Lab) -> Iterator[Host]:
    """A host whose clock is seven minutes fast, and whose chronyd is installed, and no more."""
    one = clock_host(lab, "clockoff")
    one.shell("rm -rf /run/kept && cp -a /etc/chrony /run/kept")
    yield one
    one.put_back()
    one.shell("systemctl disable --now chrony >/dev/null 2>&1; cp -a /run/kept/. /etc/chrony/")


def clock_host(lab: Lab, name: str) -> Host:
    if not {f"{name}{CLONE}", "timeserver"} <= set(lab.hosts):
        pytest.skip(f"{name}{CLONE} or timeserver is not up in the lab")
    return clean_host(lab, (f"{name}{CLONE}", "apt"))


def told_by_chrony(host: Host, lines_before: int) -> str:
    """What chronyd has logged since then, as soon as it has measured the offset and a bit more."""
    for _attempt in range(60):
        told = log_of_chrony(host)[lines_before:]
        if any("System clock wrong by" in line for line in told):
            break
        time.sleep(0.5)
    time.sleep(5)
    return "\n".join(log_of_chrony(host)[lines_before:])


def log_of_chrony(host: Host) -> list[str]:
    return host.shell("journalctl -u chrony -o cat --no-pager").splitlines()


@pytest.mark.lab_hosts("clockoff")
def test_daemon_as_it_is_shipped_would_step_and_as_the_fix_starts_it_slews(fast: Host) -> None:
    """A chronyd without the right to set the clock says when it would have."""
    lines = len(log_of_chrony(fast))
    fast.shell("echo server timeserver iburst >>/etc/chrony/chrony.conf && systemctl start chrony")
    assert "Could not step system clock" in told_by_chrony(fast, lines)
    fast.shell("systemctl stop chrony; cp -a /run/kept/. /etc/chrony/")

    lines = len(log_of_chrony(fast))
    arguments = {"servers": ["timeserver"]}
    first = fast.lab.module(fast.name, MODULE, arguments=arguments)[fast.name]
    assert first["state"] == "applied", first
    assert NEVER in first["after"]["/etc/chrony/chrony.conf"]
    told = told_by_chrony(fast, lines)
    assert "System clock wrong by -4" in told
    assert "step" not in told
    second = fast.lab.module(fast.name, MODULE, arguments=arguments)[fast.name]
    assert (second["state"], "is slewing the clock, which takes about 84 minutes more" in second["reason"]) == (
        "unchanged",
        True,
    ), second


@pytest.mark.lab_hosts("clockoff")
def test_step_is_asked_of_the_daemon_and_what_it_could_not_do_is_failed(fast: Host) -> None:
    arguments = {"servers": ["timeserver"], "step": True}
    planned = fast.lab.module(fast.name, MODULE, "--check", arguments=arguments)[fast.name]
    assert planned["after"]["correction"] == "stepped by chrony when its servers have answered"
    assert NEVER not in planned["after"]["/etc/chrony/chrony.conf"]
    fast.lab.module(fast.name, MODULE, arguments={"servers": ["timeserver"]})
    for _attempt in range(30):
        result = fast.lab.module(fast.name, MODULE, arguments={"step": True})[fast.name]
        if result["state"] != "unchanged":
            break
        time.sleep(1)
    assert (result["state"], "did not step the clock" in result["reason"]) == ("failed", True), result


@pytest.mark.lab_hosts("twodaemons")
def test_two_daemons_are_refused_by_name(lab: Lab) -> None:
    one = clock_host(lab, "twodaemons")
    result = lab.module(one.name, MODULE)[one.name]
    assert result["state"] == "refused"
    assert "found chrony and ntpd running or starting with the machine" in result["msg"]


@pytest.mark.parametrize("daemon", ["ntpd", "timesyncd"])
def test_daemon_that_keeps_the_clock_is_left_alone(lab: Lab, daemon: str) -> None:
    one = clock_host(lab, daemon)
    result = lab.module(one.name, MODULE)[one.name]
    assert (result["changed"], result["state"], result["before"]["daemon"]) == (False, "unchanged", daemon)

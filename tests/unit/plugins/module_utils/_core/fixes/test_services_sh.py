# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Enabling and starting services on trees of SysV init, upstart and systemd, on every shell that is at hand."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import services
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.inits import systemd, unit
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import recording
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.service_trees import Tree

SHELLS = ("dash", "bash", "ksh93", "mksh", "busybox")


def shown(*, name: str = "toy.service", **properties: str) -> str:
    """What ``systemctl show`` prints of one unit, as systemd 219 does."""
    found = {
        "Id": name,
        "WantedBy": "",
        "RequiredBy": "",
        "LoadState": "loaded",
        "ActiveState": "inactive",
        "SubState": "dead",
        "UnitFileState": "disabled",
        "SourcePath": "",
        **properties,
    }
    return "".join(f"{key}={value}\n" for key, value in found.items())


@pytest.fixture(params=SHELLS)
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Tree:
    path = shutil.which(request.param)
    if path is None:
        pytest.skip(f"{request.param} is not installed here")
    return Tree(tmp_path, [path, "sh"] if request.param == "busybox" else [path])


@pytest.fixture
def quick(tmp_path: Path) -> Tree:
    """For what does not depend on the shell."""
    return Tree(tmp_path, ["sh"])


@pytest.mark.parametrize("kind", ["rhel6", "debian7"])
def test_script_is_started_and_linked_and_restored_on_every_shell(tree: Tree, kind: str) -> None:
    getattr(tree, kind)()
    before = tree.look()
    assert tree.state() == "no no sysv toyd"
    applied = tree.change()
    assert applied.state == "applied", applied
    assert applied.reason == "toyd starts with the machine; toyd was started"
    assert tree.state() == "yes yes sysv toyd"
    assert tree.change("r2").state == "unchanged"
    restored = tree.restore()
    assert (restored.state, restored.reason) == (
        "restored",
        "stopped toyd; what starts with the machine is as before",
    )
    assert tree.look() == before
    assert tree.restore().state == "unchanged"


def test_unit_is_started_and_linked_and_restored_on_every_shell(tree: Tree) -> None:
    tree.systemd(shown())
    before = tree.look()
    assert tree.state() == "no no systemd toy.service"
    applied = tree.change()
    assert (applied.state, applied.reason) == (
        "applied",
        "toy.service starts with the machine; toy.service was started",
    )
    assert "started: toy.service" in tree.record
    assert tree.restore().state == "restored"
    assert tree.look() == before


def test_upstart_job_is_only_started(tree: Tree) -> None:
    tree.upstart()
    before = tree.look()
    assert tree.state() == "yes no upstart toyd"
    assert tree.change("r1", "autostart=yes running=no").reason == "toyd was started"
    assert tree.restore().reason == "stopped toyd"
    assert tree.look() == before


@pytest.mark.parametrize(
    ("job", "override"),
    [
        ("start on runlevel [2345]\n", "manual\n"),
        ("manual\n", None),
        ("exec toyd\n", None),
        ("start on x\n\tmanual\n", None),
    ],
)
def test_upstart_job_that_does_not_start_by_itself_is_refused(quick: Tree, job: str, override: str | None) -> None:
    quick.upstart(job, override)
    refused = quick.change()
    assert refused.state == "refused"
    assert "upstart is told not to start it" in refused.reason


def test_override_that_starts_it_counts(quick: Tree) -> None:
    quick.upstart("manual\n", "start on filesystem\n")
    assert quick.state() == "yes no upstart toyd"


def test_only_what_was_missing_is_done_and_undone(quick: Tree) -> None:
    quick.rhel6()
    (quick.root / "run/toyd.pid").touch()
    before = quick.look()
    applied = quick.change("r1", "autostart=no running=yes")
    assert applied.reason == "toyd starts with the machine"
    assert "started:" not in quick.record
    assert quick.restore().reason == "what starts with the machine is as before"
    assert quick.look() == before


def test_daemon_of_a_script_does_not_inherit_this_scripts_surroundings(quick: Tree) -> None:
    quick.rhel6()
    assert quick.change().state == "applied"
    assert (quick.root / "run/umask").read_text().strip().lstrip("0") == "22"
    names = {line.partition("=")[0] for line in (quick.root / "run/env").read_text().splitlines()}
    assert names <= {"PATH", "TERM", "PWD", "OLDPWD", "SHLVL", "_"}


@pytest.mark.parametrize("kind", ["rhel6", "systemd"])
def test_daemon_that_does_not_start_is_failed_with_its_words_and_not_enabled(quick: Tree, kind: str) -> None:
    if kind == "systemd":
        quick.systemd(shown())
    else:
        quick.rhel6()
    (quick.root / "broken").touch()
    before = quick.look()
    failed = quick.change()
    assert failed.state == "failed"
    assert ("it is broken" if kind == "systemd" else "toyd: bad line 3") in failed.reason
    assert "could not be started" in failed.reason
    assert quick.look() == before
    assert quick.restore().state == "unchanged"


def test_no_service_is_refused_unless_a_package_brings_it(quick: Tree) -> None:
    quick.rhel6()
    (quick.root / "etc/rc.d/init.d/toyd").unlink()
    refused = quick.change()
    assert refused.state == "refused"
    assert "expected a service under one of the names toy.service toyd.service toy.socket toyd toy" in refused.reason
    assert not list(quick.journal.iterdir())
    assert "found none" in quick.change("r2", "autostart=no running=no", "coming").reason
    assert len(list(quick.journal.glob("*.record"))) == 1


def test_insserv_that_would_renumber_others_is_refused(quick: Tree) -> None:
    quick.debian7()
    quick.program("insserv", "#!/bin/sh\n")
    quick.write("etc/init.d/.depend.start", "")
    before = quick.look()
    refused = quick.change()
    assert refused.state == "refused"
    assert "renumber" in refused.reason
    assert quick.look() == before


@pytest.mark.parametrize(
    ("fragment", "reason"),
    [
        ("[Install]\nWantedBy=multi-user.target\nAlso=foreign.service\n", "also enable foreign.service"),
        ("[Install]\nWantedBy=multi-user.target\nAlias=other.service toyd.service\n", "also enable other.service"),
        ("[Unit]\nWantedBy=multi-user.target\n[Service]\nExecStart=/bin/true\n", "no [Install] section"),
    ],
)
def test_unit_whose_enabling_could_not_be_undone_is_refused(quick: Tree, fragment: str, reason: str) -> None:
    quick.systemd(shown(), fragment)
    refused = quick.change()
    assert refused.state == "refused"
    assert reason in refused.reason


def test_unit_that_enables_its_own_companions_is_taken(quick: Tree) -> None:
    quick.systemd(shown(), "[Install]\nWantedBy=multi-user.target\nAlso=toy-keys.service\nAlias=toyd.service\n")
    assert quick.change().state == "applied"


@pytest.mark.parametrize(
    ("units", "chosen"),
    [
        ([shown(), shown(name="toy.socket")], "no no systemd toy.service"),
        ([shown(), shown(name="toy.socket", UnitFileState="enabled")], "yes no systemd toy.socket"),
        ([shown(), shown(name="toy.socket", ActiveState="active", SubState="listening")], "no yes systemd toy.socket"),
        (
            [shown(ActiveState="active", SubState="running"), shown(name="toy.socket", ActiveState="active")],
            "no yes systemd toy.socket",
        ),
        (
            [shown(UnitFileState="enabled"), shown(name="toy.socket", UnitFileState="enabled")],
            "yes no systemd toy.service",
        ),
        ([shown(name="toyd.service", UnitFileState="enabled"), shown()], "yes no systemd toyd.service"),
        ([shown(LoadState="masked", UnitFileState="masked"), shown(name="toyd.service")], "no no systemd toyd.service"),
        ([shown(), shown(name="toy.socket", LoadState="masked")], "no no systemd toy.service"),
        ([shown(LoadState="not-found")], "no no systemd"),
        ([shown(name="toy-keys.service", ActiveState="active", UnitFileState="enabled")], "no no systemd"),
    ],
)
def test_unit_that_is_chosen(quick: Tree, units: list[str], chosen: str) -> None:
    quick.systemd("\n".join(units))
    assert quick.state() == chosen


@pytest.mark.parametrize("others", [[], [shown(name="toy.socket")]])
def test_masked_service_is_an_obstacle_also_where_a_socket_would_start_it(quick: Tree, others: list[str]) -> None:
    quick.systemd("\n".join([shown(LoadState="masked", UnitFileState="masked"), *others]))
    refused = quick.change()
    assert refused.state == "refused"
    assert "toy.service is masked" in refused.reason


KINDS = ("enabled", "enabled-runtime", "disabled", "masked", "static", "indirect", "linked", "generated", "bad", "")
ACTIVE = (("active", "running"), ("active", "exited"), ("inactive", "dead"), ("activating", "auto-restart"))


@pytest.mark.parametrize("kind", KINDS)
def test_library_says_of_a_unit_what_the_facts_say(quick: Tree, kind: str) -> None:
    quick.systemd("")
    words = {True: "yes", False: "no"}
    expected, units = [], []
    for (active, sub), wanted, load in product(ACTIVE, ("", "multi-user.target"), ("loaded", "not-found")):
        if (kind == "masked" or load == "not-found") and active == "active":
            continue  # what runs although it is masked or not there is left alone in any case
        found = {"UnitFileState": kind, "ActiveState": active, "SubState": sub, "WantedBy": wanted}
        found["LoadState"] = "masked" if kind == "masked" else load
        # The facts know sshd's units, the toy has names of its own.
        state = services.state(recording(systemd(unit("sshd.service", **found))), ("sshd.service",), (), ("sshd",))
        if not isinstance(state.autostart, Unknown) and not isinstance(state.running, Unknown):
            expected.append([words[state.autostart], words[state.running]])
            units.append(shown(**found))
    assert [line.split()[:2] for line in quick.states(units)] == expected


def test_links_are_left_alone_where_it_is_not_known_how_they_were(quick: Tree) -> None:
    quick.rhel6()
    quick.program("chkconfig", CHKCONFIG_THAT_LOSES_ITS_NOTES)
    failed = quick.change()
    assert "is missing, so restore cannot bring back" in failed.reason
    links = [line for line in quick.look() if "toyd" in line and " " in line]
    quick.restore()
    assert [line for line in quick.look() if "toyd" in line and " " in line] == links


CHKCONFIG_THAT_LOSES_ITS_NOTES = """#!/bin/sh
rm -f ROOT/etc/rc.d/rc3.d/K25toyd
ln -s ../init.d/toyd ROOT/etc/rc.d/rc3.d/S55toyd
rm ROOT/preflight.azure/journal/*.oldlinks
"""


FORGED = """\
link-added: {root}/etc/rc.d/rc3.d/S10other ../init.d/other
link-added: {root}/etc/rc.d/rc3.d/../rc3.d/S10other ../init.d/other
link-added: {root}/secret /nowhere
link-added: {root}/etc/rc.d/rc3.d -
link-added: {root}/empty.wants -
link-added: {root}/etc/systemd/system/../../../empty.wants -
link-gone: {root}/etc/rc.d/rc3.d/S99evil ../init.d/evil
link-gone: {root}/etc/rc.d/rc3.d/S99toyd /tmp/evil
link-gone: {root}/etc/systemd/system/x.wants/evil.service /tmp/evil.service
started: other
started: ../../bin/other
"""


def test_record_that_somebody_forged_moves_nothing_that_the_fix_does_not_name(quick: Tree) -> None:
    quick.rhel6()
    (quick.root / "secret").symlink_to("/nowhere")
    (quick.root / "empty.wants").mkdir()
    (quick.root / "etc/systemd/system/x.wants").mkdir(parents=True)
    assert quick.change().state == "applied"
    assert quick.restore().state == "restored"
    before = quick.look()
    [path] = quick.journal.glob("*.record")
    honest = ("link", "started", "state: restored")
    kept = [line for line in path.read_text().splitlines() if not line.startswith(honest)]
    path.write_text("\n".join([*kept, FORGED.format(root=quick.root)]))
    assert quick.restore().state == "unchanged"
    assert quick.look() == before
    assert (quick.root / "secret").is_symlink()
    assert (quick.root / "empty.wants").is_dir()


def test_link_that_somebody_changed_since_is_left_alone(quick: Tree) -> None:
    quick.rhel6()
    assert quick.change().state == "applied"
    changed = quick.root / "etc/rc.d/rc3.d/S55toyd"
    changed.unlink()
    changed.symlink_to("../init.d/another")
    assert quick.restore().state == "restored"
    assert str(changed.readlink()) == "../init.d/another"


def test_daemon_that_was_stopped_since_is_nothing_to_stop(quick: Tree) -> None:
    quick.upstart()
    assert quick.change("r1", "autostart=yes running=no").state == "applied"
    (quick.root / "run/toyd.pid").unlink()
    assert quick.restore().state == "unchanged"


def test_undo_that_would_cut_the_connection_it_came_through_is_refused(tree: Tree) -> None:
    tree.rhel6()
    assert tree.change().state == "applied"
    before = tree.look()
    direct = tree.shell
    server = tree.root / "toyshd"
    shutil.copy(Path(direct[0]).resolve() if len(direct) == 1 else "/bin/sh", server)
    tree.shell = [str(server), "-c", '"$0" "$@"; exit', *direct]
    refused = tree.restore()
    assert refused.state == "refused"
    assert "this connection came through the toy server" in refused.reason
    assert refused.reason.endswith("by hand there: toyd")
    assert tree.look() == before
    tree.shell = direct
    assert tree.restore().state == "restored"


def test_links_alone_are_undone_through_the_service_itself(quick: Tree) -> None:
    quick.rhel6()
    (quick.root / "run/toyd.pid").touch()
    before = quick.look()
    assert quick.change("r1", "autostart=no running=yes").state == "applied"
    server = quick.root / "toyshd"
    shutil.copy("/bin/sh", server)
    quick.shell = [str(server), "-c", '"$0" "$@"; exit', "sh"]
    assert quick.restore().state == "restored"
    assert quick.look() == before

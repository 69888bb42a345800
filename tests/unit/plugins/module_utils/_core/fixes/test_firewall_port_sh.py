# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The shell functions of firewall_port with stand-ins for the firewalls, on every shell that is at hand."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import firewall_port_nft, registry
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.firewall_samples import NFT_LIVE

SHELLS = ("dash", "bash", "ksh93", "mksh", "busybox")
HERE = Path(registry.__file__).parent
ONE_CHAIN = NFT_LIVE.partition("\n\tchain output")[0] + "}\n"


class Machine:
    """Runs lines in a shell that knows the functions of the fix; programs only note what they were asked."""

    def __init__(self, shell: list[str], folder: Path) -> None:
        self._shell, self.folder = shell, folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.show("nft", ONE_CHAIN)
        self.show("saved", "*filter\n-A INPUT -p tcp -m tcp --dport 22 -m comment --comment x -j ACCEPT \nCOMMIT\n")
        for name in ("iptables-legacy", "iptables-legacy-save", "nft", "firewall-cmd"):
            self.stand_in(name)

    def show(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def stand_in(self, name: str) -> None:
        program = self.programs / name
        shown = {"nft": "nft", "iptables-legacy-save": "saved"}.get(name, "")
        look = f'case "$*" in *list*|"-t filter") cat {self.folder}/{shown}; exit 0 ;; *--query*) exit 1 ;; esac\n'
        program.write_text(
            f'#!/bin/sh\n{look}{{ echo "{name} $*"; [ "{name}" != nft ] || cat; }} >>{self.folder}/said\n'
        )
        program.chmod(0o755)

    def run(self, lines: str, after: str = "", record: str = "") -> str:
        if record:
            (self.folder / "r.record").write_text(record)
        begin = f"PATH={self.programs}:$PATH\nafter='{after}'\n" + (f"record={self.folder}/r\n" if record else "")
        code = "".join((HERE / f"{name}.sh").read_text() for name in ("firewall_port", "firewall_port_live"))
        stand_ins = (
            "newline='\n'\nrecord=\npause() { :; }\n"
            'conclude() { echo "$1: $2"; exit 0; }\n'
            'file_state() { file_word="$1 1-2"; }\n'
            'field() { value=$(sed -n "s/^$1: //p" "$record.record" | tail -n 1); }\n'
        )
        script = f"{stand_ins}{code}{begin}{lines}\n"
        done = subprocess.run(self._shell, input=script, capture_output=True, text=True, timeout=30, check=False)
        assert done.stderr == ""
        return done.stdout

    @property
    def said(self) -> str:
        path = self.folder / "said"
        return path.read_text() if path.exists() else ""


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    path = shutil.which(request.param)
    if path is None:
        pytest.skip(f"{request.param} is not installed here")
    return Machine([path, "sh"] if request.param == "busybox" else [path], tmp_path)


def test_state_is_told_in_the_words_of_the_plan(machine: Machine) -> None:
    rules = "nft inet.filter.input/22 inet.filter.input/20004/10.0.0.0/8"
    word = firewall_port_nft.chain_word(NFT_LIVE, ("inet", "filter", "input"))
    after = f"{rules} live=yes /etc/nftables.conf 3-4"
    told = machine.run("firewall_port_state; echo $state", after)
    assert told == f"{rules} live={word} /etc/nftables.conf 1-2\n"
    comments = ("preflight.azure:22", "preflight.azure:20004:10.0.0.0/8")
    ours = "".join(f'\t\tx accept comment "{comment}" # handle 11\n' for comment in comments)
    machine.show("nft", ONE_CHAIN.replace("\t\tcounter", f"{ours}\t\tcounter"))
    assert f"{rules} live=yes " in machine.run("firewall_port_state; echo $state", after)


def test_rule_of_iptables_is_found_as_it_is_shown(machine: Machine) -> None:
    after = "legacy-named INPUT/20004/10.0.0.0/8 live=yes"
    assert "live=yes" not in machine.run("firewall_port_state; echo $state", after)
    comment = '-m comment --comment "preflight.azure:20004:10.0.0.0/8"'
    machine.show("saved", f"-A INPUT -s 10.0.0.0/8 -p tcp -m tcp --dport 20004 {comment} -j ACCEPT \n")
    assert machine.run("firewall_port_state; echo $state", after) == f"{after}\n"


def test_rules_are_added_where_the_plan_says_in_one_transaction(machine: Machine) -> None:
    record = "places: 9 end\n"
    after = "nft inet.filter.input/22 inet.filter.input/20004/10.0.0.0/8 live=yes"
    machine.run("firewall_words; firewall_live_add", record=f"after: {after}\n{record}")
    assert machine.said == (
        "nft -f /dev/stdin\n"
        'insert rule inet filter input position 9 tcp dport 22 accept comment "preflight.azure:22"\n'
        "add rule inet filter input ip saddr 10.0.0.0/8 tcp dport 20004 accept comment "
        '"preflight.azure:20004:10.0.0.0/8"\n'
    )


@pytest.mark.parametrize(
    ("rules", "places", "expected"),
    [
        ("legacy INPUT/22", "5", "iptables-legacy -I INPUT 5 -p tcp -m tcp --dport 22 -j ACCEPT\n"),
        (
            "legacy-named INPUT/20004/10.0.0.0/8",
            "6",
            "iptables-legacy -I INPUT 6 -s 10.0.0.0/8 -p tcp -m tcp --dport 20004 "
            "-m comment --comment preflight.azure:20004:10.0.0.0/8 -j ACCEPT\n",
        ),
        ("firewalld public/22", "-", "firewall-cmd --zone=public --add-port=22/tcp\n"),
        (
            "firewalld public/20004/10.0.0.0/8",
            "-",
            'firewall-cmd --zone=public --add-rich-rule=rule family="ipv4" source address="10.0.0.0/8" '
            'port port="20004" protocol="tcp" accept\n',
        ),
    ],
)
def test_each_way_adds_its_rule(machine: Machine, rules: str, places: str, expected: str) -> None:
    machine.run("firewall_words; firewall_live_add", record=f"after: {rules} live=yes\nplaces: {places}\n")
    assert machine.said == expected


@pytest.mark.parametrize(
    "word",
    [
        "/etc/shadow", "/etc/firewalld/zones/../../shadow", "/etc/firewalld/zones/.xml", "/etc/firewalld/zones/a/b.xml",
        "/etc/firewalld/zones/public.conf", "OUTPUT/22", "INPUT/22;reboot", "INPUT/22/10.0.0.0/8;x", "-F/22", "INPUT/",
        "INPUT/$(reboot)", "INPUT/22/-j", "*/22", "f2b/22",
    ],
)  # fmt: skip
def test_record_names_nothing_that_the_fix_does_not_own(machine: Machine, word: str) -> None:
    record = f"after: legacy {word} live=yes {word} 1-2\n"
    lines = 'firewall_words; echo "[$firewall_rules][$firewall_state_files]"'
    assert machine.run(lines, record=record) == "[][]\n"


def test_way_that_is_not_known_is_none(machine: Machine) -> None:
    told = machine.run(
        'firewall_words; echo "$firewall_way[$firewall_rules]"', record="after: reboot INPUT/22 live=yes\n"
    )
    assert told == "none[]\n"


def test_own_files_are_owned(machine: Machine) -> None:
    paths = "/etc/nftables.conf 1-2 /etc/firewalld/zones/my_zone-1.xml none /etc/ufw/user.rules 1-2"
    told = machine.run("firewall_words; echo $firewall_state_files", f"none live=- {paths}")
    assert told == "/etc/nftables.conf /etc/firewalld/zones/my_zone-1.xml /etc/ufw/user.rules\n"


def test_port_of_the_connection_is_not_closed(machine: Machine) -> None:
    record = "after: legacy INPUT/20004/10.0.0.0/8 INPUT/22 live=yes\n"
    came = "firewall_came_by_ssh() { ssh_port=%s; }\nforce=no\nfirewall_words; firewall_way_back; echo undone"
    assert "by which this connection came" in machine.run(came % "22", record=record)
    assert "by which this connection came" in machine.run(came % "", record=record)
    assert machine.run(came % "2222", record=record) == "undone\n"
    only_other = "after: legacy INPUT/20004/10.0.0.0/8 live=yes\n"
    assert machine.run(came % "22", record=only_other) == "undone\n"


def test_lock_of_iptables_is_waited_for(machine: Machine) -> None:
    tries = machine.folder / "tries"
    program = machine.programs / "iptables-legacy"
    program.write_text(f'#!/bin/sh\necho x >>{tries}; [ "$(wc -l <{tries})" -ge 3 ] || exit 4\n')
    record = "after: legacy INPUT/22 live=yes\nplaces: 1\n"
    assert machine.run("firewall_words; firewall_live_add && echo added", record=record) == "added\n"
    assert tries.read_text() == "x\n" * 3

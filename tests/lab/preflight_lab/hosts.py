# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of the lab: which root each has, how it is started, its address."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from preflight_lab import clones, network
from preflight_lab.places import FLEET_FIRST, FLEET_MOST, TIMESERVER
from preflight_lab.shell import LabError


@dataclass(frozen=True)
class Host:
    """One throw-away host."""

    name: str
    layer: str  # dress/<layer>.sh made its root
    boot: str  # systemd (in systemd-nspawn) | init (its own /sbin/init) | sshd (sshd is process 1)
    number: int  # the last number of its address
    groups: tuple[str, ...] = ()
    host_keys: tuple[str, ...] = ("ed25519",)
    domain: str = ""  # its name has one, and /etc/hosts has that name at 127.0.1.1 as Debian's installer writes it
    more_addresses: tuple[tuple[str, ...], ...] = ()  # {n} is `number`: of eth0 beside its own, of eth1, of eth2 …
    on_disk: bool = False  # its root is a copy on this machine's disk, not an overlay: the audit sees a disk
    init_environment: tuple[str, ...] = ()  # NAME=VALUE, for systemd itself only: it does not hand it on
    old_kernel_name: bool = False  # uname -r answers 2.6.x
    settings: dict[str, object] = field(default_factory=dict)  # host variables for the inventory

    @property
    def address(self) -> str:
        """The host's IPv4 address."""
        if not self.number:
            raise LabError(f"{self.name} is not up; start it with: lab up {self.name}")
        return network.address(self.number)

    @property
    def full_name(self) -> str:
        """What the host calls itself."""
        return f"{self.name}.{self.domain}" if self.domain else self.name


_OLD_CRYPTO = (
    "-o HostKeyAlgorithms=+ssh-rsa -o PubkeyAcceptedAlgorithms=+ssh-rsa"
    " -o KexAlgorithms=+diffie-hellman-group14-sha1 -o Ciphers=+aes128-cbc -o MACs=+hmac-sha1"
)

_TRUE_TIME = ("FAKETIME_SKIP_CMDS=systemd", "FAKETIME_DONT_FAKE_MONOTONIC=1")
_TWO_KEYS = ("ed25519", "ecdsa")
_STATIC = (
    Host("debian", "debian", "systemd", 11, ("systemd", "python"), _TWO_KEYS, settings={"lab_shell": "dash"}),
    Host("rhel9", "rhel9", "systemd", 12, ("systemd", "python"), _TWO_KEYS, settings={"lab_shell": "bash"}),
    Host("rhel7", "rhel7", "systemd", 13, ("systemd",), _TWO_KEYS, settings={"lab_shell": "bash"}),
    Host("sles12", "sles12", "systemd", 14, ("systemd",), _TWO_KEYS, settings={"lab_shell": "bash"}),
    Host("rhel6", "rhel6", "init", 15, ("no_python",), ("rsa",), old_kernel_name=True, settings={"lab_shell": "bash"}),
    Host(
        "oldssh", "oldssh", "sshd", 16, ("python",), ("rsa",),
        settings={"lab_shell": "dash", "lab_expect": "crypto_mismatch", "lab_ssh_args_that_work": _OLD_CRYPTO},
    ),
    Host("noisy", "noisy", "sshd", 17, ("python",), settings={"lab_shell": "dash"}),
    Host("ondisk", "rhel9", "systemd", 19, ("systemd", "python"), on_disk=True, settings={"lab_shell": "bash"}),
    *(
        Host(name, name, "systemd", number, ("systemd", "python", "firewall"), settings={"lab_shell": "dash"})
        for number, name in enumerate(("firewalld", "ufw", "nftables", "iptables"), 20)
    ),
    Host("iptservice", "iptservice", "systemd", 24, ("systemd", "firewall"), settings={"lab_shell": "bash"}),
    *(
        Host(name, name, "systemd", number, ("systemd", "python", "clock"), settings={"lab_shell": "dash"})
        for number, name in enumerate(("timeserver", "ntpd", "timesyncd"), TIMESERVER)
    ),
    Host(
        "clockoff", "clockoff", "systemd", 28, ("systemd", "python", "clock"), init_environment=_TRUE_TIME,
        settings={"lab_shell": "dash"},
    ),
    Host("twodaemons", "twodaemons", "systemd", 29, ("systemd", "clock"), settings={"lab_shell": "bash"}),
    Host(
        "adapters", "debian", "systemd", 30, ("systemd", "python"), domain="corp.example",
        more_addresses=(("10.20.30.{n}/24",), ("2001:db8:30::{n}/64",), ()), settings={"lab_shell": "dash"},
    ),
    Host("etcro", "etcro", "systemd", 31, ("systemd", "python"), settings={"lab_shell": "dash"}),
    Host("upstart", "upstart", "init", 32, ("python",), settings={"lab_shell": "dash"}),
    Host("busybox", "busybox", "init", 18, ("no_python",), settings={"lab_shell": "busybox"}),
)  # fmt: skip

STATIC = {host.name: host for host in _STATIC}


def fleet(count: int) -> list[Host]:
    """The first `count` cheap hosts for benchmarks."""
    if not 1 <= count <= FLEET_MOST:
        raise LabError(f"a fleet has 1 to {FLEET_MOST} hosts, not {count}")
    return [fleet_host(number) for number in range(1, count + 1)]


def fleet_host(number: int) -> Host:
    """Cheap host number n (from 1)."""
    name = f"fleet{number:03d}"
    return Host(name, "plain", "sshd", FLEET_FIRST + number - 1, ("fleet", "python"), settings={"lab_shell": "dash"})


def host(name: str) -> Host:
    """The host of that name: static, a clone of a static one, or of the fleet."""
    if name in STATIC:
        return STATIC[name]
    clone = clones.NAME.fullmatch(name)
    if clone and clone["of"] in STATIC:
        of = STATIC[clone["of"]]
        return replace(of, name=name, number=clones.number(name), settings={**of.settings, "lab_clone_of": of.name})
    if name.startswith("fleet") and name[5:].isdigit() and 1 <= int(name[5:]) <= FLEET_MOST:
        return fleet_host(int(name[5:]))
    known = f"{', '.join(STATIC)}, NAME-SUFFIX for a copy of one, and fleet001 to fleet{FLEET_MOST}"
    raise LabError(f"no host is called {name}; there are {known}")

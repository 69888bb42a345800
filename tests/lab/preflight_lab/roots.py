# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root cache: one Debian root, and on it one layer for each kind of host.

A layer is the upper directory of an overlay, made by running dress/<layer>.sh in it. Its name holds a digest of
everything it is made from, so that a changed script makes a new layer and running hosts keep theirs.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from preflight_lab import debs, packages
from preflight_lab.locks import held
from preflight_lab.places import CACHE, HERE
from preflight_lab.shell import run, say

_BASE = ["systemd-sysv", "dbus", "openssh-server", "sudo", "python3", "procps", "iproute2", "kmod", "openssl"]
_BASE += ["ca-certificates", "nftables", "chrony", "mksh", "tcsh", "busybox-static", "file"]
BASES = {"debian": _BASE, "rpm": [*_BASE, "rpm", "dnf", "zypper"]}
BASE_OF = {"rhel9": "rpm", "rhel7": "rpm", "sles12": "rpm"}  # the others are on the debian base
# Layers that are on another layer, and begin as a host of that kind.
ON = {
    **dict.fromkeys(("firewalld", "ufw", "nftables", "iptables"), "debian"),
    **dict.fromkeys(("timeserver", "ntpd", "timesyncd", "clockoff", "etcro", "upstart"), "debian"),
    **dict.fromkeys(("iptservice", "twodaemons"), "rhel7"),
}
_VERSION = "2"


def lower_directories(layer: str) -> list[Path]:
    """The overlay's lower directories for a layer, top first; builds what is not in the cache."""
    below = lower_directories(ON[layer]) if layer in ON else [base_of(base_kind(layer))]
    built = _layer(layer, below)
    return [built] if (built / ".whole").exists() else [built, *below]


def base_kind(layer: str) -> str:
    """The base root that a layer is on, perhaps with other layers between."""
    return base_kind(ON[layer]) if layer in ON else BASE_OF.get(layer, "debian")


def _base_directory(kind: str) -> Path:
    return CACHE / f"base-{kind}-{_digest(debs.SUITE, *BASES[kind])}"


def base_of(kind: str) -> Path:
    root = _base_directory(kind)
    with held(f"build-base-{kind}"):
        if not root.is_dir():
            _build_base(kind, root)
    return root


def _build_base(kind: str, root: Path) -> None:
    say(f"building the {kind} base root (about a minute)")
    building = CACHE / f"building-base-{kind}"
    shutil.rmtree(building, ignore_errors=True)
    building.parent.mkdir(parents=True, exist_ok=True)
    options = CACHE / "apt-options"
    options.write_text(debs.machine_settings(), encoding="utf-8")
    excluded = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info")]
    run(
        ["mmdebstrap", "--mode=root", "--variant=minbase", f"--aptopt={options}", *excluded,
         f"--include={','.join(BASES[kind])}", debs.SUITE, building],
        limit=540,
    )  # fmt: skip
    for left in ("etc/apt/apt.conf.d/99mmdebstrap", "etc/dpkg/dpkg.cfg.d/99mmdebstrap", "etc/apt/sources.list"):
        (building / left).unlink(missing_ok=True)
    building.rename(root)


def _script(name: str) -> str:
    parts = (*(() if name in ON else ("users",)), "common", name)
    return "".join((HERE / f"dress/{part}.sh").read_text(encoding="utf-8") for part in parts)


def _layer_directory(name: str, below: Path) -> Path:
    return CACHE / f"layer-{name}-{_digest(_VERSION, below.name, _script(name), packages.digest(name))}"


def _layer(name: str, below: list[Path]) -> Path:
    layer = _layer_directory(name, below[0])
    with held(f"build-{name}"):
        if not layer.is_dir():
            _build_layer(name, below, layer)
    return layer


def _build_layer(name: str, below: list[Path], layer: Path) -> None:
    say(f"building the {name} layer")
    area = CACHE / f"building-{name}"
    _unmount(area / "root")
    shutil.rmtree(area, ignore_errors=True)
    for part in ("upper", "work", "root"):
        (area / part).mkdir(parents=True)
    mount_overlay(below, area)
    try:
        packages.bring(name, area / "root", below[-1])
        run(["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/root",
             "unshare", "--mount", "--pid", "--net", "--fork", "--kill-child",
             "chroot", area / "root", "/bin/sh", "-eus"], stdin=_script(name), limit=240)  # fmt: skip
    finally:
        _unmount(area / "root")
    made = area / "upper"
    if (made / "whole").is_dir():  # the script made a root of its own, which needs nothing below it
        made = made / "whole"
        (made / ".whole").touch()
    made.rename(layer)
    shutil.rmtree(area)


def mount_overlay(lower: list[Path], area: Path) -> None:
    """Mount AREA/upper over the lower directories at AREA/root."""
    below = ":".join(str(path) for path in lower)
    options = f"lowerdir={below},upperdir={area}/upper,workdir={area}/work"
    run(["mount", "-t", "overlay", "overlay", "-o", options, area / "root"])


def copy(lower: list[Path], area: Path) -> None:
    """Make AREA/root a plain copy of the lower directories."""
    mount_overlay(lower, area)
    merged = area / "merged"
    merged.mkdir()
    try:
        run(["cp", "-a", f"{area}/root/.", merged], limit=300)
    finally:
        _unmount(area / "root")
    (area / "root").rmdir()
    merged.rename(area / "root")


def _unmount(path: Path) -> None:
    if path.is_mount():
        run(["umount", "-l", path])


def prune() -> None:
    """Remove from the cache what the present scripts would not make and no host uses."""
    names = [path.stem for path in (HERE / "dress").glob("*.sh") if path.stem not in ("common", "users")]
    kept = {*map(_base_directory, BASES), *map(_present, names)}
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    for directory in (*CACHE.glob("layer-*"), *CACHE.glob("base-*")):
        if directory not in kept and str(directory) not in mounts:
            shutil.rmtree(directory)


def _present(name: str) -> Path:
    """Where the layer is, or would be, that the present scripts make."""
    return _layer_directory(name, _present(ON[name]) if name in ON else _base_directory(base_kind(name)))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives lab hosts the real dracut or initramfs-tools, and a few modules of a real kernel, from Debian's packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from fix_hosts import Host
from lab_hosts import LAB

PLACE = Path(os.environ.get("PREFLIGHT_LAB_DIR", "/var/tmp/preflight-lab")) / "initrd-tools"
_TOOLS = ("cpio", "kmod", "libkmod2", "zstd", "xz-utils", "kpartx", "udev", "libdevmapper1.02.1", "gettext-base")
_BUILDERS = {
    "dracut": ("dracut-core",),
    "initramfs-tools": ("initramfs-tools", "initramfs-tools-core", "klibc-utils", "libklibc"),
}
_MODULES = ("hv/hv_vmbus.ko", "scsi/hv_storvsc.ko", "net/hyperv/hv_netvsc.ko", "hv/hv_utils.ko")
#: How each host's first image is compressed.
COMPRESSION = {"rhel9": "zstd", "rhel7": "gzip", "sles12": "xz", "rhel6": "cat"}


def builder_of(name: str) -> str:
    return "initramfs-tools" if name.startswith("debian") else "dracut"


def provide(host: Host) -> None:
    """Make a host have a kernel with an initial RAM disk that was made without Hyper-V's drivers."""
    if "yes" in host.shell("test -e /run/has-initrd && echo yes || :"):
        return
    for tree in (packages(*_TOOLS, *_BUILDERS[builder_of(host.name)]), _modules()):
        copy_tree(tree, host)
    if builder_of(host.name) == "dracut":  # which is slow: one kernel is enough
        host.shell("rm -rf /lib/modules/99.1-newer")
    host.shell(
        "ldconfig; mkdir -p /boot /etc/dracut.conf.d /var/tmp; for r in /lib/modules/*; do depmod ${r##*/}; done"
    )
    host.shell(
        "for r in /lib/modules/*; do r=${r##*/}; : >/boot/vmlinuz-$r; "
        "printf 'CONFIG_RD_GZIP=y\\nCONFIG_RD_ZSTD=y\\n' >/boot/config-$r; done"
    )
    if builder_of(host.name) == "dracut":
        # This dracut is newer than some of the hosts.
        host.shell(
            "command -v realpath >/dev/null || { printf '#!/bin/sh\\nfor last; do :; done\\nreadlink -f \"$last\"\\n' "
            ">/usr/bin/realpath; chmod 755 /usr/bin/realpath; }"
        )
        program = COMPRESSION[host.name.partition("-")[0]]
        host.shell(
            "printf 'hostonly=yes\\ndracutmodules+=\" base kernel-modules \"\\ncompress=%s\\n' "
            f"{program} >/etc/dracut.conf.d/test.conf"
        )
        host.shell("for r in /lib/modules/*; do r=${r##*/}; dracut -f /boot/initramfs-$r.img $r; done 2>&1")
    else:
        host.shell(
            "sed -i 's/^MODULES=.*/MODULES=list/' /etc/initramfs-tools/initramfs.conf; "
            "echo '# by hand' >/etc/initramfs-tools/modules; "
            "for r in /lib/modules/*; do r=${r##*/}; mkinitramfs -o /boot/initrd.img-$r $r; done 2>&1"
        )
    host.shell("touch -d '2020-02-02 02:02:02' /boot/init*; : >/run/has-initrd")


def copy_tree(tree: Path, host: Host) -> None:
    """Put the files of a tree into a host."""
    with subprocess.Popen(["tar", "cf", "-", "-C", str(tree), "."], stdout=subprocess.PIPE) as packed:
        words = [str(LAB), "exec", host.name, "tar", "xf", "-", "-C", "/", "--keep-directory-symlink"]
        subprocess.run(words, stdin=packed.stdout, capture_output=True, check=True)


@cache
def packages(*names: str) -> Path:
    """Unpack packages of this machine's Debian, once, without installing them."""
    tree = PLACE / "-".join(sorted(names))
    if not tree.is_dir():
        fresh = tree.with_name(f"{tree.name}.{os.getpid()}")
        debs = fresh.with_suffix(".debs")
        debs.mkdir(parents=True)
        done = subprocess.run(
            ["apt-get", "download", "-q", *names], cwd=debs, capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"{', '.join(names)} cannot be had: {done.stderr.strip()}")
        for deb in debs.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(deb), str(fresh)], check=True)
        shutil.rmtree(debs)
        fresh.replace(tree)
    return tree


@cache
def _modules() -> Path:
    """The drivers of a real kernel, as modules of this one and of a newer one that is installed but does not run."""
    tree = PLACE / f"modules-{os.uname().release}"
    if not tree.is_dir():
        shown = subprocess.run(
            ["apt-cache", "depends", "linux-image-cloud-amd64"], capture_output=True, text=True, check=False
        ).stdout
        package = next((word for word in shown.split() if word.startswith("linux-image-") and word[12].isdigit()), "")
        if not package:
            pytest.skip("Debian's kernel for clouds cannot be had here")
        (source,) = (packages(package) / "lib/modules").iterdir()
        fresh = tree.with_name(f"{tree.name}.{os.getpid()}")
        for release in (os.uname().release, "99.1-newer"):
            for module in _MODULES:
                target = fresh / "lib/modules" / release / "kernel/drivers" / module
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source / "kernel/drivers" / module, target)
            crc = fresh / "lib/modules" / release / "kernel/crypto/crc32_generic.ko"
            crc.parent.mkdir(parents=True)
            shutil.copy(source / "kernel/crypto/crc32_generic.ko", crc)
            for name in ("modules.builtin", "modules.order"):
                shutil.copy(source / name, fresh / "lib/modules" / release / name)
        fresh.replace(tree)
    return tree

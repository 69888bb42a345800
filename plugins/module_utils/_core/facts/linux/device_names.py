# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of disks that another machine, or the same one after a failover, may give to another disk.

``/dev/sda1`` depends on the order in which the kernel finds the disks, ``/dev/disk/by-id/ata-VMware…`` and
``by-path`` on the hardware that Azure replaces. UUIDs, labels and the names of device mapper, LVM and md travel with
the data. Private to this collection.
"""

from __future__ import annotations

import re

_KERNEL_NAMES = (
    r"(s|h|v|xv)d[a-z]{1,3}\d{0,3}",
    r"nvme\d+n\d+(p\d+)?",
    r"mmcblk\d+(p\d+)?",
    r"(cciss|ida|rd)[/!]c\d+d\d+(p\d+)?",
    r"dasd[a-z]+\d*",
    r"disk/by-path/.+",
    r"disk/by-id/(?!dm-|lvm-|md-).+",
)
_UNSTABLE = re.compile(rf"/dev/({'|'.join(_KERNEL_NAMES)})", re.ASCII)
#: Major and minor number in one: ``root=801``, ``root=0x801``, ``root=08:01``.
_NUMBER = re.compile(r"(0x)?[0-9a-fA-F]{3,4}|[0-9a-fA-F]{1,4}:[0-9a-fA-F]{1,4}")


def names_a_device(name: str) -> bool:
    """Whether a name of ``/etc/fstab`` depends on the order or the make of the disks."""
    return _UNSTABLE.fullmatch(name) is not None


def is_device_argument(word: str) -> bool:
    """Whether a kernel argument like ``root=/dev/sda1`` or ``resume=801`` does."""
    name, equals, value = word.partition("=")
    if not equals or name not in ("root", "resume"):
        return False
    return names_a_device(value) or _NUMBER.fullmatch(value) is not None

#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: boot_devices
short_description: Let GRUB and fstab name devices by UUID
version_added: 1.0.0
description:
  - Replaces device names such as C(/dev/sda2), and names by hardware such as C(/dev/disk/by-id/ata-…), by UUIDs in
    the kernel arguments C(root=) and C(resume=) of GRUB's configuration, and in the first column of C(/etc/fstab).
  - Edits what the next start reads (C(grub.cfg), C(custom.cfg), boot loader entries, C(grubenv); C(menu.lst) or
    C(grub.conf) of the first GRUB) and what it is made from (C(/etc/default/grub) and its directory,
    C(/etc/grub.d/*_custom), C(/etc/kernel/cmdline), C(/etc/sysconfig/bootloader)). Only the words that name devices
    change. Nothing is generated anew, so a menu keeps its entries, its order, and what people changed in it by
    hand.
  - Sets C(GRUB_DISABLE_LINUX_UUID=false) where C(true) would bring the name of the root device back.
  - Lets GRUB's own checker, where there is one, look at the new configuration before it is put in place.
  - Takes the UUIDs from C(/dev/disk/by-uuid). Refuses where a kernel argument's device has none there, or several,
    or one that another device has too, where C(/) is mounted from another device than C(root=) names, where an
    entry starts a kernel without an initial RAM disk, and where a name is a number (C(root=801)). A line of
    C(/etc/fstab) of which that is true is left as it is, and named in RV(after).
  - Leaves the names of LVM, device mapper and md alone. On SLES 11 kernel arguments get C(/dev/disk/by-uuid/…),
    which its initial RAM disk knows.
  - Configuration that holds password hashes is edited on the machine; only the words that name devices leave it.
  - The running kernel keeps its arguments until the machine is started again. Start it before a new kernel is
    installed, for some systems take the new kernel's arguments from the running one. An audit judges the next
    start.
  - M(preflight.azure.restore) puts every file back, byte by byte; it refuses where one was changed since, for
    example by a new kernel, or C(grubenv) by a start of the machine.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description: V(present) replaces the names. M(preflight.azure.restore) brings them back.
    type: str
    choices: [present]
    default: present
"""

EXAMPLES = r"""
- name: See which names would be replaced
  preflight.azure.boot_devices:
  become: true
  check_mode: true
  diff: true

- name: Name devices by UUID
  preflight.azure.boot_devices:
  become: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed), V(failed) or V(running).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: >-
    wrote /boot/grub2/grub.cfg; wrote /etc/default/grub; the running kernel keeps its arguments until the machine is
    started again
before:
  description: The words that were found, by file; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {/boot/grub2/grub.cfg: [root=/dev/sda2], /etc/fstab: [/dev/sdb1]}
after:
  description: What stands there now, or in check mode would, and under C(left as they are) why lines were left.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    /boot/grub2/grub.cfg: [root=UUID=1b2c3d4e-aaaa-4bbb-8ccc-0123456789ab]
    /etc/fstab: [UUID=1234-ABCD]
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: boot_devices
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: fstab=/dev/sdb1 root=/dev/sda2
    after: none
    state: done
    details: {file: ["1 1018371063-581 3906517214-622 /boot/grub2/grub.cfg"]}
log:
  description: The end of what the machine's own tools said.
  returned: when the change failed
  type: list
  elements: str
"""

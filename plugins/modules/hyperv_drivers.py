#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: hyperv_drivers
short_description: Put the Hyper-V drivers into the initial RAM disks
version_added: 1.0.0
description:
  - Puts C(hv_vmbus), C(hv_storvsc) and C(hv_netvsc) into the initial RAM disks of the kernels that may start next,
    so that the machine finds its root file system in Azure. These are the running kernel, the newest one that has
    an image in C(/boot), and the one that GRUB's environment names. The images of other kernels are not touched;
    they stay as a way back.
  - Names the drivers in C(/etc/dracut.conf.d/preflight.azure.conf), C(/etc/initramfs-tools/modules), or on SLES 11
    in C(INITRD_MODULES) of C(/etc/sysconfig/kernel), so that later images have them, too.
  - Lets the system's own program (dracut, mkinitramfs, or on SLES 11 mkinitrd) make a new image beside the old one,
    by the system's own settings, and looks into it. Only if it has the three drivers, a program C(init), and every
    kernel module that the old image has, it takes the old one's place, in one step. Otherwise everything is put
    back and the task fails.
  - Refuses where a driver is neither a module of such a kernel nor built into it, and names the package that brings
    it; where C(/boot), C(/var/tmp) or the journal's file system has too little room; and where an image cannot be
    replaced safely.
  - Never touches the boot loader, and loads no driver into the running kernel.
  - The old images are kept beside the journal record, in C(/var/lib/preflight.azure), until
    M(preflight.azure.restore) puts them back byte by byte. It refuses where an image was made anew since.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description: V(present) puts the drivers in. M(preflight.azure.restore) brings the old images back.
    type: str
    choices: [present]
    default: present
notes:
  - The time limit counts for each image that is made.
"""

EXAMPLES = r"""
- name: See which images would be made anew
  preflight.azure.hyperv_drivers:
  become: true
  check_mode: true
  diff: true

- name: Put the drivers in, on machines with slow disks
  preflight.azure.hyperv_drivers:
    timeout_seconds: 900
  become: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed), V(failed) or V(running) (an image is still being made).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: >-
    wrote /etc/dracut.conf.d/preflight.azure.conf; put hv_vmbus,hv_storvsc,hv_netvsc into
    /boot/initramfs-5.14.0-427.13.1.el9_4.x86_64.img
before:
  description: The settings and the drivers that each image had; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    /etc/dracut.conf.d/preflight.azure.conf: []
    /boot/initramfs-5.14.0-427.13.1.el9_4.x86_64.img: []
after:
  description: What they have now, or in check mode would have.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    /etc/dracut.conf.d/preflight.azure.conf: ['add_drivers+=" hv_vmbus hv_storvsc hv_netvsc "']
    /boot/initramfs-5.14.0-427.13.1.el9_4.x86_64.img: [hv_vmbus, hv_storvsc, hv_netvsc]
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: hyperv_drivers
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: dracut /etc/dracut.conf.d/preflight.azure.conf none 5.14.0-427.13.1.el9_4.x86_64=none
    state: done
    details: {builder: [dracut]}
log:
  description: The end of what the program said that makes the images.
  returned: when the change failed or still runs
  type: list
  elements: str
"""

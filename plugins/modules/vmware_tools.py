#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: vmware_tools
short_description: Let VMware Tools start with the machine and run
version_added: 1.0.0
description:
  - Enables and starts the service of VMware Tools on a virtual machine of VMware, through systemd, upstart or SysV
    init; by them VMware and Site Recovery learn the machine's state and addresses.
  - Takes open-vm-tools as well as VMware's own packages and tarball; of these it only enables and starts the service,
    and it never installs open-vm-tools beside them.
  - Installs the package C(open-vm-tools) only where O(install) permits it.
  - Refuses on a machine whose virtualization is not C(vmware), for the tools do not start there; when the service is
    masked; and when both kinds of tools are there.
  - On Windows lets the service C(VMTools) start automatically, and starts it. It refuses where the tools are not
    installed; a change is recorded in C(%ProgramData%\preflight.azure\journal) there.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
attributes:
  platform:
    support: full
    platforms: posix, windows
    description: On Linux the machine needs a POSIX shell and awk, no Python; on Windows PowerShell 2.0 or newer.
options:
  state:
    description:
      - V(present) lets them start with the machine and run.
      - M(preflight.azure.restore) stops them if they were started, and brings back what started them at boot and the
        packages.
    type: str
    choices: [present]
    default: present
  install:
    description:
      - Whether the package C(open-vm-tools) may be installed from the machine's own repositories if there are no tools.
      - Means nothing on Windows, where the tools come from vCenter or with VMware's installer.
      - Naming C(vmware_tools) in O(preflight.azure.remediate#module:allow) permits it as well.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Let VMware Tools start with the machine and run
  preflight.azure.vmware_tools:
  become: true

- name: Let VMware Tools of a Windows machine start with it and run
  preflight.azure.vmware_tools:

- name: See whether they would have to be installed, too
  preflight.azure.vmware_tools:
    install: true
  become: true
  check_mode: true
  diff: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed), V(failed) or V(running) (the package manager or the start of
      the service still works).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: vmtoolsd.service starts with the machine; vmtoolsd.service was started
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {installed: true, autostart: false, running: false}
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {installed: true, autostart: true, running: true}
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: vmware_tools
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: package=yes autostart=no running=no
    after: package=yes autostart=yes running=yes
    state: done
    details:
      service: ["no no"]
      link-added:
        - /etc/systemd/system/multi-user.target.wants/vmtoolsd.service /usr/lib/systemd/system/vmtoolsd.service
      started: [vmtoolsd.service]
log:
  description: The end of what the package manager or the start of the service said.
  returned: when the change failed or still runs
  type: list
  elements: str
"""

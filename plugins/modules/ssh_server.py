#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: ssh_server
short_description: Let the SSH server start with the machine and run
version_added: 1.0.0
description:
  - Enables and starts the SSH server that is installed, through systemd, upstart or SysV init; without it nobody can
    log on to the machine in Azure.
  - Installs the package with the server only where O(install) permits it.
  - Starts the server only when it accepts its settings (C(sshd -t)); changes none of them, and no firewall.
  - Where a socket of systemd listens in the server's place, as on Ubuntu since 22.10, that counts, and it is what is
    enabled or started. Where someone started the server by hand, it is enabled and otherwise left alone.
  - Refuses when somebody decided that the server must not run (C(/etc/ssh/sshd_not_to_be_run), a masked unit, an
    upstart job with C(manual)), and when enabling it would enable or renumber other services.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description:
      - V(present) lets it start with the machine and run.
      - M(preflight.azure.restore) stops it if it was started, and brings back what started it at boot and the packages.
      - Over a connection that came through this SSH server, restore refuses to stop or remove it; run restore on the
        machine's console then. Host keys that the server's own service made stay.
    type: str
    choices: [present]
    default: present
  install:
    description:
      - Whether the package with the server may be installed from the machine's own repositories if there is none.
      - Naming C(ssh_server) in O(preflight.azure.remediate#module:allow) permits it as well.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Let the SSH server start with the machine and run
  preflight.azure.ssh_server:
  become: true

- name: See whether it would have to be installed, too
  preflight.azure.ssh_server:
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
  sample: sshd.service starts with the machine; sshd.service was started
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
    fix: ssh_server
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: package=yes autostart=no running=no
    after: package=yes autostart=yes running=yes
    state: done
    details:
      service: ["no no"]
      link-added: [/etc/systemd/system/multi-user.target.wants/sshd.service /usr/lib/systemd/system/sshd.service]
      started: [sshd.service]
log:
  description: The end of what the package manager or the start of the service said.
  returned: when the change failed or still runs
  type: list
  elements: str
"""

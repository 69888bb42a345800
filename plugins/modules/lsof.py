#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: lsof
short_description: Install lsof, which the Mobility service needs
version_added: 1.0.0
description:
  - Installs the package C(lsof) from the repositories that the machine already has, with apt-get, dnf, yum or zypper.
  - Asks the package manager first what it would do, and refuses when anything would be upgraded, downgraded, removed or
    replaced, or when a package would be added that is neither lsof nor known to belong to it.
  - Takes no recommended packages, keeps signature checks on, and restarts no service.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description: V(present) installs it. M(preflight.azure.restore) takes it away again.
    type: str
    choices: [present]
    default: present
"""

EXAMPLES = r"""
- name: Install lsof
  preflight.azure.lsof:
  become: true

- name: See on a slow machine whether lsof would be installed
  preflight.azure.lsof:
    timeout_seconds: 900
  become: true
  check_mode: true
  diff: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed), V(failed) or V(running) (the package manager still works).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: installed libtirpc 1.3.3-8.el9_4.x86_64, lsof 4.94.0-3.el9.x86_64
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {lsof: missing}
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {lsof: installed}
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: lsof
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: missing
    after: installed
    state: done
    details: {manager: [dnf], added: ["lsof 4.94.0-3.el9.x86_64"]}
log:
  description: The end of what the package manager said.
  returned: when the change failed or still runs
  type: list
  elements: str
"""

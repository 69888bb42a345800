#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: san_policy
short_description: Let Windows bring disks online by itself
version_added: 1.0.0
description:
  - Sets the SAN policy of a Windows machine to OnlineAll, so that its data disks are there after the failover to
    Azure.
  - Windows then brings every disk online that it finds. Where a disk is shared with other servers outside of a
    cluster, that can destroy what is on it; leave such a machine out.
  - Windows reads the policy when it starts. A disk that is offline now stays offline.
  - M(preflight.azure.restore) puts back the policy that was there, type included.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: V(present) sets the policy. M(preflight.azure.restore) puts back the one before.
    type: str
    choices: [present]
    default: present
"""

EXAMPLES = r"""
- name: Let data disks come online after failover
  preflight.azure.san_policy:

- name: See whether the policy would be changed
  preflight.azure.san_policy:
  check_mode: true
  diff: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed) or V(failed).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: the machine is bringing disks online already
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\...\\partmgr\\Parameters|SanPolicy": DWord 2
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\...\\partmgr\\Parameters|SanPolicy": DWord 1
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: san_policy
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: leaving disks offline
    after: bringing disks online
    state: done
"""

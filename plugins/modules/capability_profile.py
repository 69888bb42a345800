#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: capability_profile
short_description: Give the clouds of Virtual Machine Manager the capability profile of Hyper-V
version_added: 1.0.0
description:
  - Adds the capability profile C(Hyper-V) to the clouds of a VMM server that lack it, as Site Recovery wants it to
    protect them, with C(Set-SCCloud -AddCapabilityProfile) of VMM's own PowerShell module.
  - New virtual machines of such a cloud may then use the profile, and have to keep to its limits. Other profiles of the
    cloud stay as they are. Where a profile of your own stands for it, waive the requirement instead.
  - Run it on the VMM server. It needs VMM's console there, and a user who is an administrator of VMM.
  - M(preflight.azure.restore) takes the profile away from the clouds that did not have it, with
    C(Set-SCCloud -RemoveCapabilityProfile). Where VMM refuses that, for example while virtual machines use
    the profile, restore says so in VMM's words.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: V(present) adds the profile. M(preflight.azure.restore) takes it back again.
    type: str
    choices: [present]
    default: present
  clouds:
    description: The names of the clouds that get it; without this all clouds do.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Give all clouds the profile of Hyper-V
  preflight.azure.capability_profile:

- name: See what would be changed in one cloud
  preflight.azure.capability_profile:
    clouds: [Silver]
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
  sample: every cloud has the capability profile Hyper-V already
before:
  description: What was found, and the names of the clouds; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "cloud_capability 6e3d8f21-5a4b-4c9f-8d72-b8e1f6c40a35|Hyper-V": absent
    clouds: {"6e3d8f21-5a4b-4c9f-8d72-b8e1f6c40a35": Silver}
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "cloud_capability 6e3d8f21-5a4b-4c9f-8d72-b8e1f6c40a35|Hyper-V": present
    clouds: {"6e3d8f21-5a4b-4c9f-8d72-b8e1f6c40a35": Silver}
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: capability_profile
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: clouds without the profile
    after: every cloud with the profile
    state: done
"""

#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: token_filter_policy
short_description: Let local administrators of a Windows machine use their rights over the network
version_added: 1.0.0
description:
  - Sets the value C(LocalAccountTokenFilterPolicy) of the registry to the DWORD 1, so that Site Recovery can install
    the Mobility service with an account of the machine.
  - This opens a door. Every local administrator may then use all rights over the network, so a stolen hash of a local
    password opens the machine. An account of a domain does not need it.
  - M(preflight.azure.restore) puts back what was there, type included, before all other changes are undone, but last
    where the connection in use may depend on it.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: V(present) sets the value. M(preflight.azure.restore) takes it back again.
    type: str
    choices: [present]
    default: present
"""

EXAMPLES = r"""
- name: Let Site Recovery use a local administrator
  preflight.azure.token_filter_policy:

- name: See whether the value would be set
  preflight.azure.token_filter_policy:
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
  sample: the machine is not filtering already
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SOFTWARE\\...\\Policies\\System|LocalAccountTokenFilterPolicy": absent
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SOFTWARE\\...\\Policies\\System|LocalAccountTokenFilterPolicy": DWord 1
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: token_filter_policy
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: filtering
    after: not filtering
    state: done
"""

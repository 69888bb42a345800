#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: remote_desktop
short_description: Let a Windows machine take connections of Remote Desktop
version_added: 1.0.0
description:
  - Sets the value C(fDenyTSConnections) of the registry to the DWORD 0, and lets the service C(TermService) start and
    run; one that is disabled is made to start by hand, as Windows itself has it.
  - The port, network level authentication and who may log on stay as they are; where network level authentication is
    off, that is told.
  - The firewall stays as it is, too; M(preflight.azure.firewall_rules) opens it.
  - Refuses where group policy forbids Remote Desktop, and names the value. Where group policy allows it, the machine's
    own value is left alone.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description:
      - V(present) lets Windows take connections.
      - M(preflight.azure.restore) puts back what was there, type included. A service that was started is stopped, with
        all sessions in it.
    type: str
    choices: [present]
    default: present
"""

EXAMPLES = r"""
- name: Let people log on after failover
  preflight.azure.remote_desktop:

- name: See whether Remote Desktop would be enabled
  preflight.azure.remote_desktop:
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
  sample: Windows takes connections of Remote Desktop already
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server|fDenyTSConnections": DWord 1
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\CurrentControlSet\\Control\\Terminal Server|fDenyTSConnections": DWord 0
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: remote_desktop
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: without Remote Desktop
    after: taking connections of Remote Desktop
    state: done
"""

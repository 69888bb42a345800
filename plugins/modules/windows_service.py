#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: windows_service
short_description: Let the services of a Windows machine start or run that replication needs
version_added: 1.0.0
description:
  - Lets services start that a snapshot needs and that were disabled; C(VSS), C(COMSysApp) (COM+ System Application),
    C(EventSystem) and C(swprv) (the provider of snapshots) are made to start by hand, which lets others start them.
    They are not started.
  - Starts the services that the installation of the Mobility service over the network needs, C(LanmanServer) and
    C(Winmgmt), and on a configuration server or a process server those of Site Recovery that are installed,
    C(ProcessServer), C(cxprocessserver), C(tmansvc), C(obengine) and C(dra). One that is disabled is made to start
    automatically; else it goes on starting as it does.
  - A service that is missing is refused by its name. One that Windows does not start, as a service that it depends on
    is disabled, goes on starting as before, and the task fails with the words of Windows. One that a group policy
    disables again is told.
  - VMware Tools are the business of M(preflight.azure.vmware_tools), Windows Time is that of
    M(preflight.azure.clock_sync), Remote Desktop that of M(preflight.azure.remote_desktop).
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description:
      - V(present) lets them start or run.
      - M(preflight.azure.restore) stops them and disables them again. A service that another one which runs depends on
        is left running, and that is told.
    type: str
    choices: [present]
    default: present
  services:
    description:
      - Which services; all of these, but V(VMTools), where none is named.
      - Without names V(LanmanServer) and V(Winmgmt) are left out where the setting C(push_installation) is false, and
        those of Site Recovery where no process server is set up.
    type: list
    elements: str
    choices: [VSS, COMSysApp, EventSystem, swprv, LanmanServer, Winmgmt, ProcessServer, cxprocessserver, tmansvc,
              obengine, dra, VMTools]
    default: []
"""

EXAMPLES = r"""
- name: Let the services for snapshots start
  preflight.azure.windows_service:
    services: [VSS, COMSysApp, EventSystem, swprv]

- name: See which services would be changed
  preflight.azure.windows_service:
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
  sample: all of these services run or can be started
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    service_start VSS: disabled
    service LanmanServer: manual stopped
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    service_start VSS: manual
    service LanmanServer: manual running
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: windows_service
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: without services
    after: with services
    state: done
"""

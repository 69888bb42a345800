#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: tls_1_0
short_description: Enable TLS 1.0 on a Windows machine
version_added: 1.0.0
description:
  - Enables TLS 1.0 for clients and servers in the SCHANNEL keys, as the documents of 2017 ask for the configuration
    server. Nothing of today needs it; see M(preflight.azure.tls_protocol).
  - This opens a door. TLS 1.0 is broken. What programs of this machine send over it can be read and changed on the
    way, and whoever connects to it can choose TLS 1.0.
  - Every later audit lists it until M(preflight.azure.restore) has put back what was there, types included. That
    undoes it before all other changes, but last where the connection in use may depend on it.
  - Programs and services that run take the new values when they are started anew, and so does what was put back.
    Windows Server 2012 and older read these keys when they start. Nothing is restarted.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: V(present) enables the protocol. M(preflight.azure.restore) puts back what was there.
    type: str
    choices: [present]
    default: present
"""

EXAMPLES = r"""
- name: Do as the documents of 2017 ask
  preflight.azure.tls_1_0:

- name: Take it back
  preflight.azure.restore:
    fix: tls_1_0
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
  sample: the machine is offering TLS 1.0 already
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\...\\Protocols\\TLS 1.0\\Client|Enabled": DWord 0
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\...\\Protocols\\TLS 1.0\\Client|Enabled": DWord 1
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: tls_1_0
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: without TLS 1.0
    after: offering TLS 1.0
    state: done
"""

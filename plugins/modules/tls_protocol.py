#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: tls_protocol
short_description: Let a Windows machine use TLS 1.2 by itself
version_added: 1.0.0
description:
  - Enables TLS 1.2 for clients and servers in the SCHANNEL keys, adds it to what WinHTTP uses
    (C(DefaultSecureProtocols)), and lets .NET 4 take what Windows offers (C(SystemDefaultTlsVersions)) and use strong
    cryptography (C(SchUseStrongCrypto)); the last three for 64-bit and for 32-bit programs.
  - No version of TLS is switched off, and no bit of C(DefaultSecureProtocols) is cleared. From Windows Server 2012 R2
    on a missing C(DefaultSecureProtocols) stays missing, for WinHTTP then uses TLS 1.2 by itself; before, it is set to
    what WinHTTP used so far (SSL 3.0 and TLS 1.0) with TLS 1.1 and 1.2. The one thing that is no longer used are SSL
    3.0 and RC4 by programs of .NET 4.
  - A value of a wrong type is corrected. M(preflight.azure.restore) puts it back as it was, and takes away the keys
    that were made.
  - Programs and services that run take the new values when they are started anew. Windows Server 2012 and older read
    the SCHANNEL keys when they start. RV(reason) tells what must be started anew; nothing is restarted.
  - On Windows Server 2008 R2 and 2012 WinHTTP heeds its value only with the update KB3140245. RV(reason) tells where
    that is not known to be installed.
  - A 32-bit PowerShell on a 64-bit Windows is refused, for it would read and change other keys.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: V(present) sets the values. M(preflight.azure.restore) puts back what was there.
    type: str
    choices: [present]
    default: present
"""

EXAMPLES = r"""
- name: Let a server use TLS 1.2
  preflight.azure.tls_protocol:

- name: See what would be changed
  preflight.azure.tls_protocol:
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
  sample: the machine is offering TLS 1.2 already
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\...\\Protocols\\TLS 1.2\\Client|DisabledByDefault": DWord 1
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "registry HKLM\\SYSTEM\\...\\Protocols\\TLS 1.2\\Client|DisabledByDefault": DWord 0
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: tls_protocol
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: without TLS 1.2
    after: offering TLS 1.2
    state: done
"""

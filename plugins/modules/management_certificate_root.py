#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: management_certificate_root
short_description: Make a management certificate of Azure a trusted root
version_added: 1.0.0
description:
  - Adds the certificate of a client, without its private key, to the trusted roots of the machine
    (C(LocalMachine\Root)), as the documents on Microsoft Virtual Machine Converter ask.
  - This opens a door. A self-signed certificate becomes a root that everybody on the machine trusts for everything, so
    who has its private key can vouch for any server and any program. Restore it as soon as the conversion is done.
  - The documents name the trusted roots of the account (C(CurrentUser\Root)). Windows asks the user in a dialog before
    it adds one there, which no session over the network can answer. What is in C(LocalMachine\Root) is seen in
    C(CurrentUser\Root) by every account of the machine; so it serves, and reaches further.
  - The certificate is checked on the controller before anything is sent. It must be one of X.509 version 3 with an RSA
    key of at least 2048 bits, valid now and usable by clients. A file with a private key is refused.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: >-
      V(present) adds it. M(preflight.azure.restore) removes it, before all other changes are undone. A root that this
      module did not add is never removed.
    type: str
    choices: [present]
    default: present
  cer:
    description:
      - The file on the controller with the certificate, in DER or PEM form. One is made of a PFX with
        C(openssl pkcs12 -in FILE -clcerts -nokeys).
      - Without it nothing is changed, and the task fails.
    type: path
requirements:
  - cryptography on the controller
"""

EXAMPLES = r"""
- name: Let the converter's machine trust the management certificate
  preflight.azure.management_certificate_root:
    cer: files/management.cer

- name: Take it back after the conversion
  preflight.azure.restore:
    fix: management_certificate_root
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
  sample: the certificate is among the roots that the machine trusts already
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    thumbprint: 0F1E2D3C4B5A69788796A5B4C3D2E1F001122334
    subject: Azure management
    "certificate in LocalMachine\\Root": absent
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    thumbprint: 0F1E2D3C4B5A69788796A5B4C3D2E1F001122334
    subject: Azure management
    "certificate in LocalMachine\\Root": imported
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: management_certificate_root
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: absent
    after: imported
    state: done
"""

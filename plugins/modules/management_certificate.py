#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: management_certificate
short_description: Import a management certificate of Azure with its private key
version_added: 1.0.0
description:
  - Imports a certificate with its private key (PFX) into the personal store (C(CurrentUser\My)) of the account that the
    connection uses, so that Microsoft Virtual Machine Converter can log on to Azure with it. Connect with the
    account that will run the converter; every account has a personal store of its own.
  - The file is opened and checked on the controller before anything is sent. The password must be right, the file must
    hold a private key and the certificate that belongs to it, the certificate must be one of X.509 version 3 with an
    RSA key of at least 2048 bits, valid now and usable by clients, and the issuers that the file holds must have signed
    it.
  - The machine gets a PFX that is made anew, with this certificate and its key alone, in the form that every Windows
    opens. Windows Server 2016 and older say of a newer form that its password is wrong.
  - The private key goes into the key set of the machine (C(MachineKeySet)), for a session over the network cannot use
    that of its account. It cannot be exported again, and every administrator of the machine can use it. It is used
    once, to sign something, before the certificate is added; a key that cannot be used is taken away again.
  - The PFX and its password travel on standard input only, and are no part of the script, the journal or the result.
  - The certificate does not become a trusted root by this; see M(preflight.azure.management_certificate_root).
  - The thumbprint is in RV(before) and RV(after). Give it as the setting C(management_certificate), and the audit looks
    for this certificate and no other.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: >-
      V(present) imports it. M(preflight.azure.restore) removes the certificate and the container of its private key,
      and leaves a certificate that was there without a key as it was. It must be run with the same account, and refuses
      otherwise. A certificate that this module did not import is never removed.
    type: str
    choices: [present]
    default: present
  pfx:
    description:
      - The file on the controller with the certificate and its private key (PKCS 12), of at most 1 MB. It may be
        encrypted with C(ansible-vault).
      - Without it nothing is changed, and the task fails.
    type: path
  pfx_password:
    description: The password of O(pfx); empty where it has none. Keep it in a vault.
    type: str
    default: ""
  cer:
    description:
      - The file on the controller with the certificate that was added to the subscription, in DER or PEM form.
      - If it is given, it must be the same as that of O(pfx).
    type: path
requirements:
  - cryptography on the controller
"""

EXAMPLES = r"""
- name: Import the management certificate
  preflight.azure.management_certificate:
    pfx: files/management.pfx
    pfx_password: "{{ vault_management_password }}"
  register: imported

- name: Show its thumbprint
  ansible.builtin.debug:
    msg: "{{ imported.after.thumbprint }}"

- name: Look whether it is the certificate of the subscription, and whether it would be imported
  preflight.azure.management_certificate:
    pfx: files/management.pfx
    pfx_password: "{{ vault_management_password }}"
    cer: files/management.cer
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
  sample: the account for S-1-5-21-1004336348-1177238915-682003330-500 has the certificate already
before:
  description: What was found, and the thumbprint of the certificate; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    thumbprint: 0F1E2D3C4B5A69788796A5B4C3D2E1F001122334
    subject: Azure management
    until: "2039-12-31T23:59:59Z"
    "certificate in CurrentUser\\My": absent for S-1-5-21-1004336348-1177238915-682003330-500
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    thumbprint: 0F1E2D3C4B5A69788796A5B4C3D2E1F001122334
    subject: Azure management
    until: "2039-12-31T23:59:59Z"
    "certificate in CurrentUser\\My": imported with key for S-1-5-21-1004336348-1177238915-682003330-500
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: management_certificate
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: absent
    after: imported with key
    state: done
"""

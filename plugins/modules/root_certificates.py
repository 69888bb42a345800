#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: root_certificates
short_description: Add given root certificates to those that a Windows machine trusts
version_added: 1.0.0
description:
  - Adds the root certificates of O(files) and O(certificates) that the machine does not trust yet to its trusted roots
    (C(LocalMachine\Root)). It fetches nothing.
  - Windows fetches the roots of its own programme by itself when it meets them, unless C(DisableRootAutoUpdate) is set
    or the machine does not reach Windows Update. Where it may, such a root is often better left to Windows; the result
    says which of both it is.
  - Adding a trusted root lets its owner vouch for any server and any program, so this fix is C(opt_in). Give only
    certificates whose SHA-256 you compared with what their issuer publishes.
  - A certificate that the machine was told to distrust (C(LocalMachine\Disallowed)) is refused, and nothing is changed.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description: >-
      V(present) adds them. M(preflight.azure.restore) removes those that were added. A root that this module did not
      add is never removed.
    type: str
    choices: [present]
    default: present
  certificates:
    description:
      - Root certificates in PEM form, as M(preflight.azure.ca_certificates) takes them; one text may hold several.
      - Each must be the certificate of a certification authority, signed by itself, valid now, with a key of at least
        2048 bits (RSA) or 256 bits (elliptic curve), and meant for servers. Nothing is changed if one of them is not.
      - A text that holds a key is refused before anything is sent or shown.
      - At most 20 at a time. Those that the machine trusts already are left out.
    type: list
    elements: str
    default: []
  files:
    description: Files on the controller with root certificates, in DER or PEM form; the same is asked of them.
    type: list
    elements: path
    default: []
requirements:
  - cryptography on the controller
seealso:
  - module: preflight.azure.ca_certificates
"""

EXAMPLES = r"""
- name: Add the roots of Azure's services to a machine that does not reach Windows Update
  preflight.azure.root_certificates:
    files:
      - files/DigiCertGlobalRootG2.crt
      - files/Microsoft RSA Root Certificate Authority 2017.crt

- name: See which of them the machine lacks
  preflight.azure.root_certificates:
    certificates:
      - "{{ lookup('ansible.builtin.file', 'DigiCertGlobalRootG2.crt.pem') }}"
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
  sample: every certificate that was given is trusted already
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "roots in LocalMachine\\Root":
      "DigiCert Global Root G2 (DF3C24F9BFD666761B268073FE06D1CC8D4F82A4)": absent
    automatic update: "DisableRootAutoUpdate is set: Windows fetches no roots by itself."
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "roots in LocalMachine\\Root":
      "DigiCert Global Root G2 (DF3C24F9BFD666761B268073FE06D1CC8D4F82A4)": imported
    automatic update: "DisableRootAutoUpdate is set: Windows fetches no roots by itself."
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: root_certificates
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: 1 missing
    after: all trusted
    state: done
"""

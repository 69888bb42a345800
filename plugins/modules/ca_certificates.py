#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: ca_certificates
short_description: Install the trusted root certificates, and add given ones
version_added: 1.0.0
description:
  - Installs the package C(ca-certificates) (SUSE has C(ca-certificates-mozilla)) from the repositories that the machine
    already has, where the machine has no trust store. It asks the package manager first what it would do, and refuses
    when anything would be upgraded, downgraded, removed or replaced.
  - Adds the root certificates of O(certificates) that the machine does not trust yet. Each becomes a file
    C(preflight.azure-SHA256) in the family's own directory, and the family's own tool makes the bundle that programs
    read.
  - On Debian and Ubuntu that is C(/usr/local/share/ca-certificates) and C(update-ca-certificates), on Red Hat
    Enterprise Linux 7 and later C(/etc/pki/ca-trust/source/anchors) and C(update-ca-trust), on SUSE 12 and later
    C(/etc/pki/trust/anchors) and C(update-ca-certificates). Red Hat Enterprise Linux 5, and 6 as it comes, have the
    certificates added to the end of C(/etc/pki/tls/certs/ca-bundle.crt); SUSE 11 gets a file and its hash link in
    C(/etc/ssl/certs), as C(c_rehash) makes it.
  - It fetches nothing. Without O(certificates) it can only install the package where it is missing; a package that is
    there is never updated, for that could not be undone.
  - Adding a trusted root lets its owner vouch for any server, so this fix is C(opt_in). Give only certificates whose
    SHA-256 you compared with what their issuer publishes.
  - Before anything is changed it looks whether the tool would make the same bundle again, and refuses where somebody
    edited the bundle by hand, where files are there that were never activated, and where the certificate is one that
    somebody decided on the machine not to trust.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description: >-
      V(present) adds them. M(preflight.azure.restore) removes exactly the files that were added, has the bundle made
      anew by the same tool, says whether it is byte for byte as before, and removes the package if it was installed.
      It refuses where somebody edited the bundle since, unless it is forced.
    type: str
    choices: [present]
    default: present
  certificates:
    description:
      - Root certificates in PEM form; one text may hold several. Comments between them are left out.
      - Each must be the certificate of a certification authority, signed by itself, valid now, with a key of at least
        2048 bits (RSA) or 256 bits (elliptic curve), and meant for servers. Nothing is changed if one of them is not.
      - A text that holds a key is refused before anything is sent or shown.
      - At most 20 at a time. Those that the machine trusts already are left out.
      - Needs the Python package C(cryptography) on the controller.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Install the trusted roots of the distribution where there are none
  preflight.azure.ca_certificates:
  become: true

- name: See whether the machine trusts the roots of Azure's services
  preflight.azure.ca_certificates:
    certificates:
      - "{{ lookup('ansible.builtin.file', 'DigiCertGlobalRootG2.crt.pem') }}"
      - "{{ lookup('ansible.builtin.file', 'Microsoft_RSA_Root_Certificate_Authority_2017.pem') }}"
  become: true
  check_mode: true
  diff: true

- name: Repair what an audit found, and let it add these roots where they are missing
  preflight.azure.remediate:
    allow: [ca_certificates]
    fix_options:
      ca_certificates:
        certificates:
          - "{{ lookup('ansible.builtin.file', 'DigiCertGlobalRootG2.crt.pem') }}"
  become: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed), V(failed) or V(running) (the package manager still works).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: >-
    wrote /etc/pki/trust/anchors/preflight.azure-cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f.crt
before:
  description: What was found; V(null) where that is not known. The certificates are named by subject and SHA-256.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    ca-certificates: installed
    roots:
      "DigiCert Global Root G2 (SHA-256 CB3CCBB76031E5E0138F8DD39A23F9DE47FFC35E43C1144CEA27D46A5AB1CB5F)": not trusted
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    ca-certificates: installed
    roots:
      "DigiCert Global Root G2 (SHA-256 CB3CCBB76031E5E0138F8DD39A23F9DE47FFC35E43C1144CEA27D46A5AB1CB5F)": trusted
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: ca_certificates
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: store=debian anchors=none trusted=yes
    after: store=debian anchors=1316294037-76 trusted=yes
    state: done
    details: {layout: [debian], bundle: ["3020457781-219342"]}
log:
  description: The end of what the machine's own tools said.
  returned: when the change failed or still runs
  type: list
  elements: str
"""

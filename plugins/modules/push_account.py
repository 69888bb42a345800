#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: push_account
short_description: Let root log on over SSH with a password, for a push installation
version_added: 1.0.0
description:
  - Sets C(PasswordAuthentication yes) and C(PermitRootLogin yes) and adds C(Subsystem sftp), as far as the SSH server
    does not have them, so that Site Recovery can push the Mobility service to the machine.
  - B(This opens the machine) to everybody who can guess the password of root. An installation of the Mobility service
    by hand needs none of it. Every later audit lists it as a warning until it is restored.
  - Writes to C(/etc/ssh/sshd_config.d/00-preflight.azure.conf) where the server reads that first, else to the beginning
    of C(/etc/ssh/sshd_config), for of two values the first holds. Everything else in the file stays as it is.
  - Asks the server itself, with C(sshd -t) and C(sshd -T) for a logon of root, before the file is replaced and again
    before the reload, and puts the file back where the settings would not hold. The server is reloaded and never
    restarted; running connections stay. A server that a socket starts for each connection needs no reload.
  - Refuses, and names what it found, where the settings have an error already, and where AllowUsers, DenyUsers,
    AllowGroups, DenyGroups, AuthenticationMethods, ForceCommand, ChrootDirectory, a Match block, the shell of root or a
    missing password would keep root out all the same. What only holds for some addresses is shown in RV(after).
  - What PAM decides (C(pam_access), C(pam_securetty)) is not seen.
  - Where the settings hold in the files, but the running server was not told since, it is reloaded and nothing else.
    That loads whatever somebody else changed in these files, too.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description:
      - V(present) opens it. M(preflight.azure.restore) puts the file back byte by byte and reloads the server.
      - Over SSH it is restored last. Restore says when the next logon needs a key, and refuses where the user of the
        present connection would have no way back; log on as another user then.
    type: str
    choices: [present]
    default: present
  password:
    description: Whether passwords are to be taken (C(PasswordAuthentication)). V(false) leaves that setting as it is.
    type: bool
    default: true
  root_login:
    description: Whether root is to log on with one (C(PermitRootLogin)). V(false) leaves that setting as it is.
    type: bool
    default: true
  sftp:
    description: Whether SFTP is to be offered (C(Subsystem sftp)). V(false) leaves it as it is; one that is set stays.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: See what would be opened for the push installation
  preflight.azure.push_account:
  become: true
  check_mode: true
  diff: true

- name: Open it
  preflight.azure.push_account:
  become: true

- name: Only offer SFTP, and let the server read its settings
  preflight.azure.push_account:
    password: false
    root_login: false
  become: true

- name: Close it again once the Mobility service is installed
  preflight.azure.restore:
    fix: push_account
  become: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed) or V(failed) (the file was put back, see RV(reason)).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: wrote /etc/ssh/sshd_config.d/00-preflight.azure.conf; the SSH server has read it
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    /etc/ssh/sshd_config.d/00-preflight.azure.conf: does not exist
    PasswordAuthentication: "yes"
    PermitRootLogin: without-password
    Subsystem sftp: /usr/lib/openssh/sftp-server
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    /etc/ssh/sshd_config.d/00-preflight.azure.conf: "begins with: PermitRootLogin yes"
    PasswordAuthentication: "yes"
    PermitRootLogin: "yes"
    Subsystem sftp: /usr/lib/openssh/sftp-server
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: push_account
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: pw=yes root=without-password sftp=yes loaded=yes
    after: pw=yes root=yes sftp=yes loaded=yes
    state: done
    details: {file: [1 none 2581215945-128 /etc/ssh/sshd_config.d/00-preflight.azure.conf]}
log:
  description: The end of what was said on the machine.
  returned: when the change failed
  type: list
  elements: str
"""

#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: push_account
short_description: Prepare the account for a push installation of the Mobility service
version_added: 1.0.0
description:
  - On Linux, lets root log on over SSH with a password; on Windows, makes a local administrator. B(Both open the
    machine), so the fix is a weakening; every later audit lists it as a warning until it is restored. An installation
    of the Mobility service by hand needs none of it.
  - On Linux it sets C(PasswordAuthentication yes) and C(PermitRootLogin yes) and adds C(Subsystem sftp), as far as the
    SSH server does not have them, so that Site Recovery can push the Mobility service to the machine.
  - There the machine is open to everybody who can guess the password of root.
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
  - On Windows it makes the account O(account_name) with the password O(account_password), which never expires, and puts
    it into the group of the administrators (S-1-5-32-544), whatever that is called there. The password travels on
    standard input only, is given to a method and never to a command, and no journal, log or result holds it.
  - An account of the machine has no rights over the network before M(preflight.azure.token_filter_policy) lets it have
    them. An account of the domain needs neither; say so with the setting C(push_with_domain_account).
  - An account of that name that is an enabled administrator is left as it is. Any other one is refused, and no password
    that exists is ever changed, for it could not be put back. Refused as well are domain controllers, which have no
    accounts of their own, and passwords that Windows refuses where they must be complex; what the policy of the machine
    asks beyond that is told by Windows itself.
  - What policies decide is not seen, such as one that denies accounts of the machine to log on over the network (as
    Microsoft's security baselines do), or one that says who the administrators are and takes others out again.
  - Windows makes a profile at the first logon of the account (a folder below C(C:\Users) and a key in the registry),
    which stays behind when the account is deleted.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
attributes:
  platform:
    support: full
    platforms: posix, windows
    description: On Linux the machine needs a POSIX shell and awk, on Windows PowerShell 2.0 or newer; no Python.
notes:
  - On Windows the rights of an administrator are needed, C(become) is refused, and the journal is in
    C(%ProgramData%\preflight.azure\journal). The script has been held to the grammar and the types of PowerShell 2.0
    and run against a model of Windows, not yet on a real one.
options:
  state:
    description:
      - V(present) opens it. M(preflight.azure.restore) puts the file back byte by byte and reloads the server; on
        Windows it takes the account out of the group and deletes it, where it is still the one that was made (its
        description names its SID), and not while the connection itself uses it.
      - Over SSH it is restored last. Restore says when the next logon needs a key, and refuses where the user of the
        present connection would have no way back; log on as another user then.
    type: str
    choices: [present]
    default: present
  account_name:
    description:
      - The account to make on Windows, of at most 20 characters; by itself that of the setting C(push_account), else
        C(preflight-push).
      - Linux does not heed it.
    type: str
  account_password:
    description:
      - Its password, needed where the account does not exist yet. Keep it in a vault; never write it on a command line,
        for Ansible shows the arguments of an ad-hoc task that fails.
      - Linux does not heed it.
    type: str
  password:
    description:
      - Whether passwords are to be taken on Linux (C(PasswordAuthentication)). V(false) leaves that setting as it is.
      - It is no password; that of an account on Windows is O(account_password).
    type: bool
    default: true
  root_login:
    description:
      - Whether root is to log on with one on Linux (C(PermitRootLogin)). V(false) leaves that setting as it is.
    type: bool
    default: true
  sftp:
    description:
      - Whether SFTP is to be offered on Linux (C(Subsystem sftp)). V(false) leaves it as it is; one that is set stays.
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

- name: Make a local administrator on Windows
  preflight.azure.push_account:
    account_password: "{{ vaulted_push_password }}"

- name: Close it again once the Mobility service is installed
  preflight.azure.restore:
    fix: push_account
  become: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed) or V(failed) (see RV(reason)).
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

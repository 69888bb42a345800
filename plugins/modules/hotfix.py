#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: hotfix
short_description: Install an update on a Windows machine from a file on it
version_added: 1.0.0
description:
  - Installs an update of Windows, or a program of Windows Installer, that lies on the machine already; of the
    requirements of this collection KB4490628 and KB4474419 (SHA-2 signatures on 2008 R2), KB3140245 (TLS 1.2 in WinHTTP
    on 2008 R2 and 2012) and KB2961977 (Hyper-V on 2012 R2) ask for one.
  - C(wusa.exe) refuses to work over WinRM. So a C(.msu) is expanded, in a folder for administrators below the journal,
    which is removed afterwards, and its package is given to C(dism.exe). A C(.msi) is given to C(msiexec.exe). A
    C(.msu) with more than one package is refused; expand it and name each C(.cab).
  - Nothing is restarted. That Windows waits for a restart is told, and the audit shows it (C(reboot.pending)).
  - A package that Windows has replaced by a newer one counts as installed.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
notes:
  - Where Windows allows only algorithms that were validated by FIPS 140, .NET older than 4.8 computes no SHA-256, and
    the fix is refused.
  - WinRM of Windows Server 2008 R2 gives a shell and all that it starts 150 MB of memory (C(MaxMemoryPerShellMB)),
    which may be too little for C(dism.exe).
  - A C(.msi) is installed for all users of the machine.
options:
  kb:
    description:
      - The number of the update in the file, where its package is named after it (C(Package_for_KB3140245~...)).
      - Exactly one of O(kb) and O(package) belongs to a C(.msu) or C(.cab).
    type: str
  package:
    description:
      - The name of the package in the file, where it is not named after a number. Either what stands before its first
        tilde, or the whole name with version, as a rollup needs it, for all of them are called
        C(Package_for_RollupFix).
      - C(dism /online /get-packageinfo /packagepath:FILE.cab) shows it. It is compared with the package's own manifest
        before anything is installed.
    type: str
  path:
    description:
      - The file on the machine, a C(.msu), C(.cab) or C(.msi) that needs no other file beside it, by its absolute path
        there. Nothing is uploaded or fetched.
      - A share (C(\\server\share)) is refused, for the connection does not pass credentials on to another machine.
    type: str
    required: true
  product_code:
    description: The C(ProductCode) of a C(.msi), in braces, by which Windows Installer knows that the program is there.
    type: str
  sha256:
    description:
      - The SHA-256 of the file, from its publisher. The file is copied into a folder that only administrators can
        write, and the copy is compared before anything is run.
    type: str
    required: true
  state:
    description:
      - V(present) installs it.
      - M(preflight.azure.restore) removes what was installed, where Windows allows that; servicing stacks and some
        other updates are permanent, which is told.
    type: str
    choices: [present]
    default: present
  timeout_seconds:
    description:
      - How long the machine may take for the installation.
      - What takes longer fails without an answer; Windows may go on with what it has begun. Run again later; the next
        run finds out whether it is there.
      - M(preflight.azure.restore) has a limit of its own, which should be as long.
    type: int
    default: 3600
"""

EXAMPLES = r"""
- name: Let WinHTTP of Windows Server 2008 R2 know TLS 1.2
  preflight.azure.hotfix:
    path: C:\install\Windows6.1-KB3140245-x64.msu
    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    kb: KB3140245

- name: Install a rollup from its package
  preflight.azure.hotfix:
    path: C:\install\windows6.1-kb4512506-x64.cab
    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    package: Package_for_RollupFix~31bf3856ad364e35~amd64~~7601.24511.1.8
    timeout_seconds: 7200
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
  description: What was done, or why not and what to do; with the exit code of Windows where that failed.
  returned: success or failure, if the machine was reached
  type: str
  sample: Windows waits for a restart to finish it; nothing was restarted.
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "update Package_for_KB3140245|5c1f...|C:\\install\\Windows6.1-KB3140245-x64.msu": absent
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "update Package_for_KB3140245|5c1f...|C:\\install\\Windows6.1-KB3140245-x64.msu": installed
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: hotfix
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: not installed
    after: installed
    state: done
"""

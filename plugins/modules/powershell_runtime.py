#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: powershell_runtime
short_description: Install Windows Management Framework 5.1 or .NET on a Windows machine from a file on it
version_added: 1.0.0
description:
  - Installs Windows Management Framework 5.1, which brings Windows PowerShell 5.1, on Windows Server 2008 R2, 2012 and
    2012 R2, or the .NET Framework that it needs. The machine of the converter (MVMC) needs version 3.0 or newer; this
    collection itself needs no more than 2.0.
  - Refused where .NET Framework is older than 4.5.2, where version 3.0 is on Windows Server 2008 R2 (remove it first),
    where Service Pack 1 is missing, on any other Windows, and on machines with Exchange Server, SharePoint Server 2010
    or Virtual Machine Manager. Lync Server 2010 and Service Management Automation of System Center 2012 R2 do not work
    with it either; they are not looked for.
  - The new version is only there after a restart.
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
  runtime:
    description:
      - V(wmf_5_1) installs Windows Management Framework 5.1, that is KB3191566 on 2008 R2, KB3191565 on 2012 and
        KB3191564 on 2012 R2. Another O(kb) is refused.
      - V(dotnet) installs the .NET Framework, from a C(.msu), C(.cab) or C(.msi); the installers that end in C(.exe)
        are not taken.
    type: str
    choices: [wmf_5_1, dotnet]
    default: wmf_5_1
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
- name: Install Windows PowerShell 5.1 on Windows Server 2012 R2
  preflight.azure.powershell_runtime:
    path: C:\install\Win8.1AndW2K12R2-KB3191564-x64.msu
    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    kb: KB3191564

- name: Install the .NET Framework for it before
  preflight.azure.powershell_runtime:
    runtime: dotnet
    path: C:\install\Windows8.1-KB4486105-x64.msu
    sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    kb: KB4486105
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
    "update Package_for_KB3191564|5c1f...|C:\\install\\Win8.1AndW2K12R2-KB3191564-x64.msu": absent
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "update Package_for_KB3191564|5c1f...|C:\\install\\Win8.1AndW2K12R2-KB3191564-x64.msu": installed
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: powershell_runtime
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: not installed
    after: installed
    state: done
"""

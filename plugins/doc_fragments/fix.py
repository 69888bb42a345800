# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all fixes have in common in their documentation. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments: the contract of a fix, on Linux and on Windows."""

    DOCUMENTATION = r"""
options:
  timeout_seconds:
    description:
      - How long the machine may take for the change, once it has begun.
      - A package manager that takes longer is not interrupted; it goes on, and the task fails as C(running).
    type: int
    default: 300
attributes:
  check_mode:
    support: full
    description: Can run in check mode; looks at the machine, writes nothing there, and shows what would be changed.
  diff_mode:
    support: full
    description: Shows the state before and after.
  platform:
    support: full
    platforms: posix
    description: The machine needs a POSIX shell and awk, no Python.
  action:
    support: full
    description: Runs on the controller and sends one script through the connection.
  async:
    support: none
    description: Supports being used with the C(async) keyword.
notes:
  - Needs root rights on the machine; set C(become) to V(true) where the connection's user has none.
  - Visits the machine once to look, and once more if there is something to change.
  - Every change is recorded in C(/var/lib/preflight.azure/journal/) on the machine before it is made;
    M(preflight.azure.restore) undoes it.
  - Set C(gather_facts) to V(false) in the play, for Ansible's own fact gathering fails on the old machines that
    this is for.
seealso:
  - module: preflight.azure.remediate
  - module: preflight.azure.restore
"""

    WINDOWS = r"""
options:
  timeout_seconds:
    description: How long the machine may take for one step of the change.
    type: int
    default: 300
attributes:
  check_mode:
    support: full
    description: Can run in check mode; looks at the machine, writes nothing there, and shows what would be changed.
  diff_mode:
    support: full
    description: Shows the state before and after.
  platform:
    support: full
    platforms: windows
    description: The machine needs PowerShell 2.0 or newer; the connection may be winrm, psrp or ssh.
  action:
    support: full
    description: Runs on the controller and sends one script through the connection.
  async:
    support: none
    description: Supports being used with the C(async) keyword.
notes:
  - Needs the rights of an administrator on the machine; C(become) is refused, for it does nothing for scripts.
  - Visits the machine once to look, and once more if there is something to change.
  - Every change is recorded in C(%ProgramData%\preflight.azure\journal) on the machine before it is made;
    M(preflight.azure.restore) undoes it.
  - The script has been held to the grammar and the types of PowerShell 2.0 and run against a model of Windows, not yet
    on a real one.
seealso:
  - module: preflight.azure.remediate
  - module: preflight.azure.restore
"""

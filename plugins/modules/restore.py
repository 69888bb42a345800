#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: restore
short_description: Undo what the fixes changed on a machine
version_added: 1.0.0
description:
  - Undoes the changes in the machine's journal, the last one first; one that opened a door is undone before all
    others, but last where the connection in use may depend on it.
  - The journal is C(/var/lib/preflight.azure/journal/), on Windows C(%ProgramData%\preflight.azure\journal).
  - Goes on after a change that cannot be undone, and then fails naming each of them.
  - Refuses what somebody changed since, unless O(force) is set.
  - Touches only what the fix itself owns, whatever the journal says. Records are kept, marked as restored.
  - A package that something else needs by now is not removed, and a service that another one needs is not stopped.
author:
  - preflight.azure contributors (@preflight-azure)
options:
  fix:
    description: Undoes only the changes of this fix, for example V(lsof).
    type: str
  run:
    description: Undoes only the changes of this run; its id stands in every result, report and record.
    type: str
  force:
    description: Undoes also what somebody changed since, for example removes a package that was updated.
    type: bool
    default: false
  timeout_seconds:
    description:
      - How long the machine may take to undo one change.
      - A package manager that takes longer is not interrupted.
      - To remove an update of Windows (M(preflight.azure.hotfix)) takes longer than this; give it an hour.
    type: int
    default: 300
attributes:
  check_mode:
    support: full
    description: Can run in check mode; reads the journal, writes nothing, and lists what would be undone.
  diff_mode:
    support: full
    description: Shows the state of each change before and after.
  platform:
    support: full
    platforms: posix, windows
    description: On Linux the machine needs a POSIX shell and awk, on Windows PowerShell 2.0 or newer; no Python.
  action:
    support: full
    description: Runs on the controller and sends one script through the connection.
  async:
    support: none
    description: Supports being used with the C(async) keyword.
notes:
  - On Linux needs root rights on the machine; set C(become) to V(true) where the connection's user has none.
  - On Windows needs the rights of an administrator; C(become) is refused, for it does nothing for scripts.
  - Visits the machine once to read the journal, and once more if there is something to undo.
  - The journal goes along with a machine that was migrated; this works at its new address, too.
seealso:
  - module: preflight.azure.remediate
"""

EXAMPLES = r"""
- name: Show what would be undone
  preflight.azure.restore:
  become: true
  check_mode: true
  diff: true

- name: Undo everything
  preflight.azure.restore:
  become: true

- name: Undo one fix, even if somebody updated what it installed
  preflight.azure.restore:
    fix: lsof
    force: true
  become: true

- name: Undo one fix on Windows
  preflight.azure.restore:
    fix: token_filter_policy
"""

RETURN = r"""
restored:
  description: Every change that was undone or was to be undone, in this order.
  returned: success or failure, if the machine was reached
  type: list
  elements: dict
  contains:
    record:
      description: The number of the record in the machine's journal.
      type: str
      sample: "000001"
    fix:
      description: The fix that made the change.
      type: str
      sample: lsof
    run:
      description: The run that made the change.
      type: str
      sample: 20260101T120000Z-4f1c2a
    state:
      description:
        - V(restored), V(unchanged) (nothing was left of it), V(refused), V(failed), V(running).
        - In check mode V(planned).
      type: str
      sample: restored
    reason:
      description: What was undone, or why not and what to do.
      type: str
      sample: removed libtirpc-1.3.3-8.el9_4.x86_64 lsof-4.94.0-3.el9.x86_64
    journal:
      description: A copy of the record.
      type: dict
    log:
      description: The end of what the machine's tools said, where it failed.
      type: list
      elements: str
"""

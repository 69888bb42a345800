#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: remediate
short_description: Apply all allowed fixes of a machine in one visit and judge it again
version_added: 1.0.0
description:
  - Looks once more at what the allowed fixes of the failing findings need to know, and plans them.
  - Applies them in one visit, each journalled on the machine before it is made, and judges again.
  - In check mode it shows what would be done and which permission is missing, and only looks at the machine.
  - A change is refused when the machine is no longer in the state that it was planned for.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.options.visit
  - preflight.azure.options.judge
  - preflight.azure.options.output
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    description: Shows the state before and after of every change.
options:
  audit:
    description:
      - The machine's file as RV(preflight.azure.audit#module:machine_file) named it; scenario, machine and baseline are
        taken from it.
      - Without it the machine is audited first.
    type: path
  allow:
    description:
      - The fixes that change behaviour and may be applied, by name.
      - Those that are automatic need no permission. To name one that has an option C(install) permits it to install its
        package, unless O(fix_options) says otherwise.
    type: list
    elements: str
    default: []
  allow_weakening:
    description: The fixes that open a door and may be applied all the same, by name.
    type: list
    elements: str
    default: []
  fix_options:
    description:
      - What the fixes are to do, by the name of the fix; the options of each are those of the module of that name.
    type: dict
    default: {}
seealso:
  - module: preflight.azure.audit
  - module: preflight.azure.restore
"""

EXAMPLES = r"""
- name: Repair what needs no permission, and judge again
  preflight.azure.remediate:
    scenario: vmware_to_azure
    output_dir: preflight-report

- name: Prepare a Windows machine for the push installation, with an account made for it
  preflight.azure.remediate:
    settings:
      push_account: preflight-push
    allow: [firewall_rules]
    allow_weakening: [push_account, token_filter_policy]
    fix_options:
      push_account:
        account_password: "{{ vault_push_password }}"
    output_dir: preflight-report
"""

RETURN = r"""
verdict:
  description: The verdict by the chosen baseline, after the fixes.
  returned: always
  type: str
  sample: ready
verdicts:
  description: The verdict by each baseline, after the fixes.
  returned: always
  type: dict
  sample: {current: ready, "2017": ready}
fixes:
  description: What became of every fix that a failing finding names.
  returned: always
  type: list
  elements: dict
  sample: [{fix: lsof, state: applied, requirements: [linux.lsof]}]
findings:
  description: The findings that are neither passed nor not applicable, after the fixes.
  returned: always
  type: list
  elements: dict
machine_file:
  description: The file with everything about the machine.
  returned: when O(output_dir) is set
  type: str
  sample: preflight-report/machines/web01.json
"""

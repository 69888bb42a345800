#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: audit
short_description: Judge whether a machine may be replicated or migrated to Azure
version_added: 1.0.0
description:
  - Collects what the requirements of a scenario need, in one round trip, and judges every one of them.
  - What could not be read is unknown, and unknown never passes.
  - Changes nothing on the machine, in check mode and out of it.
  - A machine that cannot be reached is answered as unreachable; its file is written all the same, with the verdict
    V(unknown) and the reason. Set O(ignore:ignore_unreachable) on the task to keep such machines in the play.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.options.visit
  - preflight.azure.options.judge
  - preflight.azure.options.output
attributes:
  check_mode:
    support: full
options:
  recording:
    description:
      - The path of a recording on the controller to be judged instead of collecting one.
      - The clock cannot be judged from it, and no fix is planned.
    type: path
seealso:
  - module: preflight.azure.remediate
  - module: preflight.azure.report
"""

EXAMPLES = r"""
- name: Judge a machine and keep the evidence
  preflight.azure.audit:
    scenario: vmware_to_azure
    output_dir: preflight-report
  register: audit

- name: Judge by the documents of 2017, one group only
  preflight.azure.audit:
    baseline: "2017"
    requirements: ["linux.*"]
"""

RETURN = r"""
verdict:
  description: The verdict by the chosen baseline.
  returned: always
  type: str
  sample: ready_after_fix
verdicts:
  description: The verdict by each baseline.
  returned: always
  type: dict
  sample: {current: ready, "2017": blocked}
counts:
  description: How many findings have which status, by the chosen baseline.
  returned: when the machine was judged
  type: dict
  sample: {pass: 38, fail: 1, unknown: 0, manual: 0, not_applicable: 6, waived: 0}
findings:
  description: The findings that are neither passed nor not applicable, by the chosen baseline.
  returned: when the machine was judged
  type: list
  elements: dict
  sample: [{id: linux.lsof, status: fail, severity: blocker, observed: false, required: lsof is installed}]
fixes:
  description: The names of the fixes that would repair failing findings.
  returned: when the machine was judged
  type: list
  elements: str
  sample: [lsof]
error:
  description: Why the machine could not be judged.
  returned: when there was no visit, or its answer is not whole
  type: dict
  sample: {kind: unreachable, message: "unreachable: no route to host; check the address"}
machine_file:
  description: The file with everything about the machine.
  returned: when O(output_dir) is set
  type: str
  sample: preflight-report/machines/web01.json
"""

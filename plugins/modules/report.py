#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Collate machines into one report and show its summary
version_added: 1.0.0
description:
  - Collates the files that audits left in a directory into RV(report_json) and RV(report_html).
  - Shows a summary of every machine that is not ready.
  - Works on the controller alone; it can be run again at any time, also after a run that was interrupted.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.options.controller
attributes:
  check_mode:
    support: full
    description: Writes its files in check mode too, for they are on the controller.
options:
  output_dir:
    description: The directory that the audits wrote to, and where the report is written.
    type: path
    default: preflight-report
  machines:
    description:
      - The names of the machines that must be in the report; one without a file of this run is named as missing.
      - Without it every machine that has a file is in the report.
    type: list
    elements: str
  baseline:
    description: The baseline of the headline verdicts.
    type: str
    choices: [current, "2017"]
    default: current
  fail_on:
    description: Fail when a machine has one of these verdicts by the chosen baseline.
    type: list
    elements: str
    choices: [blocked, unknown, ready_after_fix]
    default: []
  summary:
    description: Whether to show the summary.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Write the report of all machines that were audited so far
  preflight.azure.report:
    output_dir: preflight-report
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
report_json:
  description: The report as a JSON document.
  returned: always
  type: str
  sample: preflight-report/report.json
report_html:
  description: The report as one HTML file.
  returned: always
  type: str
  sample: preflight-report/report.html
verdicts:
  description: How many machines have which verdict, by baseline.
  returned: always
  type: dict
missing:
  description: The machines that have no file of this run.
  returned: always
  type: list
  elements: str
"""

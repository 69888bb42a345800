#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: collector_script
short_description: Write the collecting script to a file
version_added: 1.0.0
description:
  - Writes the script that an audit would send, for a machine that this controller cannot reach.
  - Its owner runs it with C(sudo sh collect.sh > recording.txt) and hands over the recording, which is plain text and
    can be read first; M(preflight.azure.audit) judges it with its option C(recording).
  - For Windows its owner runs, in C(cmd.exe) as an administrator,
    C(powershell -NoProfile -ExecutionPolicy Bypass -File collect.ps1 > recording.txt).
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.options.judge
  - preflight.azure.options.controller
attributes:
  check_mode:
    support: full
    description: Says whether the file would be written.
options:
  dest:
    description: The file on the controller.
    type: path
    required: true
  platform:
    description: The kind of machine that the script is for.
    type: str
    choices: [linux, windows]
    default: linux
seealso:
  - module: preflight.azure.audit
"""

EXAMPLES = r"""
- name: Write the script for machines behind another firewall
  preflight.azure.collector_script:
    scenario: vmware_to_azure
    dest: collect.sh
  delegate_to: localhost
  run_once: true

- name: Write the script for Windows machines that have no remote access
  preflight.azure.collector_script:
    scenario: vmware_to_azure
    platform: windows
    dest: collect.ps1
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
dest:
  description: The file.
  returned: success
  type: str
  sample: /home/operator/collect.sh
reads:
  description: What the script looks at.
  returned: success
  type: list
  elements: str
  sample: [file /etc/os-release, command sshd]
"""

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options and attributes that several modules share. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments: how a module talks to a machine, that it stays on the controller, and what an audit is told."""

    DOCUMENTATION = r"""
options: {}
"""

    VISIT = r"""
options:
  timeout_seconds:
    description:
      - How long one visit to the machine may take, connecting included.
      - The collecting script limits itself to half of it, and every read to a few seconds.
    type: int
    default: 120
attributes:
  check_mode:
    support: full
    description: Can run in check mode; nothing is ever written on the machine by reading it.
  platform:
    support: full
    platforms: posix, windows
    description:
      - On Linux the machine needs a POSIX shell and awk, on Windows PowerShell 2.0 or newer; neither Python nor a
        writable directory.
  action:
    support: full
    description: Runs on the controller and sends one script through the connection.
  async:
    support: none
    description: Supports being used with the C(async) keyword.
notes:
  - Nothing is copied to the machine and no temporary file is made; the script travels on standard input.
  - Set C(gather_facts) to V(false) in the play, for Ansible's own fact gathering fails on the old machines that this
    is for.
"""

    CONTROLLER = r"""
options: {}
attributes:
  platform:
    support: full
    platforms: posix
    description: The controller.
  action:
    support: full
    description: Runs on the controller; the connection is not used.
  async:
    support: none
    description: Supports being used with the C(async) keyword.
"""

    JUDGE = r"""
options:
  scenario:
    description: The way to Azure that the machine is judged for; the name of a role of this collection.
    type: str
    default: vmware_to_azure
  machine:
    description: The part that the machine plays in the scenario.
    type: str
    default: source
  baseline:
    description:
      - The state of Microsoft's documents that gives the headline verdict, fixes and gates.
      - V(current) are the newest documents, V(2017) the four documents that this collection was specified from.
      - Both are always judged and reported.
    type: str
    choices: [current, "2017"]
    default: current
  requirements:
    description:
      - Limits the audit to these requirements, by id or by group as in V(linux.*).
      - Without it all requirements of the scenario are judged; with an empty list none.
    type: list
    elements: str
  settings:
    description: What the operator wants to be true after the migration, for example C(ssh_after_failover).
    type: dict
    default: {}
  waivers:
    description:
      - Findings that a person has accepted, and manual ones that a person has attested.
      - A list of mappings, or the path of a YAML file that holds one.
    type: raw
    default: []
  catalogue:
    description: Directories with requirements of your own, or with overrides of severity and limits of ours.
    type: list
    elements: path
    default: []
"""

    OUTPUT = r"""
options:
  output_dir:
    description:
      - The directory on the controller that receives the evidence.
      - A relative path starts where the command was started. Without it no file is written.
    type: path
"""

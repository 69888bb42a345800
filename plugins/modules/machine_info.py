#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: machine_info
short_description: Collect the facts of a machine in one visit
version_added: 1.0.0
description:
  - Collects the facts that requirements are judged by, with one script and one round trip.
  - Works on machines without Python, from Red Hat Enterprise Linux 6, SUSE Linux Enterprise Server 11 and Windows
    Server 2008 R2 on.
  - A fact that could not be had is V(null), and RV(unknown) says why.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.options.visit
attributes:
  check_mode:
    support: full
options:
  subjects:
    description:
      - The subjects to collect, for example V(storage) or V(network).
      - Without it those of a source machine are collected; those of servers that play another part, as V(vmm), are
        named here.
    type: list
    elements: str
seealso:
  - module: preflight.azure.audit
"""

EXAMPLES = r"""
- name: Collect everything that is known about a machine
  preflight.azure.machine_info:
  register: info

- name: Collect two subjects
  preflight.azure.machine_info:
    subjects: [os, storage]
"""

RETURN = r"""
facts:
  description: The facts by subject and name; sizes in bytes, times in seconds.
  returned: success
  type: dict
  sample:
    os: {id: rhel, version: "7.9", major: 7}
unknown:
  description: Why each fact that is V(null) could not be had, by its path.
  returned: success
  type: dict
  sample: {"boot.secure_boot": "command secure_boot could not be read without root rights"}
"""

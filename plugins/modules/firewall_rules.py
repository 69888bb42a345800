#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_rules
short_description: Let Site Recovery and its users in through Windows Firewall
version_added: 1.0.0
description:
  - Switches on those rules of the groups File and Printer Sharing, Windows Management Instrumentation and Remote
    Desktop that are needed, and makes a rule of its own for TCP port 20004 (multi-VM consistency) from the networks of
    the replication group. It works through the interface of the firewall that Windows Server 2008 R2 has, too, and
    heeds no name that Windows translates.
  - Of file sharing these are the rules for TCP 445 and 139 and for UDP 137 and 138, of WMI those for TCP 135 and for
    the service, of Remote Desktop those for its port. The print spooler, ping, WMI's answers to its own queries and the
    shadowing of sessions stay closed.
  - A rule that is off and would open more profiles than are wanted gets those that are wanted. A rule that is on loses
    no profile, and may get one more. What is let in already, by whatever rule, is left alone.
  - Never closes anything. A port 20004 that is open to everybody is left so; limit that rule by hand.
  - Does nothing in a profile in which the firewall is off. Refuses where a rule would have no effect, which is where
    group policy lets only its own rules count, where a profile blocks all incoming connections, and where a rule that
    blocks the port wins. Refuses, too, when the service of the firewall is stopped, when a group lacks a rule or has
    one for some addresses only, and when a rule has the name of its own rule but is another one.
  - Looks at Windows Firewall only. Whether a firewall of another maker lets the ports in is not known.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix.windows
options:
  state:
    description:
      - V(present) lets in what is named.
      - M(preflight.azure.restore) gives every rule of the groups its profiles back and switches it off where it was,
        and takes the own rule away. Connections by WinRM, PSRP and SSH do not depend on these rules.
    type: str
    choices: [present]
    default: present
  groups:
    description:
      - What to let in. V(multi_vm) is TCP port 20004, for which O(sources) must be given unless it is let in already.
      - Without it V(file_and_printer_sharing), V(wmi) and V(remote_desktop); in M(preflight.azure.remediate) what its
        settings C(push_installation), C(remote_desktop_after_failover) and C(multi_vm_consistency) say.
    type: list
    elements: str
    choices: [file_and_printer_sharing, wmi, remote_desktop, multi_vm]
  profiles:
    description:
      - In which profiles to let it in.
      - Without it in those that are active. File sharing and WMI are then refused while the public profile is active
        and does not let them in; Remote Desktop is let in in the public profile as well, for a network in Azure is
        public until Windows knows better.
    type: list
    elements: str
    choices: [domain, private, public]
  sources:
    description:
      - The IPv4 networks or addresses that may connect to TCP port 20004, which are the machines of the replication
        group. Those that are let in already are left as they are.
      - The groups are not limited by it.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Let Site Recovery install the Mobility service
  preflight.azure.firewall_rules:
    groups: [file_and_printer_sharing, wmi]

- name: See what would be switched on for a machine in a network that Windows takes for public
  preflight.azure.firewall_rules:
    groups: [file_and_printer_sharing, wmi]
    profiles: [public]
  check_mode: true
  diff: true

- name: Repair what is allowed, the firewall too
  preflight.azure.remediate:
    allow: [firewall_rules]
    settings:
      multi_vm_consistency: true
    fix_options:
      firewall_rules:
        sources: [10.1.2.0/24]
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
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: Windows Firewall lets this in already; a firewall of another maker, if there is one, is not asked
before:
  description:
    - What was found; V(null) where that is not known.
    - Of a group the inbound rules, each as protocol, ports, remote addresses, program, service, action (1 allows),
      profiles (the sum of 1 for domain, 2 for private and 4 for public) and V(on) or V(off).
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "firewall_group @FirewallAPI.dll,-28752": ["6|3389|*|System||1|7|off"]
    firewall_rule preflight.azure multi-VM consistency: absent
after:
  description: What is there now, or in check mode would be.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    "firewall_group @FirewallAPI.dll,-28752": ["6|3389|*|System||1|5|on"]
    firewall_rule preflight.azure multi-VM consistency: >-
      present enabled=True direction=1 action=1 protocol=6 ports=20004 profiles=1 addresses=10.1.2.0/24
      group=preflight.azure
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: firewall_rules
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: refused
    after: let in
    state: done
"""

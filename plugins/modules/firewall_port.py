#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: firewall_port
short_description: Let SSH and multi-VM consistency in through the machine's firewall
version_added: 1.0.0
description:
  - Lets new connections in to the ports of the SSH server, from anywhere, and, where it is wanted, to TCP port 20004
    (multi-VM consistency) from the networks of the replication group.
  - Works through the firewall that rules the machine, which is firewalld, ufw, nftables (the file that
    C(nftables.service) loads) or iptables (C(/etc/sysconfig/iptables) or C(/etc/iptables/rules.v4)). What is missing
    takes effect at once and lasts over a reboot; the rules in the kernel and the file are changed separately, each only
    where it refuses the port.
  - Adds single rules. Each stands as late as it still has its effect, so behind bans and limits, and only before what
    refuses everything. No other rule is moved, saved or taken away, nothing is flushed, reloaded or restarted, and no
    kernel module is loaded. The new file is first tried with the program that loads it at boot, where that has one.
  - Never closes anything. A port 20004 that is open to everybody is left so; limit that rule by hand.
  - Refuses when a rule on the way cannot be understood, when rules are set by something that is not known here
    (SuSEfirewall2, Shorewall, csf, a script), when two firewalls start with the machine and refuse the port, and when
    the rules that hold now are not those of the firewall that starts with the machine.
  - Looks at IPv4 only. A port that is opened in firewalld, or in a table C(inet) of nftables without sources, is open
    over IPv6, too; rules of ip6tables and of ufw for IPv6 are left alone.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description:
      - V(present) lets the ports in.
      - M(preflight.azure.restore) takes exactly the added rules away and brings the files back byte by byte. It refuses
        to close the port by which its own connection came, where that needed the rule; run it on the machine's console
        then, or with O(preflight.azure.restore#module:force) if no new SSH connection is needed.
    type: str
    choices: [present]
    default: present
  ports:
    description:
      - What to let in. V(ssh) is all ports that the SSH server listens on, if none of them is let in yet;
        V(multi_vm) is TCP port 20004, for which O(sources) must be given unless it is let in already.
      - Without it V(ssh); in M(preflight.azure.remediate) what its settings C(ssh_after_failover) and
        C(multi_vm_consistency) say.
    type: list
    elements: str
    choices: [ssh, multi_vm]
  sources:
    description:
      - The IPv4 networks or addresses that may connect to TCP port 20004, which are the machines of the replication
        group. Those that are let in already are left as they are.
      - SSH is not limited by it.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Let SSH in, now and after a reboot
  preflight.azure.firewall_port:
  become: true

- name: See what would be added for a replication group with multi-VM consistency
  preflight.azure.firewall_port:
    ports: [ssh, multi_vm]
    sources: [10.1.2.0/24, 10.1.3.17]
  become: true
  check_mode: true
  diff: true

- name: Repair what is allowed, the firewall too
  preflight.azure.remediate:
    allow: [firewall_port]
    settings:
      multi_vm_consistency: true
    fix_options:
      firewall_port:
        sources: [10.1.2.0/24]
  become: true
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
  sample: "wrote /etc/nftables.conf; let in now: inet.filter.input/20004/10.1.2.0/24"
before:
  description: What is refused now and after a reboot, and per file that is changed no line; V(null) if not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    now: ["TCP 20004 from 10.1.2.0/24: refused"]
    after a reboot: ["TCP 20004 from 10.1.2.0/24: refused"]
    /etc/nftables.conf: []
after:
  description: What is there now, or in check mode would be, with the added lines of each file.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    now: [let in]
    after a reboot: [let in]
    /etc/nftables.conf: ['ip saddr 10.1.2.0/24 tcp dport 20004 accept comment "preflight.azure:20004:10.1.2.0/24"']
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: firewall_port
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: nft inet.filter.input/20004/10.1.2.0/24 live=1.4.5.7.8 /etc/nftables.conf 3696850193-422
    after: nft inet.filter.input/20004/10.1.2.0/24 live=yes /etc/nftables.conf 3002470678-520
    state: done
    details:
      file: ["1 3696850193-422 3002470678-520 /etc/nftables.conf"]
      places: ["end"]
      live: ["inet.filter.input/20004/10.1.2.0/24"]
log:
  description: The end of what the machine's own programs said.
  returned: when the change failed
  type: list
  elements: str
"""

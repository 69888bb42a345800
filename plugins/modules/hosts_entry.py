#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: hosts_entry
short_description: Map the host name to the addresses of all adapters in /etc/hosts
version_added: 1.0.0
description:
  - Adds what C(/etc/hosts) lacks, so that each IPv4 address of the machine's own network adapters has a line with the
    host name. Addresses of containers, tunnels and guests, link-local ones, and virtual addresses of a cluster (with
    the length 32) are left out. IPv6 is not asked for and not added.
  - Each missing address gets a line of its own at the end of the file, the full name first, then the short one. A name
    is not added to a line of another name, for the first name of a line is the canonical one, and the machine would
    call itself by that. The exception is a line of the address with the host's own full name, which gets the short
    name behind its last one.
  - Nothing that stands in the file is moved or taken away. Other lines, comments, line ends, a missing last line end,
    and bytes that are not UTF-8 stay as they are; new lines are aligned like the last one there. What a lookup found
    first, it still finds first. Lines of addresses that the machine no longer has stay, and so does Debian's line for
    C(127.0.1.1).
  - Refuses a host name that is none, as C(localhost), one with other characters than letters, digits, hyphens and
    underscores, and one that looks like an address.
  - Refuses a file that is a symbolic link, has more than one hard link, is a mount point of its own, immutable or
    append-only, in a directory that others than root can write to, or on a read-only file system.
  - M(preflight.azure.restore) brings back the file as it was before, to the byte, with its owner, rights and times. It
    refuses where somebody changed the file since, unless it is forced.
  - What is written is what the machine has now. An address that DHCP, or Azure after failover, gives it later has no
    line; run it again then.
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
options:
  state:
    description: V(present) adds what is missing. M(preflight.azure.restore) takes it away again.
    type: str
    choices: [present]
    default: present
  full_name:
    description:
      - The full host name to write, in front of the short one. Its first label must be the host name.
      - Needed only where the host name has no domain and C(hostname -f) gives no answer, as when no name server can be
        reached; a line without the domain could hide the full name that a name server has. Give the short host name
        where the machine has no other.
      - Without it, the host name itself if it has a domain, or what C(hostname -f) says, or a full name that the file
        has on a line of one of the machine's addresses.
    type: str
  despite_cloud_init:
    description:
      - Change the file also where cloud-init writes it anew at every boot (C(manage_etc_hosts)), or where it is not
        known whether it does. The lines are then lost at the next boot, unless they are in cloud-init's template too.
      - With V(false) the fix refuses there. C(manage_etc_hosts) of C(localhost) leaves other lines alone and is no
        hindrance.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Map the host name to all addresses
  preflight.azure.hosts_entry:
  become: true

- name: See which lines would be added
  preflight.azure.hosts_entry:
  become: true
  check_mode: true
  diff: true

- name: Map it where no name server can be asked for the full name
  preflight.azure.hosts_entry:
    full_name: "{{ inventory_hostname_short }}.example.com"
  become: true

- name: Change the file although cloud-init writes it, for its template has the same lines
  preflight.azure.hosts_entry:
    despite_cloud_init: true
  become: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed) or V(failed) (the file is as before).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: wrote /etc/hosts
before:
  description:
    - The addresses that no line maps to the host name, and the lines that are changed, as they were.
    - V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {without_entry: [10.0.0.4, 10.0.1.4], lines: [10.0.1.4 web01.example.com]}
after:
  description: The same as it is now, or in check mode would be, with the new lines.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {without_entry: [], lines: [10.0.1.4 web01.example.com web01, 10.0.0.4 web01.example.com web01]}
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: hosts_entry
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: /etc/hosts 1473840326-158
    after: /etc/hosts 3097541862-193
    state: done
    details: {file: [1 1473840326-158 3097541862-193 /etc/hosts]}
log:
  description: The end of what the machine's own tools said.
  returned: when the change failed and they said something
  type: list
  elements: str
"""

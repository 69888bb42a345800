#!/usr/bin/python
# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This is a virtual module that is entirely implemented as an action plugin and runs on the controller.

from __future__ import annotations

DOCUMENTATION = r"""
module: clock_sync
short_description: Let one time daemon keep the machine's clock
version_added: 1.0.0
description:
  - Enables and starts the time daemon that is installed, chrony, ntpd (of ntp or ntpsec) or systemd-timesyncd, and lets
    it follow the given time servers.
  - The clock is slewed by the daemon's own means. A daemon that is started may step a clock that is off all the same;
    chrony as most systems ship it (C(makestep 1.0 3)) from one second on, ntpd from 128 milliseconds on,
    systemd-timesyncd from 0.4 seconds on. So, without O(step), chrony gets a last line C(makestep 1 0), which forbids
    steps until it is restored, and the others are refused from there on.
  - chrony slews twelve seconds for each second that the clock is off, ntpd more than half an hour; how long that takes
    is told, and what would take more than a day is refused.
  - Refuses where two daemons run or start with the machine, and names them; where the configuration names no server;
    and, as long as no servers are given, where VMware Tools or Hyper-V keep the clock and it is wrong, for two
    that set one clock work against each other.
  - New servers are put into a file of their own where the daemon reads one (C(sources.d), C(conf.d) or C(chrony.d) of
    chrony, an existing C(timesyncd.conf.d)), else at the end of its main file, where all else stays as it is. A
    chronyd from version 4 on must accept its new configuration (C(chronyd -p)) before it is put in place.
  - Restarts a daemon that runs only when its files were changed.
  - On Windows lets the service Windows Time (W32Time) run, and start with Windows where it did not run; one that is not
    registered is registered first. It follows O(servers), or what it is configured to follow; where that is nothing, a
    member of a domain follows its domain, and any other machine needs O(servers). The service reads its settings anew,
    and is told to ask its servers.
  - Windows Time slews a clock that is less off than C(MaxAllowedPhaseOffset), and than C(PhaseCorrectRate) and
    C(UpdateInterval) allow, and steps any other. So a clock that is further off for certain is refused without O(step),
    and one that is further off than C(MaxPosPhaseCorrection) or C(MaxNegPhaseCorrection), which Windows Time does not
    correct at all, in any case. What cannot be measured, as a visit takes some seconds, counts as right.
  - On Windows refuses where group policy says what Windows Time follows, and that is not what is wanted; and where keys
    of its settings are missing. Windows Time that is stopped on a machine whose clock VMware Tools keep stays so as
    long as no servers are given.
  - On Windows a change is recorded in C(%ProgramData%\preflight.azure\journal).
author:
  - preflight.azure contributors (@preflight-azure)
extends_documentation_fragment:
  - preflight.azure.fix
attributes:
  platform:
    support: full
    platforms: posix, windows
    description: On Linux the machine needs a POSIX shell and awk, no Python; on Windows PowerShell 2.0 or newer.
options:
  state:
    description:
      - V(present) lets a daemon keep the clock.
      - M(preflight.azure.restore) stops and disables what was started and enabled, brings back the files, and removes
        the package. The clock stays as it was set by then. A daemon that ran before goes on with its new
        configuration where its old one might step a clock that is not right yet; that is told.
      - On Windows it brings back the values, types included, and how the service started and whether it ran; one that
        was registered is unregistered.
    type: str
    choices: [present]
    default: present
  servers:
    description:
      - Names or addresses of time servers. Those that are configured already are not added again.
      - On Windows they are asked as a client does (C(0x8)); one that followed only its domain follows them instead.
    type: list
    elements: str
    default: []
  replace:
    description:
      - Whether the servers in the daemon's main file are commented out, so that it follows O(servers) alone.
      - Servers in other files, and those that DHCP gives, stay.
      - On Windows O(servers) alone stand in C(NtpServer) then, and the domain is not followed.
    type: bool
    default: false
  install:
    description:
      - Whether a time daemon may be installed from the machine's own repositories if there is none; chrony, or ntp on
        RHEL 6 and on SLES before 12 SP5. Means nothing on Windows.
      - Naming C(clock_sync) in O(preflight.azure.remediate#module:allow) permits it as well.
    type: bool
    default: false
  step:
    description:
      - Whether the clock may be stepped when it is off, which programs that run may not bear.
      - It is never stepped on a node of a cluster, nor where it is not known whether the machine is one.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Let the installed time daemon keep the clock, without a step
  preflight.azure.clock_sync:
  become: true

- name: Let the machines follow two servers, and install chrony where there is no time daemon
  preflight.azure.clock_sync:
    servers: [ntp1.example.com, ntp2.example.com]
    install: true
  become: true

- name: Let Windows machines outside of domains follow two servers
  preflight.azure.clock_sync:
    servers: [ntp1.example.com, ntp2.example.com]

- name: See in a maintenance window what a step would need
  preflight.azure.clock_sync:
    step: true
  become: true
  check_mode: true
  diff: true
"""

RETURN = r"""
state:
  description:
    - V(applied), V(unchanged), V(already_done) (by the same run before), or, in check mode, V(planned).
    - The task fails with V(refused) (nothing was changed), V(failed) or V(running) (the package manager or the service
      still works).
  returned: success or failure, if the machine was reached
  type: str
  sample: applied
reason:
  description: What was done, or why not and what to do.
  returned: success or failure, if the machine was reached
  type: str
  sample: wrote /etc/chrony.conf; chronyd.service starts with the machine; chronyd.service was started
before:
  description: What was found; V(null) where that is not known.
  returned: success or failure, if the machine was reached
  type: dict
  sample: {daemon: chrony, running: false, starts_with_the_machine: false, offset_seconds: 420, /etc/chrony.conf: []}
after:
  description: What is there now, or in check mode would be, with the lines that were added to files.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    daemon: chrony
    running: true
    starts_with_the_machine: true
    correction: slewed by chrony, in about 84 minutes; its configuration gets a line that forbids steps
    /etc/chrony.conf: [makestep 1 0]
journal:
  description: A copy of the record that was written on the machine; V(null) where nothing was changed.
  returned: success or failure, if the machine was reached
  type: dict
  sample:
    record: "000001"
    fix: clock_sync
    run: 20260101T120000Z-4f1c2a
    catalogue: "2026.1"
    time: "2026-01-01T12:00:05Z"
    before: "chrony:chronyd.service autostart=no running=no"
    after: "chrony:chronyd.service autostart=yes running=yes"
    state: done
    details: {daemon: [chrony], started: [chronyd.service]}
log:
  description: The end of what the package manager or the service said.
  returned: when the change failed or still runs
  type: list
  elements: str
"""

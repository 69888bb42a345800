# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An ssh connection that takes no standard input, as paramiko's does not."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.connection.ssh import DOCUMENTATION as SSH_DOCUMENTATION
from ansible.plugins.connection.ssh import Connection as SshConnection

DOCUMENTATION = SSH_DOCUMENTATION.replace("name: ssh", "name: ssh_without_stdin")


class Connection(SshConnection):  # type: ignore[misc]
    transport = "ssh_without_stdin"
    has_pipelining = False

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> Any:
        if in_data:
            raise AnsibleError("Internal Error: this module does not support optimized module pipelining")
        return super().exec_command(cmd, in_data=None, sudoable=sudoable)

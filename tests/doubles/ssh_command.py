# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a sshd of the doubles runs for every command: it hands command and input over, and prints the answer.

The doubles' own process answers, for it holds the models. This file is started for every command, so it imports little.
Messages in both directions: one letter, the length in four bytes, the data. To the double: c command, i input, e end of
input. Back: o output, r error output, x exit code, d drop the connection.
"""

import os
import signal
import socket
import struct
import sys
import threading


def receive(connection: socket.socket, size: int) -> bytes:
    """Return exactly so many bytes, or none where the other side has ended."""
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data


def message(connection: socket.socket) -> tuple[bytes, bytes]:
    """Return the letter and the data of the next message; no letter at the end."""
    head = receive(connection, 5)
    if not head:
        return b"", b""
    return head[:1], receive(connection, struct.unpack(">I", head[1:])[0])


def send(connection: socket.socket, letter: bytes, data: bytes = b"") -> None:
    """Send one message."""
    connection.sendall(letter + struct.pack(">I", len(data)) + data)


def _forward_input(connection: socket.socket) -> None:
    try:
        while part := os.read(0, 65536):
            send(connection, b"i", part)
        send(connection, b"e")
    except OSError:
        pass  # the double has answered without waiting for input


def main() -> None:
    """Carry one command to the double; never returns."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    send(connection, b"c", os.environb.get(b"SSH_ORIGINAL_COMMAND", b""))
    threading.Thread(target=_forward_input, args=(connection,), daemon=True).start()
    while True:
        letter, data = message(connection)
        if letter in (b"o", b"r"):
            with open(1 if letter == b"o" else 2, "wb", closefd=False) as stream:
                stream.write(data)
        elif letter == b"x":
            os._exit(data[0])
        else:
            # The parent is the process of sshd that serves this connection alone.
            os.kill(os.getppid(), signal.SIGKILL)
            os._exit(1)


if __name__ == "__main__":
    main()

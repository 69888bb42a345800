# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A FUSE file system that answers the kernel's greeting and then nothing: `dead_mount.py PID DIRECTORY`.

It speaks the protocol of /dev/fuse itself. Every process that looks at the directory waits, uninterruptible, as on a
hard NFS mount whose server died, until this process ends.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

_HEADER = struct.Struct("<IIQQIIII")  # fuse_in_header: length, opcode, unique, node, uid, gid, pid, padding
_INIT = 26


def mount(pid: int, directory: str) -> int:
    """Mount the file system in the mount namespace of process `pid`; the /dev/fuse descriptor."""
    libc = ctypes.CDLL(None, use_errno=True)
    fuse = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    root = os.open(f"/proc/{pid}/root", os.O_RDONLY | os.O_DIRECTORY)
    space = os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY)
    if libc.setns(space, 0):
        raise OSError(ctypes.get_errno(), "setns")
    os.fchdir(root)
    os.chroot(".")
    options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions".encode()
    if libc.mount(b"deadserver:/export", directory.encode(), b"fuse.dead", 0, options):
        raise OSError(ctypes.get_errno(), f"mount on {directory}")
    return fuse


def greet(fuse: int) -> None:
    """Answer FUSE_INIT, with protocol 7.23."""
    request = os.read(fuse, 1 << 17)
    _length, opcode, unique = _HEADER.unpack_from(request)[:3]
    if opcode != _INIT:
        raise OSError(f"the kernel's first request is {opcode}, not {_INIT}")
    answer = struct.pack("<IIIIHHIIHHI", 7, 23, 4096, 0, 12, 9, 4096, 1, 0, 0, 0) + bytes(28)
    os.write(fuse, struct.pack("<IiQ", 16 + len(answer), 0, unique) + answer)


def main() -> None:
    """Mount, greet, and read requests for ever without an answer."""
    fuse = mount(int(sys.argv[1]), sys.argv[2])
    greet(fuse)
    while True:
        os.read(fuse, 1 << 17)


main()

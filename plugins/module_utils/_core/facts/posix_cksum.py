# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checksum that every old machine can make. Private to this collection."""

from __future__ import annotations

_POLYNOMIAL = 0x04C11DB7


def _entry(index: int) -> int:
    remainder = index << 24
    for _bit in range(8):
        remainder = ((remainder << 1) ^ _POLYNOMIAL if remainder & 0x80000000 else remainder << 1) & 0xFFFFFFFF
    return remainder


_TABLE = tuple(_entry(index) for index in range(256))


def posix_cksum(content: bytes) -> str:
    """Return CRC and size in bytes as ``CRC-SIZE``, as the command ``cksum`` gives them (POSIX.1, XCU cksum)."""
    remainder = 0
    length = len(content)
    size = length.to_bytes((length.bit_length() + 7) // 8, "little")
    for byte in (*content, *size):
        remainder = ((remainder << 8) & 0xFFFFFFFF) ^ _TABLE[(remainder >> 24) ^ byte]
    return f"{remainder ^ 0xFFFFFFFF}-{length}"

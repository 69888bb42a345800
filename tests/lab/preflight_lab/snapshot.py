# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's whole file system as text, one line an entry, to prove that nothing was written.

The host's root is read through /proc/PID/root from outside; nothing runs inside it but, on a host booted with
systemd, `systemctl list-units`. What logins write by themselves is named in snapshot-exclusions.txt.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from preflight_lab import boot
from preflight_lab.places import HERE
from preflight_lab.shell import LabError, run

EXCLUSIONS = HERE / "snapshot-exclusions.txt"
_NOT_ENTERED = ("/proc", "/sys", "/dev")
_KINDS = {
    stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "link", stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket", stat.S_IFCHR: "character", stat.S_IFBLK: "block",
}  # fmt: skip
Entry = dict[str, object]


def take(pid: int, file: Path) -> None:
    """Write the snapshot of the host whose process 1 is `pid`."""
    entries = dict(_walk(Path(f"/proc/{pid}/root"), _exclusions()))
    for listing in ("/proc/modules", f"/proc/{pid}/net/ip_tables_names", f"/proc/{pid}/net/ip6_tables_names"):
        entries[f"state:{listing.replace(str(pid), 'self')}"] = {"lines": _first_words(Path(listing))}
    if Path(f"/proc/{pid}/root/run/systemd/system").is_dir():
        for name, lines in _units(pid).items():
            entries[f"state:{name}"] = {"lines": lines}
    text = "".join(json.dumps([path, entries[path]], sort_keys=True) + "\n" for path in sorted(entries))
    file.write_text(text, encoding="ascii")


def _exclusions() -> list[tuple[str, str]]:
    """Pairs of a path pattern and what of it is left out (`all` or `times`)."""
    rules = []
    for line in EXCLUSIONS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            pattern, part = line.split()[:2]
            rules.append((pattern, part))
    return rules


def _walk(root: Path, exclusions: list[tuple[str, str]]) -> Iterator[tuple[str, Entry]]:
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        left_out = {part for pattern, part in exclusions if fnmatch.fnmatchcase(path, pattern)}
        if "all" in left_out:
            continue
        try:
            entry = _entry(f"{root}{path}", times="times" not in left_out)
            if entry["type"] == "directory" and path not in _NOT_ENTERED:
                waiting += [f"{path.rstrip('/')}/{name}" for name in os.listdir(f"{root}{path}")]
        except FileNotFoundError:
            continue  # gone while we looked: the other snapshot will say so
        except OSError as error:
            entry = {"type": "unreadable", "error": error.strerror}
        yield path, entry


def _entry(path: str, *, times: bool) -> Entry:
    info = os.lstat(path)
    kind = _KINDS[stat.S_IFMT(info.st_mode)]
    entry: Entry = {"type": kind, "mode": f"{stat.S_IMODE(info.st_mode):04o}", "owner": f"{info.st_uid}:{info.st_gid}"}
    if times:
        entry |= {"mtime": info.st_mtime_ns, "ctime": info.st_ctime_ns}
    if kind == "file":
        entry |= {"size": info.st_size, "links": info.st_nlink, "sha256": _sha256(path)}
    elif kind == "link":
        entry["target"] = os.readlink(path)
    elif kind in ("character", "block"):
        entry["device"] = f"{os.major(info.st_rdev)}:{os.minor(info.st_rdev)}"
    return entry


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOATIME), "rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _first_words(file: Path) -> list[str]:
    """The names in a list of the kernel's; use counts, which change by themselves, are left out."""
    try:
        return sorted(line.split()[0] for line in file.read_text(encoding="ascii").splitlines())
    except FileNotFoundError:
        return ["(absent)"]


def _units(pid: int) -> dict[str, list[str]]:
    """Unit states and unit files, from the host's own systemctl."""
    systemctl = [*boot.inside(pid), "systemctl", "--no-pager", "--plain", "--no-legend", "--full"]
    units = run([*systemctl, "list-units", "--all"]).splitlines()
    files = run([*systemctl, "list-unit-files"]).splitlines()
    return {
        "units": sorted(" ".join(line.split()[:4]) for line in units if not line.lstrip("● ").startswith("proc-")),
        "unit-files": sorted(" ".join(line.split()[:2]) for line in files),
    }


def compare(before: Path, after: Path) -> list[str]:
    """What differs between two snapshots, one line a difference."""
    old, new = _load(before), _load(after)
    lines = [f"- {path}" for path in sorted(old.keys() - new.keys())]
    lines += [f"+ {path}" for path in sorted(new.keys() - old.keys())]
    for path in sorted(old.keys() & new.keys()):
        lines += _changes(path, old[path], new[path])
    return lines


def _changes(path: str, old: Entry, new: Entry) -> list[str]:
    lines = []
    for field in sorted(old.keys() | new.keys()):
        was, now = old.get(field), new.get(field)
        if was == now:
            continue
        if isinstance(was, list) and isinstance(now, list):
            lines += [f"~ {path}: - {line}" for line in was if line not in now]
            lines += [f"~ {path}: + {line}" for line in now if line not in was]
        else:
            lines.append(f"~ {path} {field}: {was} -> {now}")
    return lines


def _load(file: Path) -> dict[str, Entry]:
    try:
        return dict(json.loads(line) for line in file.read_text(encoding="ascii").splitlines())
    except (OSError, ValueError) as error:
        raise LabError(f"{file} is not a snapshot ({error}); make one with: lab snapshot NAME FILE") from error

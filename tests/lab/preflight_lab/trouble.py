# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong on a host, made on purpose: a dead mount, a full disk, a read-only root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from preflight_lab import boot, processes, roots
from preflight_lab.hosts import Host
from preflight_lab.places import HERE, HOSTS
from preflight_lab.shell import LabError, run

DEAD = "/mnt/dead"
_FILLER = "var/lib/lab-filler"


def hang(host: Host) -> None:
    """Mount a file system at /mnt/dead that never answers, as a dead NFS server's."""
    unhang(host)
    run([*boot.inside(boot.pid_of(host.name)), "mkdir", "-p", DEAD])
    log = HOSTS / host.name / "hang.log"
    with log.open("wb") as output:
        daemon = subprocess.Popen(
            [sys.executable, str(HERE / "dead_mount.py"), str(boot.pid_of(host.name)), DEAD],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd="/",
        )  # fmt: skip
    processes.record(HOSTS / host.name / "hang", daemon.pid)
    until = time.monotonic() + 10
    while not _has_dead_mount(host.name):
        if time.monotonic() > until or daemon.poll() is not None:
            raise LabError(f"{host.name}: {DEAD} was not mounted: {log.read_text(encoding='utf-8')}")
        time.sleep(0.02)


def unhang(host: Host) -> None:
    """End the dead file system: what waits for it gets an error."""
    processes.end(HOSTS / host.name / "hang")
    if _has_dead_mount(host.name):
        run([*boot.inside(boot.pid_of(host.name)), "umount", "-l", DEAD], limit=10)


def _has_dead_mount(name: str) -> bool:
    mounts = Path(f"/proc/{boot.pid_of(name)}/mountinfo").read_text(encoding="utf-8")
    return f" {DEAD} " in mounts


def fill(host: Host) -> None:
    """Restart the host with what it wrote so far on a small disk, and fill that: no space left."""
    if host.on_disk:
        raise LabError(f"{host.name} is on this machine's own disk, which the lab does not fill; take another host")
    boot.pid_of(host.name)
    area = HOSTS / host.name
    boot.halt(host.name)
    kept = area / "kept"
    (area / "upper").rename(kept)
    used = int(run(["du", "-sm", kept]).split()[0])
    (area / "small").mkdir(exist_ok=True)
    run(["mount", "-t", "tmpfs", "-o", f"size={used + 24}m,mode=755", "tmpfs", area / "small"])
    run(["cp", "-a", kept, area / "small/upper"])
    (area / "small/work").mkdir()
    shutil.rmtree(kept)
    for part in ("upper", "work"):
        (area / part).unlink() if (area / part).is_symlink() else shutil.rmtree(area / part, ignore_errors=True)
        (area / part).symlink_to(area / "small" / part)
    # what it was started from: the layer of that name may have been built anew meanwhile
    roots.mount_overlay([Path(line) for line in (area / "lower").read_text(encoding="ascii").splitlines()], area)
    boot.launch(host)
    _stuff(area / "root" / _FILLER)


def _stuff(filler: Path) -> None:
    """Write until there is no space, first in big pieces, then in small ones."""
    with filler.open("wb", buffering=0) as stream:
        for piece in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    if os.write(stream.fileno(), b"\0" * piece) < piece:
                        break
            except OSError:
                continue


def unfill(host: Host) -> None:
    """Remove what fills the disk; the disk stays small."""
    (HOSTS / host.name / "root" / _FILLER).unlink(missing_ok=True)


def readonly(host: Host) -> None:
    """Make the host's root file system read-only, as after a disk error."""
    run([*boot.inside(boot.pid_of(host.name)), "mount", "-o", "remount,ro,bind", "/"])


def writable(host: Host) -> None:
    """Make it writable again."""
    run([*boot.inside(boot.pid_of(host.name)), "mount", "-o", "remount,rw,bind", "/"])


COMMANDS: dict[str, tuple[Callable[[Host], None], str]] = {
    "hang": (hang, f"mount a file system at {DEAD} that never answers"),
    "unhang": (unhang, "end that file system"),
    "fill": (fill, "restart the host on a small disk that is full"),
    "unfill": (unfill, "make room on that disk"),
    "readonly": (readonly, "make the root file system read-only"),
    "writable": (writable, "make it writable again"),
}

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies the checkout to where the gates want the collection: .../ansible_collections/preflight/azure."""

from __future__ import annotations

import filecmp
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from places import CHECKOUT, Tree

# Made by the tools inside a copy, and worth keeping from one run to the next.
KEPT = (".git", "tests/output", ".mypy_cache", ".hypothesis")


def checkout_files() -> list[str]:
    """The files that git tracks or would track, relative to the checkout."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True).stdout
    except FileNotFoundError:
        sys.exit("git is not installed; install it (apt-get install git) and run this again")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{CHECKOUT} is not a git checkout ({error.stderr.decode().strip()}); clone the repository")
    names = {os.fsdecode(name) for name in listed.split(b"\0") if name}
    return sorted(name for name in names if os.path.lexists(CHECKOUT / name))


def copy_tree(tree: Tree) -> None:
    """Make the copy hold exactly what the checkout holds now; touch only what differs."""
    wanted = checkout_files()
    target = tree.collection
    target.mkdir(parents=True, exist_ok=True)
    _remove_others(target, set(wanted))
    for name in wanted:
        _copy_file(CHECKOUT / name, target / name)
    # ansible-test and ansible-lint ask git which files count; without a repository of its own the copy would
    # belong to the checkout's, which ignores it.
    if not (target / ".git").exists():
        subprocess.run(["git", "init", "-q", "."], cwd=target, check=True)


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.unlink(missing_ok=True)
        target.symlink_to(os.readlink(source))
        return
    mode = stat.S_IMODE(source.stat().st_mode)
    if target.is_file() and not target.is_symlink() and filecmp.cmp(source, target, shallow=False):
        if stat.S_IMODE(target.stat().st_mode) != mode:
            target.chmod(mode)
        return
    target.unlink(missing_ok=True)
    shutil.copy2(source, target)


def _remove_others(target: Path, wanted: set[str]) -> None:
    for folder, folders, files in os.walk(target):
        here = Path(folder)
        folders[:] = [name for name in folders if str((here / name).relative_to(target)) not in KEPT]
        for name in files:
            if str((here / name).relative_to(target)) not in wanted:
                (here / name).unlink()
    for folder, _folders, _files in os.walk(target, topdown=False):
        here = Path(folder)
        kept = any(str(here.relative_to(target)).startswith(name) for name in KEPT)
        if here != target and not kept and not any(here.iterdir()):
            here.rmdir()

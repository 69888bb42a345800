# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Debian's own packages, downloaded once, and the flat repositories made of them.

They come through apt with settings of its own, so that this machine's package lists and release do not matter.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

from preflight_lab.locks import held
from preflight_lab.places import CACHE
from preflight_lab.shell import LabError, run

SUITE = "bookworm"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_SOURCES = (("debian", SUITE), ("debian", f"{SUITE}-updates"), ("debian-security", f"{SUITE}-security"))
_HOME = CACHE / "apt"


def download(name: str, base: Path) -> Path:
    """One package file."""
    store = CACHE / "debs"
    with held("debs"):
        store.mkdir(parents=True, exist_ok=True)
        found = sorted(store.glob(f"{name}_*.deb"))
        if not found:
            _apt(base, "download", name, cwd=store)
            found = sorted(store.glob(f"{name}_*.deb"))
    return found[-1]


def closure(names: list[str], base: Path) -> list[Path]:
    """The named packages, each with what it needs beside the packages of the base root."""
    known = _HOME / f"{base.name}.json"
    with held("debs"):
        needed: dict[str, list[str]] = json.loads(known.read_text(encoding="ascii")) if known.exists() else {}
        for name in names:
            if name in needed and all((_HOME / "archives" / file).exists() for file in needed[name]):
                continue
            words = ["install", "--reinstall", "-y", "--no-install-recommends", name]
            # it leaves out what is in the archives already, so it is shown empty ones
            listed = _apt(base, "-o", f"Dir::Cache::archives={_HOME / 'none'}", *words, "--print-uris")
            needed[name] = [found[1] for found in re.finditer(r"^'[^']+' (\S+) \d+", listed, re.MULTILINE)]
            _apt(base, *words, "--download-only")
            known.write_text(json.dumps(needed), encoding="ascii")
    return [_HOME / "archives" / file for file in sorted({file for name in names for file in needed[name]})]


def repository(names: list[str], base: Path, target: Path) -> None:
    """Make a flat repository that can install the named packages in the base root."""
    target.mkdir(parents=True)
    entries = []
    for deb in closure(names, base):
        shutil.copy(deb, target)
        content = deb.read_bytes()
        fields = run(["dpkg-deb", "-f", deb]).rstrip("\n")
        sha = hashlib.sha256(content).hexdigest()
        entries.append(f"{fields}\nFilename: ./{deb.name}\nSize: {len(content)}\nSHA256: {sha}\n")
    (target / "Packages").write_text("\n".join(entries), encoding="utf-8")


def machine_settings() -> str:
    """This machine's way to its package source, for the building only."""
    lines = run(["apt-config", "dump"]).splitlines()
    kept = [line for line in lines if line.startswith("Acquire::") and ("::Proxy" in line or "::Verify" in line)]
    return "\n".join(['Acquire::Languages "none";', *kept]) + "\n"


def _apt(base: Path, *words: str, cwd: Path | None = None) -> str:
    """apt-get that knows the packages of the base root as installed, and Debian's as available."""
    for folder in ("lists/partial", "archives/partial", "none/partial"):
        (_HOME / folder).mkdir(parents=True, exist_ok=True)
    line = f"deb [signed-by={_KEYRING}] http://deb.debian.org/"
    sources = "".join(f"{line}{where} {suite} main\n" for where, suite in _SOURCES)
    (_HOME / "sources.list").write_text(sources, encoding="ascii")
    (_HOME / "settings").write_text(machine_settings(), encoding="utf-8")
    options = {
        "Dir::State::lists": _HOME / "lists",
        "Dir::State::status": base / "var/lib/dpkg/status",
        "Dir::Cache": _HOME,
        "Dir::Cache::archives": _HOME / "archives",
        "Dir::Etc::sourcelist": _HOME / "sources.list",
        "Dir::Etc::sourceparts": "/nonexistent",
        "Dir::Etc::preferencesparts": "/nonexistent",
        "APT::Architecture": "amd64",
        "APT::Sandbox::User": "root",
    }
    command: list[object] = ["env", "-C", cwd or _HOME, f"APT_CONFIG={_HOME / 'settings'}", "apt-get", "-q"]
    command += [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    if not any((_HOME / "lists").glob("*_Packages*")):
        run([*command, "update"], limit=120)
    try:
        return run([*command, *words], limit=180)
    except LabError:
        run([*command, "update"], limit=120)  # the lists may be older than what the source still has
        return run([*command, *words], limit=180)

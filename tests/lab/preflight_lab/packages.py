# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages of the local repositories, made from Debian's own lsof and libtirpc."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from preflight_lab.places import HERE
from preflight_lab.shell import run

_TABLE = HERE / "packages.json"
_DEBS = {"debian": ["lsof", "libtirpc3", "libtirpc-common"]}
_UNPACKED = {"rhel6": ["sysvinit-core"]}
_PAYLOAD = ["lsof", "libtirpc3"]
_MACROS = {
    "_build_name_fmt": "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
    "_binary_payload": "w6.gzdio",
    "debug_package": "%{nil}",
    "__strip": "/bin/true",
}


def digest(layer: str) -> str:
    """What a layer's packages are made from, as text for its digest."""
    code = Path(__file__).read_bytes() + _TABLE.read_bytes()
    return hashlib.sha256(code + layer.encode()).hexdigest()


def bring(layer: str, repository: Path, cache: Path) -> None:
    """Put the layer's packages into its /srv/repository, with indexes."""
    table = json.loads(_TABLE.read_text(encoding="utf-8"))
    if layer in table:
        _rpms(table[layer], repository, cache)
    elif layer in _DEBS:
        repository.mkdir(parents=True)
        for name in _DEBS[layer]:
            shutil.copy(_deb(name, cache), repository)
        _index(repository)
    for name in _UNPACKED.get(layer, []):
        run(["dpkg-deb", "-x", _deb(name, cache), repository])


def _deb(name: str, cache: Path) -> Path:
    """A Debian package file, downloaded once."""
    store = cache / "debs"
    store.mkdir(parents=True, exist_ok=True)
    found = sorted(store.glob(f"{name}_*.deb"))
    if not found:
        run(["sh", "-c", 'cd "$1" && apt-get download -q "$2"', "sh", store, name], limit=120)
        found = sorted(store.glob(f"{name}_*.deb"))
    return found[-1]


def _index(repository: Path) -> None:
    """Write the flat repository's Packages file."""
    entries = []
    for deb in sorted(repository.glob("*.deb")):
        content = deb.read_bytes()
        fields = run(["dpkg-deb", "-f", deb]).rstrip("\n")
        sha = hashlib.sha256(content).hexdigest()
        entries.append(f"{fields}\nFilename: ./{deb.name}\nSize: {len(content)}\nSHA256: {sha}\n")
    (repository / "Packages").write_text("\n".join(entries), encoding="utf-8")


def _rpms(table: dict[str, list[dict[str, object]]], repository: Path, cache: Path) -> None:
    """Build the registered and the offered packages; index the offered ones."""
    tree = repository.parent / ".rpmbuild"
    payload = tree / "payload"
    payload.mkdir(parents=True)
    for name in _PAYLOAD:
        run(["dpkg-deb", "-x", _deb(name, cache), payload])
    offered, registered = repository / "offered", repository / "registered"
    for directory, entries in ((offered, table["offered"]), (registered, table["registered"])):
        directory.mkdir(parents=True)
        specs = []
        for entry in entries:
            spec = tree / f"{entry['name']}.spec"
            spec.write_text(_spec(entry, payload), encoding="utf-8")
            specs.append(spec)
        macros = {"_topdir": tree, "_rpmdir": directory, "_dbpath": tree / "db", **_MACROS}
        defines = [word for name, value in macros.items() for word in ("--define", f"{name} {value}")]
        run(["rpmbuild", "-bb", "--quiet", "--nodeps", *defines, *specs], limit=120)
    shutil.rmtree(tree)
    run(["createrepo_c", "--quiet", "--general-compress-type=gz", offered])


def _spec(entry: dict[str, object], payload: Path) -> str:
    """A spec file: a package of a few copied files, or of none."""
    files = dict(entry.get("files", {}))  # type: ignore[call-overload]
    lines = [f"Name: {entry['name']}", f"Version: {entry['version']}", f"Release: {entry['release']}"]
    lines += [f"Epoch: {entry['epoch']}"] if "epoch" in entry else []
    lines += ["Summary: A package of the lab", "License: GPL-3.0-or-later", "AutoReqProv: no"]
    lines += [f"{tag}: {value}" for tag in ("Requires", "Provides") for value in entry.get(tag.lower(), [])]  # type: ignore[attr-defined]
    lines += ["BuildArch: noarch"] if not files else []
    lines += ["%description", "Made for the lab; it stands for the real package of this name.", "%install"]
    for target, source in sorted(files.items()):
        lines.append(f"install -D -m 0755 {payload}{source} %{{buildroot}}{target}")
    return "\n".join([*lines, "%files", *sorted(files), ""])

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RPM packages made of Debian's programs and of the files in payload/.

An entry of packages/<layer>.json has name, version, release; perhaps epoch, requires, provides, conflicts; `files` and
`config` (target: source), `links` (target: value), `folders`, `ghosts`, `units` (enabled and stopped as the
distribution does it), `keeps_running` (a removed unit is not stopped) and `post` (a shell command). `like` names an
entry of packages/common.json that it begins with. A source is `payload:NAME`, or a path in a Debian package or in the
base root.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from preflight_lab.places import HERE
from preflight_lab.shell import LabError, run

Entry = dict[str, Any]
_MACROS = {
    "_build_name_fmt": "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
    "_binary_payload": "w6.gzdio",
    "debug_package": "%{nil}",
    "__strip": "/bin/true",
    "__brp_mangle_shebangs": "%{nil}",
    "__os_install_post": "%{nil}",
    "_build_id_links": "none",
}


def build(entries: list[Entry], payloads: list[Path], tree: Path, target: Path) -> dict[str, Path]:
    """Build packages; their files by name."""
    target.mkdir(parents=True)
    specs = []
    for number, entry in enumerate(entries):
        spec = tree / f"{number}-{entry['name']}.spec"
        spec.write_text(_spec(entry, payloads), encoding="utf-8")
        specs.append(spec)
    macros = {"_topdir": tree, "_rpmdir": target, "_dbpath": tree / "db", **_MACROS}
    defines = [word for name, value in macros.items() for word in ("--define", f"{name} {value}")]
    run(["rpmbuild", "-bb", "--quiet", "--nodeps", *defines, *specs], limit=240)
    return {entry["name"]: next(target.glob(f"{entry['name']}-{entry['version']}-*.rpm")) for entry in entries}


def repository(made: list[Path], target: Path) -> None:
    """Make a repository of the packages."""
    target.mkdir(parents=True, exist_ok=True)
    for file in made:
        shutil.copy(file, target)
    run(["createrepo_c", "--quiet", "--general-compress-type=gz", target])


def _spec(entry: Entry, payloads: list[Path]) -> str:
    """A spec file: a package of a few copied files, or of none."""
    files, config = entry.get("files", {}), entry.get("config", {})
    links, folders, ghosts = entry.get("links", {}), entry.get("folders", []), entry.get("ghosts", [])
    lines = [f"Name: {entry['name']}", f"Version: {entry['version']}", f"Release: {entry['release']}"]
    lines += [f"Epoch: {entry['epoch']}"] if "epoch" in entry else []
    lines += ["Summary: A package of the lab", "License: GPL-3.0-or-later", "AutoReqProv: no"]
    tags = ("Requires", "Provides", "Conflicts")
    lines += [f"{tag}: {value}" for tag in tags for value in entry.get(tag.lower(), [])]
    lines += ["BuildArch: noarch"] if not files else []
    lines += ["%description", "Made for the lab; it stands for the real package of this name.", "%install"]
    lines += [f"install -d %{{buildroot}}{folder}" for folder in folders]
    for target, name in sorted({**files, **config}.items()):
        lines.append(_copy(target, _source(name, payloads)))
    for target, value in sorted(links.items()):
        lines += [f"install -d %{{buildroot}}{Path(target).parent}", f"ln -s {value} %{{buildroot}}{target}"]
    lines += _scriptlets(entry)
    lines += ["%files", *sorted(files), *sorted(links), *(f"%dir {folder}" for folder in folders)]
    lines += [f"%config(noreplace) {target}" for target in sorted(config)]
    lines += [f"%ghost %attr(0444, root, root) {path}" for path in ghosts]
    return "\n".join([*lines, ""])


def _source(name: str, payloads: list[Path]) -> Path:
    """Where a file comes from."""
    if name.startswith("payload:"):
        return HERE / "payload" / name.partition(":")[2]
    for root in payloads:
        for path in (root / name.lstrip("/"), root / name.replace("/usr/", "", 1)):
            if path.exists():
                return path
    raise LabError(f"no Debian package of the layer has {name}; name its package under `unpack`")


def _copy(target: str, source: Path) -> str:
    if source.is_dir():
        return f"install -d %{{buildroot}}{target} && cp -r {source}/. %{{buildroot}}{target}"
    mode = "0755" if source.stat().st_mode & 0o100 else "0644"
    return f"install -D -m {mode} {source} %{{buildroot}}{target}"


def _scriptlets(entry: Entry) -> list[str]:
    """What the packages of the RPM families do with their units: enabled only if a preset says so."""
    units = " ".join(entry.get("units", []))
    lines = ["%post", ":"]
    if units:
        now = "" if entry.get("keeps_running") else " --now"
        lines += [f"[ $1 -ne 1 ] || systemctl --no-reload preset {units} >/dev/null 2>&1 || :"]
        before = ["%preun", f"[ $1 -ne 0 ] || systemctl --no-reload disable{now} {units} >/dev/null 2>&1 || :"]
        after = ["%postun", "systemctl daemon-reload >/dev/null 2>&1 || :"]
        lines += ["systemctl daemon-reload >/dev/null 2>&1 || :"]
        return [*lines, entry.get("post", ":"), *before, *after]
    return [*lines, entry["post"]] if "post" in entry else []

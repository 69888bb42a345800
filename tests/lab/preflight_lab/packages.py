# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packages of a layer, as packages/<layer>.json lists them.

`offered` and `registered` are RPM packages that the layer's repository has, and that its database knows as installed;
`both` are both. `debs` are Debian packages that its flat repository offers with what they need; `unpack` are those
whose files packages are made of, `into_root` those whose files go straight into the root, `into_repository` those whose
files the layer's script takes from /srv/repository, `payload` the files of payload/ and where they go.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from preflight_lab import debs, rpms
from preflight_lab.places import HERE
from preflight_lab.shell import run

_TABLES = HERE / "packages"


def digest(layer: str) -> str:
    """What a layer's packages are made from, as text for its digest."""
    table = _TABLES / f"{layer}.json"
    if not table.exists():
        return ""
    sources = [table]
    if json.loads(table.read_text(encoding="utf-8")).keys() - {"debs"}:
        sources += [_TABLES / "common.json", *sorted((HERE / "payload").iterdir())]
    sources += [Path(__file__).with_name(f"{name}.py") for name in ("packages", "debs", "rpms")]
    return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()


def bring(layer: str, root: Path, base: Path) -> None:
    """Put the layer's packages into its /srv/repository, with indexes."""
    table = _TABLES / f"{layer}.json"
    if not table.exists():
        return
    contents = json.loads(table.read_text(encoding="utf-8"))
    repository = root / "srv/repository"
    for name in contents.get("into_root", []):
        # dpkg-deb -x would put folders in the place of the links /bin, /lib, /sbin
        unpack = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"'
        run(["sh", "-c", unpack, "sh", debs.download(name, base), root])
    for target, name in contents.get("payload", {}).items():
        (root / target.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "payload" / name, root / target.lstrip("/"))
    for name in contents.get("into_repository", []):
        run(["dpkg-deb", "-x", debs.download(name, base), repository])
    if "debs" in contents:
        debs.repository(contents["debs"], base, repository)
    if "registered" in contents:
        _bring_rpms(contents, root, base)


def _bring_rpms(contents: dict[str, Any], root: Path, base: Path) -> None:
    """Build the registered and the offered packages; index the offered ones."""
    repository, tree = root / "srv/repository", root / "srv/.rpmbuild"
    payload = tree / "payload"
    payload.mkdir(parents=True)
    for name in contents.get("unpack", []):
        run(["dpkg-deb", "-x", debs.download(name, base), payload])
    common = json.loads((_TABLES / "common.json").read_text(encoding="utf-8"))
    made = {}
    for kind in ("offered", "both", "registered"):
        entries = [_complete(entry, common) for entry in contents.get(kind, [])]
        made[kind] = list(rpms.build(entries, [payload, base], tree, tree / kind).values()) if entries else []
    rpms.repository([*made["offered"], *made["both"]], repository)
    (repository / "registered").mkdir()
    for file in (*made["both"], *made["registered"]):
        shutil.move(file, repository / "registered")
    shutil.rmtree(tree)


def _complete(entry: rpms.Entry, common: dict[str, rpms.Entry]) -> rpms.Entry:
    """The entry together with the one that it is like."""
    like = common[entry["like"]] if "like" in entry else {}
    both = {key: {**like[key], **entry[key]} for key in like.keys() & entry.keys() if isinstance(entry[key], dict)}
    return {**like, **entry, **both}

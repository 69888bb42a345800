# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a machine keeps its trusted roots: the audit's look and the fix's own must say the same, in every shell."""

from __future__ import annotations

import hashlib
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.recording import Status
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Unknown
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.linux import certificates
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes import changes
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.linux.real_shell import (
    SHELLS,
    carry_out,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.facts.recordings import (
    Printed,
    recording,
)

NAME = "ab" * 32
TEXT = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
ANCHOR = f"preflight.azure-{NAME}"
TOOLS = ("update-ca-certificates", "update-ca-trust", "zypper")
CLASSIC = "/etc/pki/tls/certs/ca-bundle.crt"
EXTRACTED = "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
LAYOUTS: dict[str, tuple[tuple[str, ...], dict[str, str], str]] = {
    "debian": (
        ("update-ca-certificates",),
        {
            "/etc/ca-certificates.conf": "",
            "/etc/ssl/certs/ca-certificates.crt": TEXT,
            f"/usr/local/share/ca-certificates/{ANCHOR}.crt": TEXT,
            "/usr/local/share/ca-certificates/other.crt": TEXT,
        },
        posix_cksum(TEXT.encode()),
    ),
    "suse": (
        ("update-ca-certificates", "zypper"),
        {f"/etc/pki/trust/anchors/{ANCHOR}.crt": TEXT, "/var/lib/ca-certificates/ca-bundle.pem": TEXT},
        posix_cksum(TEXT.encode()),
    ),
    "redhat": (
        ("update-ca-trust",),
        {f"/etc/pki/ca-trust/source/anchors/{ANCHOR}.crt": TEXT, EXTRACTED: TEXT, CLASSIC: f"-> {EXTRACTED}"},
        posix_cksum(TEXT.encode()),
    ),
    "redhat_classic": (
        ("update-ca-trust",),
        {CLASSIC: f"{TEXT}# {ANCHOR}\n{TEXT}", EXTRACTED: TEXT},
        "-",
    ),
    "suse_classic": (
        ("zypper",),
        {f"/etc/ssl/certs/{ANCHOR}.pem": TEXT, "/etc/ssl/certs/0a0b0c0d.0": f"-> {ANCHOR}.pem"},
        posix_cksum(TEXT.encode()),
    ),
    "none": (("zypper", "update-ca-trust"), {"/etc/ssl/certs/ca-certificates.crt": TEXT}, ""),
}


def built(tmp_path: Path, layout: str) -> dict[str, str]:
    """Make the files of a layout below a directory; return what stands for what."""
    tools, files, _checksum = LAYOUTS[layout]
    moved = {tool: str(tmp_path / "bin" / tool) for tool in TOOLS}
    moved |= {top: f"{tmp_path}{top}" for top in ("/etc/", "/usr/local/", "/var/lib/ca-")}
    (tmp_path / "bin").mkdir()
    for tool in tools:
        (tmp_path / "bin" / tool).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / tool).chmod(0o755)
    for directory in ("/etc/pki/trust", "/etc/ssl/certs"):
        if layout in ("suse", "suse_classic", "none"):
            Path(f"{tmp_path}{directory}").mkdir(parents=True)
    for path, text in files.items():
        place = Path(f"{tmp_path}{path}")
        place.parent.mkdir(parents=True, exist_ok=True)
        if text.startswith("-> "):
            place.symlink_to(text.removeprefix("-> ").replace("/etc/", f"{tmp_path}/etc/"))
        else:
            place.write_text(text)
    return moved


@pytest.mark.parametrize("shell", SHELLS, ids=" ".join)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_looks_find_the_layout_and_the_anchors(layout: str, shell: list[str], tmp_path: Path) -> None:
    moved = built(tmp_path, layout)
    checksum = LAYOUTS[layout][2]
    anchors = [f"{NAME} {checksum}"] if checksum else []
    answer, text = carry_out(certificates.STORE, shell, moved)
    assert answer.code == 0
    lines = text.splitlines()
    assert lines[0] == f"layout {layout}"
    assert [line.removeprefix("anchor ") for line in lines if line.startswith("anchor ")] == anchors
    assert ("linked" in text) == (layout == "suse_classic")
    assert found_by_the_fix(shell, moved) == [layout, *anchors]


def found_by_the_fix(shell: list[str], moved: dict[str, str]) -> list[str]:
    folder = Path(changes.__file__).parent
    script = "".join((folder / name).read_text() for name in ("files_look.sh", "ca_certificates_store.sh"))
    script += "LC_ALL=C\nexport LC_ALL\nstore_layout\necho $layout\nlist_anchors\n"
    script = re.sub("|".join(map(re.escape, moved)), lambda found: moved[found[0]], script)
    done = subprocess.run([*shell, "-s"], input=script.encode(), capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    return done.stdout.decode().splitlines()


def store(told: str, bundle: Any = TEXT) -> Any:
    return certificates.SUBJECT.parse(recording({certificates.STORE: told, certificates.ROOTS: bundle}))["store"]


def test_store_names_layout_anchors_and_roots() -> None:
    text = TEXT.replace("MAA=", "MAIwAA==")
    sha256 = hashlib.sha256(bytes.fromhex("30023000")).hexdigest().upper()
    assert store(f"layout debian\nanchor {NAME} 1-2\n", text) == {
        "layout": "debian",
        "anchors": [{"name": NAME, "checksum": "1-2"}],
        "roots": [sha256],
    }


def test_store_that_is_missing_has_no_roots() -> None:
    assert store("layout none\n", Printed("", 1)) == {"layout": "none", "anchors": [], "roots": []}


@pytest.mark.parametrize("linked", [False, True])
def test_file_without_a_link_is_not_trusted_on_old_suse(linked: bool) -> None:
    text = TEXT.replace("MAA=", "MAIwAA==")
    sha256 = hashlib.sha256(bytes.fromhex("30023000")).hexdigest()
    link = f"linked preflight.azure-{sha256}.pem\n" if linked else ""
    found = store(f"layout suse_classic\nanchor {sha256} 1-2\n{link}", text)
    assert found["roots"] == ([sha256.upper()] if linked else [])


@pytest.mark.parametrize(
    ("told", "bundle"), [("", TEXT), (Status.TIMED_OUT, TEXT), ("layout debian\n", Printed(TEXT, truncated=True))]
)
def test_look_without_a_whole_answer_is_unknown(told: Any, bundle: Any) -> None:
    assert isinstance(store(told, bundle), Unknown)

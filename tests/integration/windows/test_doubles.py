# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The doubles themselves: what they refuse, and the place where lines that change a machine come in."""

from __future__ import annotations

import base64
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose import Limits
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.compose_windows import compose_windows
from ansible_collections.preflight.azure.plugins.module_utils._core.collector.windows_read import environment, registry
from ansible_collections.preflight.azure.plugins.plugin_utils.transport_windows import BOOTSTRAP
from ansible_collections.preflight.azure.tests.doubles import serve, session
from ansible_collections.preflight.azure.tests.doubles.authority import make_authority
from ansible_collections.preflight.azure.tests.doubles.engine import DroppedError
from ansible_collections.preflight.azure.tests.doubles.generated_lines import ScriptError, parse_script, words
from ansible_collections.preflight.azure.tests.doubles.machine_file import load
from ansible_collections.preflight.azure.tests.doubles.session import Session
from ansible_collections.preflight.azure.tests.doubles.ssh_shell import answered

SCRIPT = compose_windows([environment()], Limits()).splitlines()
MODEL: dict[str, Any] = {"environment": {"powershell": "2.0"}, "services": {}}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([], "number"),
        (SCRIPT[1:], "number"),
        (SCRIPT[:-1], "does not compile"),
        (SCRIPT[: len(SCRIPT) // 2], "does not compile"),
        ([*SCRIPT[:20], SCRIPT[20] + " ", *SCRIPT[21:]], "not the library"),
        ([line.replace("Read-Answer", "Remove-Item") for line in SCRIPT], "not the library"),
    ],
    ids=["nothing", "no_count", "last_line_missing", "half", "one_blank_more", "other_commands"],
)
def test_a_script_that_is_not_ours_is_refused(lines: list[str], why: str) -> None:
    with pytest.raises(ScriptError, match=why):
        parse_script(lines)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Read-Answer 5 'kind' 'it''s'", ["Read-Answer", "5", "kind", "it's"]),
        ("Read-Answer 5 ('B' + [string][char]252 + 'ro')", ["Read-Answer", "5", "Büro"]),
        ("Read-Answer '' ' '", ["Read-Answer", "", " "]),
    ],
)
def test_words_are_read_as_powershell_reads_them(line: str, found: list[str]) -> None:
    assert words(line) == found


@pytest.mark.parametrize(
    "line",
    ["Read-Answer $x", 'Read-Answer "x"', "Read-Answer 'x';'y'", "Read-Answer 'x", "a | b", "a `b", "a (b)", "a\t'b'"],
)
def test_anything_but_plain_words_is_refused(line: str) -> None:
    with pytest.raises(ScriptError):
        words(line)


def test_no_other_script_runs() -> None:
    with pytest.raises(ScriptError, match="bootstrap"):
        list(Session(MODEL).run("x", "Remove-Item C:\\ -Recurse", []))


def _encoded(script: str) -> str:
    return base64.b64encode(script.encode("utf-16-le")).decode()


_CALL = "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -EncodedCommand"


@pytest.mark.parametrize(
    ("family", "line", "code"),
    [
        ("cmd", f"{_CALL} {_encoded(BOOTSTRAP)}", 0),
        ("powershell", f"{_CALL} {_encoded(BOOTSTRAP)}", 0),
        ("cmd", f"chcp.com 65001 >nul 2>&1 && {_CALL} {_encoded(BOOTSTRAP)}", 0),
        ("powershell", f"chcp.com 65001 >nul 2>&1 && {_CALL} {_encoded(BOOTSTRAP)}", 1),
        ("cmd", f"{_CALL} {_encoded(f'{_CALL} {_encoded(BOOTSTRAP)}')}", 1),
        ("cmd", f"powershell.exe -Command {_encoded(BOOTSTRAP)}", 1),
        ("cmd", BOOTSTRAP, 1),
        ("cmd", "dir", 1),
        ("powershell", "dir", 1),
        ("cmd", "exit 0", 0),
    ],
)
def test_the_login_shell_knows_one_way_to_call_powershell(family: str, line: str, code: int) -> None:
    out, error, found = answered(Session(MODEL), family, line, "\n".join(SCRIPT).encode)
    assert found == code
    assert out.startswith(b"@@ preflight-recording 1\n") is (code == 0 and line != "exit 0")
    assert bool(error) is bool(code)


def test_a_connection_that_breaks_between_two_lines_leaves_what_came_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Session({**MODEL, "dropped_before_call": 1})
    script = compose_windows([environment(), registry("HKLM\\SOFTWARE\\Test", "*")], Limits()).splitlines()
    said: list[str] = []
    with pytest.raises(DroppedError):
        # What came before the break is in the list.
        said += machine.run("x", BOOTSTRAP, script)
    assert [line for line in said if line.startswith("@ ")] == ["@ environment", "@ end 0"]

    def changing(model: dict[str, Any], *_more: object) -> Iterator[str]:
        model["services"]["one"] = {"state": "Running"}
        yield "@ started"
        raise DroppedError

    monkeypatch.setattr(session, "run", changing)
    kept = Session(MODEL, kept_in=tmp_path / "kept.yml")
    with pytest.raises(DroppedError):
        list(kept.run("x", BOOTSTRAP, SCRIPT))
    assert load(tmp_path / "kept.yml")["services"] == {"one": {"state": "Running"}}
    assert MODEL["services"] == {}


def test_a_visit_that_only_reads_keeps_nothing(tmp_path: Path) -> None:
    session = Session(MODEL, kept_in=tmp_path / "kept.yml")
    assert list(session.run("x", BOOTSTRAP, SCRIPT))[-1].startswith("@@ complete ")
    assert not (tmp_path / "kept.yml").exists()


def test_a_certificate_is_for_loopback_and_of_its_authority_alone(tmp_path: Path) -> None:
    one, other = make_authority(tmp_path, "one"), make_authority(tmp_path, "other")
    for authority, trusted in ((one, True), (other, False)):
        client = ssl.create_default_context(cafile=authority.certificate)
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        here = client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
        there = one.context.wrap_bio(to_server, to_client, server_side=True)
        assert _shaken(here, there) is trusted


def _shaken(here: ssl.SSLObject, there: ssl.SSLObject) -> bool:
    for _turn in range(4):
        for side in (here, there):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
    return here.version() is not None


def test_serve_writes_an_inventory_and_ends_when_told(tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.json"
    command = [sys.executable, str(serve.__file__), "source_2008r2_german", "--inventory", str(inventory)]
    with subprocess.Popen(
        [*command, "--copies", "2", "--way", "psrp-https-ntlm"], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("2 hosts in ")
        hosts = json.loads(inventory.read_text())["all"]["hosts"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    assert sorted(hosts) == [f"source_2008r2_german_{number}.psrp-https-ntlm" for number in (1, 2)]
    assert inventory.stat().st_mode & 0o077 == 0
    for variables in hosts.values():
        assert not Path(variables["ansible_psrp_ca_cert"]).exists(), "what the doubles made is gone with them"

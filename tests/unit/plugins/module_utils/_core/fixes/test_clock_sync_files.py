# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the files with the time servers are edited; whatever else stands in them stays."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.clock_sync_daemon import Service, Setting
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.clock_sync_files import FileEdit, edits
from hypothesis import given
from hypothesis import strategies as st

MARK = "# preflight.azure: clock_sync"


def edited(
    text: str | None,
    daemon: str = "chrony",
    servers: tuple[str, ...] = ("a",),
    name: str = "",
    **options: Any,
) -> list[FileEdit]:
    names = {"chrony": "chrony_conf", "ntpd": "ntp_conf", "timesyncd": "timesyncd_conf"}
    fact = {"path": "/main", "present": text is not None, "text": text or "", "checksum": "", "obstacle": ""}
    facts = Facts({"files": {names[daemon]: fact, "ntpsec_conf": {**fact, "path": "/ntpsec"}}})
    wished = {"never_step": False, "replace": False, **options}
    settings: list[Setting] = []
    found = edits(facts, Service(daemon, name, False, False), settings, servers, **wished)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("pool p\n", f"pool p\n{MARK}\nserver a iburst\n"),
        ("pool p", f"pool p\n{MARK}\nserver a iburst\n"),
        ("pool p\r\n", f"pool p\r\n{MARK}\r\nserver a iburst\r\n"),
        ("", f"{MARK}\nserver a iburst\n"),
        (None, f"{MARK}\nserver a iburst\n"),
        ("# caf\udce9\n", f"# caf\udce9\n{MARK}\nserver a iburst\n"),
    ],
)
def test_lines_are_added_at_the_end(text: str | None, after: str) -> None:
    [edit] = edited(text)
    assert edit.after.text == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[Time]\n#NTP=\n", f"[Time]\n{MARK}\nNTP=a b\n#NTP=\n"),
        ("# x\n [Time] \r\nNTP=c\r\n", f"# x\n [Time] \r\n{MARK}\r\nNTP=a b\r\nNTP=c\r\n"),
        ("[Time]", f"[Time]\n{MARK}\nNTP=a b\n"),
        ("#[Time]\n", f"#[Time]\n[Time]\n{MARK}\nNTP=a b\n"),
        (None, f"[Time]\n{MARK}\nNTP=a b\n"),
    ],
)
def test_timesyncd_gets_its_line_in_its_section(text: str | None, after: str) -> None:
    [edit] = edited(text, "timesyncd", ("a", "b"))
    assert edit.after.text == after


def test_replaced_servers_are_commented_out_and_nothing_else_is() -> None:
    text = "server old1\n  pool old2 iburst\r\n# server x\nserver 127.127.1.0\nservername y\npeer old3\nfudge z\n"
    [edit] = edited(text, "ntpd", replace=True)
    assert edit.lost == ("server old1", "pool old2 iburst", "peer old3")
    assert (edit.after.text or "").startswith(
        "# server old1\n#   pool old2 iburst\r\n# server x\nserver 127.127.1.0\nservername y\n# peer old3\nfudge z\n"
    )


def test_ban_on_steps_is_the_last_line() -> None:
    [edit] = edited("makestep 1.0 3\n", servers=(), never_step=True)
    assert (edit.after.text or "").endswith(f"{MARK}\nmakestep 1 0\n")


def test_nothing_to_add_changes_no_file() -> None:
    assert edited("pool p\n", servers=()) == []


def test_ntpsec_has_its_own_file() -> None:
    [edit] = edited("", "ntpd", name="ntpsec.service")
    assert edit.after.path == "/ntpsec"


@given(st.text(st.sampled_from("server pool\n\r\t#a.[Time]="), max_size=60), st.sampled_from(["chrony", "timesyncd"]))
def test_all_that_stood_there_still_does(text: str, daemon: str) -> None:
    [edit] = edited(text, daemon)
    after = edit.after.text or ""
    characters = iter(after)
    assert all(character in characters for character in text)
    assert daemon == "timesyncd" or after.startswith(text)
    assert after.count("preflight.azure") == 1

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.fact import Facts
from ansible_collections.preflight.azure.plugins.module_utils._core.facts.posix_cksum import posix_cksum
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Plan, Refusal, Unchanged
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.push_account import FIX, HEAD
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.push_account_place import DROP_IN
from hypothesis import given, settings
from hypothesis import strategies as st

MAIN = "/etc/ssh/sshd_config"
INCLUDE = "Include /etc/ssh/sshd_config.d/*.conf\n"
VALUES: dict[str, Any] = {
    "error": "",
    "passwordauthentication": ["no"],
    "permitrootlogin": ["without-password"],
    "subsystem": [],
    "authenticationmethods": ["any"],
    "forcecommand": ["none"],
    "chrootdirectory": ["none"],
    **{name: [] for name in ("allowusers", "denyusers", "allowgroups", "denygroups")},
}
ROOT = {"groups": ["root"], "shell": "/bin/bash", "password": "set"}
ALL_LINES = ("PasswordAuthentication yes", "PermitRootLogin yes", "Subsystem sftp /usr/libexec/openssh/sftp-server")


def file(path: str, text: str | None, obstacle: str = "") -> dict[str, Any]:
    content = (text or "").encode("utf-8", "surrogateescape")
    checksum = "none" if text is None else posix_cksum(content)
    return {"path": path, "present": text is not None, "text": text or "", "checksum": checksum, "obstacle": obstacle}


def facts(
    main: str | None = INCLUDE,
    parts: dict[str, str] | None = None,
    *,
    drop_in: str | None = None,
    root: dict[str, Any] | None = None,
    loaded: str = "yes",
    obstacles: tuple[str, str] = ("", ""),
    vendor: str = "",
    **values: Any,
) -> Facts:
    texts = {MAIN: main} if main is not None else {"/usr/etc/ssh/sshd_config": vendor}
    mine = {DROP_IN: drop_in} if drop_in is not None else {}
    return Facts(
        {
            "ssh": {"installed": True},
            "sshd": {
                "settings": {**VALUES, **values},
                "root": {**ROOT, **(root or {})},
                "sftp_server": "/usr/libexec/openssh/sftp-server",
                "files": {**texts, **mine, **(parts or {})},
                "loaded": loaded,
            },
            "files": {
                "sshd_config": file(MAIN, main, obstacles[0]),
                "sshd_drop_in": file(DROP_IN, drop_in, obstacles[1]),
            },
        }
    )


def plan(found: Facts, **options: Any) -> Plan:
    made = FIX.plan(found, options, {})
    assert isinstance(made, Plan), made
    return made


def new_text(made: Plan, old: str) -> str:
    """Return what the script makes of the arguments, as its ``file_prepare`` does."""
    _lines, _path, before, _after, head, tail, middle = made.arguments
    content = b"" if before == "none" else old.encode("utf-8", "surrogateescape")
    text = bytearray()
    rest = middle
    while rest:
        if rest.startswith("\\0"):
            text.append(int(rest[2:5], 8))
            rest = rest[5:]
        else:
            text += rest[0].encode("ascii")
            rest = rest[1:]
    written = content[: int(head)] + bytes(text) + content[len(content) - int(tail) :]
    return written.decode("utf-8", "surrogateescape")


def test_drop_in_has_exactly_what_is_missing() -> None:
    made = plan(facts())
    assert made.arguments[:3] == ("\\n".join(ALL_LINES), DROP_IN, "none")
    assert new_text(made, "") == "\n".join((HEAD, *ALL_LINES, ""))
    assert made.found == "pw=no root=without-password sftp=no loaded=yes"
    assert made.wanted == "pw=yes root=yes sftp=yes loaded=yes"
    assert isinstance(made.after, dict)
    assert made.after[DROP_IN] == f"begins with: {'; '.join(ALL_LINES)}"


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({"root_login": False, "sftp": False}, ALL_LINES[:1]),
        ({"password": False, "sftp": False}, ALL_LINES[1:2]),
        ({"password": False, "root_login": False}, ALL_LINES[2:]),
    ],
)
def test_options_leave_a_setting_alone(options: dict[str, bool], lines: tuple[str, ...]) -> None:
    assert plan(facts(), **options).arguments[0] == "\\n".join(lines)


def test_sftp_is_never_set_twice() -> None:
    made = plan(facts(subsystem=["netconf /usr/libexec/n", "sftp internal-sftp"]))
    assert made.arguments[0] == "\\n".join(ALL_LINES[:2])


def test_settings_that_hold_and_are_loaded_change_nothing() -> None:
    held = {"passwordauthentication": ["yes"], "permitrootlogin": ["yes"], "subsystem": ["sftp internal-sftp"]}
    assert isinstance(FIX.plan(facts(**held), {}, {}), Unchanged)
    assert isinstance(FIX.plan(facts(**held, loaded="unknown"), {}, {}), Unchanged)
    made = plan(facts(**held, loaded="no"))
    assert made.arguments == ()
    assert made.found == "pw=yes root=yes sftp=yes loaded=no"
    assert made.wanted == "pw=yes root=yes sftp=yes loaded=yes"


@pytest.mark.parametrize(
    ("main", "parts", "expected"),
    [
        (INCLUDE + "PasswordAuthentication no\n", {}, DROP_IN),
        ("Port 22\nInclude sshd_config.d/*.conf\nPermitRootLogin no\n", {}, DROP_IN),
        ('include "/etc/ssh/sshd_config.d/*"\r\n', {}, DROP_IN),
        ("Include /etc/crypto-policies/back-ends/opensshserver.config\n" + INCLUDE, {}, DROP_IN),
        (INCLUDE, {"/etc/ssh/sshd_config.d/50-redhat.conf": "PasswordAuthentication no\n"}, DROP_IN),
        (INCLUDE, {"/etc/ssh/sshd_config.d/00-a.conf": "X11Forwarding no\n"}, DROP_IN),
        (INCLUDE, {"/etc/ssh/sshd_config.d/00-a.conf": "PasswordAuthentication no\n"}, MAIN),
        (INCLUDE, {"/etc/ssh/sshd_config.d/00-a.conf": "Include /srv/more\n"}, MAIN),
        ("PasswordAuthentication=[redacted]\n" + INCLUDE, {}, MAIN),
        ("PermitRootLogin no\n" + INCLUDE, {}, MAIN),
        ("Match Address 10.0.0.0/8\n" + INCLUDE, {}, MAIN),
        ("Match User nobody\nX11Forwarding no\n" + INCLUDE, {}, MAIN),
        ("Include /srv/*.conf\n" + INCLUDE, {}, MAIN),
        ("Include /srv/*.conf /etc/ssh/sshd_config.d/*.conf\n", {}, MAIN),
        ("Include /etc/ssh/sshd_config.d/5*.conf\n", {}, MAIN),
        ("# " + INCLUDE, {}, MAIN),
        ("", {}, MAIN),
    ],
)
def test_drop_in_is_written_only_where_it_decides(main: str, parts: dict[str, str], expected: str) -> None:
    assert plan(facts(main, parts)).arguments[1] == expected


def test_vendors_main_file_is_never_edited() -> None:
    assert plan(facts(None, vendor=INCLUDE)).arguments[1] == DROP_IN
    refusal = FIX.plan(facts(None, vendor="UsePAM yes\n"), {}, {})
    assert isinstance(refusal, Refusal)
    assert "create one" in refusal.reason


def test_drop_in_that_cannot_be_written_is_no_obstacle_where_the_main_file_can() -> None:
    assert plan(facts(obstacles=("", "it is immutable"))).arguments[1] == MAIN
    refusal = FIX.plan(facts("", obstacles=("it is a symbolic link", "")), {}, {})
    assert isinstance(refusal, Refusal)
    assert "symbolic link" in refusal.reason


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"allowusers": ["operator", "backup"]}, "AllowUsers operator backup"),
        ({"denyusers": ["roo?"]}, "DenyUsers roo?"),
        ({"allowgroups": ["wheel"]}, "AllowGroups wheel"),
        ({"denygroups": ["root"]}, "DenyGroups root"),
        ({"authenticationmethods": ["publickey,password publickey"]}, "AuthenticationMethods publickey,password"),
        ({"forcecommand": ["internal-sftp"]}, "ForceCommand internal-sftp"),
        ({"chrootdirectory": ["/srv"]}, "ChrootDirectory /srv"),
        ({"root": {"shell": "/sbin/nologin"}}, "/sbin/nologin"),
        ({"root": {"password": "locked"}}, "root has no password"),
        ({"root": {"password": "empty"}}, "the password of root is empty"),
        ({"main": INCLUDE + "Match User root\nPermitRootLogin no\n"}, "Match User root in /etc/ssh/sshd_config"),
        ({"main": INCLUDE + "Match Group wheel,r*\nPasswordAuthentication no\n"}, "Match Group wheel,r*"),
        ({"main": INCLUDE + "Match all\nPasswordAuthentication no\n"}, "Match all"),
        ({"error": "line 5: Bad configuration option: Foo"}, "Bad configuration option: Foo"),
    ],
)
def test_what_would_still_forbid_it_is_named(values: dict[str, Any], found: str) -> None:
    refusal = FIX.plan(facts(**values), {}, {})
    assert isinstance(refusal, Refusal)
    assert found in refusal.reason


@pytest.mark.parametrize(
    "values",
    [
        {"allowusers": ["operator", "root"]},
        {"allowusers": ["*"]},
        {"denyusers": ["rooty"]},
        {"allowgroups": ["wheel", "root"]},
        {"authenticationmethods": ["publickey password"]},
        {"main": INCLUDE + "Match User nobody\nPasswordAuthentication no\n"},
        {"main": INCLUDE + "Match User *,!root\nPasswordAuthentication no\n"},
        {"main": INCLUDE + "Match Group sftp\nForceCommand internal-sftp\nPasswordAuthentication no\n"},
        {"main": INCLUDE + "Match User root\nPasswordAuthentication yes\n"},
    ],
)
def test_what_lets_root_in_is_no_obstacle(values: dict[str, Any]) -> None:
    made = plan(facts(**values))
    assert isinstance(made.after, dict)
    assert "depends on where root comes from" not in made.after


@pytest.mark.parametrize(
    "values",
    [
        {"allowusers": ["root@10.0.0.*"]},
        {"denyusers": ["root@192.0.2.4"]},
        {"main": INCLUDE + "Match Address *,!10.0.0.0/8\nPasswordAuthentication no\n"},
        {"main": INCLUDE + "Match User root Address 192.0.2.0/24\nPermitRootLogin no\n"},
    ],
)
def test_what_depends_on_the_address_is_shown(values: dict[str, Any]) -> None:
    made = plan(facts(**values))
    assert isinstance(made.after, dict)
    assert made.after["depends on where root comes from"]


def test_reload_alone_is_not_stopped_by_what_keeps_root_out() -> None:
    made = plan(facts(allowusers=["operator"], loaded="no"), password=False, root_login=False, sftp=False)
    assert made.arguments == ()


def test_no_server_is_refused() -> None:
    found = facts()
    found.tree["ssh"] = {"installed": False}
    refusal = FIX.plan(found, {}, {})
    assert isinstance(refusal, Refusal)
    assert "ssh_server" in refusal.reason


def test_files_that_could_not_be_read_are_refused_with_their_reason() -> None:
    found = Facts(facts("").tree, {"files.sshd_config": "it holds a secret", "files.sshd_drop_in": "no rights"})
    found.tree["files"] = {"sshd_config": None, "sshd_drop_in": None}
    refusal = FIX.plan(found, {}, {})
    assert isinstance(refusal, Refusal)
    assert "it holds a secret" in refusal.reason


LINES = st.lists(
    st.sampled_from(
        [
            *("PasswordAuthentication no", "permitrootlogin = no", "Match User bob", "Match all", "#comment", "", "\t"),
            *("Include /etc/ssh/sshd_config.d/*.conf", "Include /srv/x", "Port 22", "caf\udce9", "Subsystem x /y"),
        ]
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(lines=LINES, end=st.sampled_from(["\n", "\r\n"]), last=st.booleans())
def test_every_other_byte_stays_and_ours_are_in_front(lines: list[str], end: str, last: bool) -> None:
    main = end.join(lines) + (end if last else "")
    found = FIX.plan(facts(main), {"sftp": False}, {})
    if isinstance(found, Refusal):
        assert "Match all" in main
        return
    assert isinstance(found, Plan)
    if found.arguments[1] == MAIN:
        written = new_text(found, main)
        eol = "\r\n" if "\r\n" in main else "\n"
        assert written == f"{HEAD}{eol}{ALL_LINES[0]}{eol}{ALL_LINES[1]}{eol}{main}"
    else:
        before = main.partition("Include /etc/ssh/sshd_config.d/*.conf")[0].lower()
        assert not any(word in before for word in ("passwordauthentication", "permitrootlogin", "match", "include"))

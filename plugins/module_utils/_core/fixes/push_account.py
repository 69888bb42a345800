# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lets root log on over SSH with a password, and offers SFTP, as the push of the Mobility service needs it. Private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..facts.fact import Facts, Json
from .contract import FILE_SCRIPTS, Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from .file_change import EditableFile, change_arguments, editable_file, with_text
from .push_account_obstacles import obstacles
from .push_account_place import blocks_against, drop_in_decides

#: The first line of what is written. What follows is not more than what the machine lacks.
HEAD = "# preflight.azure: for the push installation of the Mobility service; preflight.azure.restore takes it away"
_ADVICE = "change that by hand, or install the Mobility service by hand (push_installation: false)"
_PARTS = "/etc/ssh/sshd_config.d/*.conf before its own settings"
_OPTIONS = ("password", "root_login", "sftp")


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    tree = cast(Any, facts.tree)
    if not tree["ssh"]["installed"]:
        return Refusal("there is no SSH server; install one first (fix ssh_server)")
    values, root, loaded = tree["sshd"]["settings"], tree["sshd"]["root"], tree["sshd"]["loaded"]
    if values["error"]:
        return Refusal(f"the SSH server finds its own settings in error ({values['error']}); correct that first")
    chosen = {name for name in _OPTIONS if options.get(name) is not False}
    lines = _lacking(chosen, values, tree["sshd"]["sftp_server"])
    if not lines and loaded != "no":
        return Unchanged(cast(Json, _shown(values)), "the SSH server has these settings")
    forbidden = obstacles(values, root, root_login="root_login" in chosen, password="password" in chosen)
    files: dict[str, str] = tree["sshd"]["files"]
    wanted = {"password": ("passwordauthentication", "yes"), "root_login": ("permitrootlogin", "yes")}
    against = blocks_against(files, dict(wanted[name] for name in chosen - {"sftp"}), root["groups"])
    certain = [*forbidden.certain, *(block for block, always in against.items() if always)] if lines else []
    if certain:
        return Refusal(f"root could still not log on with a password, because of: {'; '.join(certain)}; {_ADVICE}")
    place = _place(facts, files, lines)
    if isinstance(place, Refusal):
        return place
    doubts = [*forbidden.by_address, *(block for block, always in against.items() if not always)]
    return _changed(values, loaded, place, lines, doubts if lines else [], options)


def _lacking(chosen: set[str], values: Mapping[str, Any], sftp_server: str) -> list[str]:
    """Return the lines of settings that are wanted and do not hold."""
    lines = []
    if "password" in chosen and values["passwordauthentication"] != ["yes"]:
        lines.append("PasswordAuthentication yes")
    if "root_login" in chosen and values["permitrootlogin"] != ["yes"]:
        lines.append("PermitRootLogin yes")
    if "sftp" in chosen and not _sftp(values):
        lines.append(f"Subsystem sftp {sftp_server}")
    return lines


def _sftp(values: Mapping[str, Any]) -> str:
    """Return the SFTP server that is set, empty if there is none; it must not be set twice."""
    found = (subsystem.split(None, 1) for subsystem in values["subsystem"])
    return next((words[1] for words in found if len(words) > 1 and words[0] == "sftp"), "")


def _place(facts: Facts, files: Mapping[str, str], lines: Sequence[str]) -> EditableFile | Refusal | None:
    """Return the file to write to: the drop-in where it decides, else the main one; none where none is needed."""
    if not lines:
        return None
    drop_in, main = editable_file(facts, "sshd_drop_in"), editable_file(facts, "sshd_config")
    names = {line.split()[0].lower() for line in lines}
    if isinstance(drop_in, EditableFile) and drop_in_decides(files, names):
        return drop_in
    if isinstance(main, EditableFile) and main.text is None:
        return Refusal(f"{main.path} does not exist, and what stands for it reads no {_PARTS}; create one")
    return main


def _changed(
    values: Mapping[str, Any],
    loaded: str,
    place: EditableFile | None,
    lines: Sequence[str],
    doubts: Sequence[str],
    options: Mapping[str, Json],
) -> Plan:
    set_now = {line.split()[0].lower(): line.split(None, 1)[1] for line in lines}
    after_values = {**values, **{name: [value] for name, value in set_now.items() if name != "subsystem"}}
    if "subsystem" in set_now:
        after_values["subsystem"] = [*values["subsystem"], set_now["subsystem"]]
    before, after = _shown(values), _shown(after_values)
    arguments: list[str] = []
    if place is not None:
        text = place.text or ""
        end = place.line_end
        written = "".join(f"{line}{end}" for line in (HEAD, *lines))
        after[place.path] = f"begins with: {'; '.join(lines)}"
        before[place.path] = "as it is" if place.text is not None else "does not exist"
        arguments = ["\\n".join(lines), *change_arguments(place, with_text(place, written + text))]
    else:
        before["settings read by the running server"], after["settings read by the running server"] = "no", "yes"
    if doubts:
        after["depends on where root comes from"] = "; ".join(doubts)
    return Plan(
        fix="push_account",
        before=cast(Json, before),
        after=cast(Json, after),
        found=_word(values, loaded),
        wanted=_word(after_values, "unknown" if loaded == "unknown" else "yes"),
        arguments=tuple(arguments),
        timeout_seconds=timeout_seconds(options),
    )


def _shown(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings for people."""
    return {
        "PasswordAuthentication": " ".join(values["passwordauthentication"]),
        "PermitRootLogin": " ".join(values["permitrootlogin"]),
        "Subsystem sftp": _sftp(values) or "none",
    }


def _word(values: Mapping[str, Any], loaded: str) -> str:
    """Return the state as ``push_account_state`` of the script says it."""
    password, root = (" ".join(values[name][:1]) for name in ("passwordauthentication", "permitrootlogin"))
    return f"pw={password} root={root} sftp={'yes' if _sftp(values) else 'no'} loaded={loaded}"


FIX = Fix(
    name="push_account",
    safety="weakening",
    why="opens the machine to everybody who can guess the password of root, until it is restored",
    needs=("ssh.installed", "sshd.settings", "sshd.root", "sshd.sftp_server", "sshd.files", "sshd.loaded"),
    wishes=("files.sshd_config", "files.sshd_drop_in"),
    scripts=(*FILE_SCRIPTS, "push_account_server.sh", "push_account.sh"),
    planner=_plan,
    options={
        "password": {"type": "bool", "default": True, "no_log": False},
        "root_login": {"type": "bool", "default": True},
        "sftp": {"type": "bool", "default": True},
    },
    carries_connection=True,
)

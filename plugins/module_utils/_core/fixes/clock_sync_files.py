# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files in which time servers are named, and how they are edited. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..facts.fact import Facts
from .clock_sync_daemon import Service, Setting
from .contract import Refusal
from .file_change import EditableFile, editable_file, with_text

#: The first line of what this fix writes, by which people and its script know it.
MARK = "# preflight.azure: clock_sync"
#: As the last line of chrony's main file it overrules every other, and chronyd never steps the clock by itself.
NEVER_STEP = "makestep 1 0"

#: chrony's directive that reads a directory, and the fact of the file that would be put there.
_DROP_INS = (
    ("sourcedir", "/etc/chrony/sources.d", "chrony_sources_drop_in"),
    ("confdir", "/etc/chrony/conf.d", "chrony_conf_drop_in"),
    ("include", "/etc/chrony.d/*.conf", "chrony_suse_drop_in"),
)


@dataclass(frozen=True)
class FileEdit:
    """A file before and after, and the lines that it gets and loses, for people."""

    before: EditableFile
    after: EditableFile
    lost: tuple[str, ...]
    gained: tuple[str, ...]


def server_lines(daemon: str, servers: Sequence[str]) -> tuple[str, ...]:
    """Return the lines that name these servers."""
    if not servers:
        return ()
    return (
        ("NTP=" + " ".join(servers),) if daemon == "timesyncd" else tuple(f"server {each} iburst" for each in servers)
    )


def edits(
    facts: Facts,
    service: Service,
    settings: Sequence[Setting],
    servers: Sequence[str],
    *,
    never_step: bool,
    replace: bool,
) -> list[FileEdit] | Refusal:
    """Return how the files of a daemon must be changed so that it follows these servers, too.

    Args:
        facts: with the facts ``files.*``.
        service: the daemon.
        settings: its configuration.
        servers: those to add.
        never_step: whether chrony's main file is to forbid steps.
        replace: whether the servers that stand in the main file are to be commented out.
    """
    if not (servers or never_step or replace):
        return []
    main = editable_file(facts, _main(facts, service))
    if isinstance(main, Refusal):
        return main
    drop_in = _drop_in(facts, service, settings) if servers else None
    lines = server_lines(service.daemon, servers)
    text, lost = _without_sources(main.text or "", service.daemon) if replace else (main.text or "", ())
    if service.daemon == "timesyncd" and replace and lines:
        lines = ("NTP=", *lines)  # an empty one forgets those before
    in_main = (*(lines if drop_in is None else ()), *((NEVER_STEP,) if never_step else ()))
    wanted = []
    if drop_in is not None:
        head = ("[Time]",) if service.daemon == "timesyncd" else ()
        content = "".join(f"{line}\n" for line in (MARK, *head, *lines))
        wanted.append(FileEdit(drop_in, with_text(drop_in, content), _lines(drop_in), lines))
    if in_main or lost:
        after = _with_lines(with_text(main, text), in_main, service.daemon) if in_main else text
        wanted.append(FileEdit(main, with_text(main, after), tuple(lost), in_main))
    return [edit for edit in wanted if edit.before.text != edit.after.text]


def late_text(lines: Sequence[str]) -> str:
    """Return what is added to the main file that a package brings."""
    return "".join(f"{line}\n" for line in ("", MARK, *lines)) if lines else ""


def _main(facts: Facts, service: Service) -> str:
    if service.daemon == "timesyncd":
        return "timesyncd_conf"
    packages = facts.tree.get("packages")
    debian = isinstance(packages, dict) and packages.get("manager") == "apt"
    if service.daemon == "chrony":
        return "chrony_debian_conf" if debian else "chrony_conf"
    return "ntpsec_conf" if service.service.startswith("ntpsec") else "ntp_conf"


def _drop_in(facts: Facts, service: Service, settings: Sequence[Setting]) -> EditableFile | None:
    """Return the file of our own that the daemon would read; ``None`` where it reads none."""
    names = [] if service.daemon != "timesyncd" else ["timesyncd_drop_in"]
    if service.daemon == "chrony":
        read = {(setting.words[0].lower(), word.rstrip("/")) for setting in settings for word in setting.words[1:]}
        names = [name for directive, place, name in _DROP_INS if (directive, place) in read]
    for name in names:
        found = editable_file(facts, name)
        if isinstance(found, EditableFile):
            return found
    return None


def _lines(file: EditableFile) -> tuple[str, ...]:
    return tuple(line.rstrip("\r\n") for line in file.lines if not line.startswith("#"))


def _without_sources(text: str, daemon: str) -> tuple[str, tuple[str, ...]]:
    """Return the text with its time servers commented out, and these lines."""
    if daemon == "timesyncd":
        return text, ()
    pattern = r"^[ \t]*(?:server|pool|peer)[ \t](?![ \t]*127\.127\.1\.)[^\n]*$"
    lost = tuple(line.strip() for line in re.findall(pattern, text, re.MULTILINE | re.IGNORECASE))
    return re.sub(pattern, lambda line: "# " + line[0], text, flags=re.MULTILINE | re.IGNORECASE), lost


def _with_lines(file: EditableFile, lines: Collection[str], daemon: str) -> str:
    """Return the text with the lines added where the daemon heeds them."""
    end, text = file.line_end, file.text or ""
    block = "".join(f"{line}{end}" for line in (MARK, *lines))
    if daemon == "timesyncd":
        section = re.search(r"^[ \t]*\[Time\][ \t]*\r?(?:\n|\Z)", text, re.MULTILINE)
        if section:
            head = text[: section.end()]
            return head + ("" if head.endswith("\n") else end) + block + text[section.end() :]
        block = f"[Time]{end}{block}"
    return text + ("" if not text or text.endswith("\n") else end) + block

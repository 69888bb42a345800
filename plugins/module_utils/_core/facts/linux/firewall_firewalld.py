# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What firewalld lets in after a reboot, out of its files. Private to this collection."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from ...collector.read import command
from ...collector.recording import Recording
from ..fact import Unknown
from .firewall_chains import ACCEPT, DENY, Connection, Outcome, judge
from .firewall_firewalld_rule import Element, ports_match, read_rich_rule, simple_rule

#: Only what the system's owner set, the vendor's zones and the vendor's service "ssh"; then the zones of adapters.
FILES = command(
    "firewalld files",
    "test -d /etc/firewalld || exit 0; f=/usr/lib/firewalld; grep -Hv '^#' /etc/firewalld/firewalld.conf"
    " /etc/firewalld/zones/*.xml /etc/firewalld/services/*.xml /etc/firewalld/policies/*.xml /etc/firewalld/direct.xml"
    " $f/zones/*.xml $f/services/ssh.xml;"
    " grep -Hi '^zone=' /etc/sysconfig/network-scripts/ifcfg-* /etc/NetworkManager/system-connections/*; exit 0",
)
#: No service that firewalld ships but "ssh" has one of these ports.
_PORTS_OF_NO_OTHER = (22, 20004)


def accepts(recording: Recording, connection: Connection) -> Outcome:
    """Return whether the zones that take connections let this one in."""
    answer = recording.answer(FILES)
    if not answer.answered or answer.code != 0:
        return Outcome(Unknown(answer.reason))
    if "Permission denied" in answer.text:
        return Outcome(Unknown("the files of firewalld could not be read without root rights"))
    return Files(answer.text).accepts(connection)


class Files:
    """The files of firewalld, as grep shows them: every line behind the path of its file."""

    def __init__(self, text: str) -> None:
        contents: dict[str, list[str]] = {}
        for line in text.splitlines():
            path, colon, content = line.partition(":")
            if colon and path.startswith("/"):
                contents.setdefault(path, []).append(content)
        self._texts = {path: "\n".join(lines) for path, lines in contents.items()}

    def with_text(self, path: str, text: str) -> Files:
        """Return the same with another content of one file."""
        changed = Files("")
        changed._texts = {**self._texts, path: text}
        return changed

    def accepts(self, connection: Connection) -> Outcome:
        """Return whether the zones that take connections let this one in."""
        for path in self._texts:
            if path.startswith("/etc/firewalld/policies/") or path == "/etc/firewalld/direct.xml":
                if path.endswith("direct.xml") and "<rule" not in self._texts[path]:
                    continue
                return Outcome(Unknown(f"what {path} lets in could not be told"))
        sources: list[str] = []
        outcomes: dict[str, Outcome] = {}
        for name in self.zones_of_adapters():
            outcomes[name] = self._zone(name, connection)
        for name in self._zone_names():
            bound = [source.get("address", "") for source in self._children(name, "source")]
            if bound and name not in outcomes:
                outcome = self._zone(name, connection)
                if outcome.allowed is True and not outcome.sources:
                    sources += bound
                elif outcome.allowed is not False or any(found.allowed is not False for found in outcomes.values()):
                    return Outcome(Unknown(f"sources have a zone of firewalld of their own, {name}"))
        first = next(iter(outcomes.values()))
        if any(outcome != first for outcome in outcomes.values()):
            differing = ", ".join(sorted(outcomes))
            return Outcome(Unknown(f"the zones of firewalld let in different connections: {differing}"))
        if first.allowed is False and sources:
            return Outcome(True, tuple(sources))
        return first

    def zones_of_adapters(self) -> list[str]:
        """Return the zones that adapters are in, and the one for those that are in none."""
        configuration = self._texts.get("/etc/firewalld/firewalld.conf", "")
        default = re.search(r"^DefaultZone=(\S+)", configuration, re.MULTILINE)
        found = {default[1] if default else "public"}
        found |= {name for name in self._zone_names() if self._children(name, "interface")}
        for path, text in self._texts.items():
            if "ifcfg-" in path or "/system-connections/" in path:
                found |= set(re.findall(r"^zone=[\"']?([\w-]+)", text, re.IGNORECASE | re.MULTILINE))
        return sorted(found)

    def _zone_names(self) -> list[str]:
        found = (re.fullmatch(r"/etc/firewalld/zones/([^/]+)\.xml", path) for path in self._texts)
        return sorted(match[1] for match in found if match)

    def _xml(self, kind: str, name: str) -> Element | None:
        for folder in ("/etc", "/usr/lib"):
            text = self._texts.get(f"{folder}/firewalld/{kind}/{name}.xml")
            if text is not None:
                if "<!" in re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL):
                    return None  # no file of firewalld has declarations; they could make the parser work for ever
                try:
                    return ElementTree.fromstring(text.encode("utf-8", "replace"))
                except (ElementTree.ParseError, ValueError, LookupError):
                    return None
        return None

    def _children(self, zone: str, tag: str) -> list[Element]:
        root = self._xml("zones", zone)
        return root.findall(tag) if root is not None else []

    def _zone(self, name: str, connection: Connection) -> Outcome:
        root = self._xml("zones", name)
        if root is None:
            return Outcome(Unknown(f"the zone {name} of firewalld could not be read"))
        if any(ports_match(forward, connection.port) for forward in root.findall("forward-port")):
            return Outcome(Unknown(f"the zone {name} of firewalld forwards port {connection.port}"))
        richer = [read_rich_rule(rule, connection.port, self._service) for rule in root.findall("rule")]
        rules = [rule for rule in richer if rule is not None]
        found: list[bool | None] = [ports_match(port, connection.port) for port in root.findall("port")]
        found += [protocol.get("value") in ("tcp", "6") for protocol in root.findall("protocol")]
        found += [self._service(service.get("name", ""), connection.port) for service in root.findall("service")]
        # Whatever their order in the file, rules that refuse come before those that let in.
        ordered = [rule for rule in rules if rule.action != ACCEPT] + [rule for rule in rules if rule.action == ACCEPT]
        simple = simple_rule(found, f"the ports of a service in the zone {name} of firewalld were not read")
        policy = ACCEPT if root.get("target") == "ACCEPT" else DENY
        return judge({name: ordered + simple}, name, policy)

    def _service(self, name: str, port: int) -> bool | None:
        root = self._xml("services", name)
        if root is None:
            unchanged = f"/etc/firewalld/services/{name}.xml" not in self._texts and name != "ssh"
            return False if unchanged and port in _PORTS_OF_NO_OTHER else None
        return None if root.findall("include") else any(ports_match(element, port) for element in root.findall("port"))

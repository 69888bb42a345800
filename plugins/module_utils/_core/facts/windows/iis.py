# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The web server (IIS): its sites, anonymous authentication and FastCGI. Private to this collection."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from ...collector.read import Read
from ...collector.recording import Recording, Status
from ...collector.windows_read import program
from ..fact import Element, Fact, Subject, Unknown, Value
from . import registry_values
from .collecting_process import ENVIRONMENT, misled

COMPONENTS = registry_values.read(r"HKLM\SOFTWARE\Microsoft\InetStp\Components", "W3SVC", "CGI")
_APPCMD = r"%SystemRoot%\System32\inetsrv\appcmd.exe list"
SITES = program(rf"{_APPCMD} site /xml")
#: This attribute only, for the whole section can hold a password, which appcmd would print in plain text.
ANONYMOUS = program(
    rf"{_APPCMD} config /section:system.webServer/security/authentication/anonymousAuthentication /text:enabled"
)


def _component(recording: Recording, name: str) -> bool | Unknown:
    found = registry_values.number(recording, COMPONENTS, name, absent=0)
    return found if isinstance(found, Unknown) else found == 1


def _printed(recording: Recording, of: Read) -> str | Unknown:
    """Return what appcmd prints; it ends with 1 where there is nothing to list."""
    doubt = misled(recording, of)
    if doubt is not None:
        return doubt
    answer = recording.answer(of)
    if answer.status is not Status.ANSWERED or answer.truncated:
        return Unknown(answer.reason)
    return answer.text


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): html.unescape(value) for name, value in re.findall(r'([\w.]+)="([^"]*)"', text)}


def _sites(recording: Recording) -> Value:
    printed = _printed(recording, SITES)
    if isinstance(printed, Unknown):
        return printed
    # A document that is whole: an error of cmd or appcmd is not "no site".
    if not re.search(r"<appcmd\s*/>|</appcmd>", printed) or "<ERROR" in printed:
        return Unknown(f"appcmd did not list the sites of IIS: {printed.strip()[:120]!r}")
    found: list[Value] = []
    for text in re.findall(r"<SITE\s[^<]*", printed):
        site = _attributes(text)
        if "site.name" not in site or "bindings" not in site:
            return Unknown("appcmd lists a site without name or bindings")
        bindings: list[Value] = [*(binding for binding in site["bindings"].split(",") if binding)]
        found.append({"name": site["site.name"], "bindings": bindings, "state": site.get("state", "").lower()})
    return found


def _anonymous(recording: Recording) -> bool | Unknown:
    printed = _printed(recording, ANONYMOUS)
    if isinstance(printed, Unknown):
        return printed
    known = {"true": True, "false": False}.get(printed.strip().lower())
    return known if known is not None else Unknown("appcmd did not tell whether anonymous authentication is on")


def _parse(recording: Recording) -> Mapping[str, Value]:
    installed = _component(recording, "W3SVC")
    if isinstance(installed, Unknown):
        return dict.fromkeys(("installed", "fast_cgi", "sites", "anonymous_authentication"), installed)
    if not installed:
        return {"installed": False, "fast_cgi": False, "sites": [], "anonymous_authentication": False}
    return {
        "installed": True,
        "fast_cgi": _component(recording, "CGI"),
        "sites": _sites(recording),
        "anonymous_authentication": _anonymous(recording),
    }


_REGISTRY = "the components of IIS in the registry"

SUBJECT = Subject(
    "iis",
    (
        Fact("iis.installed", "bool", "Whether the web server is installed.", _REGISTRY, (COMPONENTS, ENVIRONMENT)),
        Fact(
            "iis.fast_cgi",
            "bool",
            "Whether its component CGI, which brings FastCGI, is installed.",
            _REGISTRY,
            (COMPONENTS, ENVIRONMENT),
        ),
        Fact(
            "iis.sites",
            "list",
            "The web sites.",
            "appcmd list site",
            (COMPONENTS, SITES, ENVIRONMENT),
            elements=(
                Element("name", "str", "The name of the site."),
                Element("bindings", "list[str]", "What it answers to, as https/*:443:."),
                Element("state", "str", "started or stopped; empty where it is not told."),
            ),
        ),
        Fact(
            "iis.anonymous_authentication",
            "bool",
            "Whether the server as a whole allows anonymous authentication; false without a web server.",
            "appcmd list config",
            (COMPONENTS, ANONYMOUS, ENVIRONMENT),
        ),
    ),
    _parse,
)

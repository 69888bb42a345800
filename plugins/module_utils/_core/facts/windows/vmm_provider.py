# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Azure Site Recovery Provider of a VMM server. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping

from ...collector.recording import Recording
from ...collector.windows_read import registry_keys
from ..fact import Fact, Subject, Unknown, Value
from . import installed_programs, registry_values
from .collecting_process import ENVIRONMENT

_SITE_RECOVERY = r"HKLM\SOFTWARE\Microsoft\Azure Site Recovery"
#: Setup of the Provider makes this key, and the pages wait for it.
ADAPTER = registry_keys(r"HKLM\SOFTWARE\Microsoft\Microsoft System Center Virtual Machine Manager Server", "DRAdapter")
IDENTITY = registry_values.read(_SITE_RECOVERY, "DraID")
PROXY = registry_values.read(rf"{_SITE_RECOVERY}\ProxySettings", "ProxyAddress")
KEYS = registry_keys(_SITE_RECOVERY, "ProxySettings")
_NAME = "Microsoft Azure Site Recovery Provider"


def _version(recording: Recording, adapter: bool) -> str | Unknown:
    """Return the version of the Provider; empty where there is none."""
    versions = installed_programs.versions(recording, _NAME)
    if isinstance(versions, Unknown):
        return versions
    if not versions and not adapter:
        return ""
    return next(filter(None, versions), Unknown(f"Windows does not list the version of {_NAME}"))


def _installed(adapter: bool, version: str | Unknown) -> bool | Unknown:
    if adapter:
        return True
    return version if isinstance(version, Unknown) else version != ""


def _proxy(recording: Recording) -> str | Unknown:
    """Return the Provider's own proxy; empty without one."""
    keys = registry_values.present(recording, KEYS)
    if isinstance(keys, Unknown):
        return keys
    if not keys:
        return ""
    address = registry_values.text(recording, PROXY, "ProxyAddress")
    if isinstance(address, Unknown):
        return address
    # A name and a password before the address are nobody's business.
    scheme, sign, rest = address.rpartition("://")
    return scheme + sign + rest.rpartition("@")[2]


def _parse(recording: Recording) -> Mapping[str, Value]:
    keys = registry_values.present(recording, ADAPTER)
    identity = registry_values.text(recording, IDENTITY, "DraID", absent="")
    facts: dict[str, Value] = {
        "registered": identity if isinstance(identity, Unknown) else identity != "",
        "proxy": _proxy(recording),
    }
    if isinstance(keys, Unknown):
        return facts | {"installed": keys, "version": keys}
    version = _version(recording, bool(keys))
    return facts | {"installed": _installed(bool(keys), version), "version": version}


_REGISTRY = "the registry"
_PROGRAMS = (ADAPTER, installed_programs.PROGRAMS, ENVIRONMENT)

SUBJECT = Subject(
    "vmm_provider",
    (
        Fact(
            "vmm_provider.installed",
            "bool",
            "Whether the Azure Site Recovery Provider is installed on this VMM server.",
            "the key DRAdapter of VMM, and the list of installed programs",
            _PROGRAMS,
        ),
        Fact(
            "vmm_provider.version",
            "str",
            "Its version; empty where it is not installed.",
            "the list of installed programs",
            _PROGRAMS,
        ),
        Fact(
            "vmm_provider.registered",
            "bool",
            "Whether the server has been registered in a vault.",
            f"DraID in {_REGISTRY}",
            (IDENTITY, ENVIRONMENT),
        ),
        Fact(
            "vmm_provider.proxy",
            "str",
            "The proxy that the Provider was given itself; empty without one.",
            f"ProxySettings in {_REGISTRY}",
            (KEYS, PROXY, ENVIRONMENT),
        ),
    ),
    _parse,
)

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trust store, and the roots in it that the operator gives. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, cast

from ..facts.fact import Facts, Json
from ..facts.posix_cksum import posix_cksum
from .contract import FILE_SCRIPTS, PACKAGE_SCRIPTS, Fix, Plan, Planned, Refusal, Unchanged, timeout_seconds
from .file_change import EditableFile, change_arguments
from .trusted_root import TrustedRoot, read_roots

#: In this layout the roots stand in the bundle itself, under a name and without a checksum.
_CLASSIC = "redhat_classic"


def _plan(facts: Facts, options: Mapping[str, Json], _settings: Mapping[str, Json]) -> Planned:
    return plan_at(facts, options, datetime.now(timezone.utc))


def plan_at(facts: Facts, options: Mapping[str, Json], now: datetime) -> Planned:
    """Return what the fix would do at that time: expired certificates are not trusted."""
    given = _given(options, now)
    if isinstance(given, Refusal):
        return given
    store = cast(dict[str, Any], cast(dict[str, Any], facts.tree["certificates"])["store"])
    manager = str(cast(dict[str, Any], facts.tree["packages"])["manager"])
    os = cast(dict[str, Any], facts.tree["os"])
    layout = store["layout"]
    if layout == "none" and manager == "none":
        return Refusal(
            "no trust store was found, and no package manager (apt, dnf, yum, zypper); install ca-certificates by hand"
        )
    if layout == "none" and manager == "zypper" and os["major"] < 12:
        return Refusal("no trust store was found; install the package openssl-certs by hand")
    if layout == _CLASSIC and os["family"] == "rhel" and os["major"] > 6:
        return Refusal(
            "/etc/pki/tls/certs/ca-bundle.crt is a file of its own, where this release has a link to what "
            "update-ca-trust makes; bring the link back by hand"
        )
    anchors = {str(each["name"]): str(each["checksum"]) for each in store["anchors"]}
    trusted = {str(each).lower() for each in store["roots"]}
    new = [root for root in given if root.name not in trusted and root.name not in anchors]
    complete = set(anchors) <= trusted
    if layout != "none" and not new and complete:
        return Unchanged(_people(layout, given, given), _nothing(given))
    wanted_layout = _brought(manager, os) if layout == "none" else layout
    after = {**anchors, **{root.name: _checksum(root, wanted_layout) for root in new}}
    return Plan(
        fix="ca_certificates",
        before=_people(layout, given, [root for root in given if root.name in trusted]),
        after=_people(wanted_layout, given, given),
        found=_state(layout, anchors, complete),
        wanted=_state(wanted_layout, after, True),
        arguments=(manager, wanted_layout, *(word for root in new for word in _words(root, wanted_layout))),
        timeout_seconds=timeout_seconds(options),
    )


def _brought(manager: str, os: Mapping[str, Any]) -> str:
    """Return how the package keeps its roots."""
    if manager == "yum" and os["family"] == "rhel" and os["major"] <= 6:
        return _CLASSIC
    return {"apt": "debian", "zypper": "suse"}.get(manager, "redhat")


def _given(options: Mapping[str, Json], now: datetime) -> list[TrustedRoot] | Refusal:
    texts = options.get("certificates") or []
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return Refusal("certificates: expected a list of texts in PEM form, found something else; give each as a text")
    return read_roots([str(text) for text in texts], now)


def _nothing(given: Sequence[TrustedRoot]) -> str:
    if given:
        return "every certificate that was given is trusted already"
    return (
        "the trust store is there, and no certificate was given; roots that it lacks come with a newer package "
        "ca-certificates, which this fix does not update, or with the option certificates"
    )


def _people(layout: str, given: Sequence[TrustedRoot], trusted: Sequence[TrustedRoot]) -> Json:
    roots: dict[str, Json] = {root.title: "trusted" if root in trusted else "not trusted" for root in given}
    return {"ca-certificates": "missing" if layout == "none" else "installed", **({"roots": roots} if roots else {})}


def _state(layout: str, anchors: Mapping[str, str], complete: bool) -> str:
    """Return the word that ``ca_certificates_state`` gives for it."""
    listed = "".join(f"{name} {checksum}\n" for name, checksum in sorted(anchors.items()))
    word = posix_cksum(listed.encode()) if listed else "none"
    return f"store={layout} anchors={word} trusted={'yes' if complete else 'no'}"


def _checksum(root: TrustedRoot, layout: str) -> str:
    return "-" if layout == _CLASSIC else posix_cksum(root.text.encode())


def _words(root: TrustedRoot, layout: str) -> tuple[str, str, str]:
    """Return name, checksum and text as ``ca_certificates_prepare`` takes them."""
    change = change_arguments(EditableFile(root.name, None), EditableFile(root.name, root.text))
    return (root.name, _checksum(root, layout), change[-1])


FIX = Fix(
    name="ca_certificates",
    safety="opt_in",
    why="adds what the machine trusts: the distribution's roots, and those that the operator gives",
    needs=("certificates.store", "packages.manager", "os.family", "os.major"),
    scripts=(
        *PACKAGE_SCRIPTS,
        *FILE_SCRIPTS,
        "ca_certificates_store.sh",
        "ca_certificates.sh",
        "ca_certificates_undo.sh",
    ),
    planner=_plan,
    # Certificates are public; but somebody may give a key by mistake.
    options={"certificates": {"type": "list", "elements": "str", "default": [], "no_log": True}},
)

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of certificates in the stores of a model, as ``certificate_state.ps1`` reads and sets them.

What arrives is opened: a certificate or a PFX that a real Windows would not read is refused here, too. A model may say
``key_set``: ``read_only`` (no key can be written) or ``unusable`` (none can be used), ``profile_loaded``: false, and
``opens_newer_pfx``: true as Windows Server 2019 does. ``key_containers`` are the keys that imports left on it.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, NotInFileError, ReadEndedError

Model = dict[str, Any]
_NAME = "preflight.azure"
_KEYS = r"C:\ProgramData\Microsoft\Crypto\RSA\MachineKeys"
#: PBES2, by its object identifier.
_NEWER_ENCRYPTION = bytes.fromhex("06092a864886f70d01050d")


def certificate(model: Model, name: str) -> str:
    """Return the state of a certificate."""
    owner = _owner(model, name)
    found = _find(_store(model, name), name)
    if found is None:
        return ABSENT + owner
    imported = str(found.get("friendly_name", "")).startswith(_NAME)
    return f"{'imported' if imported else 'present'}{' with key' if found.get('private_key') else ''}{owner}"


def set_certificate(model: Model, name: str, state: str, lines: Sequence[str]) -> None:
    """Import a certificate, or take away what was imported."""
    owner = _owner(model, name)
    if not state.endswith(owner):
        told = f'this is the store{owner}, but the wanted state is "{state}"'
        raise ReadEndedError("1", f"{told}; connect with the account whose store is meant")
    before, after = certificate(model, name).removesuffix(owner), state.removesuffix(owner)
    if before in ("absent", "present") and after == "imported with key":
        _import_pair(model, name, *lines)
    elif (before, after) == ("absent", "imported"):
        _store(model, name).append({**_entry(_loaded(lines[0]), name), "friendly_name": _NAME})
    elif before in ("imported", "imported with key") and after == "absent":
        _forget_key(model, name)
        store = _store(model, name)
        store.remove(_find(store, name))
    elif (before, after) == ("imported with key", "present"):
        _put_back(model, name)
    else:
        told = f"a certificate that is {before} is not made {after}"
        raise ReadEndedError("1", f"{told}: only what a change of this collection imported is taken away")


def _owner(model: Model, name: str) -> str:
    if not name.startswith("CurrentUser\\"):
        return ""
    account = model["environment"].get("user", "S-1-5-21-1-2-3-500")
    if not model.get("profile_loaded", True):
        told = f"the profile of {account} is not loaded, so it has no store of certificates"
        raise ReadEndedError("1", f"{told}; sign in once with this account")
    return f" for {account}"


def _store(model: Model, name: str) -> list[dict[str, Any]]:
    stores = model.get("certificates") or {}
    place = name.partition("|")[0]
    if place not in stores:
        raise NotInFileError(place)
    found: list[dict[str, Any]] = stores[place]
    return found


def _find(store: Sequence[dict[str, Any]], name: str) -> dict[str, Any] | None:
    thumbprint = name.partition("|")[2]
    return next((each for each in store if str(each["thumbprint"]).upper() == thumbprint), None)


def _decoded(line: str) -> bytes:
    try:
        return b64decode(line, validate=True)
    except binascii.Error:
        raise ReadEndedError("1", "The input is not a valid Base-64 string.") from None


def _loaded(line: str) -> Any:
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(_decoded(line))
    except ValueError:
        raise ReadEndedError("1", "Cannot find the requested object.") from None


def _import_pair(model: Model, name: str, pfx: str, password: str) -> None:
    from cryptography.hazmat.primitives.serialization import pkcs12

    def unwritable(cause: str) -> ReadEndedError:
        told = f"the private key could not be written to {_KEYS} ({cause})"
        return ReadEndedError("1", f"{told}; see who may write there")

    content = _decoded(pfx)
    try:
        key, one, others = pkcs12.load_key_and_certificates(content, _decoded(password))
    except ValueError:
        raise unwritable("The specified network password is not correct.") from None
    if _NEWER_ENCRYPTION in content and not model.get("opens_newer_pfx"):
        raise unwritable("The specified network password is not correct.")
    if model.get("key_set") == "read_only":
        raise unwritable("Access is denied.")
    if model.get("key_set") == "unusable":
        raise ReadEndedError("1", "the private key was written, but cannot be used: Keyset does not exist")
    if key is None or one is None or others:
        raise ReadEndedError("1", "expected one certificate with its key")
    entry = _entry(one, name)
    store = _store(model, name)
    old = _find(store, name)
    model.setdefault("key_containers", []).append(entry["thumbprint"])
    if old is None:
        store.append({**entry, "private_key": True, "friendly_name": _NAME})
        return
    called = old.get("friendly_name")
    old.update(private_key=True, friendly_name=f"{_NAME}: {called}" if called else _NAME)


def _entry(one: Any, name: str) -> dict[str, Any]:
    """Return a certificate as a machine file tells of it."""
    from cryptography.hazmat.primitives import hashes

    thumbprint = one.fingerprint(hashes.SHA1()).hex().upper()
    if not name.endswith(f"|{thumbprint}"):
        raise ReadEndedError("1", f"what arrived is another certificate: {thumbprint}")
    return {
        "thumbprint": thumbprint,
        "subject": one.subject.rfc4514_string(),
        "issuer": one.issuer.rfc4514_string(),
        "from": f"{one.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}",
        "until": f"{one.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        "private_key": False,
        "algorithm": one.signature_algorithm_oid.dotted_string,
    }


def _forget_key(model: Model, name: str) -> None:
    containers: list[str] = model.get("key_containers") or []
    thumbprint = name.partition("|")[2]
    if thumbprint in containers:
        containers.remove(thumbprint)
    if not containers:
        model.pop("key_containers", None)


def _put_back(model: Model, name: str) -> None:
    """Leave the certificate without its key, and with the name that it had."""
    _forget_key(model, name)
    found = _find(_store(model, name), name)
    if found is None:
        raise ReadEndedError("1", "You cannot call a method on a null-valued expression.")
    found["private_key"] = False
    called = str(found.pop("friendly_name"))[len(_NAME) + 2 :]
    if called:
        found["friendly_name"] = called

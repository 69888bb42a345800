# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Updates and programs of a model, as ``update_state.ps1`` finds, installs and removes them.

They stand in the registry, as on Windows. A file of the model that something can be installed from says so by
``holds``: the whole name of a ``package`` or a ``product`` code; ``exit`` is what installing it ends with (0),
``permanent`` that it cannot be removed, ``slow`` that Windows ends it only after the step's limit. Its SHA-256 is that
of its ``text``. ``free_bytes`` of the model is the room on the drive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.preflight.azure.tests.doubles.model import ABSENT, ReadEndedError

Model = dict[str, Any]
_CBS = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing"
_UNINSTALL = r"Microsoft\Windows\CurrentVersion\Uninstall"
_VIEWS = (rf"HKLM\SOFTWARE\{_UNINSTALL}", rf"HKLM\SOFTWARE\WOW6432Node\{_UNINSTALL}")
#: CurrentState of a package.
STATES = {
    **dict.fromkeys((0, 5, 32, 64), "absent"),
    **dict.fromkeys((80, 96, 112, 128), "installed"),
}
_RESTART = 3010


def update(model: Model, name: str) -> str:
    """Return whether a package or a program is there.

    Raises:
        ReadEndedError: a 32-bit process on a 64-bit Windows cannot tell.
    """
    environment = model["environment"]
    if str(environment.get("process_bits")) == "32" and environment.get("architecture") != "x86":
        told = "this is a 32-bit PowerShell on a 64-bit Windows, which cannot look after its updates"
        raise ReadEndedError("1", f"{told}; connect to the 64-bit one")
    identity = name.split("|")[0]
    if identity.startswith("{"):
        return "installed" if any(_products(model, identity)) else "absent"
    found = [_package_state(model, key) for key in _packages(model, identity)]
    if "installed" in found:
        return "installed"
    return next((state for state in found if state != "absent"), "absent")


def set_update(model: Model, name: str, state: str, _secrets: Sequence[str]) -> None:
    """Install from a file, or remove.

    Raises:
        ReadEndedError: the file is not the one, or what Windows runs ends with an error.
    """
    identity, digest, path = name.split("|")
    if state == "absent":
        _remove(model, identity)
        return
    file = _file(model, path)
    if file is None:
        raise ReadEndedError("1", f"Could not find file '{path}'.")
    if _digest(file) != digest:
        told = f"expected the file {path} to have the SHA-256 {digest}, found {_digest(file)}"
        raise ReadEndedError("1", f"{told}; nothing was installed")
    holds = file.get("holds") or {}
    if path.lower().endswith(".msi"):
        _ended("msiexec.exe", holds)
        view = _VIEWS[1 if holds.get("bits") == 32 else 0]
        model["registry"][f"{view}\\{holds['product']}"] = {"WindowsInstaller": {"DWord": 1}}
    else:
        package = str(holds.get("package", ""))
        if not _is_named(package, identity):
            told = f"expected the file to hold the package {identity}, found {package}"
            raise ReadEndedError("1", f"{told}; nothing was installed")
        _ended("dism.exe", holds)
        number = 96 if holds.get("exit") == _RESTART else 112
        model["registry"][rf"{_CBS}\Packages\{package}"] = {"CurrentState": {"DWord": number}}
    if holds.get("exit") == _RESTART:
        model["registry"][rf"{_CBS}\RebootPending"] = {}
    if holds.get("slow"):
        raise ReadEndedError("timed_out")


def update_file(model: Model, path: str) -> str:
    """Return SHA-256 and size of a file, and the room on the drive of ProgramData."""
    file = _file(model, path)
    if file is None:
        return "absent"
    return f"{_digest(file)} {len(_bytes(file))} {model.get('free_bytes', 50 * 2**30)}"


def set_update_file(_model: Model, path: str, _state: str, _secrets: Sequence[str]) -> None:
    """Refuse."""
    raise ReadEndedError("1", f"the file {path} is only looked at")


def restart_told(model: Model) -> str:
    """Say that Windows waits for a restart."""
    waits = model["registry"].get(rf"{_CBS}\RebootPending", ABSENT) != ABSENT
    return "Windows waits for a restart to finish it; nothing was restarted." if waits else ""


def sha256_of(text: str) -> str:
    """Return the digest of a file with this text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _remove(model: Model, identity: str) -> None:
    files = (model.get("files") or {}).values()
    held = [file["holds"] for file in files if isinstance(file, dict) and file.get("holds")]
    keys = list(_products(model, identity) if identity.startswith("{") else _packages(model, identity))
    for key in keys:
        if not identity.startswith("{") and _package_state(model, key) != "installed":
            continue
        if any(each.get("permanent") and key.endswith(f"\\{each.get('package')}") for each in held):
            raise ReadEndedError("1", "dism.exe ended with 0x800F0825: the package is a permanent one")
        del model["registry"][key]


def _ended(program: str, holds: dict[str, Any]) -> None:
    code = int(holds.get("exit", 0))
    if code not in (0, _RESTART, 1641):
        shown = f"0x{code & 0xFFFFFFFF:08X}" if code < 0 else str(code)
        raise ReadEndedError("1", f"{program} ended with {shown}: {holds.get('said', 'its meaning is not known here')}")


def _file(model: Model, path: str) -> dict[str, Any] | None:
    for known, file in (model.get("files") or {}).items():
        if known.lower() == path.lower():
            return None if file == ABSENT else file
    return None


def _bytes(file: dict[str, Any]) -> bytes:
    return str(file.get("text", "")).encode()


def _digest(file: dict[str, Any]) -> str:
    return hashlib.sha256(_bytes(file)).hexdigest()


def _is_named(package: str, identity: str) -> bool:
    return package.lower() == identity.lower() or package.lower().startswith(f"{identity.lower()}~")


def _packages(model: Model, identity: str) -> Iterator[str]:
    start = rf"{_CBS}\Packages" + "\\"
    for key, values in model["registry"].items():
        if key.lower().startswith(start.lower()) and values != ABSENT and _is_named(key[len(start) :], identity):
            yield key


def _package_state(model: Model, key: str) -> str:
    number = int(((model["registry"][key] or {}).get("CurrentState") or {}).get("DWord", 0))
    return STATES.get(number, f"state {number}")


def _products(model: Model, code: str) -> Iterator[str]:
    for key, values in model["registry"].items():
        if values != ABSENT and key.lower() in [rf"{view}\{code}".lower() for view in _VIEWS]:
            yield key

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operator may ask to have installed, what may be taken back, and that the model knows what the script does."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.contract import Refusal
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows import update_fix
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.hotfix import FIX
from ansible_collections.preflight.azure.plugins.module_utils._core.fixes.windows.thing import Change, Thing
from ansible_collections.preflight.azure.tests.doubles.states_update import STATES, sha256_of
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.cases_hotfix import (
    PACKAGE,
    PATH,
    PRODUCT,
    ROLLUP,
    options,
    with_file,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.fixes.windows.windows_contract import (
    Case,
    plan,
)

_KB = options(kb="KB3140245")
_MSI = r"C:\install\x64.msi"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (options(r"\\server\share\a.msu", kb="KB3140245"), "a share would need the credentials"),
        (options(r"install\a.msu", kb="KB3140245"), "absolute path"),
        (options(r"C:\install\..\a.msu", kb="KB3140245"), "absolute path"),
        (options(r"C:\install\a.exe", kb="KB3140245"), "absolute path"),
        (options(r"C:\install\%TEMP%\a.msu", kb="KB3140245"), "absolute path"),
        (options("C:\\install\\a\n.msu", kb="KB3140245"), "absolute path"),
        (options("", kb="KB3140245"), "absolute path"),
        ({**_KB, "sha256": "1234"}, "64 hexadecimal digits"),
        (options(), "none of them"),
        (options(kb="KB3140245", package=ROLLUP), "kb and package"),
        (options(product_code=PRODUCT), "expected one of kb and package"),
        (options(_MSI, kb="KB3140245"), "expected one of product_code"),
        (options(_MSI, product_code="929FBD26"), "product_code: expected"),
        (options(kb="latest"), "kb: expected"),
        (options(package="Package_for *"), "package: expected"),
        (options(package="Package_for_RollupFix~x"), "package: expected"),
    ],
)
def test_bad_options_are_refused(given: dict[str, Any], named: str) -> None:
    case = Case(FIX, with_file(PATH, {"package": PACKAGE}), given)
    planned = plan(case, case.machine())
    assert isinstance(planned, Refusal)
    assert named in planned.reason
    assert [thing.kind for thing in FIX.things(given, {})] == ["registry_key"]


def test_only_what_was_absent_is_ever_put_back() -> None:
    digest = sha256_of("")
    good = Thing("update", f"Package_for_KB3140245|{digest}|{PATH}")
    assert FIX.owns(good, "absent")
    assert FIX.owns(Thing("update", f"{PRODUCT}|{digest}|{_MSI}"), "absent")
    assert not FIX.owns(good, "installed")
    for name in (
        f"Package_for_KB3140245 /norestart|{digest}|{PATH}",
        f"{PRODUCT}|{digest}|{PATH}",
        f"Package_for_KB3140245|{digest}|{_MSI}",
        rf"Package_for_KB3140245|{digest}|\\server\share\a.msu",
        f"Package_for_KB3140245|{digest}",
        f"Package_for_KB3140245|{digest[1:]}|{PATH}",
    ):
        assert not FIX.owns(Thing("update", name), "absent"), name
    assert not FIX.owns(Thing("update_file", PATH), "absent")
    assert FIX.makes(Change(good, "absent", "installed"))
    assert not FIX.makes(Change(good, "absent", "state 48"))


def _script(name: str) -> str:
    return Path(inspect.getfile(update_fix)).with_name(name).read_text(encoding="ascii")


def test_the_model_takes_the_states_of_packages_as_the_script_does() -> None:
    table = re.search(r"\$package_states = @\{ (.*) \}", _script("update_state.ps1"))
    assert table is not None
    found = {int(number): state for number, state in re.findall(r"(\d+) = '(\w+)'", table[1])}
    assert found == STATES


def test_an_exit_code_means_the_same_as_a_number_and_as_an_hresult() -> None:
    meanings = dict(re.findall(r"^ +'(\w+)' = '(.*)'$", _script("update_codes.ps1"), re.MULTILINE))
    shared = {code: str(int(code[6:], 16)) for code in meanings if code.startswith("0x8007")}
    assert len(shared) == 5
    for hresult, number in shared.items():
        assert meanings[hresult].split("(")[0] == meanings[number].split("(")[0]

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.plugin_utils.fix import FixAction, fix_arguments
from ansible_collections.preflight.azure.plugins.plugin_utils.preflight_action import Mistake
from ansible_collections.preflight.azure.plugins.plugin_utils.remediate import _options
from ansible_collections.preflight.azure.plugins.plugin_utils.secret_arguments import mistakes

SECRET = "S3cret-of-somebody"
WRONG = [
    ("push_account", {"password": SECRET}, "password: expected true or false"),
    ("push_account", {"password": {"text": SECRET}}, "password: expected true or false"),
    ("push_account", {"account_password": {"text": SECRET}}, "account_password: expected text"),
    ("push_account", {"account_password": [SECRET]}, "account_password: expected text"),
    ("management_certificate", {"pfx_password": [SECRET]}, "pfx_password: expected text"),
    ("root_certificates", {"certificates": [{"text": SECRET}]}, "certificates: expected text"),
    ("root_certificates", {"certificates": {"text": SECRET}}, "certificates: expected text"),
]


@pytest.mark.parametrize(("fix", "given", "told"), WRONG)
def test_wrong_value_that_may_be_a_secret_is_not_repeated(fix: str, given: dict[str, Any], told: str) -> None:
    with pytest.raises(Mistake) as raised:
        _options({fix: given})
    assert str(raised.value).startswith(f"fix_options: {fix}: {told}")
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(("fix", "given", "told"), WRONG)
def test_module_does_not_repeat_it_either(
    monkeypatch: pytest.MonkeyPatch, fix: str, given: dict[str, Any], told: str
) -> None:
    monkeypatch.setattr(ActionBase, "run", lambda *_a, **_k: {})
    action = FixAction.__new__(FixAction)
    action.FIX = fix
    action._task = SimpleNamespace(args=given)
    result = action.run()
    assert result["failed"]
    assert result["msg"].startswith(told)
    assert SECRET not in str(result)


def test_where_a_password_belongs_is_told() -> None:
    assert "belongs into account_password" in mistakes(fix_arguments("push_account"), {"password": SECRET})[0]


@pytest.mark.parametrize(
    ("fix", "given"),
    [
        *(("push_account", {"password": value}) for value in (True, False, "yes", "no", 1, 0, None)),
        *(("push_account", {"account_password": value}) for value in (SECRET, 12345678, None)),
        *(("root_certificates", {"certificates": value}) for value in ([], ["a", "b"], "a", None)),
        ("management_certificate", {"pfx_password": ""}),
    ],
)
def test_what_ansible_takes_is_no_mistake(fix: str, given: dict[str, Any]) -> None:
    assert mistakes(fix_arguments(fix), given) == []

# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all actions of this collection share: arguments in plain types, and mistakes as messages. Private."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from ansible.plugins.action import ActionBase
from ansible_collections.preflight.azure.plugins.module_utils._core.judge.plain import plain
from ansible_collections.preflight.azure.plugins.plugin_utils.secret_arguments import mistakes
from ansible_collections.preflight.azure.plugins.plugin_utils.terminal_text import harmless

VISIT_ARGUMENTS: dict[str, Any] = {"timeout_seconds": {"type": "int", "default": 120}}
JUDGE_ARGUMENTS: dict[str, Any] = {
    "scenario": {"type": "str", "default": "vmware_to_azure"},
    "machine": {"type": "str", "default": "source"},
    "baseline": {"type": "str", "choices": ["current", "2017"], "default": "current"},
    "requirements": {"type": "list", "elements": "str"},
    "settings": {"type": "dict", "default": {}},
    "waivers": {"type": "raw", "default": []},
    "catalogue": {"type": "list", "elements": "path", "default": []},
}
OUTPUT_ARGUMENTS: dict[str, Any] = {"output_dir": {"type": "path"}}


class Mistake(Exception):
    """Something that the operator gave is wrong; the text says what was expected, what was found and what to do."""


class PreflightAction(ActionBase):
    """An action that answers from its arguments; whatever is wrong with them ends in a message."""

    TRANSFERS_FILES = False
    ARGUMENTS: ClassVar[dict[str, Any]] = {}

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Validate the arguments and return the answer of the action."""
        variables = task_vars or {}
        result: dict[str, Any] = super().run(tmp, variables)
        wrong = mistakes(self.arguments, self._task.args)
        if wrong:
            return {**result, "failed": True, "msg": "; ".join(wrong)}
        _spec, validated = self.validate_argument_spec(argument_spec=self.arguments)
        # Strings that Ansible has tagged or wrapped must not get into the judge: jmespath compares class names.
        arguments = plain(validated)
        try:
            result.update(self.answer(arguments if isinstance(arguments, dict) else {}, variables))
        except (Mistake, ValueError, OSError) as error:
            result.update(failed=True, msg=str(error))
        return harmless(result)

    @property
    def arguments(self) -> dict[str, Any]:
        """The argument specification of the action."""
        return self.ARGUMENTS

    @abstractmethod
    def answer(self, arguments: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        """Return the result of the action.

        Raises:
            Mistake, ValueError, OSError: the task fails with this message.
        """

    def machine_name(self, variables: dict[str, Any]) -> str:
        """Return the inventory's name of the task's machine as plain text."""
        return str(plain(variables.get("inventory_hostname", "localhost")))

    @property
    def check_mode(self) -> bool:
        """Whether nothing may be changed on a machine."""
        return bool(self._task.check_mode)

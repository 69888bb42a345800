# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The answers of a model of a Windows machine, as the functions of ``windows.ps1`` would give them."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.preflight.azure.tests.doubles import answers_machine, answers_objects, answers_registry
from ansible_collections.preflight.azure.tests.doubles.model import Answer, Machine, ReadEndedError, part

_SAID = {
    "unreadable": 'Exception calling "OpenSubKey" with "1" argument(s): "Requested registry access is not allowed."',
    "1": "The operation could not be completed.",
}


def answer(machine: Machine, kind: str, words: Sequence[str]) -> list[str]:
    """Return the lines of one answer.

    Raises:
        ReadEndedError: the read ends without one.
        NotInFileError: the machine file does not tell what was asked.
    """
    key = " ".join((kind, *words))
    for pattern, fault in part(machine, "faults").items():
        if fnmatch.fnmatchcase(key, pattern):
            told = fault if isinstance(fault, Mapping) else {"ends": fault}
            word = str(told["ends"])
            raise ReadEndedError(word, str(told.get("said", _SAID.get(word, ""))))
    return list(_ANSWERS[kind](machine, *words))


_ANSWERS: Mapping[str, Callable[..., Answer]] = {
    "environment": answers_machine.environment,
    "registry": answers_registry.values,
    "registry_keys": answers_registry.keys,
    "registry_tree": answers_registry.tree,
    "wmi": answers_objects.wmi,
    "services": answers_machine.services,
    "file": answers_machine.file,
    "text": answers_machine.content,
    "journal": answers_machine.journal,
    "certificates": answers_machine.certificates,
    "tcp": answers_machine.tcp,
    "tls": answers_machine.tls,
    "https": answers_machine.https,
    "names": answers_machine.names,
    "program": answers_machine.program,
    "firewall": answers_machine.firewall,
    "group_members": answers_machine.group_members,
    "objects": answers_objects.objects,
}

#: The kinds of reads that a model answers.
KINDS = frozenset(_ANSWERS)

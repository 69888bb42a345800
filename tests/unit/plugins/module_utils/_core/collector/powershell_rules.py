# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of PowerShell 2.0, each looked up in the syntax tree of a script."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector import (
    powershell_lists as known,
)
from ansible_collections.preflight.azure.tests.unit.plugins.module_utils._core.collector.powershell_tree import (
    arguments,
    functions,
    parse,
    text_of,
    walk,
)

_NEWER_SYNTAX = ("pipeline_chain_tail", "class_statement", "enum_statement", "ternary_expression", "using_statement")
_MEMBER_NODES = ("member_access", "invokation_expression")


@dataclass(frozen=True)
class Allowed:
    """What a script may use: the lists of :mod:`powershell_lists`."""

    cmdlets: Mapping[str, tuple[str, ...]]
    com_classes: Collection[str]
    types: Collection[str]
    static_members: Collection[str]
    members: Collection[str]
    own: Collection[str] = ("Invoke-Reads",)
    translated: Collection[str] = known.TRANSLATED


READING = Allowed(known.CMDLETS, known.COM_CLASSES, known.TYPES, known.STATIC_MEMBERS, known.MEMBERS)


def complaints(script: str, allowed: Allowed = READING) -> list[str]:
    """Return what a script may not use, as ``rule: text`` in the order of the script."""
    root = parse(script)
    known_here = replace(allowed, own={*functions(root), *allowed.own})
    return [f"{rule}: {text_of(node)[:80]}" for node in walk(root) for rule in _broken(node, known_here)]


def _broken(node: Any, allowed: Allowed) -> Iterator[str]:
    kind = node.type
    if kind == "ERROR" or node.is_missing:
        yield "syntax"
    elif kind in _NEWER_SYNTAX or text_of(node) in ("&&", "||", "??", "??="):
        yield "newer syntax"
    elif kind == "file_redirection_operator":
        yield "writes to a file"
    elif kind == "command":
        yield from _command(node, allowed)
    elif kind == "type_literal":
        if text_of(node)[1:-1] not in allowed.types:
            yield "type"
    elif kind in _MEMBER_NODES:
        yield from _member(node, allowed)
    elif kind == "variable":
        yield from _variable(node)
    elif kind == "assignment_expression":
        if text_of(node).lower().startswith("$env:"):
            yield "writes to the environment"
    elif kind == "comparison_operator":
        if text_of(node).lower() not in known.OPERATORS:
            yield "operator"
    elif kind in ("string_literal", "generic_token"):
        if any(word in text_of(node).lower() for word in allowed.translated):
            yield "translated name"
    elif not node.is_named and kind.startswith("-") and kind[1:].isalpha() and kind.lower() not in known.OPERATORS:
        yield "operator"


def _command(node: Any, allowed: Allowed) -> Iterator[str]:
    first = node.named_children[0]
    if first.type == "command_invokation_operator":
        # A block or a computed name; a dot would run it in our own scope.
        called = node.named_children[1]
        if text_of(first) != "&" or not text_of(called).startswith(("(", "{")):
            yield "call"
        return
    name = text_of(first)
    if name in allowed.own:
        return
    if name not in allowed.cmdlets:
        yield "command"
        return
    given = [argument for argument in arguments(node) if argument.type == "command_parameter"]
    for parameter in given:
        if text_of(parameter) not in allowed.cmdlets[name]:
            yield f"parameter {text_of(parameter)}"
    if name == "New-Object":
        words = [text_of(argument) for argument in arguments(node)]
        if words[0] == "-ComObject":
            if words[1] not in allowed.com_classes:
                yield "COM class"
        elif words[0] not in allowed.types:
            yield "type"


def _member(node: Any, allowed: Allowed) -> Iterator[str]:
    [name] = [text_of(child) for child in node.named_children if child.type == "member_name"]
    of = node.named_children[0]
    if any(child.type == "::" for child in node.children):
        if f"{text_of(of)[1:-1]}::{name}" not in allowed.static_members:
            yield "static member"
        return
    if name not in allowed.members:
        yield "member"
    if of.type == "array_expression" and name != "Length":
        yield "member of every element"
    # A single object has no Count in 2.0.
    if name == "Count" and text_of(of) != "$collection":
        yield "count"
    lists = [child for child in node.named_children if child.type == "argument_list"]
    if lists:
        count = _count(lists[0])
        if not known.LEAST_ARGUMENTS.get(name, 0) <= count <= known.MOST_ARGUMENTS.get(name, 99):
            yield "arguments"


def _count(argument_list: Any) -> int:
    """How many arguments a list has, those of calls within them not counted."""
    return sum(1 for one in argument_list.named_children for child in one.named_children if child.is_named)


def _variable(node: Any) -> Iterator[str]:
    name = text_of(node)[1:].strip("{}")
    scope, colon, rest = name.partition(":")
    if name.lower() == "psitem" or (colon and scope.lower() not in ("env", "global")):
        yield "variable"
    if scope.lower() == "env" and colon and rest not in known.ENVIRONMENT_READ:
        yield "environment"
    if scope.lower() == "global" and colon and rest != "exit_code":
        yield "variable"

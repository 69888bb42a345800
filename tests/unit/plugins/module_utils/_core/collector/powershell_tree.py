# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PowerShell as a syntax tree, for the tests of what is sent to Windows machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tree_sitter_powershell
from tree_sitter import Language, Parser

_PARSER = Parser(Language(tree_sitter_powershell.language()))


class NotEvaluatedError(Exception):
    """An expression is more than strings by number or between single quotes, and their sum."""


def parse(script: str) -> Any:
    """Return the root of the tree."""
    return _PARSER.parse(script.encode()).root_node


def walk(node: Any) -> Iterator[Any]:
    """Every node of the tree, a parent before its children."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def text_of(node: Any) -> str:
    """The text of a node as it was written."""
    return str(node.text.decode())


def functions(root: Any) -> dict[str, Any]:
    """The functions that a script defines, by name."""
    found = {}
    for node in walk(root):
        if node.type == "function_statement":
            [name] = [child for child in node.named_children if child.type == "function_name"]
            found[text_of(name)] = node
    return found


def parameters(function: Any) -> list[str]:
    """The names of a function's parameters in parentheses behind its name."""
    heads = [child for child in function.named_children if child.type == "function_parameter_declaration"]
    return [text_of(node) for head in heads for node in walk(head) if node.type == "variable"]


def arguments(command: Any) -> list[Any]:
    """The arguments of a command, without the spaces between them."""
    elements = [child for child in command.named_children if child.type == "command_elements"]
    return [node for one in elements for node in one.named_children if node.type != "command_argument_sep"]


def utf16(node: Any) -> bytes:
    """Evaluate an argument as PowerShell would; UTF-16, for half a surrogate pair is a string of PowerShell, too.

    Raises:
        NotEvaluatedError: it is anything but text.
    """
    children = node.named_children
    if node.type == "string_literal":
        [literal] = children
        if literal.type != "verbatim_string_characters":
            raise NotEvaluatedError(text_of(node))
        return text_of(literal)[1:-1].replace("''", "'").encode("utf-16-le")
    if node.type == "additive_expression" and len(children) == 2 and "+" in [child.type for child in node.children]:
        return utf16(children[0]) + utf16(children[1])
    if node.type == "cast_expression":
        kind, of = text_of(children[0]), text_of(children[1])
        if kind == "[string]" and of.startswith("[char]") and of[6:].isdigit():
            return int(of[6:]).to_bytes(2, "little")
        raise NotEvaluatedError(text_of(node))
    if len(children) == 1:
        return utf16(children[0])
    raise NotEvaluatedError(text_of(node))

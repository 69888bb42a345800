# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the jmespath package that judging builds on, imported in one place. Private to this collection.

ansible-test imports every file without the packages that it may need, so the import is guarded here; whoever loads a
catalogue asks :func:`problem` first.
"""

from __future__ import annotations

from typing import Any, ClassVar

IMPORT_ERROR = ""

try:
    from jmespath.exceptions import JMESPathError
    from jmespath.functions import Functions, signature
    from jmespath.parser import Parser
    from jmespath.visitor import Options, TreeInterpreter
except ImportError as error:
    IMPORT_ERROR = str(error)

    class JMESPathError(ValueError):  # type: ignore[no-redef]
        """Stands in for the package's own error."""

    class Functions:  # type: ignore[no-redef]
        """Stands in for the package's table of functions."""

        FUNCTION_TABLE: ClassVar[Any] = {}

    class Options:  # type: ignore[no-redef]
        """Stands in for the package's options."""

    class TreeInterpreter:  # type: ignore[no-redef]
        """Stands in for the package's interpreter."""

    class Parser:  # type: ignore[no-redef]
        """Stands in for the package's parser."""

    def signature(*arguments: Any) -> Any:  # type: ignore[misc]
        """Stand in for the package's decorator."""
        return lambda function: function


__all__ = ["IMPORT_ERROR", "Functions", "JMESPathError", "Options", "Parser", "TreeInterpreter", "problem", "signature"]


def problem() -> str:
    """Say what is wrong with the installation, or nothing."""
    if IMPORT_ERROR:
        return (
            f"the Python package jmespath cannot be imported ({IMPORT_ERROR}); "
            "install it in the environment that runs Ansible (pip install jmespath)"
        )
    return ""

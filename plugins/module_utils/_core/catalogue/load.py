# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a catalogue: directories of YAML into checked, compiled requirements. Private to this collection."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

try:
    import yaml
except ImportError as error:
    YAML_ERROR = str(error)
else:
    YAML_ERROR = ""

from ..facts.fact import Fact
from ..judge import language
from . import assemble
from .requirement import Catalogue, CatalogueError, Requirement, Setting
from .schema import problems as schema_problems
from .settings import read_declared

VERSION = "1.0.0"
HERE = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = os.path.join(HERE, "requirements")
SETTINGS = os.path.join(HERE, "settings.yml")


@dataclass(frozen=True)
class _File:
    """One file: ``path`` as messages name it, ``inner`` below its directory with forward slashes."""

    path: str
    inner: str
    content: bytes
    ours: bool


def load(
    declared: Mapping[str, Iterable[Fact]],
    user_directories: Sequence[str] = (),
    requirements_directory: str = REQUIREMENTS,
    settings_file: str = SETTINGS,
) -> Catalogue:
    """Load our catalogue and what users add to it.

    Args:
        declared: the declared facts by platform (``{"linux": facts}``): expressions may use no others.
        user_directories: each may add requirements (``<group>/<name>.yml``) and override severity and limits of ours.

    Raises:
        CatalogueError: with every mistake of every file.
    """
    found: list[str] = [problem for problem in (language.problem(), _yaml_problem()) if problem]
    if found:
        raise CatalogueError(found)
    files = _files(requirements_directory, True, found)
    for directory in user_directories:
        files += _files(directory, False, found)
    settings_content = _content(settings_file, found)
    settings = _settings(settings_content, settings_file, found)
    documents, overrides = _documents(files, found)
    assemble.apply_overrides(documents, overrides, found)
    requirements = _compiled(documents, declared, settings, found)
    if found:
        raise CatalogueError(found)
    return Catalogue(requirements, settings, VERSION, _digest(files, settings_content))


def read_yaml(content: bytes, path: str) -> tuple[Any, str]:
    """Parse one YAML document; the second value is the mistake, if there is one.

    Dates stay text, and a key that stands twice is a mistake.
    """
    try:
        return yaml.load(content, Loader=_loader()), ""
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return None, f"{path}: not readable as YAML: {' '.join(str(error).split())}; correct the file"


def _yaml_problem() -> str:
    return f"the Python package PyYAML cannot be imported ({YAML_ERROR}); install it" if YAML_ERROR else ""


_LOADERS: list[Any] = []


def _loader() -> Any:
    """Build the loader once; the C one where it exists."""
    if not _LOADERS:
        base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

        def mapping(self: Any, node: Any, deep: bool = False) -> Any:
            names = [key.value for key, _value in node.value]
            if len(set(map(str, names))) != len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r} stands twice", node.start_mark)
            return base.construct_mapping(self, node, deep)

        resolvers = {
            first: [rule for rule in rules if rule[0] != "tag:yaml.org,2002:timestamp"]
            for first, rules in base.yaml_implicit_resolvers.items()
        }
        _LOADERS.append(type("Loader", (base,), {"construct_mapping": mapping, "yaml_implicit_resolvers": resolvers}))
    return _LOADERS[0]


def _files(directory: str, ours: bool, found: list[str]) -> list[_File]:
    """Read every YAML file below a directory, in a stable order."""
    if not os.path.isdir(directory):
        found.append(f"{directory}: expected a directory of requirement files, found none; correct the path")
        return []
    files: list[_File] = []
    seen: set[str] = set()

    def unreadable(error: OSError) -> None:
        found.append(f"{error.filename}: cannot be read ({error.strerror}); correct its rights")

    for folder, folders, names in os.walk(directory, onerror=unreadable, followlinks=True):
        real = os.path.realpath(folder)
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        names = [] if real in seen else names
        seen.add(real)
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.endswith(".yaml"):
                found.append(f"{path}: expected a name that ends in .yml; rename the file")
            elif name.endswith(".yml") and not name.startswith("."):
                inner = os.path.relpath(path, directory).replace(os.sep, "/")
                files.append(_File(path, inner, _content(path, found), ours))
    return files


def _content(path: str, found: list[str]) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        found.append(f"{path}: cannot be read ({error.strerror}); correct the path or its rights")
        return b""


def _documents(
    files: Sequence[_File], found: list[str]
) -> tuple[dict[str, assemble.Document], list[assemble.Document]]:
    """Parse and check the files; requirements by id, and overrides."""
    requirements: dict[str, assemble.Document] = {}
    overrides: list[assemble.Document] = []
    for file in files:
        content, mistake = read_yaml(file.content, file.path)
        mistakes = [mistake] if mistake else [f"{file.path}: {each}" for each in schema_problems(content)]
        if not mistakes and "override" in content:
            overrides.append(assemble.Document(file.path, content))
            if file.ours:
                mistakes.append(f"{file.path}: override: only a user's directory may override; move the file")
        elif not mistakes:
            mistakes = _place_problems(file, content["id"], requirements)
            requirements.setdefault(content["id"], assemble.Document(file.path, content))
        found.extend(mistakes)
    return requirements, overrides


def _place_problems(file: _File, identifier: str, others: Mapping[str, assemble.Document]) -> list[str]:
    expected = file.inner[: -len(".yml")].replace("/", ".")
    if identifier != expected:
        return [f"{file.path}: id: expected {expected} (from the path), found {identifier}; rename one of the two"]
    if identifier in others:
        return [
            f"{file.path}: id: {identifier} is already that of {others[identifier].path}; choose another id, or write "
            f"'override: {identifier}' to change its severity or limits"
        ]
    return []


def _settings(content: bytes, path: str, found: list[str]) -> tuple[Setting, ...]:
    document, mistake = read_yaml(content, path)
    settings, mistakes = read_declared(document, path) if not mistake else ((), [mistake])
    found.extend(mistakes)
    return settings


def _compiled(
    documents: Mapping[str, assemble.Document],
    declared: Mapping[str, Iterable[Fact]],
    settings: Sequence[Setting],
    found: list[str],
) -> tuple[Requirement, ...]:
    places = assemble.Places.of(declared, settings)
    requirements = []
    for document in documents.values():
        requirement, mistakes = assemble.requirement(document, places)
        found.extend(f"{document.path}: {mistake}" for mistake in mistakes)
        if requirement is not None:
            requirements.append(requirement)
    found.extend(assemble.alias_problems(documents))
    return tuple(sorted(requirements, key=lambda each: each.id))


def _digest(files: Sequence[_File], settings: bytes) -> str:
    digest = hashlib.sha256()
    for name, content in (*((file.inner, file.content) for file in files), ("settings.yml", settings)):
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return f"sha256:{digest.hexdigest()}"

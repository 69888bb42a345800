# Copyright (c) 2026, preflight.azure contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes a requirement out of a file whose keys have been checked. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..facts.fact import Fact
from ..judge.paths import Expression, PathError, conjuncts, parse
from ..judge.patterns import pattern_problem
from ..judge.places import Path
from ..judge.shape import Shape, of_facts, of_values
from . import limits as limit
from .requirement import BASELINES, Baseline, Repair, Requirement, Setting, Source


@dataclass(frozen=True)
class Document:
    """The content of one file and the path that messages name."""

    path: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Places:
    """What expressions may name, by platform, and the reads of each fact."""

    shapes: Mapping[str, Mapping[str, Shape]]
    evidence: Mapping[str, Mapping[str, tuple[str, ...]]]

    @classmethod
    def of(cls, declared: Mapping[str, Iterable[Fact]], settings: Sequence[Setting]) -> Places:
        """Take the places from declared facts and settings."""
        known = {platform: tuple(facts) for platform, facts in declared.items()}
        shape = of_values({setting.name: setting.default for setting in settings})
        return cls(
            {platform: {**of_facts(facts), "settings": shape} for platform, facts in known.items()},
            {
                platform: {fact.path: tuple(read.key for read in fact.reads) for fact in facts}
                for platform, facts in known.items()
            },
        )


@dataclass(frozen=True)
class _Compiled:
    """The expressions of one requirement over the facts of one platform."""

    conditions: tuple[Expression, ...]
    expression: Expression | None
    observed: Expression | None

    @classmethod
    def of(
        cls, content: Mapping[str, Any], facts: Mapping[str, Shape], limits: Mapping[str, Any], found: list[str]
    ) -> _Compiled:
        """Compile; a mistake is added to what was found."""
        shapes = {**facts, "limits": of_values(limits)}
        conditions = _parsed("applies_when", content, shapes, conjuncts, found) if "applies_when" in content else ()
        expression = _parsed("expression", content, shapes, parse, found)
        return cls(conditions or (), expression, _parsed("observed", content, facts, parse, found))

    @property
    def expressions(self) -> tuple[Expression, ...]:
        return tuple(each for each in (*self.conditions, self.expression, self.observed) if each is not None)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The places of facts that the expressions look at."""
        return tuple(path for each in self.expressions for path in each.facts)


def apply_overrides(documents: dict[str, Document], overrides: Sequence[Document], found: list[str]) -> None:
    """Put users' severities and limits into the requirements that they name; a later file wins."""
    ids = {alias: identifier for identifier, each in documents.items() for alias in each.content.get("aliases", [])}
    for override in overrides:
        wanted = override.content["override"]
        target = documents.get(ids.get(wanted, wanted))
        if target is None:
            found.append(f"{override.path}: override: there is no requirement {wanted}; correct the id")
            continue
        content = dict(target.content)
        content["severity"] = override.content.get("severity", content["severity"])
        baselines = {name: dict(value) for name, value in content.get("baselines", {}).items()}
        for name, baseline in override.content.get("baselines", {}).items():
            old = baselines.get(name, {}).get("limits", {})
            for key, value in baseline["limits"].items():
                if key not in old:
                    known = ", ".join(old) or "none"
                    found.append(
                        f"{override.path}: baselines.{name}.limits.{key}: {wanted} has no such limit; known: {known}"
                    )
                elif not key.endswith("_bytes") and _type(value) != _type(old[key]):
                    found.append(
                        f"{override.path}: baselines.{name}.limits.{key}: expected {_type(old[key])} as in "
                        f"{target.path}, found {_type(value)}"
                    )
            baselines[name] = {**baselines.get(name, {}), "limits": {**old, **baseline["limits"]}}
        documents[target.content["id"]] = Document(target.path, {**content, "baselines": baselines})


def requirement(document: Document, places: Places) -> tuple[Requirement | None, list[str]]:
    """Compile one requirement; give every mistake instead where there is one.

    One for ``any`` platform must name facts that all platforms have, at the same places.
    """
    content = document.content
    found: list[str] = []
    platforms = tuple(places.shapes) if content["platform"] == "any" else (content["platform"],)
    if not set(platforms) <= set(places.shapes):
        return None, [f"platform: no facts are declared for {content['platform']}; known: {', '.join(places.shapes)}"]
    baselines = _baselines(content, found)
    applying = {name: each for name, each in baselines.items() if each.applies}
    merged = {key: value for each in reversed(list(applying.values())) for key, value in each.limits.items()}
    compiled = [_Compiled.of(content, places.shapes[platform], merged, found) for platform in platforms]
    conditions, expression, observed = compiled[0].conditions, compiled[0].expression, compiled[0].observed
    for one_expression in compiled[0].expressions:
        found.extend(_limit_problems(one_expression, applying))
    if not found and len({each.paths for each in compiled}) > 1:
        found.append(f"platform: {' and '.join(platforms)} declare the facts in it differently; write one for each")
    if found:
        return None, list(dict.fromkeys(found))
    names = sorted({".".join(map(str, path.steps[:2])) for path in compiled[0].paths})
    evidence = {
        platform: tuple(dict.fromkeys(key for name in names for key in places.evidence[platform].get(name, ())))
        for platform in platforms
    }
    return (
        Requirement(
            id=content["id"],
            title=content["title"],
            severity=content["severity"],
            scenarios=tuple(content["scenarios"]),
            machine=content["machine"],
            platform=content["platform"],
            scope=content.get("scope", "machine"),
            applies_when=conditions,
            expression=expression,
            manual=content.get("manual", ""),
            observed=observed,
            consequence=content["consequence"],
            remedy=content["remedy"],
            fix=Repair(content["fix"], content["fix_safety"], content["fix_why"]) if "fix" in content else None,
            baselines=baselines,
            prevents=tuple(content.get("prevents", ())),
            covers=tuple(content.get("covers", ())),
            sources=tuple(Source(**source) for source in content["sources"]),
            aliases=tuple(content.get("aliases", ())),
            facts=tuple(names),
            evidence=evidence[platforms[0]],
            evidence_by_platform=evidence,
        ),
        [],
    )


def alias_problems(documents: Mapping[str, Document]) -> list[str]:
    """Find aliases that are the id or the alias of another requirement."""
    owners = {identifier: identifier for identifier in documents}
    found = []
    for identifier, document in documents.items():
        for alias in document.content.get("aliases", []):
            if owners.setdefault(alias, identifier) != identifier or alias == identifier:
                found.append(f"{document.path}: aliases: {alias} already names {owners[alias]}; remove it here")
    return found


def _baselines(content: Mapping[str, Any], found: list[str]) -> dict[str, Baseline]:
    baselines = {}
    for name in BASELINES:
        given = content.get("baselines", {}).get(name, {})
        limits = limit.read(given.get("limits", {}))
        applies = given.get("applies", True)
        required, unknown = limit.fill(content["required"], limits)
        if applies:
            found.extend(f"required: {each} is not a limit of baseline {name}; correct one" for each in unknown)
        elif "note" not in given:
            found.append(f"baselines.{name}.note: expected the reason why it does not apply, found nothing; add it")
        baselines[name] = Baseline(
            applies, limits, given.get("status", "unchanged"), given.get("note", ""), given.get("since", ""), required
        )
    return baselines


def _parsed(key: str, content: Mapping[str, Any], shapes: Mapping[str, Shape], parser: Any, found: list[str]) -> Any:
    if key not in content:
        return None
    try:
        return parser(content[key], shapes)
    except PathError as error:
        found.append(f"{key}: {error} (in: {content[key]})")
        return None


def _limit_problems(expression: Expression, baselines: Mapping[str, Baseline]) -> list[str]:
    """Every baseline that applies has the limits that an expression names, and patterns are safe ones."""
    found = []
    for name, baseline in baselines.items():
        for key in expression.limits:
            if key not in baseline.limits:
                found.append(f"baselines.{name}.limits.{key}: expected this limit (in: {expression.text}); add it")
        for key in expression.pattern_limits:
            patterns = baseline.limits.get(key, [])
            for pattern in patterns if isinstance(patterns, list) else [patterns]:
                mistake = pattern_problem(str(pattern))
                if mistake:
                    found.append(f"baselines.{name}.limits.{key}: {mistake}")
    return found


def _type(value: Any) -> str:
    if isinstance(value, list):
        return "a list"
    return "true or false" if isinstance(value, bool) else "a text" if isinstance(value, str) else "a number"

"""The features: features/*.feature, read as values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser

from guide.edition import Edition
from guide.errors import GuideError, near
from guide.scenario import Scenario, Step

_KEBAB = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")


@dataclass(frozen=True)
class Feature:
    """One feature file: a chapter's promises."""

    stem: str
    file: str
    name: str
    description: str
    line: int


@dataclass(frozen=True)
class Features:
    """Every scenario by its full id."""

    folder: str
    files: Mapping[str, Feature]
    scenarios: Mapping[str, Scenario]
    problems: tuple[GuideError, ...]
    """Everything wrong with the files themselves; empty in what `read` returned."""

    @classmethod
    def read(cls, folder: Path, edition: Edition | None = None) -> Features:
        """Read every feature of a folder; GuideError for the first thing that is wrong.

        With an edition, unknown units, blocks and steps are wrong as well.
        """
        features = cls.examine(folder)
        wrong = [*features.problems, *(features.unknown(edition) if edition else ())]
        if wrong:
            raise wrong[0]
        return features

    @classmethod
    def examine(cls, folder: Path) -> Features:
        """Read every feature and keep what is wrong in `problems` instead of raising it."""
        files: dict[str, Feature] = {}
        scenarios: dict[str, Scenario] = {}
        problems: list[GuideError] = []
        for path in sorted(folder.glob("*.feature")):
            try:
                feature, found, wrong = _read(path)
            except GuideError as problem:
                problems.append(problem)
                continue
            files[feature.stem] = feature
            problems.extend(wrong)
            for scenario in found:
                first = scenarios.setdefault(scenario.id, scenario)
                if first is not scenario:
                    what = f'scenario id "{scenario.id}" is used twice, first at line {first.line}'
                    cure = "give one of them another @id"
                    problems.append(
                        GuideError(what, file=scenario.file, line=scenario.line, cure=cure)
                    )
        return cls(
            str(folder), MappingProxyType(files), MappingProxyType(scenarios), tuple(problems)
        )

    def unknown(self, edition: Edition) -> list[GuideError]:
        """The units, blocks and steps that scenarios name and no page of the edition has."""
        return [
            problem
            for scenario in self.scenarios.values()
            for problem in _unknown(scenario, edition)
        ]

    def without(self, tag: str) -> Features:
        """The same features without the scenarios that carry a tag."""
        kept = {name: each for name, each in self.scenarios.items() if tag not in each.tags}
        return replace(self, scenarios=MappingProxyType(kept))

    def blocks_of(self, scenario: Scenario, edition: Edition) -> tuple[str, ...]:
        """The ids of the blocks that a scenario uses: named, or of a step that it follows."""
        used: list[str] = []
        for step in scenario.expanded:
            followed: list[str] = []
            for page, number in step.followed:
                unit = f"{page}/step-{number}"
                if unit in edition.units:  # `unknown` tells of a step that is not there
                    followed += [block.id for block in edition.blocks_of(unit)]
            used += [block_id for block_id in followed if block_id not in step.left_out]
            used += step.blocks
        return tuple(dict.fromkeys(used))


def _unknown(scenario: Scenario, edition: Edition) -> Iterator[GuideError]:
    for unit in scenario.units:
        if unit not in edition.units:
            what = f'@unit:{unit} of scenario "{scenario.id}" is on no page'
            cure = near(unit, edition.units)
            yield GuideError(what, file=scenario.file, line=scenario.line, cure=cure)
    seen: set[tuple[int, str]] = set()
    for step in scenario.expanded:
        for name in (*step.blocks, *step.left_out):
            if name not in edition.blocks and (step.line, name) not in seen:
                seen.add((step.line, name))
                cure = near(name, edition.blocks)
                what = f'no page has a block "{name}"'
                yield GuideError(what, file=scenario.file, line=step.line, cure=cure)
        for page, number in step.followed:
            unit = f"{page}/step-{number}"
            if unit not in edition.units and (step.line, unit) not in seen:
                seen.add((step.line, unit))
                what = f'the edition has no step {number} of "{page}"'
                cure = near(unit, edition.units)
                yield GuideError(what, file=scenario.file, line=step.line, cure=cure)


def _read(path: Path) -> tuple[Feature, list[Scenario], list[GuideError]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise GuideError(f"cannot be read: {error.strerror}", file=path) from error
    except UnicodeDecodeError as error:
        raise GuideError("is not UTF-8", file=path, line=1, cure="save it as UTF-8") from error
    try:
        document: Any = Parser().parse(text)
        tree = document["feature"]
    except KeyError:
        cure = "begin it with a line `Feature: ...`"
        raise GuideError("holds no feature", file=path, line=1, cure=cure) from None
    except (CompositeParserException, ParserError) as error:
        first: Any = error.errors[0] if isinstance(error, CompositeParserException) else error
        line = int(first.location["line"])
        what = re.sub(r"^\(\d+:\d+\): ", "", str(first))
        raise GuideError(f"is no Gherkin: {what}", file=path, line=line) from error
    feature = Feature(
        stem=path.stem,
        file=str(path),
        name=tree["name"],
        description=tree.get("description", "").strip(),
        line=tree["location"]["line"],
    )
    problems: list[GuideError] = []
    found: list[Scenario] = []
    for node, tags, background in _nodes(tree, [], []):
        scenario, wrong = _scenario(feature, node, tags, background)
        problems.extend(wrong)
        if scenario:
            found.append(scenario)
    return feature, found, problems


_Walk = Iterator[tuple[dict[str, Any], list[str], list[Step]]]


def _nodes(parent: dict[str, Any], tags: list[str], background: list[Step]) -> _Walk:
    tags = tags + [tag["name"] for tag in parent.get("tags", ())]
    background = list(background)
    for child in parent["children"]:
        if "background" in child:
            background += [_step(step) for step in child["background"]["steps"]]
        elif "rule" in child:
            yield from _nodes(child["rule"], tags, background)
        else:
            node = child["scenario"]
            yield node, tags + [tag["name"] for tag in node["tags"]], background


def _step(node: dict[str, Any]) -> Step:
    rows = node.get("dataTable", {}).get("rows", ())
    return Step(
        keyword=node["keyword"].strip(),
        text=node["text"],
        line=node["location"]["line"],
        table=tuple(tuple(cell["value"] for cell in row["cells"]) for row in rows),
        doc_string=node.get("docString", {}).get("content", ""),
    )


def _scenario(
    feature: Feature, node: dict[str, Any], tags: list[str], background: list[Step]
) -> tuple[Scenario | None, list[GuideError]]:
    line, name = node["location"]["line"], node["name"]
    plain = tuple(dict.fromkeys(tag.removeprefix("@") for tag in tags))
    ids = [tag["name"][4:] for tag in node["tags"] if tag["name"].startswith("@id:")]

    def wrong(what: str, cure: str) -> GuideError:
        return GuideError(f'scenario "{name}" {what}', file=feature.file, line=line, cure=cure)

    if len(ids) != 1 or not _KEBAB.match(ids[0]):
        what = "has no @id" if not ids else f"has @id:{' and @id:'.join(ids)}"
        return None, [wrong(what, "tag it with exactly one @id:<kebab-case>")]
    scenario = Scenario(
        id=f"{feature.stem}/{ids[0]}",
        feature=feature.stem,
        name=name,
        tags=plain,
        units=tuple(tag[5:] for tag in plain if tag.startswith("unit:")),
        file=feature.file,
        line=line,
        steps=(*background, *(_step(step) for step in node["steps"])),
        examples=tuple(_rows(node)),
    )
    problems = []
    if node.get("description", "").strip():
        # A mistyped keyword in the first line makes it a description: the step would be lost.
        cure = "begin each of its lines with Given, When, Then, And or But"
        problems.append(wrong("has text before its first step", cure))
    if not node["steps"]:
        problems.append(wrong("has no step", "write what it does and what it expects"))
    if not scenario.units:
        problems.append(wrong("proves no unit", "tag it with @unit:<page>/<anchor>"))
    if scenario.erratum and scenario.is_as_written == scenario.is_corrected:
        problems.append(wrong("is about an erratum", "tag it @as-written or @corrected"))
    return scenario, problems


def _rows(node: dict[str, Any]) -> Iterator[tuple[tuple[str, str], ...]]:
    for examples in node.get("examples", ()):
        if "tableHeader" not in examples:
            continue
        names = [cell["value"] for cell in examples["tableHeader"]["cells"]]
        for row in examples["tableBody"]:
            yield tuple(zip(names, (cell["value"] for cell in row["cells"]), strict=True))

"""One feature file, read as a run will read it: what a run refuses is refused here, with its line.

The run is pytest-bdd's. tests/report/test_gherkin_forms.py holds both to one verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from textwrap import dedent
from typing import Any

from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException, ParserError
from gherkin.parser import Parser

from guide.errors import GuideError
from guide.outline import rows, wrong_columns, wrong_examples
from guide.scenario import Scenario, Step
from guide.tags import wrong_tags

_KEBAB = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
_TYPES = {"Context": "given", "Action": "when", "Outcome": "then"}
_BOM = "\ufeff"


@dataclass(frozen=True)
class Feature:
    """One feature file: a chapter's promises."""

    stem: str
    file: str
    name: str
    description: str
    line: int


def read(path: Path) -> tuple[Feature, list[Scenario], list[GuideError]]:
    """The feature of a file, its scenarios, and what is wrong; GuideError if it is no Gherkin."""
    tree = _parse(_text(path), path)
    feature = Feature(
        stem=path.stem,
        file=str(path),
        name=tree["name"],
        description=tree.get("description", "").strip(),
        line=tree["location"]["line"],
    )
    reader = _Reader(feature, Dialect.for_name(tree["language"]))
    reader.read(tree, [], [])
    if not reader.scenarios and not reader.problems:
        cure = "write one, or take the file away"
        reader.problem("holds no scenario", cure, feature.line)
    return feature, reader.scenarios, reader.problems


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise GuideError(f"cannot be read: {error.strerror}", file=path) from error
    except UnicodeDecodeError as error:
        raise GuideError("is not UTF-8", file=path, line=1, cure="save it as UTF-8") from error
    if text.startswith(_BOM):
        cure = "save it as UTF-8 without one"
        raise GuideError("begins with a byte order mark (BOM)", file=path, line=1, cure=cure)
    return text


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        document: Any = Parser().parse(text)
        tree: dict[str, Any] = document["feature"]
    except KeyError:
        cure = "begin it with a line `Feature: ...`"
        raise GuideError("holds no feature", file=path, line=1, cure=cure) from None
    except (CompositeParserException, ParserError) as error:
        first: Any = error.errors[0] if isinstance(error, CompositeParserException) else error
        line = int(first.location["line"])
        what = re.sub(r"^\(\d+:\d+\): ", "", str(first))
        raise GuideError(f"is no Gherkin: {what}", file=path, line=line) from error
    return tree


class _Reader:
    """Walks through a feature and its rules."""

    def __init__(self, feature: Feature, dialect: Any) -> None:
        self.feature = feature
        self.scenarios: list[Scenario] = []
        self.problems: list[GuideError] = []
        self._outlines: list[str] = dialect.scenario_outline_keywords
        self._sections: list[str] = [
            *dialect.background_keywords, *dialect.rule_keywords, *dialect.scenario_keywords,
            *dialect.scenario_outline_keywords, *dialect.examples_keywords,
        ]  # fmt: skip
        self._steps: list[str] = [
            *dialect.given_keywords, *dialect.when_keywords, *dialect.then_keywords,
            *dialect.and_keywords, *dialect.but_keywords,
        ]  # fmt: skip

    def problem(self, what: str, cure: str, line: int) -> None:
        self.problems.append(GuideError(what, file=self.feature.file, line=line, cure=cure))

    def read(self, parent: dict[str, Any], tags: list[str], before: list[Step]) -> None:
        """Read what a feature or a rule holds; `tags` and `before` come from above it."""
        self._description(parent)
        for problem in wrong_tags(parent["tags"], of_scenario=False):
            self.problem(*problem)
        tags = tags + [tag["name"].removeprefix("@") for tag in parent["tags"]]
        before = list(before)
        for child in parent["children"]:
            if "background" in child:
                node = child["background"]
                if node["description"].strip():
                    self._lost_text("the background", node)
                before += self._told(node["steps"])
            elif "rule" in child:
                self.read(child["rule"], tags, before)
            else:
                self._scenario(child["scenario"], tags, before)

    def _description(self, node: dict[str, Any]) -> None:
        """A line of free text that was meant as a step or as the head of a scenario is lost."""
        line = node["location"]["line"]
        what = f'the text of {node["keyword"]} "{node["name"]}" has a line that is never run'
        for text in node["description"].splitlines():
            head, colon, _ = text.strip().partition(":")
            if any(text.strip().startswith(word) for word in self._steps if word.strip() != "*"):
                cure = "move it into a scenario, or begin it with another word"
                self.problem(f"{what}: {text.strip()}", cure, line)
            elif colon and get_close_matches(head, self._sections, n=1, cutoff=0.75):
                self.problem(f"{what}: {text.strip()}", "correct the word before the colon", line)

    def _lost_text(self, who: str, node: dict[str, Any]) -> None:
        # A mistyped keyword in the first line makes it a description: the step would be lost.
        cure = "begin each of its lines with Given, When, Then, And or But"
        self.problem(f"{who} has text before its first step", cure, node["location"]["line"])

    def _told(self, nodes: Iterable[dict[str, Any]]) -> Iterator[Step]:
        """The steps with their types; And, But and * go on with the one before."""
        kind = ""
        for node in nodes:
            own = _TYPES.get(node["keywordType"], "")
            if not own and not kind:
                what = f"the first step begins with {node['keyword'].strip()}"
                cure = "begin it with Given, When or Then"
                self.problem(what, cure, node["location"]["line"])
            kind = own or kind or "given"
            step = _step(node, kind)
            if "docString" in node and not step.doc_string.strip():
                self.problem("an empty text below a step", "write it, or take it away", step.line)
            yield step

    def _scenario(self, node: dict[str, Any], above: list[str], before: list[Step]) -> None:
        line, name = node["location"]["line"], node["name"]
        who = f'scenario "{name}"'
        for problem in wrong_tags(node["tags"], of_scenario=True):
            self.problem(*problem)
        own = [tag["name"].removeprefix("@") for tag in node["tags"]]
        tags = tuple(dict.fromkeys([*above, *own]))
        ids = [tag[3:] for tag in own if tag.startswith("id:")]
        if len(ids) != 1 or not _KEBAB.match(ids[0]):
            what = "has no @id" if not ids else f"has @id:{' and @id:'.join(ids)}"
            self.problem(f"{who} {what}", "tag it with exactly one @id:<kebab-case>", line)
            return
        steps = list(self._told(node["steps"]))
        scenario = Scenario(
            id=f"{self.feature.stem}/{ids[0]}",
            feature=self.feature.stem,
            name=name,
            tags=tags,
            units=tuple(tag[5:] for tag in tags if tag.startswith("unit:")),
            file=self.feature.file,
            line=line,
            steps=(*before, *steps),
            examples=tuple(rows(node)),
        )
        self.scenarios.append(scenario)
        if node["description"].strip():
            self._lost_text(who, node)
        for what, cure in _lacks(scenario, steps):
            self.problem(f"{who} {what}", cure, line)
        examples = list(wrong_examples(node, is_outline=node["keyword"] in self._outlines))
        for what, cure, at in examples or wrong_columns(node, _texts(scenario)):
            self.problem(f"{who} {what}", cure, at)
        if not examples:
            self._empty_tables(scenario)

    def _empty_tables(self, scenario: Scenario) -> None:
        for line, table in dict.fromkeys((step.line, step.table) for step in scenario.expanded):
            if len(table) == 1:
                cure = "write the rows below it, or take it away"
                self.problem("a table with a header and no row", cure, line)
            elif any(not any(row) for row in table):
                self.problem("a table with an empty row", "fill it, or take it away", line)


def _lacks(scenario: Scenario, own: Sequence[Step]) -> Iterator[tuple[str, str]]:
    if not scenario.name.strip():
        yield "has no name", "write what it promises behind the colon"
    if not own:
        yield "has no step", "write what it does and what it expects"
    if not scenario.units:
        yield "proves no unit", "tag it with @unit:<page>/<anchor>"
    errata = [tag[8:] for tag in scenario.tags if tag.startswith("erratum:")]
    if len(errata) > 1:
        yield f"is about {len(errata)} errata, {' and '.join(errata)}", "make one scenario of each"
    elif errata and scenario.is_as_written == scenario.is_corrected:
        yield "is about an erratum", "tag it @as-written or @corrected"
    elif not errata and (scenario.is_as_written or scenario.is_corrected):
        role = "as-written" if scenario.is_as_written else "corrected"
        yield f"is @{role} and about no erratum", "tag it @erratum:<id>"


def _texts(scenario: Scenario) -> Iterator[tuple[int, Sequence[str]]]:
    """Each line of a scenario with all the text that a row of its examples fills."""
    yield scenario.line, [scenario.name]
    for step in scenario.steps:
        yield step.line, [step.text, step.doc_string, *(cell for row in step.table for cell in row)]


def _step(node: dict[str, Any], kind: str) -> Step:
    table = node.get("dataTable", {}).get("rows", ())
    return Step(
        keyword=node["keyword"].strip(),
        text=node["text"],
        line=node["location"]["line"],
        table=tuple(tuple(cell["value"] for cell in row["cells"]) for row in table),
        doc_string=dedent(node.get("docString", {}).get("content", "")),
        kind=kind,
    )

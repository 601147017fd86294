"""Results: what one run left, as values; `build/results.json` is their file.

`results.schema.json` beside this module says what each field of the file means. Fields that are
empty and not required by the schema are left out of the file.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from report import schema
from report.errors import ReportError
from report.evidence import ChainLink, Command, Commit, Condition, Evidence, Wait
from report.files import replace
from report.reasons import left_out, outcome, untold

Status = Literal["passed", "failed", "skipped", "not_run"]


@dataclass(frozen=True)
class StepResult:
    """One sentence of a scenario and what was done for it."""

    keyword: str
    text: str
    status: Status = "not_run"
    duration_s: float = 0.0
    commands: tuple[Command, ...] = ()
    commits: tuple[Commit, ...] = ()
    waits: tuple[Wait, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    conditions: tuple[Condition, ...] = ()
    line: int = 0
    """Line in the feature file, counted from 1."""
    table: tuple[tuple[str, ...], ...] = ()
    doc_string: str = ""


@dataclass(frozen=True)
class FailedAttempt:
    """An attempt before the last one of a scenario that was run again."""

    error: str
    duration_s: float
    steps: tuple[StepResult, ...] = ()
    """What was done; empty where only its error is known."""
    bundle: str = ""
    """Folder with its failure bundle, relative to the folder of results.json."""


@dataclass(frozen=True)
class ScenarioResult:
    """A scenario, or one row of an outline, and how it went."""

    id: str
    """<feature stem>/<word of the @id tag>; row n of an outline, counted from 1, ends in [n]."""
    feature: str
    """Path of the feature file."""
    name: str
    tags: tuple[str, ...]
    units: tuple[str, ...]
    status: Status = "not_run"
    attempts: int = 0
    duration_s: float = 0.0
    error: str = ""
    """Why it failed, was skipped or was not run."""
    steps: tuple[StepResult, ...] = ()
    line: int = 0
    bundle: str = ""
    """Folder with the failure bundle, relative to the folder of results.json."""
    content_hash: str = ""
    """Of its sentences and of the units that it proves."""
    feature_hash: str = ""
    """Of its sentences alone, without its name: it outlives a renaming."""
    text_hash: str = ""
    """Of the units that it proves and of the blocks that it uses, alone."""
    stands_on: Mapping[str, str] = field(default_factory=dict)
    """A digest of each part that it stands on (`guide.footing`); {} in results of older versions
    and of runs without a book."""
    example: Mapping[str, str] = field(default_factory=dict)
    failed_attempts: tuple[FailedAttempt, ...] = ()
    clean_up: Evidence = field(default_factory=Evidence)
    """What was done after the last step."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Its clusters, each with when its template was made; '' of none, which older results omit."""

    @property
    def base_id(self) -> str:
        """The id in the feature file: without the [n] of an outline's row."""
        return self.id.partition("[")[0]

    @property
    def outcome(self) -> str:
        """Its status, or flaky where it passed at a later attempt."""
        return outcome(self.status, self.attempts)

    @property
    def left_out(self) -> bool:
        """Whether the run was told not to run it: that says nothing about it."""
        return left_out(self.status, self.error)

    @property
    def untold(self) -> bool:
        """Whether the run was to run it and tells nothing about it."""
        return untold(self.status, self.error)


@dataclass(frozen=True)
class Phase:
    """A part of bringing the sandbox up or down that ended."""

    phase: str
    duration_s: float


@dataclass(frozen=True)
class ApiVersion:
    """A version of a kind that the edition shows, and how the run's API server stood to it."""

    api_version: str
    kind: str
    state: Literal["served", "deprecated", "gone", "unasked"]
    blocks: tuple[str, ...]
    """The ids of the blocks that show it."""
    said: str = ""
    """The API server's warning; of what is gone, what is served instead."""

    @property
    def passes(self) -> bool:
        """Whether the guide has to be changed for it, sooner or later."""
        return self.state in ("deprecated", "gone")

    def __str__(self) -> str:
        what = f"{self.api_version} {self.kind} is {self.state}"
        return f"{what}: {self.said} (in {', '.join(self.blocks)})"


@dataclass(frozen=True)
class Run:
    """When, where and on what the scenarios ran."""

    id: str
    started: str
    finished: str
    duration_s: float
    provider: str
    versions: Mapping[str, str]
    edition_hash: str
    host: str
    book: str = ""
    """The name of the book; '' in results of older versions."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Content hash of every unit and every block of the edition, by its id."""
    commit: str = ""
    code: Mapping[str, str] = field(default_factory=dict)
    """Hashes of what runs beside edition and features: steps, sandbox, charts."""
    load: float | None = None
    """The highest load of the machine that was seen while it ran (its average of a minute)."""
    command: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    simulated: tuple[str, ...] = ()
    api_versions: tuple[ApiVersion, ...] = ()
    """Those that the edition shows; () where no cluster was there to be asked."""
    exit_code: int | None = None
    """None: the run broke off without a word (it was killed)."""
    stopped: str = ""
    phases: tuple[Phase, ...] = ()
    setup: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True)
class Results:
    """One run and every scenario of the feature files."""

    run: Run
    scenarios: tuple[ScenarioResult, ...]

    def of(self, base_id: str) -> tuple[ScenarioResult, ...]:
        """The results of a scenario of the features: one, or one for each row of an outline."""
        return tuple(scenario for scenario in self.scenarios if scenario.base_id == base_id)

    def of_book(self, name: str, file: Path) -> Results:
        """The results again, which lie in `file`; ReportError where they are of another book."""
        if self.run.book in ("", name):
            return self
        cure = f"say BOOK={self.run.book}, or name other results"
        raise ReportError(f"is of {self.run.book}, not of {name}", file=file, cure=cure)

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read a results file; ReportError where there is none or it breaks the schema."""
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            what = f"cannot be read: {error.strerror}"
            raise ReportError(what, file=path, cure="`make e2e` writes it") from error
        except UnicodeDecodeError as error:
            raise ReportError(
                "is not UTF-8", file=path, cure="`make e2e` writes it anew"
            ) from error
        return cls.parse(text, file=path)

    @classmethod
    def parse(cls, text: str, *, file: object = "results") -> Results:
        """Results from JSON text; `file` is named in the ReportError for text that is none."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            what = f"is no JSON: {error}"
            raise ReportError(what, file=file, cure="`make e2e` writes it anew") from error
        schema.validate(data, file=file)
        return cls.load(data)

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Results:
        """Results from a document that the schema has let through."""
        return cls(
            _value(Run, data["run"]), tuple(_value(ScenarioResult, s) for s in data["scenarios"])
        )

    def dump(self) -> dict[str, Any]:
        """The document as the schema wants it."""
        return {
            "schema": schema.VERSION,
            "run": document(self.run),
            "scenarios": [document(scenario) for scenario in self.scenarios],
        }

    def write(self, path: Path) -> None:
        """Validate and write; a reader sees the old file or the whole new one, never a part."""
        data = self.dump()
        schema.validate(data, file=path)
        replace(path, json.dumps(data, indent=1).encode() + b"\n")


T = TypeVar("T")

_NESTED: Mapping[str, type[Any]] = {
    "commands": Command,
    "commits": Commit,
    "waits": Wait,
    "chain": ChainLink,
    "conditions": Condition,
    "steps": StepResult,
    "failed_attempts": FailedAttempt,
    "phases": Phase,
    "api_versions": ApiVersion,
}
_EVIDENCE = ("setup", "clean_up")


def _value(kind: type[T], data: Mapping[str, Any]) -> T:
    return kind(**{name: _field(name, value) for name, value in data.items()})


def _field(name: str, value: Any) -> Any:
    if name in _NESTED:
        return tuple(_value(_NESTED[name], item) for item in value)
    if name in _EVIDENCE:
        return _value(Evidence, value)
    return _frozen(value) if isinstance(value, list) else value


def _frozen(value: list[Any]) -> tuple[Any, ...]:
    return tuple(_frozen(item) if isinstance(item, list) else item for item in value)


def document(value: Any) -> dict[str, Any]:
    """One of the values above as JSON wants it, without empty fields that may be left out."""
    required = schema.required(type(value).__name__)
    found: dict[str, Any] = {}
    for each in dataclasses.fields(value):
        content = _plain(getattr(value, each.name))
        if each.name in required or not _empty(each.name, content):
            found[each.name] = content
    return found


def _empty(name: str, content: Any) -> bool:
    if name in _EVIDENCE:
        return not any(content.values())
    # A line counts from 1; an exit code of 0 says something, and so does one that is missing.
    if (name == "line" and not content) or (name == "load" and content is None):
        return True
    return content in ("", [], {})


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return document(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(cast(Mapping[str, Any], value))
    return value

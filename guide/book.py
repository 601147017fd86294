"""A book: everything that belongs to one guide, read from its `book.yaml`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from guide.baseline import Baseline
from guide.block import is_inside
from guide.checked_yaml import CheckedYaml
from guide.errors import GuideError, near
from guide.manifest import quickly

FILE = "book.yaml"
SHELF = "books"
"""The folder whose folders are books, named as they are."""
DEFAULT = "operational"
"""The book that is meant where none is named."""
SCHEMA = Path(__file__).with_name("book.schema.json")
ENGINE_STEPS = Path(__file__).parents[1] / "steps"
"""The sentences that every book may use."""
_USUAL = {
    "edition": "edition",
    "features": "features",
    "lock": "source.lock",
    "errata": "errata",
    "survivors": "survivors.yaml",
    "steps": "steps",
    "charts": "charts",
}
Start = Literal["bootstrapped", "cluster", "empty"]
Extra = Literal["sops", "stores"]
_OF_EXTRAS: Mapping[str, Extra] = {"buckets-host": "stores", "registry-host": "stores"}
"""The facts that only a sandbox with an extra has."""
_NEEDED = ("edition", "features")


@dataclass(frozen=True)
class Layout:
    """The monorepo that the guide is about."""

    group: str
    project: str
    clusters: tuple[str, ...]
    """The clusters that a sandbox begins with; the first one is bootstrapped."""
    branch: str = "main"
    path: str = "clusters/{cluster}"
    """The main entry of a cluster, with {cluster} for its name."""
    pages: tuple[str, ...] = ()
    """The pages whose file blocks are the first commit."""
    baseline: Baseline | None = None
    """The files of the first commit, where no page shows them."""
    commit: str = ""
    """The block by which every chapter commits and pushes, or ''."""


@dataclass(frozen=True)
class Placeholder:
    """What stands for a <kebab-case> word of the blocks; one of the three is given."""

    text: str = ""
    fact: str = ""
    """The name of a fact of the sandbox."""
    sentence: str = ""
    """The sentence that gives it, in words."""


@dataclass(frozen=True)
class Settings:
    """What the sandbox of a book is given."""

    interval_s: int = 5
    """Seconds after which Flux looks at the repository again."""
    needs: tuple[str, ...] = ()
    """What the whole book needs of a provider."""
    extras: tuple[Extra, ...] = ()
    """What a sandbox has for it beside what every sandbox has."""
    told: Mapping[str, str] = field(default_factory=dict)
    """Further settings that the facts of a run name."""


@dataclass(frozen=True)
class Book:
    """One guide: where its parts lie, and what a sandbox for it is."""

    name: str
    file: Path
    title: str
    description: str
    chapters: tuple[str, ...]
    """The pages of the edition in the order of the navigation."""
    sources: tuple[str, ...]
    """The source guides, by the names that the lock knows them by."""
    edition: Path
    features: Path
    lock: Path
    errata: Path
    survivors: Path
    steps: Path
    charts: Path
    start: Start
    """What a scenario begins with: bootstrapped, cluster or empty."""
    layout: Layout
    placeholders: Mapping[str, Placeholder]
    settings: Settings

    @classmethod
    def read(cls, folder: Path) -> Book:
        """The book in a folder; GuideError with file and line for the first thing that is wrong."""
        path = _seen(folder / FILE)
        if not path.is_file():
            cure = f"name a folder with a {FILE}, or lay one out with make book NAME= GUIDE="
            raise GuideError("is not there", file=path, cure=cure)
        read = CheckedYaml.read(path, SCHEMA)
        value: dict[str, Any] = read.value
        places = {**_USUAL, **value.get("folders", {})}
        parts = {part: _seen(folder / place) for part, place in places.items()}
        book = cls(
            name=name_in(folder),
            file=path,
            title=value["title"].strip(),
            description=" ".join(value["description"].split()),
            chapters=tuple(value["chapters"]),
            sources=tuple(value["sources"]),
            **parts,
            start=value.get("start", "bootstrapped"),
            layout=_layout(value["layout"], folder),
            placeholders={
                name: Placeholder(text=given) if isinstance(given, str) else Placeholder(**given)
                for name, given in value.get("placeholders", {}).items()
            },
            settings=_settings(value.get("settings", {})),
        )
        for problem in book._wrong(read):
            raise problem
        return book

    def build(self, root: Path = Path("build")) -> Path:
        """Where its runs write: `build` itself for the default book, a folder in it for others."""
        return build_of(self.name, root)

    @property
    def setting(self) -> str:
        """What names the book behind `make`, '' for the default one."""
        if self.name == DEFAULT:
            return ""
        folder = self.file.parent
        on_shelf = (folder.parent.name, folder.name) == (SHELF, self.name)
        return f"BOOK={self.name if on_shelf else folder}"

    @property
    def filled(self) -> frozenset[str]:
        """The placeholders that something fills."""
        return frozenset(self.placeholders)

    def unfilled(self) -> Iterator[GuideError]:
        """The placeholders of the first commit's folder that neither a text nor a fact fills."""
        known = {name for name, each in self.placeholders.items() if not each.sentence}
        yield from self.layout.baseline.unfilled(known) if self.layout.baseline else ()

    @property
    def first_commit(self) -> Mapping[str, str]:
        """The texts of the first commit that lie in a folder, their placeholders as they stand."""
        return self.layout.baseline.texts() if self.layout.baseline else {}

    @property
    def sentences(self) -> list[Path]:
        """The folders of the step functions that its features may use, the engine's first."""
        return [_seen(ENGINE_STEPS), *([self.steps] if self.steps.is_dir() else [])]

    def _wrong(self, read: CheckedYaml) -> Iterator[GuideError]:
        if "name" not in read.value and not _is_name(self.name):
            what = f'the folder\'s name "{self.name}" is no name for a book'
            yield read.problem(what, cure="add name: with small letters, digits and hyphens")
        yield from _twice(read, "sources", "source guide")
        yield from _twice(read, "chapters", "page")
        yield from self._missing_folders(read)
        yield from self._chapters(read)
        yield from self._layout(read)
        yield from self._facts(read)

    def _missing_folders(self, read: CheckedYaml) -> Iterator[GuideError]:
        given = read.value.get("folders", {})
        for part in dict.fromkeys((*_NEEDED, *given)):
            place: Path = getattr(self, part)
            # Whoever names a place means that something is there.
            if not place.exists():
                cure = "make it, or name where it lies under folders:"
                yield read.problem(f"{part}: {place} is not there", "folders", part, cure=cure)
        if not any(self.features.glob("*.feature")):
            cure = "write one feature a chapter"
            what = f"features: {self.features} holds no feature"
            yield read.problem(what, "folders", "features", cure=cure)

    def _chapters(self, read: CheckedYaml) -> Iterator[GuideError]:
        pages = {path.stem for path in self.edition.glob("*.md")}
        for number, chapter in enumerate(self.chapters):
            if chapter not in pages:
                what = f'{self.edition} has no page "{chapter}"'
                yield read.problem(what, "chapters", number, cure=near(chapter, pages))
        for page in sorted(pages - set(self.chapters)):
            cure = f"add {page} where it stands in the guide"
            what = f"{self.edition / page}.md is in no list of chapters"
            yield read.problem(what, "chapters", cure=cure)

    def _facts(self, read: CheckedYaml) -> Iterator[GuideError]:
        for name, each in self.placeholders.items():
            extra = _OF_EXTRAS.get(each.fact)
            if extra and extra not in self.settings.extras:
                what = f"only a sandbox with the extra {extra} has a {each.fact}"
                cure = f"add settings: extras: [{extra}]"
                yield read.problem(what, "placeholders", name, cure=cure)

    def _layout(self, read: CheckedYaml) -> Iterator[GuideError]:
        layout = self.layout
        if not is_inside(layout.path):
            what = f'the path "{layout.path}" leads out of the monorepo'
            yield read.problem(what, "layout", "path", cure="write it from the monorepo's root")
        if len(layout.clusters) > 1 and "{cluster}" not in layout.path:
            what = f'the path "{layout.path}" is the same for every cluster'
            yield read.problem(what, "layout", "path", cure="write {cluster} for the name")
        yield from _twice(read, "layout", "cluster", "clusters")
        for number, page in enumerate(layout.pages):
            if page not in self.chapters:
                place = ("layout", "baseline", "pages", number)
                what = f'the baseline is on no page "{page}"'
                yield read.problem(what, *place, cure=near(page, self.chapters))
        if layout.baseline is not None and not layout.baseline.folder.is_dir():
            cure = "make it, or name the pages that show the first commit"
            what = f"the baseline's folder {layout.baseline.folder} is not there"
            yield read.problem(what, "layout", "baseline", "folder", cure=cure)


def build_of(name: str, root: Path = Path("build")) -> Path:
    """Where the runs of the book of that name write."""
    return root if name == DEFAULT else root / SHELF / name


def name_in(folder: Path) -> str:
    """The name of the book in a folder, also of one that has something else wrong with it."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
        value = quickly(lambda by: yaml.load(text, Loader=by))
    except (OSError, ValueError, yaml.YAMLError):
        value = None
    own = value.get("name") if isinstance(value, dict) else None
    return own if isinstance(own, str) else folder.resolve().name


def _is_name(text: str) -> bool:
    return text[:1].isalnum() and all(c.isdigit() or "a" <= c <= "z" or c == "-" for c in text)


def _seen(path: Path) -> Path:
    # As seen from where the program was started: error lines and results show it.
    return Path(os.path.relpath(path))


def _twice(read: CheckedYaml, key: str, what: str, inner: str = "") -> Iterator[GuideError]:
    place: tuple[str, ...] = (key, inner) if inner else (key,)
    listed: list[str] = read.value[key][inner] if inner else read.value[key]
    for number, word in enumerate(listed):
        first = listed.index(word)
        if first < number:
            said = f'{what} "{word}" is listed twice, first at line {read.line(*place, first)}'
            yield read.problem(said, *place, number, cure="take one of them away")


def _layout(value: Mapping[str, Any], folder: Path) -> Layout:
    baseline = value.get("baseline", {})
    plain = {
        key: value[key] for key in ("group", "project", "branch", "path", "commit") & value.keys()
    }
    return Layout(
        **plain,
        clusters=tuple(value["clusters"]),
        pages=tuple(baseline.get("pages", ())),
        baseline=Baseline(
            _seen(folder / baseline["folder"]), frozenset(baseline.get("literal", ()))
        )
        if "folder" in baseline
        else None,
    )


def _settings(value: Mapping[str, Any]) -> Settings:
    return Settings(
        value.get("interval", Settings.interval_s),
        tuple(value.get("needs", ())),
        tuple(value.get("extras", ())),
        value.get("told", {}),
    )

"""A book laid out from a team's own Markdown: pages, features, lock and book.yaml, as texts."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from guide import shelf
from guide.acceptance import Acceptance
from guide.audit import Audit
from guide.book import FILE, SCHEMA, SHELF
from guide.document import Document
from guide.erratum import Errata
from guide.errors import GuideError
from guide.facts import without_anchor
from guide.lock import SourceLock
from guide.new_page import TODO, NewPage, is_step
from guide.slug import Names, slug
from guide.writable import writable

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CLUSTER = re.compile(r"^(?P<path>(?:[^/]+/)*?clusters)/(?P<name>[a-z0-9][a-z0-9-]*)/")
_OPTION = re.compile(r"--(?P<name>owner|repository|branch|path)[= ]['\"]?(?P<value>[\w./-]+)")


def write(name: str, guides: str) -> list[Path]:
    """Lay out a book among the others from guides that are named with commas between them.

    All of it is written, or nothing is. Returns its files; GuideError where it has no name or no
    guide, or is there already.
    """
    if not _NAME.fullmatch(name) or name == shelf.ALL:
        cure = "small letters, digits and hyphens"
        raise GuideError(f'"{name}" is no name for a book', cure=cure)
    place = Path(SHELF) / name
    if place.exists() or name in shelf.names():
        raise GuideError(f"{place} is there already", cure="take another name, or remove it")
    given = [text for text in guides.split(",") if text]
    if not given:
        raise GuideError("no guide is named", cure="make book NAME= GUIDE=path.md[,path2.md]")
    files = lay_out(name, [Path(text) for text in given])
    writable(place.parent)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as temporary:
        new = Path(temporary) / name
        for file, text in files.items():
            (new / file).parent.mkdir(parents=True, exist_ok=True)
            (new / file).write_text(text, encoding="utf-8")
        new.rename(place)
    return [place / file for file in sorted(files)]


def lay_out(name: str, sources: Sequence[Path]) -> dict[str, str]:
    """The files of a new book, by their paths in its folder; GuideError for a guide that is none.

    The same guides give the same files.
    """
    for number, source in enumerate(sources):
        _refuse_name(source, sources[:number])
    stems, ids = Names(), Names()
    pages: list[NewPage] = []
    for source in sources:
        pages += _pages(Document.read(source), stems, ids)
    files = {f"edition/{page.stem}.md": page.text() for page in pages}
    installs = _installs([text for page in pages for text in page.shell])
    for page in pages:
        if page.used:
            stem = page.stem.replace("-", "_")
            files[f"features/{stem}.feature"] = _feature(page, bootstrapped=not installs)
    if not any(page.used for page in pages):
        what = "no manifest with a path and no command in it: nothing can be run"
        raise GuideError(what, file=sources[0], line=1, cure="name a guide with fenced blocks")
    files["source.lock"] = _lock(sources)
    files[FILE] = _book_yaml(name, [source.name for source in sources], pages)
    return files


def _refuse_name(source: Path, before: Sequence[Path]) -> None:
    """GuideError for a guide that its book could not tell by its name."""
    if re.search(r"\s", source.name):
        cure = "give the file a name without one"
        raise GuideError("the name of a source guide has a blank", file=source, cure=cure)
    twin = next((other for other in before if other.name == source.name), None)
    if twin and twin.resolve() == source.resolve():
        raise GuideError(f'source guide "{source.name}" is listed twice', cure="name each once")
    if twin:
        what = f'two source guides are called "{source.name}", the other is {twin}'
        cure = "give one of them another name: a book knows them by it, without their folders"
        raise GuideError(what, file=source, cure=cure)


def _pages(document: Document, stems: Names, ids: Names) -> Iterator[NewPage]:
    """A page for each chapter; what stands before the first is a page of its own, if it says so."""
    heads = [t for t in document.tokens if t.type == "heading_open" and not t.level and t.map]
    tops = [t for t in heads if t.tag == "h1"]
    # A guide whose second level are its steps is one chapter.
    steps = any(t.tag == "h2" and is_step(document, t) for t in heads)
    level = 1 if len(tops) > 1 or all(t.tag == "h1" for t in heads) or (tops and steps) else 2
    chapters = [t for t in heads if t.tag == f"h{level}"] or heads[:1]
    if steps and not tops:
        chapters = []
    starts = [t.map[0] for t in chapters if t.map] or [0]
    title = _title(document, tops[0].map[0]) if tops and tops[0].map else Path(document.file).stem
    if chapters and level == 2:
        first = tops[0].map[1] if tops and tops[0].map else 0
        if any(line.strip() for line in document.lines[first : starts[0]]):
            page = NewPage(stems.free(slug(title)), title, ids)
            page.take(document, first, starts[0], 0)
            yield page
    for start, end in zip(starts, [*starts[1:], len(document.lines)], strict=True):
        name = _title(document, start) if chapters else title
        page = NewPage(stems.free(slug(name)), name, ids)
        page.take(document, start + 1 if chapters else start, end, level - 1)
        yield page


def _title(document: Document, line: int) -> str:
    return without_anchor(document.lines[line].strip().strip("#").strip()).strip()


def _feature(page: NewPage, *, bootstrapped: bool) -> str:
    units = " ".join(f"@unit:{page.stem}/step-{n}" for n in page.shown_steps)
    flux_tells = bootstrapped and any("git push" in text for text in page.shell)
    title = re.sub("[<>]", "", page.title)  # a word in them would be a column of an outline
    lines = [f"Feature: {title}", f"  {TODO}what does this chapter promise?", ""]
    lines += [f"  @id:as-it-says {units or f'@unit:{page.stem}/{page.stem}'}"]
    lines += [f"  Scenario: Whoever follows {title} gets to its end"]
    lines += ["    Given a sandbox at the baseline"]
    if page.steps == 1:
        lines.append(f'    When the engineer follows step 1 of "{page.stem}"')
    elif page.steps:
        lines.append(f'    When the engineer follows steps 1 to {page.steps} of "{page.stem}"')
    else:
        words = ["When", *["And"] * len(page.used)]
        # Where Flux says nothing, what is typed last is the look at what came of it.
        looked = not flux_tells and page.used[-1][1]
        done = page.used[:-1] if looked else page.used
        for word, (block, typed) in zip(words, done, strict=False):
            verb = "runs" if typed else "writes"
            lines.append(f'    {word} the engineer {verb} block "{block}"')
    last = next((block for block, typed in reversed(page.used) if typed), "")
    if flux_tells or not last:
        lines.append("    Then every Flux object is Ready at the pushed commit")
    else:
        lines.append(f'    Then block "{last}" ends well')
    return "\n".join(lines) + "\n"


def _installs(shell: Sequence[str]) -> bool:
    return any(re.search(r"\bflux (?:bootstrap|install)\b", text) for text in shell)


def _lock(sources: Sequence[Path]) -> str:
    lock = SourceLock("", "", ())
    for source in sources:
        empty = SourceLock("", source.name, ())
        lock = lock.with_part(Acceptance(Audit.of(source, empty, Errata()), "").lock())
    return lock.text()


def _book_yaml(name: str, sources: Sequence[str], pages: Sequence[NewPage]) -> str:
    facts = _facts()
    shell = [text for page in pages for text in page.shell]
    words = sorted(set().union(*(page.placeholders for page in pages)))
    value: dict[str, Any] = {
        "title": pages[0].title if len(pages) == 1 else name.replace("-", " ").capitalize(),
        "description": f"{', '.join(sources)} with the evidence of its last run",
        "chapters": [page.stem for page in pages],
        "sources": list(sources),
        "start": "cluster" if _installs(shell) else "bootstrapped",
        "layout": _layout(pages, "\n".join(shell)),
    }
    known = {word: {"fact": word} for word in words if word in facts}
    if known:
        value["placeholders"] = known
    text = "# What belongs to this guide; guide/book.schema.json says what each key means.\n"
    text += yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
    unknown = [word for word in words if word not in facts]
    if unknown:
        text += "# Nothing fills these yet: a text, or one of the facts " + ", ".join(facts) + ".\n"
        text += "" if known else "# placeholders:\n"
        text += "".join(f"#   {word}: ...\n" for word in unknown)
    return text


def _facts() -> list[str]:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    forms = schema["properties"]["placeholders"]["additionalProperties"]["oneOf"]
    found = next(form["properties"]["fact"]["enum"] for form in forms if "fact" in str(form))
    return list(found)


def _layout(pages: Sequence[NewPage], shell: str) -> Mapping[str, Any]:
    """The monorepo as the guide's own paths, its `flux bootstrap` and its first push show it."""
    paths = [path for page in pages for path in page.paths]
    commits = [block for page in pages for block in page.commits]
    given = {found["name"]: found["value"] for found in _OPTION.finditer(shell)}
    found = next((match for path in paths if (match := _CLUSTER.match(path))), None)
    layout: dict[str, Any] = {
        "group": given.get("owner", "team").replace("/", "-"),
        "project": given.get("repository", "fleet").replace("/", "-"),
        "branch": given.get("branch", "main"),
        "path": "clusters/{cluster}",
        "clusters": ["one"],
    }
    if found:
        layout["path"] = f"{found['path']}/{{cluster}}"
        layout["clusters"] = [found["name"]]
    if commits:
        layout["commit"] = commits[0]
    return layout

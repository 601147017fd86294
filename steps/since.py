"""`python -m steps.since REF`: the scenarios that may end otherwise than at a commit.

Prints their ids to standard output, separated by commas, and the reason for each to standard error.
Nothing is printed where no scenario is touched. Exit codes: 0 done; 2 bad input.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guide import Book, Edition, GuideError, shelf, unread
from guide.affected import Version, affected, everything
from guide.features import Features
from guide.sentences import Sentences
from report.regression import quarantine
from sandbox.charts.repository import STAND_INS
from steps import baseline_tree
from steps.clone import Clone
from steps.on_import import acts
from steps.own_parts import OwnParts, meet
from steps.sentences import PACKAGE

ELSEWHERE = (
    *("tests/", "benchmarks/", "mutation/", ".ci/", ".github/", ".gitlab-ci.yml", ".gitignore"),
    "nightly.yaml",
    *("report/known/", "report/pages/", "report/site/", "report/regression/", "report/branch/"),
    *("docs/", "mkdocs.yml", "README.md", "CONTRIBUTING.md"),
)
"""Parts of the clone on which no scenario stands."""
_BESIDE = ("lock", "errata", "survivors")
"""Parts of a book that say what is thought of a run, and not what runs."""

_SHARED = re.compile(r"\bfixture\b|\bpytest_(?!bdd\b)\w")
"""What others use of a module without an import of it: fixtures, hooks and plugins of pytest."""


@dataclass(frozen=True)
class Touched:
    """The scenarios of a book that may end otherwise than before."""

    reasons: Mapping[str, str]
    """Their ids, each with the reason."""
    all_of_them: bool
    unseen: bool = False
    """Whether the programs of a run lie elsewhere: nobody knows what they were."""


def since(book: Book, ref: str) -> Touched:
    """The scenarios that may end otherwise than at `ref`.

    What lies in the working tree counts, committed or not. Raises GuideError where `ref` is no
    commit, or the book lies in no clone.
    """
    clone = Clone.around(book.file.parent)
    if clone is None:
        cure = "run it where the book lies in a clone, or leave SINCE out"
        raise GuideError("SINCE asks git, and the book is in no clone", file=book.file, cure=cure)
    commit = clone.commit(ref)
    after = _version(book)
    reasons = _reasons(book, clone, commit, after)
    every = reasons.keys() == after.features.scenarios.keys()
    return Touched(reasons, every, not shelf.ROOT.resolve().is_relative_to(clone.root))


def _reasons(book: Book, clone: Clone, commit: str, after: Version) -> Mapping[str, str]:
    root = clone.root
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        clone.unpack(commit, tree)
        try:
            old = tree / book.file.parent.resolve().relative_to(root)
            before = _version(Book.read(old))
        except (GuideError, OSError) as error:
            why = f"the book as it was cannot be read: {_plain(error)}"
            return dict.fromkeys(after.features.scenarios, why)
        if link := OwnParts.of(before.book).link_out_of(tree):
            why = f"{link} leads out of the commit, and what was there is not known"
            return dict.fromkeys(after.features.scenarios, why)
        # What is there counts, also where git is told to ignore it.
        whole = OwnParts.at(book.steps, book.charts, STAND_INS).places
        files = clone.changed(commit, tree, whole)
        now = [each.resolve() for each in book.sentences]
        was = [tree / each.relative_to(root) for each in now if each.is_relative_to(root)]
        known, knew = Sentences.of(now), Sentences.of(was)
        modules = {
            name
            for name in files
            if _is_sentences(root / name, known, now) and _was_sentences(tree / name, knew, was)
        }
        why = _other(files - modules, root, book) or everything(before, after)
        if why:
            return dict.fromkeys(after.features.scenarios, why)
        # What a module took before, too: who said it may have lost it.
        changed = [
            each
            for name in sorted(modules)
            for each in (*known.of_module(root / name), *knew.of_module(tree / name))
        ]
        return affected(before, after, changed)


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())


def _version(book: Book) -> Version:
    edition = Edition.read(book.edition)
    features = Features.read(book.features, edition)
    return Version(book, edition, features, baseline_tree.files(book, edition))


def _is_sentences(path: Path, sentences: Sentences, folders: Sequence[Path]) -> bool:
    """Whether a module of these folders holds sentences, all known, and nothing for others."""
    if path.suffix != ".py" or not path.is_file() or path.parent.resolve() not in folders:
        return False
    if not sentences.of_module(path) or any(_is_of(each, path) for each in sentences.problems):
        return False
    return not _is_shared(path, folders)


def _was_sentences(path: Path, sentences: Sentences, folders: Sequence[Path]) -> bool:
    """The same of a module in the tree of before; one that was not there took nothing."""
    return not path.exists() or _is_sentences(path, sentences, folders)


def _is_of(problem: GuideError, path: Path) -> bool:
    return not problem.file or Path(problem.file).resolve() == path.resolve()


def _is_shared(path: Path, folders: Sequence[Path]) -> bool:
    """Whether others use something of a module: by a name that pytest knows, or by an import."""
    text = path.read_text("utf-8")
    others = (each for folder in folders for each in folder.rglob("*.py"))
    return bool(_SHARED.search(text) or acts(ast.parse(text))) or any(
        _imports(each, path.stem) for each in others if each.resolve() != path.resolve()
    )


def _imports(path: Path, module: str) -> bool:
    """Whether a file takes a module of that name, or cannot be read as Python at all."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return True
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(part for each in node.names for part in each.name.split("."))
        if isinstance(node, ast.ImportFrom):
            names.update((node.module or "").split("."))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == PACKAGE:
            names.add(node.attr)
        if isinstance(node, ast.Constant) and str(node.value).startswith(f"{PACKAGE}."):
            names.update(str(node.value).split("."))
    return module in names


def _other(files: Iterable[str], root: Path, book: Book) -> str:
    """The first file that may change any scenario, as a reason."""
    edition, features = book.edition.resolve(), book.features.resolve()
    own, beside = {*OwnParts.of(book).places, STAND_INS.resolve()}, _beside(book)
    for name in sorted(files):
        path = root / name
        if path.suffix == ".md" and path.parent == edition:
            continue  # read as values
        if path.suffix == ".feature" and path.parent == features:
            continue
        if path == book.file.resolve():
            continue
        # Before all else: what the book takes may lie in the folder of another, or of the pages.
        if not any(meet(path, each) for each in own):
            if any(path == each or each in path.parents for each in beside):
                continue
            if root == shelf.ROOT.resolve() and _is_elsewhere(name):
                continue
        return f"{name} has changed"
    return ""


def _beside(book: Book) -> list[Path]:
    """What says something of a run of the book and does not run, and the other books."""
    found = [getattr(book, part).resolve() for part in _BESIDE]
    found.append(book.file.parent.resolve() / quarantine.FILE)
    for other in shelf.several(shelf.ALL):
        if other.file.resolve() != book.file.resolve():
            parts = (other.file.parent, other.edition, other.features)
            found += [each.resolve() for each in parts]
    return found


def _is_elsewhere(name: str) -> bool:
    return name.startswith(ELSEWHERE) or Path(name).name == "README.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print which scenarios there are, and why."""
    parser = argparse.ArgumentParser(prog="python -m steps.since", description=__doc__)
    parser.add_argument("ref", metavar="REF", help="a branch, a tag or a commit")
    parser.add_argument("--book", default="", help="name or folder of the book")
    parser.add_argument("--feature", default="", help="nothing: the selection is made here")
    options = parser.parse_args(arguments)
    try:
        if options.feature:
            cure = "leave one of them out"
            raise GuideError("FEATURE and SINCE are two selections", cure=cure)
        if options.book == shelf.ALL:
            raise GuideError("SINCE takes one book", cure="say BOOK= with its name")
        book = shelf.find(options.book)
        found = since(book, options.ref)
    except GuideError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    if found.unseen:
        what = f"the book lies in another clone than proofbook, {shelf.ROOT}"
        print(f"since {options.ref}: {what}: its changes are not looked at", file=sys.stderr)
    reasons = set(found.reasons.values())
    if not reasons:
        print(f"since {options.ref} nothing has changed for any scenario", file=sys.stderr)
    elif len(reasons) == 1 and found.all_of_them:
        print(f"since {options.ref}: all {len(found.reasons)}, {reasons.pop()}", file=sys.stderr)
    else:
        for scenario, why in found.reasons.items():
            print(f"since {options.ref}: {scenario}: {why}", file=sys.stderr)
    print(",".join(found.reasons))
    return 0


if __name__ == "__main__":
    unread.go_on()
    sys.exit(main())

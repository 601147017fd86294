"""`python -m steps.since REF`: the scenarios that may end otherwise than at a commit.

Prints their ids to standard output, separated by commas, and the reason for each to standard error.
Nothing is printed where no scenario is touched. Exit codes: 0 done; 2 bad input.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from guide import Book, Edition, GuideError, shelf
from guide.affected import Version, affected, everything
from guide.features import Features
from guide.sentences import Sentences
from report.regression import quarantine
from steps import baseline_tree

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


def since(book: Book, ref: str) -> Touched:
    """The scenarios that may end otherwise than at `ref`.

    What lies in the working tree counts, committed or not. Raises GuideError where `ref` is no
    commit, or the book lies in no clone.
    """
    clone = _clone(book)
    commit = _commit(clone, ref)
    after = _version(book)
    reasons = _reasons(book, clone, commit, after)
    return Touched(reasons, reasons.keys() == after.features.scenarios.keys())


def _reasons(book: Book, clone: Path, commit: str, after: Version) -> Mapping[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        _unpack(clone, commit, tree)
        try:
            old = tree / book.file.parent.resolve().relative_to(clone)
            before = _version(Book.read(old))
        except (GuideError, OSError) as error:
            why = f"the book as it was cannot be read: {_plain(error)}"
            return dict.fromkeys(after.features.scenarios, why)
        files = _changed(clone, tree)
        modules = {name for name in files if _is_sentences(name, clone, tree, book)}
        why = _other(files - modules, clone, book) or everything(before, after)
        if why:
            return dict.fromkeys(after.features.scenarios, why)
        spelled = {str((clone / path).resolve()) for path in modules}
        return affected(before, after, Sentences.of(book.sentences), spelled)


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())


def _version(book: Book) -> Version:
    edition = Edition.read(book.edition)
    features = Features.read(book.features, edition)
    return Version(book, edition, features, baseline_tree.files(book, edition))


def _git(
    clone: Path, *words: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    line = ["git", "-C", str(clone), *words]
    return subprocess.run(line, env=env, capture_output=True, timeout=120)


def _said(clone: Path, *words: str, env: dict[str, str] | None = None) -> bytes:
    """What git prints. Raises GuideError where it fails: its silence would mean no change."""
    done = _git(clone, *words, env=env)
    if done.returncode:
        why = done.stderr.decode(errors="replace").strip()
        raise GuideError(f"SINCE asks git, and `git {words[0]}` failed: {why}", file=clone)
    return done.stdout


def _clone(book: Book) -> Path:
    done = _git(book.file.parent, "rev-parse", "--show-toplevel")
    if done.returncode:
        cure = "run it where the book lies in a clone, or leave SINCE out"
        raise GuideError("SINCE asks git, and the book is in no clone", file=book.file, cure=cure)
    return Path(done.stdout.decode().removesuffix("\n")).resolve()


def _commit(clone: Path, ref: str) -> str:
    done = _git(clone, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if done.returncode:
        shallow = _git(clone, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
        cure = "name a branch, a tag or a commit"
        if shallow:
            cure = "the clone is shallow: git fetch --unshallow, then run it again"
        raise GuideError(f'SINCE "{ref}" is no commit of {clone}', cure=cure)
    return done.stdout.decode().strip()


def _unpack(clone: Path, commit: str, folder: Path) -> None:
    """Write the tree of a commit into a folder, and leave the clone's own tree and index alone."""
    folder.mkdir()
    index = folder.with_name("index")
    env = {**os.environ, "GIT_INDEX_FILE": str(index), "GIT_WORK_TREE": str(folder)}
    _said(clone, "checkout", "--quiet", commit, "--", ":/", env=env)


def _changed(clone: Path, tree: Path) -> set[str]:
    """The files that are not as in that tree, those that git does not know yet among them.

    They are read: what git says of a change depends on its settings and on marks in its index.
    """
    known = _said(clone, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    names = {os.fsdecode(name) for name in known.split(b"\0") if name}
    for folder, folders, files in os.walk(tree):
        links = [each for each in folders if Path(folder, each).is_symlink()]
        names |= {str(Path(folder, each).relative_to(tree)) for each in (*files, *links)}
    return {name for name in names if _of(clone / name) != _of(tree / name)}


def _of(path: Path) -> tuple[str, bytes]:
    """What git keeps of a file: whether it is a link, a program or neither, and its bytes."""
    if path.is_symlink():
        return "link", os.fsencode(path.readlink())
    if path.is_dir():
        return "folder", b""  # another repository in this one
    if not path.exists():
        return "gone", b""
    program = path.stat().st_mode & stat.S_IXUSR
    return ("program" if program else "file"), path.read_bytes()


def _is_sentences(name: str, clone: Path, tree: Path, book: Book) -> bool:
    """Whether a file holds sentences and nothing that others take from it, now and in that tree."""
    path = clone / name
    folders = [folder.resolve() for folder in book.sentences]
    if path.suffix != ".py" or not path.is_file() or path.parent.resolve() not in folders:
        return False
    if not Sentences.of([path.parent]).of_module(path):
        return False
    was = [tree / folder.relative_to(clone) for folder in folders if folder.is_relative_to(clone)]
    return not (_is_shared(path, folders) or _is_shared(tree / name, was))


def _is_shared(path: Path, folders: Sequence[Path]) -> bool:
    """Whether others use something of a module: by a name that pytest knows, or by an import."""
    if not path.is_file():
        return False
    others = (each for folder in folders for each in folder.glob("*.py"))
    return bool(_SHARED.search(path.read_text("utf-8"))) or any(
        _imports(each, path.stem) for each in others if each.resolve() != path.resolve()
    )


def _imports(path: Path, module: str) -> bool:
    """Whether a file imports a module of that name, or cannot be read as Python at all."""
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
    return module in names


def _other(files: Iterable[str], clone: Path, book: Book) -> str:
    """The first file that may change any scenario, as a reason."""
    told = {"edition": book.edition.resolve(), "features": book.features.resolve()}
    beside = [getattr(book, part).resolve() for part in _BESIDE]
    beside.append(book.file.parent.resolve() / quarantine.FILE)
    for other in shelf.several(shelf.ALL):
        if other.file.resolve() != book.file.resolve():
            beside += [
                other.file.parent.resolve(),
                other.edition.resolve(),
                other.features.resolve(),
            ]
    for name in sorted(files):
        path = clone / name
        if path.suffix == ".md" and path.parent == told["edition"]:
            continue  # read as values
        if path.suffix == ".feature" and path.parent == told["features"]:
            continue
        if path == book.file.resolve():
            continue
        if any(path == each or each in path.parents for each in beside):
            continue
        if clone == shelf.ROOT.resolve() and _is_elsewhere(name, path, told["edition"]):
            continue
        return f"{name} has changed"
    return ""


def _is_elsewhere(name: str, path: Path, edition: Path) -> bool:
    if edition == path.parent or edition in path.parents:
        return False
    return name.startswith(ELSEWHERE) or path.name == "README.md"


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
    sys.exit(main())

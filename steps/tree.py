"""Sentences about the monorepo as Git has it: which files, from which commits."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from pytest_bdd import parsers, then

from steps.engineer import Engineer
from steps.pushed import pushed_head
from steps.table import column


@then("the first commit of the monorepo holds these blocks and nothing else:")
def first_commit_holds(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the files of the first commit with the blocks, byte for byte."""
    blocks = [engineer.edition.block(block) for block in column(datatable, "block")]
    shown = {block.path: block.filled(engineer.values) for block in blocks}
    held = engineer.sandbox.desk.files(engineer.sandbox.desk.first_commit())
    names = sorted({*held, *shown})
    others = [each for each in names if held.get(each) != shown.get(each)]
    assert not others, f"the first commit is not as the blocks show it in {', '.join(others)}"


@then(parsers.parse('since the first commit "{author}" and nobody else has changed the monorepo'))
def changed_by(engineer: Engineer, author: str) -> None:
    """Every commit after the first one has this author."""
    first, head = engineer.sandbox.desk.first_commit(), engineer.sandbox.head()
    found = sorted(set(engineer.sandbox.monorepo.authors(first, head)))
    assert found == [author], f"changed by {found}, expected was {author} alone"


@then("these are the files that have changed:")
def changed_files(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the files that differ between the first commit and the head of `main`."""
    first, head = engineer.sandbox.desk.first_commit(), engineer.sandbox.head()
    found = engineer.sandbox.monorepo.changed_paths(first, head)
    wanted = column(datatable, "file")
    assert found == wanted, f"these have changed: {found}, expected were {wanted}"


@then(parsers.parse('the monorepo has no file "{path}" any more'))
def has_no_file_any_more(engineer: Engineer, path: str) -> None:
    """A commit had the file, and the pushed one has not."""
    monorepo, head = engineer.sandbox.monorepo, pushed_head(engineer)
    assert monorepo.git("log", "--format=%h", head, "--", path), f"{path} never was in the monorepo"
    assert path not in monorepo.paths(head), f"{path} is still there at {head[:8]}"


@then(parsers.re(r'the monorepo has the tree of block "(?P<block>[^"]+)"$'))
def has_the_tree(engineer: Engineer, block: str) -> None:
    """Compare the files of the head of the branch with a drawn tree: the same, and no others."""
    drawn = drawn_paths(engineer.edition.block(block).text)
    there = set(_paths(engineer))
    told = f"not drawn: {sorted(there - {*drawn})}, not there: {sorted({*drawn} - there)}"
    assert sorted(there) == sorted(drawn), told


@then(parsers.parse('the monorepo has nothing below "{folder}"'))
def has_nothing_below(engineer: Engineer, folder: str) -> None:
    """No file of the branch is in the folder, but others are there."""
    inside = PurePosixPath(folder)
    assert not inside.is_absolute(), f"{folder} is none of a repository: its paths begin nowhere"
    assert inside.parts, "this is the whole monorepo"
    listed = _paths(engineer)
    assert listed, "the monorepo has no file at all"
    found = [path for path in listed if PurePosixPath(path).is_relative_to(inside)]
    assert not found, f"it has {', '.join(found)}"


@then(parsers.parse('the monorepo has a file "{path}"'))
def has_file(engineer: Engineer, path: str) -> None:
    """The file is in the head of the branch."""
    listed = _paths(engineer)
    assert path in listed, f"{path} is not among {listed}"


def _paths(engineer: Engineer) -> list[str]:
    """The files of the branch as the Git server has it."""
    return engineer.sandbox.monorepo.paths(engineer.sandbox.head())


def drawn_paths(tree: str) -> list[str]:
    """The files of a tree as the program `tree` draws it; what has nothing below it is a file."""
    read = [re.match(r"([\s│├└─|`+-]*)(.+)$", line) for line in tree.splitlines() if line.strip()]
    rows = [(len(each[1]) // 4, each[2].strip().rstrip("/")) for each in read if each]
    above: list[str] = []
    found = []
    for number, (depth, name) in enumerate(rows):
        del above[depth:]
        above.append(name)
        is_folder = number + 1 < len(rows) and rows[number + 1][0] > depth
        if not is_folder:
            found.append("/".join(above[1:]))
    return found

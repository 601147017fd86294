"""Sentences about the monorepo as Git has it: which files, from which commits."""

from __future__ import annotations

import re

from pytest_bdd import parsers, then

from steps.engineer import Engineer
from steps.table import column


@then("the first commit of the monorepo holds these blocks and nothing else:")
def first_commit_holds(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the files of the first commit with the blocks, byte for byte."""
    blocks = [engineer.edition.block(block) for block in column(datatable, "block")]
    shown = {block.path: block.filled(engineer.values) for block in blocks}
    assert engineer.sandbox.desk.files(engineer.sandbox.desk.first_commit()) == shown


@then(parsers.parse('since the first commit "{author}" and nobody else has changed the monorepo'))
def changed_by(engineer: Engineer, author: str) -> None:
    """Every commit after the first one has this author."""
    desk = engineer.sandbox.desk
    assert set(desk.authors(desk.first_commit())) == {author}


@then("these are the files that have changed:")
def changed_files(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the files that differ between the first commit and the head of `main`."""
    desk = engineer.sandbox.desk
    assert desk.changed_paths(desk.first_commit()) == column(datatable, "file")


@then(parsers.re(r'the monorepo has the tree of block "(?P<block>[^"]+)"$'))
def has_the_tree(engineer: Engineer, block: str) -> None:
    """Compare the files of the head of the branch with a drawn tree: the same, and no others."""
    drawn = drawn_paths(engineer.edition.block(block).text)
    assert sorted(engineer.sandbox.desk.paths()) == sorted(drawn)


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

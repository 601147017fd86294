"""Sentences about the monorepo as Git has it: which files, from which commits."""

from __future__ import annotations

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


@then("the pushed commit changes these lines and no others:")
def changed_lines(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the lines that the head of `main` takes away (-) and adds (+)."""
    assert engineer.sandbox.desk.changed_lines() == column(datatable, "line")


@then("these are the files that have changed:")
def changed_files(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the files that differ between the first commit and the head of `main`."""
    desk = engineer.sandbox.desk
    assert desk.changed_paths(desk.first_commit()) == column(datatable, "file")

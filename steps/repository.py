"""Sentences about the monorepo: following the guide, writing, committing, pushing."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, when

from steps.engineer import Engineer
from steps.pushed import wait_for_push
from steps.table import column, quoted


@given("a sandbox at the baseline")
def a_sandbox_at_the_baseline(engineer: Engineer) -> None:
    """It stands where the book starts: every Flux object Ready, unless there is no Flux yet."""
    engineer.sandbox.wait_baseline()


@given(
    parsers.re(
        r"the engineer (?:has followed|follows) steps? (?P<first>\d+)(?: to (?P<last>\d+))? of "
        r'"(?P<page>[^"]+)"(?: without block "(?P<block>[^"]+)")?$'
    )
)
@when(
    parsers.re(
        r"the engineer (?:has followed|follows) steps? (?P<first>\d+)(?: to (?P<last>\d+))? of "
        r'"(?P<page>[^"]+)"(?: without block "(?P<block>[^"]+)")?$'
    )
)
def follow_steps(
    engineer: Engineer, first: str, last: str | None, page: str, block: str | None = None
) -> None:
    """Write the files and type the commands of steps of the edition, but for one block."""
    engineer.follow(page, int(first), int(last or first), without=block or "")


@given(
    parsers.re(
        r'the engineer has written blocks? (?P<blocks>"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)'
        r"(?P<push> and pushed)?$"
    )
)
@when(
    parsers.re(
        r"the engineer (?:writes|adds) blocks? "
        r'(?P<blocks>"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)(?P<push> and pushes)?$'
    )
)
def write_blocks(
    engineer: Engineer, blocks: str, push: str | None, request: pytest.FixtureRequest
) -> None:
    """Write what blocks of the edition show, in their order."""
    for block in quoted(blocks):
        engineer.write(block)
    if push:
        commit_and_push(engineer, request)


@given(parsers.re(r"the engineer has written(?P<push> and pushed)? these blocks:$"))
@when(parsers.re(r"the engineer writes(?P<push> and pushes)? these blocks:$"))
def write_table(
    engineer: Engineer,
    datatable: list[list[str]],
    push: str | None,
    request: pytest.FixtureRequest,
) -> None:
    """Write what the blocks of a table show, in their order."""
    for block in column(datatable, "block"):
        engineer.write(block)
    if push:
        commit_and_push(engineer, request)


@when("the engineer commits and pushes")
@given("the engineer has committed and pushed")
def commit_and_push(engineer: Engineer, request: pytest.FixtureRequest) -> None:
    """Commit everything under the scenario's name and push it to `main`."""
    engineer.push(request.node.name.removeprefix("test_").replace("_", " "))


@given(
    parsers.re(
        r"the engineer has brought steps (?P<first>\d+) to (?P<last>\d+) of "
        r'"(?P<page>[^"]+)" to the cluster$'
    )
)
def bring_steps_to_the_cluster(engineer: Engineer, first: str, last: str, page: str) -> None:
    """Follow several steps of the edition and wait until every Flux object follows the commit."""
    engineer.follow(page, int(first), int(last))
    wait_for_push(engineer)


@given(parsers.re(r'the engineer has brought block "(?P<block>[^"]+)" to the cluster$'))
def bring_to_the_cluster(engineer: Engineer, block: str, request: pytest.FixtureRequest) -> None:
    """Write what a block shows, commit and push, and wait until every Flux object follows."""
    engineer.write(block)
    commit_and_push(engineer, request)
    wait_for_push(engineer)

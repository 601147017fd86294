"""Sentences about the monorepo: following the guide, writing, committing, pushing."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, when

from steps.engineer import Engineer
from steps.pushed import wait_for_push
from steps.table import column


@given("a sandbox at the baseline")
def a_sandbox_at_the_baseline(engineer: Engineer) -> None:
    """It stands where the book starts: every Flux object Ready, unless there is no Flux yet."""
    engineer.sandbox.wait_baseline()


@given(parsers.re(r'the engineer has followed step (?P<first>\d+) of "(?P<page>[^"]+)"$'))
@when(parsers.re(r'the engineer follows step (?P<first>\d+) of "(?P<page>[^"]+)"$'))
def follow_step(engineer: Engineer, first: str, page: str) -> None:
    """Write the files and type the commands of one step of the edition."""
    engineer.follow(page, int(first), int(first))


@given(
    parsers.re(
        r'the engineer has followed steps (?P<first>\d+) to (?P<last>\d+) of "(?P<page>[^"]+)"$'
    )
)
@when(
    parsers.re(
        r"the engineer (?:follows|has followed) steps "
        r'(?P<first>\d+) to (?P<last>\d+) of "(?P<page>[^"]+)"$'
    )
)
def follow_steps(engineer: Engineer, first: str, last: str, page: str) -> None:
    """Write the files and type the commands of several steps of the edition."""
    engineer.follow(page, int(first), int(last))


@given(
    parsers.re(
        r"the engineer has followed steps (?P<first>\d+) to (?P<last>\d+) of "
        r'"(?P<page>[^"]+)" without block "(?P<block>[^"]+)"$'
    )
)
def follow_steps_without(engineer: Engineer, first: str, last: str, page: str, block: str) -> None:
    """Follow several steps but leave one block out."""
    engineer.follow(page, int(first), int(last), without=block)


@given(parsers.re(r'the engineer has written block "(?P<block>[^"]+)"$'))
@when(parsers.re(r'the engineer writes block "(?P<block>[^"]+)"$'))
def write_block(engineer: Engineer, block: str) -> None:
    """Write the file that a block of the edition shows."""
    engineer.write(block)


@given(parsers.re(r'the engineer has written blocks "(?P<one>[^"]+)" and "(?P<other>[^"]+)"$'))
@when(parsers.re(r'the engineer writes blocks "(?P<one>[^"]+)" and "(?P<other>[^"]+)"$'))
def write_two_blocks(engineer: Engineer, one: str, other: str) -> None:
    """Write the files that two blocks of the edition show."""
    engineer.write(one)
    engineer.write(other)


@given("the engineer has written these blocks:")
@when("the engineer writes these blocks:")
def write_blocks(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Write the files that the blocks of a table show."""
    for block in column(datatable, "block"):
        engineer.write(block)


@when("the engineer commits and pushes")
@given("the engineer has committed and pushed")
def commit_and_push(engineer: Engineer, request: pytest.FixtureRequest) -> None:
    """Commit everything under the scenario's name and push it to `main`."""
    engineer.push(request.node.name.removeprefix("test_").replace("_", " "))


@given(parsers.re(r'the engineer has written block "(?P<block>[^"]+)" and pushed$'))
@when(parsers.re(r'the engineer (?:writes|adds) block "(?P<block>[^"]+)" and pushes$'))
def write_and_push(engineer: Engineer, block: str, request: pytest.FixtureRequest) -> None:
    """Write what a block shows, commit everything and push it to `main`."""
    engineer.write(block)
    commit_and_push(engineer, request)


@given(
    parsers.re(
        r"the engineer has brought steps (?P<first>\d+) to (?P<last>\d+) of "
        r'"(?P<page>[^"]+)" to the cluster$'
    )
)
def bring_steps_to_the_cluster(engineer: Engineer, first: str, last: str, page: str) -> None:
    """Follow several steps of the edition and wait until every Flux object follows the commit."""
    follow_steps(engineer, first, last, page)
    wait_for_push(engineer)


@given(parsers.re(r'the engineer has brought block "(?P<block>[^"]+)" to the cluster$'))
def bring_to_the_cluster(engineer: Engineer, block: str, request: pytest.FixtureRequest) -> None:
    """Write what a block shows, commit and push, and wait until every Flux object follows."""
    write_and_push(engineer, block, request)
    wait_for_push(engineer)


@given(
    parsers.re(
        r'the engineer has written blocks "(?P<one>[^"]+)" and "(?P<other>[^"]+)" and pushed$'
    )
)
@when(parsers.re(r'the engineer writes blocks "(?P<one>[^"]+)" and "(?P<other>[^"]+)" and pushes$'))
def write_two_and_push(
    engineer: Engineer, one: str, other: str, request: pytest.FixtureRequest
) -> None:
    """Write what two blocks show, commit everything and push it to `main`."""
    write_two_blocks(engineer, one, other)
    commit_and_push(engineer, request)


@given("the engineer has written and pushed these blocks:")
def write_and_push_blocks(
    engineer: Engineer, datatable: list[list[str]], request: pytest.FixtureRequest
) -> None:
    """Write what the blocks of a table show, commit everything and push it to `main`."""
    write_blocks(engineer, datatable)
    commit_and_push(engineer, request)

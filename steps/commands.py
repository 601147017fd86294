"""Sentences about the guide's commands: what they show, how they fail."""

from __future__ import annotations

import re
from typing import Any

import yaml
from pytest_bdd import given, parsers, then, when

from sandbox.words import mentions, prints, says, unsaid
from steps.engineer import Engineer
from steps.pushed import pushed_head
from steps.ran import Ran
from steps.table import column, printed_rows, quoted
from steps.typed import typed


@then(
    parsers.re(r'block "(?P<block>[^"]+)" shows "(?P<name>[^"]+)" as Ready at the pushed commit$')
)
def shows_ready_at_commit(engineer: Engineer, block: str, name: str) -> None:
    """The command lists the object as Ready at the revision of the commit."""
    head = pushed_head(engineer)
    row, branch = _row(engineer, block, name), re.escape(engineer.sandbox.layout.branch)
    assert re.search(rf"(?<!\S){branch}@sha1:{head[:8]}\S*\s+False\s+True\b", row), row


@then(
    parsers.re(
        r'block "(?P<block>[^"]+)" shows "(?P<name>[^"]+)" as Ready '
        r'with chart version "(?P<version>[^"]+)"$'
    )
)
def shows_ready_with_version(engineer: Engineer, block: str, name: str, version: str) -> None:
    """The command lists the release as Ready with this chart version."""
    row = _row(engineer, block, name)
    assert re.search(rf"\s{re.escape(version)}\s+False\s+True\b", row), row


@then(
    parsers.re(r'block "(?P<block>[^"]+)" shows "(?P<name>[^"]+)" as Ready with "(?P<words>.+)"$')
)
def shows_ready(engineer: Engineer, block: str, name: str, words: str) -> None:
    """The command lists the object as Ready, its message holds these words."""
    row = _row(engineer, block, name)
    assert prints(_message(row, r"False\s+True"), words), row


@then(
    parsers.re(
        r'block "(?P<block>[^"]+)" shows "(?P<name>[^"]+)" as not Ready with "(?P<words>.+)"$'
    )
)
def shows_not_ready(engineer: Engineer, block: str, name: str, words: str) -> None:
    """The command lists the object as not Ready, its message holds these words."""
    row = _row(engineer, block, name)
    assert prints(_message(row, r"(?:True|False)\s+False"), words), row


@then(parsers.re(r'block "(?P<block>[^"]+)" shows "(?P<name>[^"]+)" as suspended and Ready$'))
def shows_suspended(engineer: Engineer, block: str, name: str) -> None:
    """The command lists the object as suspended and, all the same, as Ready."""
    row = _row(engineer, block, name)
    assert re.search(r"\sTrue\s+True\b", row), row


def _row(engineer: Engineer, block: str, name: str) -> str:
    done = typed(engineer, block, about=name)
    rows = [row for named, row in _rows(done) if named == name]
    assert len(rows) == 1, f"`{done.line}` lists {name!r} {len(rows)} times:\n{done.stdout}"
    return rows[0]


def _rows(done: Ran) -> list[tuple[str, str]]:
    """The rows of the tables of a block: each command has its own header, or none."""
    return [row for each in done.commands for row in printed_rows(each.stdout)]


def _message(row: str, state: str) -> str:
    """What stands behind the columns SUSPENDED and READY of a row, which have to be so."""
    found = re.search(rf"\s{state}\s", f"{row} ")
    assert found, row
    return row[found.end() :]


@then(parsers.re(r'block "(?P<block>[^"]+)" tells of "(?P<words>.+)"$'))
def tells_of(engineer: Engineer, block: str, words: str) -> None:
    """The command ends well and its output holds these words."""
    done = typed(engineer, block, lambda done: prints(done.output, words))
    assert prints(done.output, words), f"`{done.line}` {unsaid(done.output, words)}:\n{done.output}"


@then(parsers.re(r'block "(?P<block>[^"]+)" ends well$'))
def ends_well(engineer: Engineer, block: str) -> None:
    """None of its commands fails, and where the page shows output, that is what comes."""
    engineer.do(block)


@then(parsers.re(r'block "(?P<block>[^"]+)" tells of these:$'))
def tells_of_these(engineer: Engineer, block: str, datatable: list[list[str]]) -> None:
    """The command ends well and its output holds all these words."""
    wanted = column(datatable, "words")
    done = typed(engineer, block, lambda done: all(prints(done.output, each) for each in wanted))
    lacking = [words for words in wanted if not prints(done.output, words)]
    told = ", ".join(unsaid(done.output, words) for words in lacking)
    assert not lacking, f"`{done.line}` {told}:\n{done.output}"


@then(
    parsers.re(
        r'block "(?P<block>[^"]+)" of release "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)" '
        r'tells of "(?P<words>.+)"$'
    )
)
def tells_of_release(engineer: Engineer, block: str, name: str, namespace: str, words: str) -> None:
    """The command for this release ends well and its output holds these words."""
    values = {"release-name": name, "namespace": namespace}
    done = typed(engineer, block, lambda done: prints(done.output, words), **values)
    done.is_about(name, namespace)
    assert prints(done.output, words), f"`{done.line}` {unsaid(done.output, words)}:\n{done.output}"


@then(parsers.re(r'block "(?P<block>[^"]+)" fails with "(?P<words>.+)"$'))
def fails_with(engineer: Engineer, block: str, words: str) -> None:
    """The last command of the block ends with an error whose text holds these words.

    What stands behind one that fails is shown on the page, and nobody has typed it.
    """
    done = engineer.run(block)
    failed = done.last
    assert failed.exit_code, f"`{failed.line}` ended well, an error was expected"
    what = f"`{failed.line}` {unsaid(failed.output, words)}"
    assert says(failed.output, words), f"{what}:\n{failed.output}"
    assert not done.untyped, f"nobody has typed what stands behind `{failed.line}`: {done.untyped}"


@then(parsers.re(r'block "(?P<block>[^"]+)" prints a (?P<kind>\w+) named "(?P<name>[^"]+)"$'))
def prints_object(engineer: Engineer, block: str, kind: str, name: str) -> None:
    """The command ends well and one of the manifests that it prints is this object."""
    done = engineer.do(block)
    assert (kind, name) in _manifests(done.stdout), f"`{done.line}` prints:\n{done.stdout}"


@then(parsers.re(r'block "(?P<block>[^"]+)" prints no (?P<kind>\w+) named "(?P<name>[^"]+)"$'))
def prints_no_object(engineer: Engineer, block: str, kind: str, name: str) -> None:
    """The command ends well and none of the manifests that it prints is this object.

    Of a kind that neither the cluster nor another one of them spells so nothing can be said.
    """
    done = engineer.do(block)
    printed = _manifests(done.stdout)
    assert printed, f"`{done.line}` prints no manifest at all"
    known = kind in {each for each, _ in printed} or engineer.sandbox.view().serves(kind)
    assert known, f"the cluster serves no kind {kind!r}, and `{done.line}` prints none"
    assert (kind, name) not in printed, f"`{done.line}` prints {kind} {name}"


def _manifests(text: str) -> list[tuple[str, str]]:
    """Kind and name of each manifest in a text, those of a List too; a document may be empty."""
    try:
        documents = [each for each in yaml.safe_load_all(text) if each]
        return [(each["kind"], each["metadata"]["name"]) for each in _whole(documents)]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        raise AssertionError(f"what is printed is no manifest:\n{text}") from None


def _whole(documents: list[Any]) -> list[Any]:
    return [
        one
        for each in documents
        for one in (each["items"] if each["kind"].endswith("List") else [each])
    ]


@given(
    parsers.re(
        r"the engineer (?:has run|runs) blocks? "
        r'(?P<blocks>"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)$'
    )
)
@when(
    parsers.re(
        r"the engineer (?:has run|runs) blocks? "
        r'(?P<blocks>"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)$'
    )
)
def run_blocks(engineer: Engineer, blocks: str) -> None:
    """Type the commands of blocks, in their order; each ends well."""
    for block in quoted(blocks):
        engineer.do(block)


@given(parsers.re(r'what block "(?P<block>[^"]+)" prints is noted$'))
def note_output(engineer: Engineer, block: str) -> None:
    """Keep what the command prints now, errors included."""
    engineer.noted[block] = typed(engineer, block).output


@then(parsers.re(r'block "(?P<block>[^"]+)" prints what was noted$'))
def prints_what_was_noted(engineer: Engineer, block: str) -> None:
    """The command prints the same as when it was noted, and something; errors count."""
    assert block in engineer.noted, f'nothing was noted of what block "{block}" prints'
    noted = engineer.noted[block]
    printed = typed(engineer, block, lambda done: done.output == noted).output
    assert printed.strip(), "nothing was printed"
    assert printed == noted, f"it prints\n{printed}\nwhat was noted is\n{noted}"


@then(parsers.re(r'block "(?P<block>[^"]+)" lists "(?P<name>[^"]+)" and nothing else$'))
def lists_only(engineer: Engineer, block: str, name: str) -> None:
    """The command prints a table with one row, which has this name in its column NAME."""
    done = engineer.do(block)
    assert [named for named, _ in _rows(done)] == [name], done.stdout or "nothing"


@then(parsers.re(r'block "(?P<block>[^"]+)" says nothing of "(?P<words>.+)"$'))
def says_nothing_of(engineer: Engineer, block: str, words: str) -> None:
    """Every command ends well and prints something, but none of them these words.

    Neither inside a longer name: `says nothing of "shop"` is refuted by a pod `shop-7d9f`.
    """
    done = typed(engineer, block)
    assert done.output.strip(), f"`{done.line}` prints nothing at all"
    assert not mentions(done.output, words), f"`{done.line}` says {words!r}:\n{done.output}"

"""Sentences about all that a command of the guide prints: no line more, no line less."""

from __future__ import annotations

import difflib
import re

from pytest_bdd import parsers, then

from sandbox.cluster.asked_about import asked_about
from sandbox.words import says
from steps.engineer import Engineer
from steps.ran import Ran
from steps.table import column, columns, once
from steps.typed import typed

_LOGGED = re.compile(r"^\d{4}-\d\d-\d\dT\S+Z ", re.MULTILINE)
"""The time at which something was logged; what is logged may have several lines."""
_INDENTED = re.compile(r'^"(\s.*)"$')
_OF_EVERYBODY = "selfsubject"
"""Begins the names of what every account may ask about itself."""
_PAGES_OF_EVERYBODY = frozenset(
    {
        *("/healthz", "/livez", "/readyz", "/version", "/version/"),
        *("/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"),
        *("/.well-known/openid-configuration", "/.well-known/openid-configuration/"),
        *("/openid/v1/jwks", "/openid/v1/jwks/"),
    }
)
"""The pages of the API server that it lets every account read."""
_RIGHT = re.compile(r"^(\S*)\s+\[([^\]]*)\]\s+\[([^\]]*)\]\s+\[([^\]]*)\]\s*$")
"""A row of `kubectl auth can-i --list`: resource, pages that are none, names, verbs."""
_UNKNOWN = re.compile(
    r"the server doesn't have a resource type '[^\n]*|verb '[^']*' is not a known verb"
)
"""What `kubectl auth can-i` warns of before it answers: nobody may do anything with what is not."""


@then(
    parsers.re(
        r'block "(?P<block>[^"]+)" prints what block "(?P<other>[^"]+)" prints, '
        r"but for these lines:$"
    )
)
def prints_but_for(engineer: Engineer, block: str, other: str, datatable: list[list[str]]) -> None:
    """Compare the output of two blocks: which lines the first lacks (-) and which it adds (+).

    How far a line is indented counts: the blanks follow on the one behind - or +.
    """
    before, after = (_lines(typed(engineer, each)) for each in (other, block))
    assert before, f"{other} prints nothing"
    assert after, f"{block} prints nothing"
    changed = [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")]
    assert changed == column(datatable, "line"), changed


@then(parsers.re(r'block "(?P<block>[^"]+)" prints log lines with "(?P<words>.+)" and no others$'))
def prints_log_lines_with(engineer: Engineer, block: str, words: str) -> None:
    """What is logged at each time begins with these words, and something is."""
    logged = _LOGGED.split(engineer.do(block).stdout.strip())
    assert logged[0] == "", f"it begins without a time: {logged[0]}"
    assert logged[1:], "nothing is logged"
    others = [text for text in logged[1:] if not says(text.split(" - ")[0], words)]
    assert not others, f"{len(others)} of {len(logged) - 1} do not say {words!r}: {others[0]}"


@then(parsers.re(r'block "(?P<block>[^"]+)" prints these lines and no others:$'))
def prints_these_lines(engineer: Engineer, block: str, datatable: list[list[str]]) -> None:
    """The command ends well, and its lines are these, in this order.

    One that is indented stands in double quotes, which no cell of a table trims.
    """
    wanted = [_INDENTED.sub(r"\1", line) for line in column(datatable, "line")]
    printed = _lines(typed(engineer, block, lambda done: _lines(done) == wanted))
    assert printed == wanted, printed


def _lines(done: Ran) -> list[str]:
    return [line.rstrip() for line in done.stdout.splitlines()]


@then(parsers.re(r'block "(?P<block>[^"]+)" prints nothing$'))
def prints_nothing(engineer: Engineer, block: str) -> None:
    """The command ends well and says nothing at all."""
    output = engineer.do(block).output
    assert not output.strip(), output


@then(
    parsers.re(
        r'block "(?P<block>[^"]+)" for controller "(?P<name>[^"]+)" answers "(?P<answer>yes|no)"$'
    )
)
def answers(engineer: Engineer, block: str, name: str, answer: str) -> None:
    """The command says this one word; with `no` it ends with an error, as kubectl does.

    The accounts and namespaces that it names are there, kubectl knows the verb and the resource.
    """
    done = engineer.run(block, controller=name)
    done.is_about(name)
    _asks_about_somebody(engineer, done.line)
    unknown = _UNKNOWN.search(done.output)
    assert not unknown, f"`{done.line}` asks about what nobody has: {unknown[0] if unknown else ''}"
    assert done.stdout.strip() == answer, f"`{done.line}` says {done.output}"
    assert bool(done.exit_code) == (answer == "no"), f"`{done.line}` ended with {done.exit_code}"


@then(parsers.re(r'block "(?P<block>[^"]+)" lists these rights and no others:$'))
def lists_rights(engineer: Engineer, block: str, datatable: list[list[str]]) -> None:
    """Compare the table of `kubectl auth can-i --list`: resource → verbs.

    The accounts and namespaces that the command names are there: of any namespace that nobody has,
    an account's rights in all of them are told.
    """
    rows = columns(datatable, "resource", "verbs")
    wanted = {resource: sorted(verbs.split()) for resource, verbs in once(rows).items()}
    done = engineer.do(block)
    _asks_about_somebody(engineer, done.line)
    found = rights(done.stdout)
    assert found == wanted, f"it lists {found}"


@then(parsers.re(r'block "(?P<block>[^"]+)" lists no rights$'))
def lists_no_rights(engineer: Engineer, block: str) -> None:
    """The table of `kubectl auth can-i --list` has nothing but what every account may.

    The accounts and namespaces that the command names are there.
    """
    done = engineer.do(block)
    _asks_about_somebody(engineer, done.line)
    found = rights(done.stdout)
    assert not found, f"it lists {found}"


def _asks_about_somebody(engineer: Engineer, line: str) -> None:
    """Whom nobody knows may nothing: some cluster has the accounts and namespaces of a command."""
    for asked in asked_about(line):
        views = map(engineer.sandbox.view, engineer.sandbox.provider.clusters())
        there = any(view.is_there(*asked) for view in views)
        kind, namespace, name = asked
        what = f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"
        assert there, f"`{line}` asks about {what}, which no cluster has"


def rights(table: str) -> dict[str, list[str]]:
    """What a table of `kubectl auth can-i --list` allows: resource, names → verbs.

    Left out is what every account may: ask about itself, read some pages of the API server.
    """
    head, *rows = table.splitlines()
    assert head.startswith("Resources "), head
    found: dict[str, list[str]] = {}
    own = 0
    for row in rows:
        read = _RIGHT.match(row)
        assert read, f"unknown form: {row}"
        resource, pages, names, verbs = read.groups()
        if resource.startswith(_OF_EVERYBODY):
            own += 1
        elif resource or verbs != "get" or pages not in _PAGES_OF_EVERYBODY:
            found.setdefault(f"{resource or pages} {names}".strip(), []).extend(verbs.split())
    assert own, "not even what every account may: this is no such table"
    return {name: sorted(verbs) for name, verbs in found.items()}

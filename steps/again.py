"""Sentences about a command that is typed again: what it comes to say, what it says no more."""

from __future__ import annotations

from pytest_bdd import parsers, then

from sandbox.words import prints, unsaid
from steps.engineer import Engineer
from steps.typed import typed

_LIMIT_S = 60
_LAST = 3
"""How many of the last lines of an output are told while it is waited for."""


@then(parsers.re(r'block "(?P<block>[^"]+)" comes to tell of "(?P<words>.+)"$'))
def comes_to_tell_of(engineer: Engineer, block: str, words: str) -> None:
    """Type the command again, each time without an error, until its output holds these words."""

    def probe() -> tuple[bool | None, str]:
        output = engineer.do(block).output
        if prints(output, words):
            return True, "it does"
        lines = output.strip().splitlines()[-_LAST:]
        return None, "\n".join([f"it {unsaid(output, words)}", *lines])

    engineer.sandbox.view().wait(f'block "{block}" to tell of {words!r}', probe, _LIMIT_S)


@then(parsers.re(r'block "(?P<block>[^"]+)" prints something else than was noted$'))
def prints_something_else(engineer: Engineer, block: str) -> None:
    """The command prints something, and not what it printed when it was noted."""
    assert block in engineer.noted, f'nothing was noted of what block "{block}" prints'
    printed = typed(engineer, block).output
    assert printed.strip(), "nothing was printed"
    assert printed != engineer.noted[block], f"as before: {printed}"

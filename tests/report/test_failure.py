"""What a failed assertion says to a reader."""

from types import SimpleNamespace
from typing import Any

import pytest

from report.failure import text_of

VALUES = " +  where False = says('a: 1')\n +    where 'a: 1' = Ran(line='cat').output"


def told(message: str) -> str:
    crash: Any = SimpleNamespace(
        longrepr=SimpleNamespace(reprcrash=SimpleNamespace(message=message))
    )
    return text_of(AssertionError(), crash)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (f"AssertionError: `cat` does not say 'b':\na: 1\nassert False\n{VALUES}",
         "`cat` does not say 'b':\na: 1"),
        ("AssertionError: other replicas\nassert 2 == 3\n +  where 2 = len([1, 2])",
         "other replicas\nassert 2 == 3"),
        (f"assert False\n{VALUES}", f"assert False\n{VALUES}"),
        ("AssertionError: it asserts\n  assert False is in a block",
         "it asserts\n  assert False is in a block"),
    ],
    ids=["own words", "two sides", "no words", "a line of a page"],
)  # fmt: skip
def test_own_words_and_both_sides_are_told_and_not_how_python_came_by_them(
    message: str, text: str
) -> None:
    assert told(message) == text


def test_what_pytest_really_adds_is_what_is_left_out() -> None:
    """With pytest's own rewriting, as in a run: this module is rewritten too."""
    words = ["a: 1"]
    with pytest.raises(AssertionError) as caught:
        assert not any(word.startswith("a") for word in words), "says a"
    assert told(f"AssertionError: {caught.value}") == "says a"

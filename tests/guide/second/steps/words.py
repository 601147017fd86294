"""Sentences of the second guide: read as text by the checks, never run."""

from pytest_bdd import parsers, then, when


@when(parsers.parse('she follows steps {first:d} and {last:d} of "{page}"'))
def follows(first: int, last: int, page: str) -> None: ...


@when(parsers.parse('she reads block "{block}"'))
def reads(block: str) -> None: ...


@then(parsers.re(r'the first word is "(?P<word>[^"]+)"$'))
def first_word(word: str) -> None:
    assert word == "apple"


@then(parsers.re(r"the case is (?P<case>true|false)$"))
def case(case: str) -> None:
    assert case in ("true", "false")

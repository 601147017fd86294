"""The columns of a table below a sentence."""

from __future__ import annotations

import pytest

from steps.table import column, columns, once

TABLE = [["key", "value"], ["a", "1"], ["b", "2"]]


def test_a_table_is_read_by_its_columns() -> None:
    assert columns(TABLE, "key", "value") == [["a", "1"], ["b", "2"]]
    assert columns(TABLE, "key", notes=True) == [["a"], ["b"]]
    assert column([["block"], ["x"]], "block") == ["x"]


@pytest.mark.parametrize(
    ("names", "notes", "said"),
    [
        (("object",), False, "and its sentence reads object"),
        (("a", "b", "c"), False, "and its sentence reads a | b | c"),
        (("a", "b", "c"), True, "and its sentence reads a | b | c and notes"),
    ],
)
def test_other_columns_are_one_clear_line(names: tuple[str, ...], notes: bool, said: str) -> None:
    with pytest.raises(AssertionError) as refused:
        columns(TABLE, *names, notes=notes)
    assert str(refused.value).splitlines()[0] == f"the table has the columns key | value, {said}"


def test_a_name_that_stands_there_twice_is_refused() -> None:
    assert once([["a", "1"], ["b", "1"]]) == {"a": "1", "b": "1"}
    with pytest.raises(AssertionError, match="the table names a twice: only one of the rows"):
        once([["a", "1"], ["b", "1"], ["a", "2"]])

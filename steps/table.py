"""What a sentence lists: the table below it, by its columns, and the names in its words."""

from __future__ import annotations

import re

_NAME = re.compile(r"(?<!\S)NAME(?!\S)")
"""The column of a printed table in which names stand, in its header."""


def columns(datatable: list[list[str]], *names: str, notes: bool = False) -> list[list[str]]:
    """The rows below the header, of as many cells as there are names.

    Further columns are refused, so that none goes unread; with `notes` they are for the reader.
    `guide check` reads the names here and holds the features against them.
    """
    head, *rows = datatable
    fits = len(head) >= len(names) if notes else len(head) == len(names)
    assert fits, (
        f"the table has the columns {' | '.join(head)}, "
        f"and its sentence reads {' | '.join(names)}{' and notes' if notes else ''}"
    )
    return [row[: len(names)] for row in rows]


def column(datatable: list[list[str]], name: str) -> list[str]:
    """The cells below the header of a table that has one column."""
    return [cell for [cell] in columns(datatable, name)]


def once(rows: list[list[str]]) -> dict[str, str]:
    """Rows of two cells as name and value; a name that stands there twice is refused."""
    names = [name for name, _ in rows]
    twice = sorted({name for name in names if names.count(name) > 1})
    assert not twice, f"the table names {', '.join(twice)} twice: only one of the rows would count"
    return {name: value for name, value in rows}


def quoted(names: str) -> list[str]:
    """The names of a list in a sentence, each in quotes: `"a", "b" and "c"`."""
    return re.findall(r'"([^"]+)"', names)


def printed_rows(printed: str) -> list[tuple[str, str]]:
    """The rows of a table that a command prints: what stands in its column NAME, and the row.

    Further tables may follow, each with a header of its own. Raises AssertionError where there is
    no header: which cell is the name is not known then.
    """
    names = cells_below(printed, "NAME")
    assert None not in names, f"no table with a column NAME: {printed}"
    return [(name or "", row) for name, row in zip(names, _rows(printed), strict=True)]


def cells_below(printed: str, head: str) -> list[str | None]:
    """What stands in a column of the tables that a command prints, None in one without it."""
    at, number = -1, 0
    found: list[str | None] = []
    for line in printed.splitlines():
        cells = line.split()
        if _is_header(line):
            column = re.search(rf"(?<!\S){head}(?!\S)", line)
            at, number = (column.start(), cells.index(head)) if column else (-1, 0)
        elif cells:
            found.append(_cell(line, at, number) if at >= 0 else None)
    return found


def _rows(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.split() and not _is_header(line)]


def _is_header(line: str) -> bool:
    return bool(_NAME.search(line)) and line.upper() == line


def _cell(line: str, at: int, number: int) -> str:
    """What stands below the column that begins at a place; it may be empty, as others before it.

    Where the columns are not one below the other, the cells are counted.
    """
    cells = line.split()
    if len(line) <= at or (at and not line[at - 1].isspace()):
        return cells[number] if len(cells) > number else ""
    return "" if line[at].isspace() else line[at:].split()[0]

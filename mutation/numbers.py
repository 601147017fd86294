"""Numbers that the command line names."""

from __future__ import annotations

from guide.errors import BadInput

_MOST_WORKERS = 16


def number(name: str, text: str, least: int, most: int) -> int:
    """The number that a setting is. Raises BadInput for what is none, or out of its range."""
    if not text.isdecimal() or not least <= int(text) <= most:
        cure = f"a number from {least} to {most}"
        raise BadInput(f"{name}={text} is none", cure=cure)
    return int(text)


def workers(name: str, text: str) -> int:
    """How many sandboxes at once. Raises BadInput."""
    return number(name, text, 1, _MOST_WORKERS)

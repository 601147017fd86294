"""A guide as text: its units, and whether two texts say the same."""

from __future__ import annotations

from guide.document import Document
from guide.source import SourceGuide
from guide.unit import Unit


def units(text: str, file: str = "guide.md") -> list[Unit]:
    """The units of a text in any dialect."""
    return list(SourceGuide.of(Document.of(text.encode(), file, any_dialect=True)).units)


def shown(text: str, file: str = "guide.md") -> list[str]:
    """Kind and text of the units that are no headings."""
    found = [unit for unit in units(text, file) if unit.kind not in ("heading", "section")]
    return [f"{unit.kind}: {' '.join(unit.text.split())}" for unit in found]


def same(old: str, new: str, file: str = "guide.md") -> bool:
    """True where no unit differs: the audit would be quiet."""
    return _facts(old, file) == _facts(new, file)


def _facts(text: str, file: str) -> list[tuple[str, str, str, int]]:
    return [(unit.kind, unit.content_hash, unit.parent, unit.at) for unit in units(text, file)]

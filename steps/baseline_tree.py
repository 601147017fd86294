"""The first commit of the monorepo: the file blocks of the book's first pages, or a folder."""

from __future__ import annotations

from pathlib import Path

from guide import Book, Edition
from guide.footing import first_blocks
from steps import leftover


def files(book: Book, edition: Edition) -> dict[str, str | bytes]:
    """The files of the first commit: path in the monorepo → text, or bytes where it is none.

    A placeholder for a fact of the sandbox becomes the fact's name in angle brackets.
    """
    values = {name: each.text or f"<{each.fact}>" for name, each in book.placeholders.items()
              if not each.sentence}  # fmt: skip
    shown: dict[str, str] = {}
    for block in first_blocks(book, edition):
        shown[block.path] = block.after(shown.get(block.path, ""), values)
    baseline = book.layout.baseline
    return {**shown, **(baseline.files(values) if baseline else {})}


def write(book: Book, edition: Edition, folder: Path) -> None:
    """Write these files and no others below a folder; the sandbox fills the names of its facts."""
    leftover.remove(folder)
    folder.mkdir(parents=True)
    for path, content in files(book, edition).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)

"""The first commit of the monorepo: every file block of the edition's first chapter."""

from __future__ import annotations

from pathlib import Path

from guide import Block, Edition

PAGE = "repository-structure"


def blocks(edition: Edition) -> list[Block]:
    """The blocks that are the first commit."""
    return [each for each in edition.pages[PAGE].blocks if each.path and each.is_followed]


def files(edition: Edition) -> dict[str, str]:
    """The files that the page shows, placeholders as they are: path in the monorepo → text."""
    return {block.path: block.text for block in blocks(edition)}


def write(edition: Edition, folder: Path) -> None:
    """Write these files below a folder; the sandbox fills the placeholders."""
    for path, text in files(edition).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

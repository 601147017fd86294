"""The first commit of the monorepo: every file block of the edition's first chapter."""

from __future__ import annotations

from pathlib import Path

from guide import Edition

PAGE = "repository-structure"


def write(edition: Edition, folder: Path) -> None:
    """Write the files that the page shows, placeholders as they are: the sandbox fills them."""
    for block in edition.pages[PAGE].blocks:
        if block.path and block.is_followed:
            target = folder / block.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text)

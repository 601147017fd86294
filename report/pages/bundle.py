"""The failure bundle of a scenario on the site: every file as masked plain text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from report.known.secrets import safe
from report.pages.outputs import Outputs
from report.pages.text import plain, size

LIMIT = 500_000
"""Characters of a file that are published; of a longer one its end, where the failure is."""

FILES = 200


@dataclass(frozen=True)
class File:
    """A file of the bundle."""

    name: str
    href: str


def published(folder: Path, name: str, outputs: Outputs, up: str) -> tuple[list[File], int]:
    """Save the files below `folder` under `evidence/NAME/`; tells them, and how many are left."""
    inner = folder.rglob("*") if folder.is_dir() else ()
    found = sorted(path for path in inner if path.is_file() and not path.is_symlink())
    shown = []
    for path in found[:FILES]:
        text = plain(safe(path.read_text(encoding="utf-8", errors="replace")))
        if len(text) > LIMIT:
            text = f"[the first {size(len(text) - LIMIT)} are in the bundle]\n{text[-LIMIT:]}"
        inside = path.relative_to(folder).as_posix()
        shown.append(File(inside, quote(up + outputs.save(text, f"{name}/{inside}"))))
    return shown, len(found) - len(shown)

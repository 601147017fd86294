"""The failure bundle of a scenario on the site: every file as masked plain text."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from report.pages.outputs import Outputs
from report.pages.secrets import safe
from report.pages.text import line, plain, size

LIMIT = 500_000
"""Characters of a file that are published; of a longer one its end, where the failure is."""

FILES = 200


def links(folder: Path, name: str, outputs: Outputs, up: str) -> str:
    """Save the files below `folder` under `evidence/<name>/`; returns links to them as HTML.

    '' where there is no such folder or nothing in it.
    """
    if not folder.is_dir():
        return ""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    shown = []
    for path in found[:FILES]:
        text = plain(safe(path.read_text(encoding="utf-8", errors="replace")))
        if len(text) > LIMIT:
            text = f"[the first {size(len(text) - LIMIT)} are in the bundle]\n{text[-LIMIT:]}"
        inside = path.relative_to(folder).as_posix()
        href = up + outputs.save(text, f"{name}/{inside}")
        shown.append(f'<li><a href="{quote(href)}">{line(inside)}</a></li>')
    if len(found) > FILES:
        shown.append(f"<li>and {len(found) - FILES} more in the folder</li>")
    return f"<ul>{''.join(shown)}</ul>" if shown else ""

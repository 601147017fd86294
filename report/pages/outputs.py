"""Long texts: a page shows the head and the tail, the whole lies beside it as a text file."""

from __future__ import annotations

from pathlib import Path

from report.pages.folder import Folder
from report.pages.secrets import safe
from report.pages.text import html, plain, plural, size

HEAD_LINES = 60
TAIL_LINES = 30
SHOWN_CHARACTERS = 12_000


class Outputs:
    """Where whole outputs go: names are unique per run."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    def pre(self, text: str, name: str, label: str, up: str, whole: Path | None = None) -> str:
        """A block with `text`, cut with a link to the whole where it is long.

        `name` becomes the file's path below `evidence/`, `label` is read to those who cannot see
        the block, `up` is the way from the page to the root of the site (`""` or `"../"`), `whole`
        the file with everything where the results hold only a part.
        """
        text = plain(text).strip("\n")
        if not text.strip():
            return '<p class="pb-none">no output</p>'
        head, tail = cut(text)
        if whole is not None and whole.is_file():
            text = plain(safe(whole.read_text(encoding="utf-8", errors="replace"))).strip("\n")
            head, tail = cut(text)
        opening = f'<pre class="pb-out" tabindex="0" role="group" aria-label="{label}"><code>'
        if not tail and head == text:
            return f"{opening}{html(text)}</code></pre>"
        href = up + self.save(text, name)
        left = text.count("\n") + 1 - _lines(head) - _lines(tail)
        what = plural(left, "line") if left > 0 else size(len(text) - len(head) - len(tail))
        return (
            f"{opening}{html(head)}</code></pre>"
            f'<p class="pb-cut">{what} cut here: <a href="{href}">the whole output, '
            f"{size(len(text.encode()))}</a></p>"
            + (f"{opening}{html(tail)}</code></pre>" if tail else "")
        )

    def save(self, text: str, name: str) -> str:
        """Write `text` to `evidence/<name>.txt`; returns that path, from the root of the site."""
        path = f"evidence/{name}.txt"
        if not self._folder.has(path):
            self._folder.write(path, text + "\n")
        return path


def cut(text: str) -> tuple[str, str]:
    """The head and the tail of `text` that a page shows; the tail is empty if nothing was cut."""
    lines = text.split("\n")
    if len(lines) <= HEAD_LINES + TAIL_LINES + 10 and len(text) <= SHOWN_CHARACTERS:
        return text, ""
    if len(lines) > HEAD_LINES + TAIL_LINES + 10:
        head, tail = "\n".join(lines[:HEAD_LINES]), "\n".join(lines[-TAIL_LINES:])
    else:
        head, tail = text, ""
    half = SHOWN_CHARACTERS // 2
    if len(head) > half:
        tail = tail or head[-half:]
        head = head[:half]
    return head, tail[-half:]


def _lines(text: str) -> int:
    return text.count("\n") + 1 if text else 0

"""A commit as a page shows it: message, files with their numbers, and the coloured diff."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from report.pages.outputs import Outputs
from report.pages.text import html, line, plain, plural
from report.results import Commit

# git puts a name with a quote, a backslash or a control character in quotes.
_FILE = re.compile(r'^diff --git "?a/(?P<old>.+?)"? "?b/(?P<new>.+?)"?$', re.MULTILINE)
_BETWEEN = re.compile(r"\n(?=diff --git )")


def commit(
    made: Commit,
    name: str,
    outputs: Outputs,
    up: str,
    *,
    opened: bool = False,
    whole: Path | None = None,
    only: Collection[str] = (),
) -> str:
    """A folded commit; `name` is where a long diff is saved, `up` the way to the site's root.

    `whole` is the file with everything where the results hold only a part of the diff. With `only`
    the files at these paths are shown, and '' is returned if the commit has none of them.
    """
    diff = plain(outputs.read(whole, made.diff)).strip("\n")
    if only:
        parts = _BETWEEN.split(diff)
        diff = "\n".join(p for p in parts if (f := _FILE.match(p)) and f["new"] in only)
        if not diff:
            return ""
    files = [found["new"] for text in diff.split("\n") if (found := _FILE.match(text))]
    added = sum(t.startswith("+") and not t.startswith("+++") for t in diff.split("\n"))
    gone = sum(t.startswith("-") and not t.startswith("---") for t in diff.split("\n"))
    subject = plain(made.message).strip().split("\n")[0]
    head, tail = outputs.cut(diff)
    rest = ""
    if tail or head != diff:
        rest = f'<p class="pb-cut">cut here: {outputs.whole(diff, name, "diff", up)}</p>'
    return (
        f'<details class="pb-io pb-commit"{" open" if opened else ""}><summary>'
        f'<span class="pb-kind">commit</span> <code>{line(made.sha[:10])}</code> {line(subject)} '
        f'<span class="pb-num">{plural(len(files), "file")} <span class="pb-plus">+{added}</span> '
        f'<span class="pb-minus">−{gone}</span></span></summary>'
        f"{_message(made.message)}{coloured(head)}{rest}</details>"
    )


def _message(message: str) -> str:
    body = "\n".join(plain(message).strip().split("\n")[1:]).strip()
    return f'<p class="pb-message">{html(body)}</p>' if body else ""


def coloured(diff: str) -> str:
    """A unified diff as HTML, one element per line; signs stay, colour only helps."""
    if not diff.strip():
        return '<p class="pb-none">no diff</p>'
    shown = []
    for text in diff.split("\n"):
        kind = _kind(text)
        safe = html(text) or " "
        shown.append(f'<span class="{kind}">{safe}\n</span>' if kind else f"<span>{safe}\n</span>")
    return (
        '<pre class="pb-out pb-diff" tabindex="0" role="group" aria-label="diff"><code>'
        f"{''.join(shown)}</code></pre>"
    )


def _kind(text: str) -> str:
    if text.startswith(("diff --git", "index ", "+++", "---", "new file", "deleted file")):
        return "df"
    if text.startswith("@@"):
        return "dh"
    if text.startswith("+"):
        return "da"
    return "dd" if text.startswith("-") else ""

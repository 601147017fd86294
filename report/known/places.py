"""Where things stand on the site: ids within a page, and the page of a run."""

from __future__ import annotations

import re


def anchor(text: str) -> str:
    """`text` as an HTML id: letters, digits, dots and dashes.

    The parts of an id of ours (`feature/scenario[row]`) stay apart by two dashes, so that
    `a_b/c` and `a/b-c` are two anchors.
    """
    parts = (re.sub(r"[^A-Za-z0-9.]+", "-", part).strip("-") for part in re.split(r"[/\[]", text))
    return "--".join(parts).lower()


def href(run_id: str, up: str = "") -> str:
    """The page of a run."""
    return f"{up}runs/{anchor(run_id)}.html"

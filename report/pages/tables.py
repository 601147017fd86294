"""Tables that scroll by themselves on a narrow screen and can be reached by keyboard."""

from __future__ import annotations

from collections.abc import Sequence


def table(heads: Sequence[str], rows: str, label: str, *, ident: str = "", css: str = "") -> str:
    """A table of safe HTML; with `ident` it can be sorted and filtered by the page's script."""
    cells = "".join(head if head.startswith("<th") else _head(head) for head in heads)
    name = f' id="table-{ident}" data-sortable' if ident else ""
    kind = f"pb-table {css}".strip()
    return (
        f'<div class="pb-scroll" data-search-exclude tabindex="0" role="group" '
        f'aria-label="{label}">'
        f'<table class="{kind}"{name}><thead><tr>{cells}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _head(words: str) -> str:
    return f'<th scope="col">{words}</th>'


def both(pairs: Sequence[tuple[str, str]]) -> str:
    """A table of names and values, one pair a row."""
    rows = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in pairs)
    return f'<table class="pb-both"><tbody>{rows}</tbody></table>'

"""The evidence chain as a picture: how a commit travelled to the workload, with the seconds."""

from __future__ import annotations

from collections.abc import Sequence

from report.clock import moment
from report.pages.text import anchor, html, line, seconds
from report.results import ChainLink

_WIDTH = 420
_ROW = 40
_LEFT = 14
_BAR = 26
_RIGHT = _WIDTH - 14
_LETTERS = 46
"""How many letters of the stage's font stand between the dot and the seconds."""


def timeline(links: Sequence[ChainLink], name: str, start: str = "") -> str:
    """An inline SVG: one row per stage, each bar from the stage before; times are ISO 8601.

    `name` makes ids unique on the page, `start` tells when the chain began if not at its first
    stage. A stage whose time cannot be read keeps its row, without a bar.
    """
    if not links:
        return ""
    times = [moment(link.at) for link in links]
    known = [at for at in times if at is not None]
    first = moment(start) or (min(known) if known else None)
    spans = [(at - first).total_seconds() if at and first else None for at in times]
    total = max([span for span in spans if span is not None] or [0.0])
    scale = (_RIGHT - _BAR) / total if total > 0 else 0.0
    rows, before = [], 0.0
    for number, (link, span) in enumerate(zip(links, spans, strict=True)):
        rows.append(_row(number, link, before, span, scale))
        before = span if span is not None else before
    height = _ROW * len(links) + 22
    ident = anchor(f"chain-{name}")
    said = ", then ".join(
        f"{link.stage} {_short(link.revision)} at {'an unknown time' if s is None else seconds(s)}"
        for link, s in zip(links, spans, strict=True)
    )
    spine = (
        f'<line class="pb-spine" x1="{_LEFT}" y1="14" x2="{_LEFT}" y2="{height - 44}"/>'
        if len(links) > 1
        else ""
    )
    return (
        f'<figure class="pb-chain"><svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="{ident}-t {ident}-d"><title id="{ident}-t">Evidence chain, '
        f'{seconds(total)} in all</title><desc id="{ident}-d">{line(said)}</desc>'
        f"{spine}{''.join(rows)}"
        f'<text class="pb-total" x="{_RIGHT}" y="{height - 6}" text-anchor="end">'
        f"{seconds(total)} from first to last</text></svg></figure>"
    )


def _row(number: int, link: ChainLink, before: float, span: float | None, scale: float) -> str:
    top = _ROW * number
    shown = "" if span is None else (f"+{seconds(max(0.0, span - before))}" if number else "start")
    bar = ""
    if span is not None and scale:
        left = _BAR + min(before, span) * scale
        width = max(2.0, abs(span - before) * scale)
        bar = (
            f'<rect class="pb-rail" x="{_BAR}" y="{top + 25}" width="{_RIGHT - _BAR}" height="5" '
            f'rx="2.5"/><rect class="pb-bar" x="{min(left, _RIGHT - 2):.1f}" y="{top + 25}" '
            f'width="{width:.1f}" height="5" rx="2.5"/>'
        )
    return (
        f'<circle class="pb-dot" cx="{_LEFT}" cy="{top + 14}" r="5"/>'
        f'<text x="{_BAR}" y="{top + 18}">{_label(link)}</text>'
        f'<text class="pb-sec" x="{_RIGHT}" y="{top + 18}" text-anchor="end">{shown}</text>{bar}'
    )


def _label(link: ChainLink) -> str:
    """Stage and revision, as much of them as fits; the description of the picture has all."""
    stage = link.stage.replace("flux-system/", "", 1)
    if len(stage) > _LETTERS:
        stage = f"{stage[: _LETTERS // 2 - 1]}…{stage[-(_LETTERS // 2) :]}"
    revision = _short(link.revision).rpartition(":")[2][:8]
    fits = len(stage) + len(revision) <= _LETTERS
    shown = f'<tspan class="pb-rev" dx="7">{html(revision)}</tspan>' if fits else ""
    return f'<tspan class="pb-stage">{html(stage)}</tspan>{shown}'


def _short(revision: str) -> str:
    """`main@sha1:0123abcd…` with the hash cut to eight digits."""
    head, colon, tail = revision.rpartition(":")
    if colon and len(tail) >= 12:
        return f"{head}:{tail[:8]}"
    return revision[:8] if len(revision) == 40 else revision[:40]

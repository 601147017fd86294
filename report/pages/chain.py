"""The evidence chain as a picture: how a commit travelled to the workload, with the seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.clock import moment
from report.evidence import ChainLink
from report.known.places import anchor
from report.pages.text import seconds

_ROW = 40
_LETTERS = 46
"""How many letters of the stage's font stand between the dot and the seconds."""


@dataclass(frozen=True)
class Row:
    """A stage in the picture."""

    top: int
    stage: str
    revision: str
    """'' where it does not fit; the description of the picture has all."""
    after: str
    """The seconds since the stage before."""
    bar: tuple[float, float] | None
    """Where its bar begins and how wide it is."""


@dataclass(frozen=True)
class Chain:
    """The picture: a row per stage."""

    ident: str
    rows: Sequence[Row]
    total: float
    said: str
    """The same in words."""
    width: int = 420
    dot: int = 14
    left: int = 26
    right: int = 420 - 14

    @property
    def height(self) -> int:
        """The rows, and the line below them."""
        return _ROW * len(self.rows) + 22

    @classmethod
    def of(cls, links: Sequence[ChainLink], name: str) -> Chain | None:
        """The picture of a chain, None without a link.

        `name` makes ids unique on the page. A stage whose time cannot be read keeps its row,
        without a bar.
        """
        if not links:
            return None
        times = [moment(link.at) for link in links]
        known = [at for at in times if at is not None]
        first = min(known) if known else None
        spans = [(at - first).total_seconds() if at and first else None for at in times]
        total = max([span for span in spans if span is not None] or [0.0])
        scale = (cls.right - cls.left) / total if total > 0 else 0.0
        rows, before = [], 0.0
        for number, (link, span) in enumerate(zip(links, spans, strict=True)):
            rows.append(_row(number, link, before, span, scale))
            before = span if span is not None else before
        said = ", then ".join(
            f"{link.stage} {_short(link.revision)} at "
            + ("an unknown time" if span is None else seconds(span))
            for link, span in zip(links, spans, strict=True)
        )
        return cls(anchor(f"chain-{name}"), rows, total, said)


def _row(number: int, link: ChainLink, before: float, span: float | None, scale: float) -> Row:
    after, bar = "", None
    if span is not None:
        after = f"+{seconds(max(0.0, span - before))}" if number else "start"
        if scale:
            left = Chain.left + min(before, span) * scale
            bar = (min(left, Chain.right - 2), max(2.0, abs(span - before) * scale))
    return Row(_ROW * number, *_label(link), after, bar)


def _label(link: ChainLink) -> tuple[str, str]:
    """Stage and revision, as much of them as fits."""
    stage = link.stage.replace("flux-system/", "", 1)
    if len(stage) > _LETTERS:
        stage = f"{stage[: _LETTERS // 2 - 1]}…{stage[-(_LETTERS // 2) :]}"
    revision = _short(link.revision).rpartition(":")[2][:8]
    return stage, revision if len(stage) + len(revision) <= _LETTERS else ""


def _short(revision: str) -> str:
    """`main@sha1:0123abcd…` with the hash cut to eight digits."""
    head, colon, tail = revision.rpartition(":")
    if colon and len(tail) >= 12:
        return f"{head}:{tail[:8]}"
    return revision[:8] if len(revision) == 40 else revision[:40]

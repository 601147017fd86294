"""The units of a source guide while their text is being collected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from guide import content
from guide.slug import Names
from guide.unit import Unit


@dataclass
class Draft:
    """A unit that is not whole yet."""

    id: str
    kind: str
    line: int
    end_line: int
    parent: Draft | None
    at: int = 0
    level: int = 0
    list_number: int = 0
    """Which list of the page it is an item of, from 1."""
    words: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    only_links: bool = True
    said: int = 0
    """How many words of its own have been collected."""

    def add(self, words: str, facts: str) -> None:
        """Collect a piece of the unit's own text and its facts."""
        self.words.append(words)
        self.facts.append(facts)
        self.said += len(facts.split())


@dataclass
class Drafts:
    """All of them, in the order of the text."""

    names: Names = field(default_factory=Names)
    drafts: list[Draft] = field(default_factory=list)

    def heading(self, name: str, line: int, above: Draft | None, level: int) -> Draft:
        """A heading, or what stands above the first one."""
        draft = Draft(self.names.free(name), "heading", line, line, above, level=level)
        self.drafts.append(draft)
        return draft

    def under(self, owner: Draft, kind: str, first: int, end: int, number: str = "") -> Draft:
        """A unit that stands under another one, named by its number or its place among its like."""
        owner.counts[kind] = owner.counts.get(kind, 0) + 1
        name = self.names.free(f"{owner.id}/{kind}-{number or owner.counts[kind]}")
        draft = Draft(name, kind, first, end, owner, at=owner.said)
        self.drafts.append(draft)
        return draft

    def units(self) -> Iterator[Unit]:
        """The finished units; those that claim nothing are left out."""
        children: dict[str, list[str]] = defaultdict(list)
        holders = {draft.parent.id for draft in self.drafts if draft.parent}
        kept = []
        says_more = self._lists_that_say_more()
        for draft in reversed(self.drafts):
            below = children[draft.id]
            below.reverse()
            if not below and _only_points(draft) and draft.list_number not in says_more:
                continue
            kept.append(draft)
            if draft.parent:
                children[draft.parent.id].append(draft.id)
        for draft in reversed(kept):
            # A heading without prose of its own only groups what stands under it; where nothing
            # does, it is all that the guide says there.
            groups = draft.kind == "heading" and len(draft.facts) < 2 and draft.id in holders
            yield Unit(
                id=draft.id,
                kind="section" if groups else draft.kind,
                text="\n".join(draft.words),
                line=draft.line,
                end_line=draft.end_line,
                content_hash=content.digest(" ".join(filter(None, draft.facts))),
                parent=draft.parent.id if draft.parent else "",
                children=tuple(children[draft.id]),
                at=draft.at,
            )

    def _lists_that_say_more(self) -> set[int]:
        """Numbered lists in which one step at least is more than a link: all of them are steps."""
        steps = (draft for draft in self.drafts if draft.kind == "step")
        return {draft.list_number for draft in steps if not _only_points(draft)}


def _only_points(draft: Draft) -> bool:
    """An entry of a table of contents or of a list of links claims nothing."""
    is_item = draft.kind in ("bullet", "step", "row")
    return is_item and draft.only_links and bool(draft.words)

"""What a sandbox is told of a book, and what a sandbox gives the book's placeholders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from guide import Book, Edition
from guide.api_versions import shown
from guide.base import Bases
from sandbox.facts import facts
from sandbox.layout import Layout
from sandbox.sandbox import Sandbox


def layout(book: Book) -> Layout:
    """The monorepo of the book, in the sandbox's words."""
    given = book.layout
    return Layout(
        group=given.group,
        project=given.project,
        branch=given.branch,
        path=given.path,
        clusters=given.clusters,
        start=book.start,
        interval_s=book.settings.interval_s,
        extras=book.settings.extras,
        charts=str(book.charts.resolve()) if book.charts.is_dir() else "",
    )


def placeholders(book: Book, sandbox: Sandbox) -> dict[str, str]:
    """What stands for the placeholders of the book; those that a sentence gives are left out."""
    known = facts(sandbox)
    values = {name: known[each.fact] for name, each in book.placeholders.items() if each.fact}
    return values | {name: each.text for name, each in book.placeholders.items() if each.text}


def api_versions(book: Book, edition: Edition, sandbox: Sandbox) -> Iterator[Mapping[str, Any]]:
    """Each apiVersion and kind that the edition shows, and how the first cluster stands to it."""
    blocks = shown(edition, Bases(edition, book.first_commit))
    for each in sandbox.api_versions(blocks):
        yield {**asdict(each), "blocks": blocks[each.api_version, each.kind]}

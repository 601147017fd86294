"""What a sandbox is told of a book, and what a sandbox gives the book's placeholders."""

from __future__ import annotations

from guide import Book
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

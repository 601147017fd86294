"""Templates with values: the one place where a text becomes part of a page.

Every value that a template shows is made inert on its way (`text.line`), unless a template made
it: nothing has to be remembered where a page is written, and no page can forget it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

from report.known.places import anchor
from report.known.states import (
    IN_COLUMNS,
    MEANING,
    SIGN,
    WORST_FIRST,
    State,
    of_status,
    settled,
    word,
    worst,
)
from report.pages import text

TEMPLATES = Path(__file__).with_name("templates")

SHORT = 80
"""Texts up to here come again and again: keywords, ids, states, seconds."""

_BREAK = re.compile(r"\s*\n\s*")
_EMPTY_LINES = re.compile(r"\n{3,}")


class _Breaks(Extension):
    """Line breaks of the templates: those that are there to read them by do not reach the page.

    In a template of HTML a break with its indentation is a blank between two words; beside a tag,
    of HTML or of the template, it is nothing, so that a piece is one line of Markdown. In one of
    Markdown the line of a tag of the template is nothing.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        of_html = (stream.name or "").endswith(".html.j2")
        before = ""
        for token in stream:
            if token.type == "data" and of_html:
                yield Token(token.lineno, "data", _join(token.value))
            elif token.type == "data" and before == "block_end":
                yield Token(token.lineno, "data", token.value.removeprefix("\n"))
            else:
                yield token
            before = token.type


def _join(data: str) -> str:
    def between(found: re.Match[str]) -> str:
        before, after = data[: found.start()][-1:], data[found.end() :][:1]
        return "" if before in ("", ">") or after in ("", "<") else " "

    return _BREAK.sub(between, data)


def _shown(value: Any) -> Any:
    """What a template puts out for a value: what a template made as it is, all else inert."""
    if value is None:
        raise TypeError("a template shows a value that is not there")
    if isinstance(value, Markup):
        return value
    said = str(value)
    return _short(said) if len(said) <= SHORT else Markup(text.line(said))


@functools.lru_cache(10_000)
def _short(said: str) -> Markup:
    return Markup(text.line(said))


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        auto_reload=False,
        extensions=[_Breaks],
    )
    made.filters |= {
        # Text of several lines, text within a line of Markdown, and a line within a fence of it.
        "lines": lambda value: Markup(text.html(value)),
        "words": lambda value: Markup(text.markdown(value)),
        "fenced": lambda value: Markup(" ".join(text.plain(value).split())),
        "anchor": anchor,
        "date": text.date,
        "plural": text.plural,
        "seconds": text.seconds,
        "short": text.short,
    }
    made.globals |= {
        "State": State,
        "MEANING": MEANING,
        "SIGN": SIGN,
        "IN_COLUMNS": IN_COLUMNS,
        "WORST_FIRST": WORST_FIRST,
        "of_status": of_status,
        "settled": settled,
        "word": word,
        "worst": worst,
        # A line break that a template of HTML keeps.
        "eol": Markup("\n"),
    }
    return made


_ENVIRONMENT = _environment()


def page(name: str, **values: Any) -> str:
    """A whole page, from the template of that name."""
    made = _ENVIRONMENT.get_template(f"{name}.j2").render(**values)
    return _EMPTY_LINES.sub("\n\n", made).strip("\n") + "\n"


def piece(name: str, *values: Any, **more: Any) -> Markup:
    """A piece of a page: the macro of a template of HTML, `badge` or `badge.status`."""
    file, _, macro = name.partition(".")
    module = _ENVIRONMENT.get_template(f"{file}.html.j2").module
    made = getattr(module, macro or file)(*values, **more)
    assert isinstance(made, Markup)
    return made

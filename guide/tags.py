"""The tags of features: which say something, and which would say something else to the runner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from guide.errors import near

Problem = tuple[str, str, int]
"""What is wrong, the cure, and the line."""

_WORD = re.compile(r"[^\W\d_][\w.-]*")
_KEYS = {"id": "<kebab-case>", "unit": "<page>/<anchor>", "erratum": "<id>"}
ROLES = ("as-written", "containers", "corrected")
"""Plain tags that the engine acts on; a misspelt one would be taken and do nothing."""
_ORDERS = frozenset(
    {"anyio", "asyncio", "filterwarnings", "flaky", "parametrize", "skip", "skipif", "timeout"}
    | {"tryfirst", "trylast", "usefixtures", "xdist_group", "xfail"}
)
"""Marks by which pytest and its plugins change how a test runs."""
_OF_EXPRESSIONS = frozenset({"and", "or", "not", "none", "true", "false"})


def wrong_tags(tags: Iterable[Mapping[str, Any]], *, of_scenario: bool) -> Iterator[Problem]:
    """The tags of a feature, a rule or a scenario that do not say what they seem to say."""
    for tag in tags:
        name, line = tag["name"].removeprefix("@"), tag["location"]["line"]
        for what, cure in _wrong(name, of_scenario):
            yield f"tag @{name} {what}", cure, line


def _wrong(name: str, of_scenario: bool) -> Iterator[tuple[str, str]]:
    key, colon, value = name.partition(":")
    if colon and key not in _KEYS:
        yield "is of no known kind", near(key, _KEYS)
    elif key in _KEYS and not value:
        yield "names nothing", f"write @{key}:{_KEYS[key]}"
    elif key == "id" and not of_scenario:
        yield "names no scenario where it stands", "move it to one scenario"
    elif colon:
        return
    elif not _WORD.fullmatch(name):
        cure = "write a word of letters, digits, - and _ that begins with a letter"
        yield "is no plain word", cure
    elif name in _ORDERS:
        yield "is an order to pytest, which would run it in another way", "take another word"
    elif name.lower() in _OF_EXPRESSIONS:
        yield "cannot be asked for with TAGS", "take another word"
    elif name not in ROLES:
        close = get_close_matches(name.lower().replace("_", "-"), ROLES, n=1, cutoff=0.8)
        if close:
            yield "does nothing", f"did you mean @{close[0]}? If not, take another word"

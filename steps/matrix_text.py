"""The text of a matrix, changed where the toolchain takes up a version that has cells already."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import yaml

from guide import GuideError, shelf
from steps.matrix import OWN

_LISTS: Mapping[str, Sequence[str]] = {
    "provider": (),
    "kubernetes": (OWN,),
    "flux": (OWN,),
    "book": ("",),
}
_COMMENT = re.compile(r"(?:^|\s)(#.*)$")
_Cell = tuple[str, ...]
_Own = Mapping[str, tuple[str, str]]


def taken_up(text: str, own: _Own) -> str:
    """The text in which no version that the toolchain takes up, or gives up, is named any more.

    `own`: the toolchain's version before and after, by kubernetes and flux. The matrix has the
    cells that it had, each once, on what is the toolchain's own then. Comments stay.
    """
    while (found := _first(yaml.safe_load(text), own)) is not None:
        text = _without(text, *found, own)
    return text


def _first(products: Sequence[Mapping[str, Any]], own: _Own) -> tuple[int, str, int] | None:
    """The first such version: number of the product, name of the list, place in it."""
    for number, product in enumerate(products):
        for name in own:
            for place, version in enumerate(product.get(name) or ()):
                if _goes(name, version, own):
                    return number, name, place
    return None


def _goes(name: str, version: str, own: _Own) -> bool:
    before, after = own[name]
    return before != after and version in (before, after)


def _without(text: str, number: int, name: str, place: int, own: _Own) -> str:
    """The text with one version less: `own` in its place where that is no second cell."""
    products = yaml.safe_load(text)
    kept = {cell for each in products for cell in _cells(_staying(each, own), own)}
    cells = set(_cells({**products[number], name: [OWN]}, own))
    root = _root(text)
    node = root.value[number]
    [versions] = [value for key, value in node.value if key.value == name]
    if not cells & kept:
        item = versions.value[place]
        return f"{text[: item.start_mark.index]}{OWN}{text[item.end_mark.index :]}"
    alone = len(versions.value) == 1
    text = _cut(text, root, number) if alone else _cut(text, versions, place)
    return _added(text, sorted(cells - kept))


def _root(text: str) -> yaml.SequenceNode:
    return cast(yaml.SequenceNode, yaml.compose(text, Loader=yaml.SafeLoader))


def _staying(product: Mapping[str, Any], own: _Own) -> dict[str, Any]:
    """The product without what goes."""
    lists = {
        name: [each for each in product.get(name) or (OWN,) if not _goes(name, each, own)]
        for name in own
    }
    return {**product, **lists}


def _cells(product: Mapping[str, Any], own: _Own) -> Iterator[_Cell]:
    """Each cell as provider, kubernetes, flux and book; what is the toolchain's is called so."""
    lists = {**_LISTS, **product}
    for provider, kubernetes, flux, book in itertools.product(*(lists[each] for each in _LISTS)):
        versions = {"kubernetes": kubernetes, "flux": flux}
        named = [OWN if each in (own.get(name) or ()) else each for name, each in versions.items()]
        yield (provider, *named, _book(book))


def _book(text: str) -> str:
    try:
        return shelf.find(text).name
    except GuideError:  # who reads the matrix says so
        return text


def _cut(text: str, items: yaml.SequenceNode, place: int) -> str:
    """The text without one item of a list; a comment beside it gets a line of its own."""
    item = items.value[place]
    if not items.flow_style:
        lines, first = text.splitlines(keepends=True), item.start_mark.line
        last = _end(item).line
        left = [found[1] for line in lines[first : last + 1] if (found := _COMMENT.search(line))]
        indent = " " * items.start_mark.column
        return "".join(
            [*lines[:first], *(f"{indent}{each}\n" for each in left), *lines[last + 1 :]]
        )
    start, end = item.start_mark.index, item.end_mark.index
    if comma := re.match(r"\s*,[ \t]*", text[end:]):
        end += comma.end()
    elif place and re.fullmatch(
        r"\s*,\s*", text[(before := items.value[place - 1].end_mark.index) : start]
    ):
        start = before
    head, tail = text[:start], text[end:]
    if not head.rpartition("\n")[2].strip() and tail.startswith("\n"):  # a line of its own
        return head.rstrip(" \t") + tail[1:]
    return head + tail


def _end(node: yaml.Node) -> yaml.Mark:
    """Where the last word of a value ends; a block's own mark is behind the comments after it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return node.end_mark


def _added(text: str, cells: Sequence[_Cell]) -> str:
    """The text with a product for each of these cells."""
    lines = [
        f"{{provider: [{provider}], kubernetes: [{kubernetes}], flux: [{flux}], book: [{book}]}}"
        for provider, kubernetes, flux, book in cells
    ]
    root = _root(text)
    if lines and root.flow_style:
        end = root.end_mark.index - 1
        return f"{text[:end].rstrip().rstrip(',')}, {', '.join(lines)}{text[end:]}"
    ended = text if text.endswith("\n") or not lines else f"{text}\n"
    return ended + "".join(f"{' ' * root.start_mark.column}- {line}\n" for line in lines)

"""What a piece of HTML says: its words, and the text of <pre> and <code> exactly as it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Quoted values and braces may hold a `>`; a `<` ends what was no tag after all.
_TAG = re.compile(
    r"</?(?P<name>[a-zA-Z][\w.:-]*)(?P<rest>(?:[^<>\"'{}]|\"[^\"]*\"|'[^']*'|\{[^{}]*\})*)>"
)
_COMMENT = re.compile(r"<!--.*?-->|\{/\*.*?\*/\}", re.DOTALL)
_ATTRIBUTE = re.compile(
    r"([\w:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|\{\s*[\"'`]([^\"'`]*)[\"'`]\s*\})"
)
_LANGUAGE = re.compile(r"(?:language|lang|highlight-source|brush)[-:=]\s*([\w+#-]+)")

# Elements that dress a text. Whatever else stands in angle brackets is a word: <team-name>.
_ELEMENTS_TEXT = (
    "a abbr article aside b big blockquote br button caption center cite code col colgroup dd "
    "del details dfn div dl dt em figcaption figure font footer form h1 h2 h3 h4 h5 h6 header "
    "hr i iframe img input ins kbd li main mark nav nobr ol p picture pre q s samp script "
    "section small span strike strong style sub summary sup svg table tbody td tfoot th thead "
    "tr tt u ul video wbr"
)
_ELEMENTS = frozenset(_ELEMENTS_TEXT.split())
VERBATIM = frozenset({"code", "kbd", "samp", "tt"})
"""Elements within a line whose text is taken as it stands, as between backticks."""

_BLOCKS = frozenset({"pre", "codeblock"})
_LABELS = ("label", "title", "name", "tabname", "header", "summary")


@dataclass(frozen=True)
class Piece:
    """A part of an HTML text: words, or a block with the language that its tags name."""

    text: str
    line: int
    """How many lines stand before it."""
    language: str = ""
    is_block: bool = False


def without_comments(text: str) -> str:
    """The text without `<!-- -->` and `{/* */}`."""
    # Up to the last end of a comment, every beginning finds its end: no search runs on in vain.
    end = max(text.rfind("-->"), text.rfind("*/}")) + 3
    return _COMMENT.sub(" ", text[:end]) + text[end:] if end > 2 else text


def is_dress(tag: str) -> bool:
    """True for a comment or the tag of an element; a placeholder such as <name> is none."""
    if tag.startswith("<!--"):
        return True
    found = _TAG.fullmatch(tag)
    return bool(found) and found["name"].lower() in _ELEMENTS if found else False


def name_of(tag: str) -> str:
    """The element of a tag, in small letters; `/code` for its end."""
    found = _TAG.fullmatch(tag)
    return ("/" if tag.startswith("</") else "") + found["name"].lower() if found else ""


def label(attributes: str) -> str:
    """The words that a tab or a box shows as its title: the values of label, title, name."""
    values = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(attributes)}
    return " ".join(dict.fromkeys(values[key] for key in _LABELS if values.get(key)))


def pieces(text: str) -> Iterator[Piece]:
    """The words between the tags and the blocks, in order; comments are nothing."""
    words: list[str] = []
    start = position = 0
    while found := _TAG.search(text, position):
        words.append(_visible(text[position : found.start()]))
        name, opens = found["name"].lower(), not found[0].startswith("</")
        position = found.end()
        end = _end(text, name, position) if opens and name in _BLOCKS | VERBATIM else -1
        if end < 0:
            words.append(label(found["rest"]) if name not in _ELEMENTS else "")
            continue
        inner = text[position:end]
        verbatim = _verbatim(inner)
        line = text.count("\n", 0, position)
        position = end
        if name in VERBATIM and "\n" not in verbatim.strip():
            words.append(f"`{' '.join(verbatim.split())}`")
            continue
        yield from _words(words, start)
        words, start = [], line
        language = _language(found["rest"]) or _language(inner[: inner.find(">") + 1])
        yield Piece(verbatim.removeprefix("\n"), line, language, True)
    words.append(_visible(text[position:]))
    yield from _words(words, start)


def _end(text: str, name: str, position: int) -> int:
    found = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE).search(text, position)
    return found.start() if found else len(text) if name in _BLOCKS else -1


def _words(words: list[str], line: int) -> Iterator[Piece]:
    text = " ".join(filter(None, words)).strip()
    if text:
        yield Piece(text, line)


def _visible(text: str) -> str:
    return html.unescape(" ".join(text.split()))


def _verbatim(inner: str) -> str:
    # A component of MDX holds its text as a template: {`...`}.
    text = re.sub(r"^\s*\{\s*`|`\s*\}\s*$", "", inner)
    return html.unescape(_TAG.sub("", text))


def _language(attributes: str) -> str:
    found = _LANGUAGE.search(attributes)
    if found:
        return found[1].lower()
    values = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(attributes)}
    return (values.get("lang") or values.get("language") or values.get("data-lang") or "").lower()

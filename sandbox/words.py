"""Whether a text says certain words: as whole words, so that a longer name is another one."""

from __future__ import annotations

import re

_APART = r"\s\"'`()\[\]{}<>,;|"
"""White space, quotes, brackets and what else stands between two words."""
_BEGIN = rf"(?<![^{_APART}:=@])"
_BEGIN_NAME = rf"(?<![^{_APART}:=@/])"
_END = rf"(?=[.:!?]*(?:$|[{_APART}\\]))"
_END_KIND = rf"(?:{_END}|(?=/))"
"""What ends a sentence ends a word where no more follows on it."""


def says(text: str, words: str) -> bool:
    """Whether `words` stand in `text`, however it is broken into lines.

    They do not match inside a longer name or number: `shop.v1` is not in `shop.v12`, `6.9.2` not
    in `6.9.2+patched`, `./apps` not in `../apps`, `no` not in `unknown`. A name may stand behind
    its namespace, a kind before its name: `shop.v1` is in `dev/shop.v1`, `HelmRelease` in
    `HelmRelease/shop`. What ends with a sign may go on: `shop.` does.
    """
    return bool(words.strip()) and bool(re.search(_whole(words, r"\s+"), text))


def prints(text: str, words: str) -> bool:
    """Whether `words` stand in one line of `text`, with any blanks between them.

    For what a command prints, where two rows of a table have nothing to do with each other.
    """
    return bool(words.strip()) and bool(re.search(_whole(words, r"[^\S\n]+"), text))


def mentions(text: str, words: str) -> bool:
    """Whether `words` stand in `text` at all, inside a longer name or number as well.

    For what must not be there: a pod `shop-7d9f` is one of `shop`.
    """
    return bool(words.strip()) and bool(re.search(_inside(words, r"\s+"), text))


def unsaid(text: str, words: str) -> str:
    """How to tell that these words do not stand in `text`, and where part of a longer name does."""
    inside = ""
    if says(text, words):
        inside = " in one line"
    elif mentions(text, words):
        inside = ", only inside a longer name or number"
    return f"does not say {words!r}{inside}"


def _whole(words: str, gap: str) -> str:
    first = words.split()[0]
    # What begins with a quote, a bracket or a colon is apart already.
    begin = "" if re.match(rf"[{_APART}:=@]", first) else _BEGIN
    if re.match(r"[^\W\d][^/]*$", first):
        begin = _BEGIN_NAME
    elif re.match(r"\d", first):
        begin = rf"{_BEGIN}(?<!\d,)"  # 500 is not in 1,500
    end = _END if re.search(r"\w\s*$", words) else ""
    if re.search(r"(?:^|\s)[A-Z][A-Za-z]+\s*$", words):
        end = _END_KIND
    return f"{begin}{_inside(words, gap)}{end}"


def _inside(words: str, gap: str) -> str:
    return gap.join(re.escape(word) for word in words.split())

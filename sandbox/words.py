"""Whether a text says certain words: as whole words, so that a longer name is another one."""

from __future__ import annotations

import re


def says(text: str, words: str) -> bool:
    """Whether `words` stand in `text`, however it is broken into lines.

    What begins or ends with a letter or a digit does not match inside a longer name or number:
    `shop.v1` is not in `shop.v12`, `6.9.2` not in `6.9.2-rc.1`, `no` not in `unknown`.
    """
    begin = r"(?<!\w)(?<!\w[-.])" if re.match(r"\w", words) else ""
    end = r"(?!\w|[-.]\w)" if re.search(r"\w$", words) else ""
    return bool(words.strip()) and bool(re.search(f"{begin}{_inside(words)}{end}", text))


def mentions(text: str, words: str) -> bool:
    """Whether `words` stand in `text` at all, inside a longer name or number as well.

    For what must not be there: a pod `shop-7d9f` is one of `shop`.
    """
    return bool(words.strip()) and bool(re.search(_inside(words), text))


def unsaid(text: str, words: str) -> str:
    """How to tell that these words do not stand in `text`, and where part of a longer name does."""
    inside = ", only inside a longer name or number" if mentions(text, words) else ""
    return f"does not say {words!r}{inside}"


def _inside(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in words.split())

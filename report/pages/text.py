"""Text that came out of a run, made safe to put on a page.

Every value that a template shows passes through one of these (`render`). Nothing here does any
input or output.
"""

from __future__ import annotations

import re
from html import escape

from report.clock import moment

# Terminal control: CSI sequences (colours, cursor), OSC sequences (titles, links), two-byte ones.
_ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[PX^_][^\x1b]*\x1b\\|\x1b[@-Z\\-_]"
    r"|\x9b[0-?]*[ -/]*[@-~]"
)
# Python-Markdown marks its own stashes with STX and ETX: output that holds them could forge one.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Characters that reorder or hide what is read (bidirectional controls, zero-width ones).
_DECEPTIVE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_BLANK_LINE = re.compile(r"\n[ \t]*(?=\n|$)")
# Most of what a page shows is made of these alone, and inert as it is.
_INERT = re.compile(r"[A-Za-z0-9_.,:;/#()+=-]+(?: [A-Za-z0-9_.,:;/#()+=-]+)*")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|~:&\"'=^$@%/]")


def plain(text: str) -> str:
    """`text` without terminal colours and control characters; a progress line keeps its end."""
    text = _ANSI.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))
    text = _CONTROL.sub("", text)
    return _DECEPTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def html(text: object) -> str:
    """`text` as inert HTML that no Markdown rule can pick up, on one or several lines."""
    safe = escape(plain(str(text)))
    # A line of backticks or tildes would open a fence even inside raw HTML, as superfences runs
    # first, and a blank line ends an HTML block for a CommonMark reader.
    safe = safe.replace("`", "&#96;").replace("~", "&#126;").replace("\t", "&#9;")
    return _BLANK_LINE.sub("&#10;", safe)


def line(text: object) -> str:
    """Like `html`, on one line, for names and attributes."""
    said = str(text)
    if _INERT.fullmatch(said):
        return said
    return " ".join(html(said).replace("&#10;", " ").replace("&#9;", " ").split())


def markdown(text: object) -> str:
    """`text` on one line with every character that Markdown or HTML could read made an entity."""
    one = " ".join(plain(str(text)).split())
    return _MARKDOWN.sub(lambda found: f"&#{ord(found[0])};", one)


def seconds(value: float | None) -> str:
    """Seconds for people: `0.4 s`, `12 s`, `3 min 05 s`."""
    if value is None:
        return ""
    if value < 9.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 120:
        return f"{whole} s"
    if whole < 7200:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def date(value: str) -> str:
    """A time in UTC for people; '' for what is none."""
    at = moment(value)
    return f"{at.day} {at:%b %Y, %H:%M} UTC" if at else ""


def short(value: str) -> str:
    """A hash cut to ten digits; anything else as it is."""
    return value[:10] if len(value) >= 32 and value.isalnum() else value or "none"


def size(count: int) -> str:
    """Bytes for people."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count / 1024:.0f} KiB"
    return f"{count / 1024 / 1024:.1f} MiB"


def plural(count: int, noun: str, many: str = "") -> str:
    """`1 step`, `2 steps`."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"

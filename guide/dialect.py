"""Other dialects of Markdown, written as plain Markdown line by line: every line keeps its number.

Hugo and Liquid shortcodes, components of MDX, tabs and boxes of MkDocs and Docusaurus. A tag that
only holds other text becomes an empty line, or a comment with the title that readers see; a
shortcode around code becomes a fence.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from guide import markup

TITLE = "<!--\x01"
"""How a line begins that shows the title of a tab or a box."""

VERBATIM = frozenset({"text", "highlight", "code", "codeblock", "code-block", "command"})
"""Shortcodes with an end whose text is code."""

_SHORTCODE = re.compile(
    r"\{\{[<%]\s*(?P<end>/)?\s*(?P<name>[\w./-]+)(?P<rest>[^{}]*?)/?\s*[%>]\}\}"
)
_LIQUID = re.compile(r"\{%-?\s*(?P<end>end)?(?P<name>[\w-]+)(?P<rest>[^{}%]*)-?%\}")
_BRACES = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_OPENING = re.compile(
    r"<(?P<name>[A-Za-z][\w.]*)"
    rf"(?P<rest>(?:\s(?:[^<>\"'{{}}]|\"[^\"]*\"|'[^']*'|{_BRACES})*?)?)(?P<alone>/?)>"
)
_CLOSING = re.compile(r"</(?P<name>[A-Za-z][\w.]*)\s*>")
_BOX = re.compile(r"(?:===[!+]*|!!!|\?\?\?\+?)\s+(?P<rest>\S.*)")
_COLONS = re.compile(r"(?P<marks>:{3,})\s*(?P<rest>.*)")
_IMPORT = re.compile(
    r"import\s+(?:['\"][^'\"]+['\"]|[\w{][^;]{0,200}?\sfrom\s+['\"][^'\"]+['\"]);?\s*"
)
_EXPORT = re.compile(r"export\s+(?:const|let|default|function)\b.*")
_FENCE = re.compile(r"(?:[-*+] +|\d{1,9}[.)] +)*(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_ELEMENTS_TEXT = "div section details summary center figure span dl dd dt p"
_ELEMENTS = frozenset(_ELEMENTS_TEXT.split())


@dataclass
class _Holder:
    """A tag that is open, or a box that ends where the text is no longer indented."""

    name: str
    indent: int
    shift: int | None = None
    """How far what it holds is indented; None until the first line of it."""
    is_box: bool = False


def plain(lines: Sequence[str], *, is_mdx: bool = False) -> list[str]:
    """The lines as plain Markdown, as many as there were."""
    return _Writer(lines, is_mdx).written()


class _Writer:
    def __init__(self, lines: Sequence[str], is_mdx: bool) -> None:
        self.lines = lines
        self.holders: list[_Holder] = []
        self.fence = ""
        self.until = ""
        self.ends = self._ends()
        self.is_mdx = is_mdx or any(
            _IMPORT.fullmatch(line) or self._is_component(line, number)
            for number, line in enumerate(lines)
        )

    def _ends(self) -> dict[str, list[int]]:
        """The lines on which something ends, by what ends there, the last first."""
        found: dict[str, list[int]] = defaultdict(list)
        for number in range(len(self.lines) - 1, -1, -1):
            text = self.lines[number].strip()
            if text[:1] not in ("{", "<", ":") or len(text) > 300:
                continue
            for kind, pattern in (("{{", _SHORTCODE), ("{%", _LIQUID)):
                tag = pattern.fullmatch(text)
                if tag and tag["end"]:
                    found[f"{kind}{tag['name']}"].append(number)
            closing = _CLOSING.fullmatch(text)
            if closing:
                found[f"<{closing['name']}"].append(number)
            if set(text) == {":"}:
                found[":::"].append(number)
        return found

    def _ends_later(self, name: str, number: int) -> int:
        """The first line behind `number` on which it ends, 0 if none."""
        ends = self.ends.get(name, [])
        while ends and ends[-1] <= number:
            ends.pop()
        return ends[-1] if ends else 0

    def _is_component(self, line: str, number: int) -> bool:
        opening = _OPENING.fullmatch(line.strip()) if line.lstrip()[:1] == "<" else None
        if not opening or not opening["name"][0].isupper():
            return False
        return bool(opening["alone"]) or any(
            n > number for n in self.ends[f"<{opening['name']}"][:1]
        )

    def written(self) -> list[str]:
        out: list[str] = []
        while len(out) < len(self.lines):
            out += self._line(len(out))
        return out

    def _line(self, number: int) -> list[str]:
        raw = self.lines[number]
        text = raw.strip()
        if not self.fence and not self.until:
            self._leave_boxes(raw)
        line = self._shifted(raw)
        if self.until:  # inside of a comment or of <pre>
            hidden = self.until == "*/}"
            if self.until in raw.lower():
                self.until = ""
            return ["" if hidden else line]
        if self.fence:
            if text.startswith(self.fence) and not text.strip(self.fence[0]):
                self.fence = ""
            return [line]
        indent = line[: len(line) - len(line.lstrip())]
        fence = _FENCE.fullmatch(text)
        if fence and not (fence["mark"][0] == "`" and "`" in fence["info"]):
            self.fence = fence["mark"]
            return [line]
        for begin, end in (("<!--", "-->"), ("<pre", "</pre>"), ("{/*", "*/}")):
            if text.lower().startswith(begin) and end not in text.lower():
                self.until = end
                return ["" if begin == "{/*" else line]
        if text[:1] in ("{", "<", "=", "!", "?", ":") or self.is_mdx:
            written = self._tag(number, text, indent)
            if written is not None:
                return written
        return [line]

    def _holds_indented(self, number: int) -> bool:
        """True where the next text stands four columns deeper, as in a box."""
        own = _depth(self.lines[number])
        below = (line for line in self.lines[number + 1 : number + 10] if line.strip())
        return _depth(next(below, "")) >= own + 4

    def _leave_boxes(self, raw: str) -> None:
        if not raw.strip():
            return
        depth = _depth(raw)
        shift = 0
        for index, holder in enumerate(self.holders):
            if holder.is_box and depth < shift + holder.indent + 4:
                del self.holders[index:]
                return
            shift += holder.shift or 0

    def _shifted(self, raw: str) -> str:
        line = raw
        if self.holders and "\t" in raw[: len(raw) - len(raw.lstrip())]:
            line = raw.expandtabs(4)
        for holder in self.holders:
            depth = len(line) - len(line.lstrip(" "))
            if holder.shift is None and line.strip() and not _CLOSING.match(line.lstrip()):
                holder.shift = max(0, depth - holder.indent)
            line = line[min(holder.shift or 0, depth) :]
        return line

    def _tag(self, number: int, text: str, indent: str) -> list[str] | None:
        if text[:2] in ("{{", "{%"):
            return self._shortcode(number, text, indent)
        if text[:1] == "<":
            return self._element(number, text, indent)
        box = _BOX.fullmatch(text)
        if box and self._holds_indented(number):
            self.holders.append(_Holder("", len(indent), 4, is_box=True))
            title = re.search(r"\"([^\"]*)\"|'([^']*)'", box["rest"])
            return [_title(indent, title[0][1:-1] if title else "")]
        colons = _COLONS.fullmatch(text)
        if colons:
            return self._colons(number, colons, indent)
        if self.is_mdx and text.startswith(("import", "export")):
            return self._module_line(number, text)
        return None

    def _shortcode(self, number: int, text: str, indent: str) -> list[str] | None:
        kind = text[:2]
        tag = (_SHORTCODE if kind == "{{" else _LIQUID).fullmatch(text)
        if not tag:
            return None
        name = f"{kind}{tag['name']}"
        if tag["end"]:
            return [self._leave(name)]
        end = self._ends_later(name, number)
        if not end:
            return None if kind == "{{" else [""]
        if tag["name"] in VERBATIM or self._is_code_tab(tag, number, end):
            return self._code(number, end, _language(tag["rest"]), indent)
        self.holders.append(_Holder(name, len(indent)))
        rest = tag["rest"] if kind == "{%" and "=" not in tag["rest"] else ""
        return [_title(indent, markup.label(tag["rest"]) or rest)]

    def _is_code_tab(self, tag: re.Match[str], number: int, end: int) -> bool:
        """True for a tab that names the language of what it holds."""
        body = self.lines[number + 1 : end]
        named = tag["name"] == "tab" and re.search(r"\blang(?:uage)?=", tag["rest"])
        return bool(named) and not any(map(_FENCE.fullmatch, map(str.strip, body)))

    def _code(self, number: int, end: int, info: str, indent: str) -> list[str]:
        body = [self._shifted(line) for line in self.lines[number + 1 : end]]
        marks = max((len(found) for line in body for found in re.findall("~+", line)), default=0)
        mark = "~" * max(3, marks + 1)
        return [f"{indent}{mark}{info}", *body, f"{indent}{mark}"]

    def _leave(self, name: str) -> str:
        for index in range(len(self.holders) - 1, -1, -1):
            if self.holders[index].name == name:
                del self.holders[index:]
                break
        return ""

    def _element(self, number: int, text: str, indent: str) -> list[str] | None:
        if text.startswith("<CodeBlock"):  # its text is code: what <pre> is to HTML
            return self._pre(number, indent)
        closing = _CLOSING.fullmatch(text)
        if closing and self._holds(closing["name"]):
            return [self._leave(f"<{closing['name']}")]
        tag, count = self._whole_tag(number)
        opening = _OPENING.fullmatch(tag)
        if not opening or not self._holds(opening["name"]):
            return None
        label = _title(indent, markup.label(opening["rest"]))
        if opening["alone"]:  # what it shows is elsewhere: its name and settings are the fact
            label = _title(indent, f"{opening['name']} {opening['rest']}")
        else:
            if not self._ends_later(f"<{opening['name']}", number):
                return None
            self.holders.append(_Holder(f"<{opening['name']}", len(indent)))
        return [label, *[""] * (count - 1)]

    def _pre(self, number: int, indent: str) -> list[str] | None:
        for count, line in enumerate(self.lines[number : number + 500], 1):
            if "</CodeBlock>" in line:
                body = [self._shifted(text) for text in self.lines[number : number + count]]
                body[0] = indent + body[0].lstrip().replace("<CodeBlock", "<pre", 1)
                body[-1] = body[-1].replace("</CodeBlock>", "</pre>")
                return body
        return None

    def _holds(self, name: str) -> bool:
        """True for a component, and in MDX for an element that may hold Markdown."""
        return (name[0].isupper() and name != "CodeBlock") or (self.is_mdx and name in _ELEMENTS)

    def _whole_tag(self, number: int) -> tuple[str, int]:
        """A tag whose attributes stand on lines of their own, as one line."""
        parts: list[str] = []
        for line in self.lines[number : number + 20]:
            parts.append(line.strip())
            if not line.strip() or line.rstrip().endswith(">"):
                break
        return " ".join(parts), len(parts)

    def _colons(self, number: int, found: re.Match[str], indent: str) -> list[str] | None:
        if not found["rest"]:
            return [self._leave(":::")]
        if not self._ends_later(":::", number):
            return None
        self.holders.append(_Holder(":::", len(indent), 0))
        titled = re.fullmatch(r"\{?[\w-]+\}?\s*(.*)", found["rest"])
        return [_title(indent, titled[1].strip("[]") if titled else "")]

    def _module_line(self, number: int, text: str) -> list[str] | None:
        if _EXPORT.fullmatch(text):
            return [""]
        parts: list[str] = []
        for line in self.lines[number : number + 20]:
            parts.append(line.strip())
            if _IMPORT.fullmatch(" ".join(parts)):
                return [""] * len(parts)
        return None


def _depth(line: str) -> int:
    line = line.expandtabs(4)
    return len(line) - len(line.lstrip())


def _title(indent: str, title: str) -> str:
    title = " ".join(title.replace("--", " ").replace("\x01", "").split())
    return f"{indent}{TITLE}{title}-->" if title else ""


def _language(rest: str) -> str:
    """The language of a shortcode: its first word, or syntax=, lang=; and its file."""
    values = {key: a or b for key, a, b in re.findall(r"(\w+)[=:](?:\"([^\"]*)\"|(\S+))", rest)}
    bare = [word.strip("\"'") for word in rest.split() if "=" not in word]
    named = (values.get(key) for key in ("syntax", "lang", "language"))
    language = next((value for value in named if value), bare[0] if bare else "")
    path = values.get("file") or values.get("title") or values.get("filename") or ""
    return f'{language} title="{path}"' if path else language

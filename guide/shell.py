"""The normal form of commands: no comments, blank lines, prompts or continued lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEREDOC = re.compile(r"<<(?P<dash>-?)[ \t]*(?P<quote>[\"'\\]?)(?P<word>\w+)(?P=quote)?")


@dataclass(frozen=True)
class _Rules:
    escape: str = "\\"
    quotes: str = "'\""
    comment: str = "#"
    heredocs: bool = True


_BOURNE = _Rules()
_POWER = _Rules(escape="`", heredocs=False)
_CMD = _Rules(escape="^", quotes='"', comment="", heredocs=False)
_RULES = {
    **dict.fromkeys(("powershell", "pwsh", "ps1", "ps", "posh", "powershell-interactive"), _POWER),
    **dict.fromkeys(("azurepowershell", "azurepowershell-interactive"), _POWER),
    **dict.fromkeys(("cmd", "bat", "batch", "dos", "doscon"), _CMD),
}


def facts(text: str, language: str = "sh") -> str:
    """The commands, one on each line, as whoever types them means them.

    What stands between quotes or in a here-document stays as it is.
    """
    return _Lexer(text, _RULES.get(language, _BOURNE)).lines()


def quote_after(line: str, quote: str = "") -> str:
    """The quotation mark that is open behind a line, '' for none; `quote` was open before it."""
    position = 0
    while position < len(line):
        char = line[position]
        if char == "\\" and quote != "'":
            position += 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == "#" and (position == 0 or line[position - 1].isspace()):
            break
        position += 1
    return quote


def heredoc_of(line: str) -> str:
    """The word that ends the here-document which a line begins, '' where it begins none."""
    found = re.search(r"(?<!<)" + _HEREDOC.pattern, line)
    return found["word"] if found and "<<<" not in line else ""


class _Lexer:
    def __init__(self, text: str, rules: _Rules) -> None:
        self.text = text
        self.rules = rules
        self.at = 0
        self.out: list[str] = []
        self.waiting: list[str] = []
        self.endless: set[str] = set()

    def lines(self) -> str:
        while self.at < len(self.text):
            self._next()
        return "\n".join(line.rstrip() for line in "".join(self.out).strip().split("\n"))

    def _next(self) -> None:
        text, at, rules = self.text, self.at, self.rules
        char = text[at]
        fresh = not self.out or self.out[-1][-1:] in (" ", "\n")
        if char == rules.escape and at + 1 < len(text):
            self.at += 2
            if text[at + 1] != "\n":
                self.out.append(text[at : at + 2])
        elif char in rules.quotes:
            self._quoted(char)
        elif (fresh and rules.comment and char == rules.comment) or (
            not rules.comment
            and self._at_line_start()
            and re.match(r"(?i)rem\b|::", text[at : at + 4])
        ):
            self._skip_line()
        elif char == "\n":
            self.at += 1
            self._line_end()
        elif char.isspace():
            self.at += 1
            if not fresh:
                self.out.append(" ")
        elif rules.heredocs and (found := _HEREDOC.match(text, at)) and not self._is_here_string():
            self.waiting.append(found["word"])
            self.out.append(found[0])
            self.at = found.end()
        else:
            self.out.append(char)
            self.at += 1

    def _at_line_start(self) -> bool:
        return not self.out or self.out[-1].endswith("\n")

    def _is_here_string(self) -> bool:
        around = self.text[max(0, self.at - 1) : self.at + 3]
        return "<<<" in around

    def _skip_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _quoted(self, mark: str) -> None:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != mark:
            end += 2 if self.text[end] == self.rules.escape and mark == '"' else 1
        self.out.append(self.text[self.at : end + 1])
        self.at = end + 1

    def _line_end(self) -> None:
        waiting, self.waiting = self.waiting, []
        for word in waiting:
            self._here_document(word)
        said = "".join(self.out[-3:]).rstrip(" ")
        if not waiting and said.endswith(("|", "&&")):
            self.out.append(" ")
        elif said and not said.endswith("\n"):
            self.out.append("\n")

    def _here_document(self, word: str) -> None:
        end = self._end_of(word)
        if end < 0:  # No such line: it was a shift, or the document is cut off.
            return
        if self.out[-1:] != ["\n"]:
            self.out.append("\n")
        self.out.append(self.text[self.at : end])
        self.at = min(end + 1, len(self.text))
        self.out.append("\n")

    def _end_of(self, word: str) -> int:
        if word in self.endless:
            return -1
        found = re.compile(rf"(?m)^\t*{re.escape(word)}[ \t]*$").search(self.text, self.at)
        if not found:
            self.endless.add(word)
        return found.end() if found else -1

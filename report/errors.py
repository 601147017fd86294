"""What is wrong with a file or an option that the report was given: place, fault, cure."""

from __future__ import annotations


class ReportError(Exception):
    """Bad input: results, a history or an option that cannot be taken as it is."""

    exit_code = 2

    def __init__(self, what: str, *, file: object = "", line: int = 0, cure: str = "") -> None:
        self.what = " ".join(what.split())
        self.file = str(file)
        self.line = line
        self.cure = cure
        super().__init__(self.what)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        head = f"{place}: {self.what}" if place else self.what
        return f"{head}. Cure: {self.cure}" if self.cure else head

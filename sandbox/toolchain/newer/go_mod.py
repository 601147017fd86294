"""The text of a go.mod with other versions in it; `go mod tidy` then writes what follows."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINE = re.compile(r"^\s*(?:require )?([\w.\-/~]+) (v[\w.+\-]+)", re.MULTILINE)
_REPLACED = re.compile(
    r"^\s*(?:replace )?([\w.\-/~]+)(?: v\S+)? => ([\w.\-/~]+) (v\S+)$", re.MULTILINE
)


def required(text: str) -> Mapping[str, str]:
    """Version by path of what a go.mod requires."""
    return dict(_LINE.findall(text))


def direct(text: str) -> str:
    """The go.mod without what is required only by what it requires."""
    return "".join(line for line in text.splitlines(True) if not line.endswith("// indirect\n"))


def replaced(text: str) -> Mapping[str, str]:
    """Version by path of the modules that a go.mod replaces by another version of themselves."""
    return {path: version for path, by, version in _REPLACED.findall(text) if path == by}


def is_newer(version: str, than: str) -> bool:
    """Whether Go takes a version for a newer one: by Semantic Versioning, what is built aside.

    A pseudo-version of a commit, such as v1.0.1-0.20231025023718-d50d2fec9c98, comes before the
    version that it begins with and after the one before that.
    """
    return _order(version) > _order(than)


def _order(version: str) -> tuple[list[int], bool, list[tuple[bool, int, str]]]:
    core, _, pre = version.removeprefix("v").partition("+")[0].partition("-")
    numbers = [int(part) for part in core.split(".")]
    # Numbers come before words, and are compared as numbers.
    words = [
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
        for part in pre.split(".")
    ]
    return numbers, not pre, words


def requiring(text: str, path: str, version: str) -> str:
    """The go.mod that requires this version of a module which it requires already."""
    return re.sub(
        rf"^(\s*(?:require )?{re.escape(path)}) v[\w.+\-]+", rf"\1 {version}", text, flags=re.M
    )


def replacing(text: str, versions: Mapping[str, str]) -> str:
    """The go.mod that replaces these modules, also those that it did not yet, by these versions."""
    for path, version in versions.items():
        name = re.escape(path)
        text, changed = re.subn(
            rf"^(\s*(?:replace )?{name} => {name}) v\S+$", rf"\1 {version}", text, flags=re.M
        )
        if not changed:
            head, opening, rest = text.partition("\nreplace (\n")
            text = f"{head}{opening}\t{path} => {path} {version}\n{rest}"
    return text

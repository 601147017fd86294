"""Whom and where a command of kubectl asks about: nobody's account has no rights either."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

_ACCOUNT = "system:serviceaccount:"
_TYPED = {"--as": "ServiceAccount", "-n": "Namespace", "--namespace": "Namespace"}
"""Options of kubectl and the kind of object that they name."""


def asked_about(line: str) -> list[tuple[str, str, str]]:
    """Kind, namespace and name of the service accounts and namespaces that kubectl is given.

    Left out is what is no object, a user or a group, and what bash makes of a variable.
    """
    found: list[tuple[str, str, str]] = []
    for option, value in _options(_words(line)):
        if "$" in value or "`" in value:
            continue
        value = value.replace("'", "").replace('"', "")
        if _TYPED[option] == "Namespace":
            found.append(("Namespace", "", value))
        elif value.startswith(_ACCOUNT):
            namespace, _, name = value.removeprefix(_ACCOUNT).partition(":")
            found.append(("ServiceAccount", namespace, name))
    return found


def _words(line: str) -> list[str]:
    """The words as bash splits them, with `|`, `;` and their like as words of their own."""
    reader = shlex.shlex(line.replace("\\\n", " ").replace("\n", " ; "), punctuation_chars=True)
    reader.whitespace_split, reader.commenters = True, ""
    try:
        # Quotes stay until it is known what is a word: ';' in quotes ends no command.
        return list(reader)
    except ValueError:  # a quote without an end: bash has refused it already
        return []


def _options(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The options of `_TYPED` that stand in commands of kubectl, with their values."""
    inside, open_ = False, ""
    for word in words:
        if not word.strip("|&;()<>"):
            inside, open_ = False, ""
            continue
        if open_:
            yield open_, word
            open_ = ""
            continue
        inside = inside or word.rsplit("/", 1)[-1] == "kubectl"
        option, equals, value = word.partition("=")
        if inside and word.startswith("-n") and word != "-n":  # `-ndev`, as `-n dev`
            option, equals, value = "-n", "=", word[2:].removeprefix("=")
        if inside and option in _TYPED:
            if equals:
                yield option, value
            else:
                open_ = option

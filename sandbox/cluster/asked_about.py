"""Whom and where a command of kubectl asks about: nobody's account has no rights either."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping

_ACCOUNT = "system:serviceaccount:"
_TYPED = {"--as": "ServiceAccount", "-n": "Namespace", "--namespace": "Namespace"}
"""Options of kubectl and the kind of object that they name."""
_ASKS = "can-i"
"""The word by which kubectl asks, whatever it is called here: an alias, a function, `$K`."""
_SET = re.compile(r"(\w+)=(.*)", re.DOTALL)
_USED = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def asked_about(line: str) -> list[tuple[str, str, str]]:
    """Kind, namespace and name of the service accounts and namespaces that kubectl is given.

    Left out is what is no object, a user or a group, and what bash makes of a variable that these
    commands do not set.
    """
    found: list[tuple[str, str, str]] = []
    known: dict[str, str] = {}
    for words in _commands(_words(line)):
        for option, value in _options(words) if _is_kubectl(words) else ():
            value = _filled(value, known)
            if "$" in value or "`" in value:
                continue
            if _TYPED[option] == "Namespace":
                found.append(("Namespace", "", value))
            elif value.startswith(_ACCOUNT):
                namespace, _, name = value.removeprefix(_ACCOUNT).partition(":")
                found.append(("ServiceAccount", namespace, name))
        known |= {each[1]: _filled(each[2], known) for each in map(_SET.fullmatch, words) if each}
    return found


def _is_kubectl(words: Iterable[str]) -> bool:
    return any(each == _ASKS or each.rsplit("/", 1)[-1] == "kubectl" for each in words)


def _filled(value: str, known: Mapping[str, str]) -> str:
    """A value without its quotes, with the variables that are known."""
    bare = value.replace('"', "").replace("'", "")
    return _USED.sub(lambda used: known.get(used[1] or used[2], used[0]), bare)


def _words(line: str) -> list[str]:
    """The words as bash splits them, with `|`, `;` and their like as words of their own."""
    reader = shlex.shlex(line.replace("\\\n", " ").replace("\n", " ; "), punctuation_chars=True)
    reader.whitespace_split, reader.commenters = True, ""
    try:
        # Quotes stay until it is known what is a word: ';' in quotes ends no command.
        return list(reader)
    except ValueError:  # a quote without an end: bash has refused it already
        return []


def _commands(words: Iterable[str]) -> Iterator[list[str]]:
    """The words of each command by itself."""
    command: list[str] = []
    for word in words:
        if word.strip("|&;()<>"):
            command.append(word)
        else:
            yield command
            command = []
    yield command


def _options(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The options of `_TYPED` of one command, with their values."""
    open_ = ""
    for word in words:
        if open_:
            yield open_, word
            open_ = ""
            continue
        option, equals, value = word.partition("=")
        if word.startswith("-n") and word != "-n":  # `-ndev`, as `-n dev`
            option, equals, value = "-n", "=", word[2:].removeprefix("=")
        if option in _TYPED:
            if equals:
                yield option, value
            else:
                open_ = option

"""A lock of Python packages: which versions it has, with the hashes of their files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sandbox.errors import SandboxError

_ENTRY = re.compile(
    r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+).*(?:\n[ \t]+--hash.*)*", re.MULTILINE
)
_COMMAND = re.compile(r"^#\s+(uv pip compile .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Lock:
    """The text of one."""

    text: str

    @cached_property
    def versions(self) -> Mapping[str, tuple[str, ...]]:
        """The versions of each package; several, where they depend on the machine or the Python."""
        found: dict[str, tuple[str, ...]] = {}
        for name, version in (match.groups() for match in _ENTRY.finditer(self.text)):
            found[plain(name)] = (*found.get(plain(name), ()), version)
        return found

    @property
    def command(self) -> str:
        """What writes it, as its first lines tell. Raises SandboxError where they do not."""
        found = _COMMAND.search(self.text)
        if not found:
            raise SandboxError(
                "the first lines of requirements.lock name no command of uv that writes it",
                cure="write it with uv pip compile, which adds them",
            )
        return found[1]

    @property
    def words(self) -> list[str]:
        """That command as its words, without the program."""
        return shlex.split(self.command)[1:]

    def entries(self, name: str) -> list[str]:
        """What it says of one package, hashes included."""
        return [match[0] for match in _ENTRY.finditer(self.text) if plain(match[1]) == name]


def plain(name: str) -> str:
    """A package's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()

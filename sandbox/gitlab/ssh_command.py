"""The one line that a client may ask for over SSH, taken apart without a shell."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from sandbox.gitlab.api.parameters import good_path

SERVICES = ("git-upload-pack", "git-receive-pack")
MAX_LENGTH = 4096


class Disallowed(ValueError):
    """The command is none of Git's two."""


@dataclass(frozen=True)
class SshCommand:
    """A Git service and the full path of a project."""

    service: str
    full_path: str

    @property
    def push(self) -> bool:
        """Whether the client wants to write."""
        return self.service == "git-receive-pack"

    @classmethod
    def parse(cls, line: str) -> SshCommand:
        """Read `git-upload-pack '/group/project.git'`. Raises Disallowed.

        A path that can't be a project's is given back empty: there is no such project.
        """
        if len(line) > MAX_LENGTH or not line.isprintable():
            raise Disallowed
        try:
            words = shlex.split(line)
        except ValueError:
            raise Disallowed from None
        if words[:1] == ["git"] and len(words) > 1:
            words[:2] = [f"git-{words[1]}"]
        if len(words) != 2 or words[0] not in SERVICES:
            raise Disallowed
        return cls(words[0], project_path(words[1]) or "")


def project_path(text: str) -> str | None:
    """The full path of a project in a path of a URL; None if no project can have it."""
    path = text.removeprefix("/").removesuffix("/").removesuffix(".git")
    parts = path.split("/")
    if not 2 <= len(parts) <= 22 or not all(good_path(part) for part in parts):
        return None
    return path

"""Sentences about the token and the key: each is told a state in which it has to fail."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from steps import access

TOKEN = "glpat-zq7KxAb3xYz987654321"
HEADER = ["object"]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    line = ["git", *who, *words]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=True).stdout


class Server:
    """A Git server with one repository, and the clone that only knows what it has fetched."""

    def __init__(self, folder: Path) -> None:
        self.bare, self.clone, self.other = folder / "1.git", folder / "clone", folder / "other"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.bare))
        for each in (self.clone, self.other):
            git(folder, "clone", "-q", str(self.bare), str(each))
            git(each, "checkout", "-q", "-B", "main")
        self.push("sync.yaml", "kind: GitRepository\n")

    def push(self, name: str, text: str, branch: str = "main", message: str = "Change it") -> None:
        """Somebody else pushes a file; the clone does not fetch it."""
        (self.other / name).write_text(text)
        git(self.other, "add", ".")
        git(self.other, "commit", "-q", "-m", message)
        git(self.other, "push", "-q", "origin", f"HEAD:{branch}")

    def engineer(self) -> Any:
        desk = SimpleNamespace(
            env={"GITLAB_TOKEN": TOKEN}, git=lambda *words: git(self.clone, *words)
        )
        gitlab = SimpleNamespace(repository=lambda _: self.bare)
        layout = SimpleNamespace(repository="team/fleet")
        return SimpleNamespace(sandbox=SimpleNamespace(desk=desk, gitlab=gitlab, layout=layout))


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def test_the_token_is_in_no_commit(server: Server) -> None:
    server.push("plain.yaml", "glpat-another-one\n")
    access.token_is_in_no_commit(server.engineer())


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"kind: Secret\ndata:\n  password: {b64(TOKEN)}\n",
        f"kind: Secret\ndata:\n  .dockerconfigjson: {b64(b64('oauth2:' + TOKEN))}\n",
        f"\0\1{TOKEN}\0",
    ],
)
@pytest.mark.parametrize("branch", ["main", "side"])
def test_the_token_in_a_commit_of_the_server_is_found(
    server: Server, text: str, branch: str
) -> None:
    server.push("leak", text, branch)
    server.push("leak", "taken away again", branch)
    with pytest.raises(AssertionError, match="it is in "):
        access.token_is_in_no_commit(server.engineer())


def test_the_token_in_the_words_of_a_commit_or_a_tag_is_found(server: Server) -> None:
    git(server.other, "tag", "-a", "v1", "-m", f"with {TOKEN}")
    git(server.other, "push", "-q", "origin", "v1")
    with pytest.raises(AssertionError, match="words of a ref"):
        access.token_is_in_no_commit(server.engineer())
    git(server.other, "push", "-q", "origin", ":v1")
    server.push("a", "b", message=f"with {b64(TOKEN)}")
    with pytest.raises(AssertionError, match="it is in "):
        access.token_is_in_no_commit(server.engineer())

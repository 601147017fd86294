"""Sentences about the token and the key: each is told a state in which it has to fail."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncssh
import pytest
from held import holds
from told_engineer import BEFORE, HEAD, engineer

from steps import access, clusters

TOKEN = "glpat-zq7KxAb3xYz987654321"
HEADER = ["object"]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    line = ["git", *who, *words]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=True).stdout


class Server:
    """A Git server with one repository, and somebody who pushes there."""

    def __init__(self, folder: Path) -> None:
        self.bare, self.other = folder / "1.git", folder / "other"
        git(folder, "init", "-q", "--bare", "-b", "main", str(self.bare))
        git(folder, "clone", "-q", str(self.bare), str(self.other))
        git(self.other, "checkout", "-q", "-B", "main")
        self.push("sync.yaml", "kind: GitRepository\n")

    def push(self, name: str, text: str, branch: str = "main", message: str = "Change it") -> None:
        """Somebody else pushes a file."""
        (self.other / name).write_text(text)
        git(self.other, "add", ".")
        git(self.other, "commit", "-q", "-m", message)
        git(self.other, "push", "-q", "origin", f"HEAD:{branch}")

    def engineer(self) -> Any:
        desk = SimpleNamespace(env={"GITLAB_TOKEN": TOKEN})
        monorepo = SimpleNamespace(git=lambda *words: git(self.bare, *words))
        return SimpleNamespace(sandbox=SimpleNamespace(desk=desk, monorepo=monorepo))


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def test_who_was_refused_has_fetched_nothing() -> None:
    def fetch(result: str, how: str = "SSH fetch", who: str = "deploy key 1") -> Any:
        return {"operation": how, "actor": who, "result": result}

    def somebody(*log: Any) -> Any:
        one = engineer()
        one.sandbox.gitlab = SimpleNamespace(log=lambda: list(log))
        return one

    push = {**fetch("ok", "HTTPS push", "engineer"), "ref": "refs/heads/main", "new": HEAD}
    refused, let = fetch("refused"), fetch("ok")
    access.fetched_with_deploy_key(somebody(fetch("ok", "HTTPS fetch"), push, refused, let))
    with pytest.raises(AssertionError, match="nobody was let fetch: refused"):
        access.fetched_with_deploy_key(somebody(let, push, refused))
    for others in ([], [fetch("ok", "HTTPS fetch")], [fetch("ok", who="engineer")]):
        for more in ([], [let]) if others else ([],):
            with pytest.raises(AssertionError):
                access.fetched_with_deploy_key(somebody(let, push, *others, *more))
    for other in ({**push, "new": BEFORE}, {**push, "ref": "refs/heads/side"}):
        with pytest.raises(AssertionError, match="no push of c0ffee to refs/heads/main"):
            access.fetched_with_deploy_key(somebody(other, let))


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


def pair() -> tuple[str, str]:
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp384")
    return key.export_private_key().decode(), key.export_public_key().decode().strip()


def test_the_deploy_key_belongs_to_the_private_key_and_not_to_what_lies_beside_it() -> None:
    private, public = pair()
    other, other_public = pair()
    for identity, told, known, right in (
        (private, f"{public} a comment", [f"{public} another"], True),
        (other, public, [public], False),
        (private, other_public, [public], False),
        (private, public, [other_public], False),
        (private, public, [public, other_public], False),
        (private, public, [], False),
    ):
        secret = {"data": {"identity": b64(identity), "identity.pub": b64(told)}}
        view = SimpleNamespace(find=lambda *_, _is=secret: _is)
        keys = [{"key": each} for each in known]
        gitlab = SimpleNamespace(deploy_keys=lambda _, _are=keys: _are)
        layout = SimpleNamespace(repository="team/fleet")
        sandbox = SimpleNamespace(view=lambda _is=view: _is, gitlab=gitlab, layout=layout)
        somebody: Any = SimpleNamespace(sandbox=sandbox)
        holds(right, lambda who=somebody: access.deploy_key_is_public_half(who, "flux-system"))


def test_a_key_logs_in_only_where_something_was_fetched_with_it(tmp_path: Path) -> None:
    private, public = pair()
    (tmp_path / "stg").write_text(private)
    secret = {"data": {"identity": b64(private)}}
    for known, actor, operation, result, right in (
        (f"{public} stg", "deploy key 7", "SSH fetch", "ok", True),
        (f"{public} stg", "deploy key 7", "SSH fetch", "403", False),
        (f"{public} stg", "deploy key 1", "SSH fetch", "ok", False),
        (f"{public} stg", "deploy key 7", "SSH push", "ok", False),
        (f"{pair()[1]} stg", "deploy key 7", "SSH fetch", "ok", False),
    ):
        logged = {"actor": actor, "operation": operation, "result": result}
        gitlab = SimpleNamespace(
            deploy_keys=lambda _, _is=known: [{"id": 7, "key": _is}],
            log=lambda _is=logged: [_is],
        )
        view = SimpleNamespace(find=lambda *_: secret)
        layout = SimpleNamespace(repository="team/fleet")
        sandbox = SimpleNamespace(view=lambda _, _is=view: _is, gitlab=gitlab, layout=layout)
        values = {"new-private-key-file": str(tmp_path / "stg")}
        somebody: Any = SimpleNamespace(sandbox=sandbox, values=values)
        holds(right, lambda who=somebody: clusters.logs_in_with_own_key(who, "stg"))

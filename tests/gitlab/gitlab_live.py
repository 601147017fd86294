"""A running server and the real clients that the tests hold against it."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import sqlite3
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import asyncssh

from sandbox.errors import SandboxError
from sandbox.gitlab import GitLab
from sandbox.waiting import wait_until

ROOT = Path(__file__).parents[2]
LIMIT_S = 60
SERVE = (
    "import sys; from sandbox.processes.parent import die_with_parent; die_with_parent();"
    "from sandbox.gitlab.serve import main; raise SystemExit(main(sys.argv[1:]))"
)
"""`python -m sandbox.gitlab`, which ends with who started it.

A worker of pytest that is interrupted and does not end its test in time leaves without a word to
any fixture. (Asked for by the server itself: with `preexec_fn` Python warns of threads.)
"""


class Live:
    """A server process in a folder; started again it is the same server."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data = data
        self.arguments = arguments
        self.process: subprocess.Popen[bytes] | None = None
        self.gitlab = GitLab.at(data)

    def start(self) -> Live:
        with (self.data.parent / f"{self.data.name}.err").open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVE, "--data", self.data, *self.arguments],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=errors,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SandboxError(f"the server ended with {self.process.wait()}: {self.errors()}")
        self.printed = json.loads(line)
        return self

    def errors(self) -> str:
        return (self.data.parent / f"{self.data.name}.err").read_text()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self._wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return self._wait()

    def _wait(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(LIMIT_S)

    @property
    def alive(self) -> bool:
        assert self.process is not None
        return self.process.poll() is None

    def https(self, project: str, token: str, user: str = "oauth2") -> str:
        return self.gitlab.url.replace("://", f"://{user}:{token}@") + f"/{project}.git"

    def ssh(self, project: str) -> str:
        return f"ssh://git@127.0.0.1:{self.gitlab.ssh_port}/{project}"

    def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes, dict[str, str]]:
        """A plain request; the path goes out as it is."""
        asked = urllib.request.Request(
            self.gitlab.url + path, data=body, method=method, headers=headers or {}
        )
        if token is not None:
            asked.add_header("PRIVATE-TOKEN", token)
        context = ssl.create_default_context(cafile=str(self.gitlab.ca_file))
        try:
            with urllib.request.urlopen(asked, context=context, timeout=LIMIT_S) as answer:
                return answer.status, answer.read(), dict(answer.headers)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), dict(error.headers)

    def fsck(self, name: str = "*") -> None:
        """Every repository is whole, or the one with this number."""
        for repository in sorted((self.data / "repositories").glob(f"{name}.git")):
            done = subprocess.run(
                ["git", f"--git-dir={repository}", "fsck", "--full", "--strict"],
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
            )
            assert done.returncode == 0, f"{repository}: {done.stderr}"


@dataclass
class Key:
    """An SSH key pair on disk."""

    private: Path
    public: str
    fingerprint: str

    @classmethod
    def make(cls, folder: Path, kind: str = "ssh-ed25519") -> Key:
        made = asyncssh.generate_private_key(kind)
        private = folder / f"key-{uuid.uuid4().hex}"
        private.write_bytes(made.export_private_key())
        private.chmod(0o600)
        return cls(private, made.export_public_key().decode(), made.get_fingerprint())


@dataclass
class Desk:
    """A folder in which git is typed, with nothing of this machine's settings."""

    folder: Path
    live: Live
    key: Key | None = None
    config: dict[str, str] = field(default_factory=dict)

    @property
    def ssh_client(self) -> list[str]:
        """OpenSSH's client with this desk's key."""
        known_hosts = self.folder / "known_hosts"
        options = ["BatchMode=yes", "StrictHostKeyChecking=accept-new", "LogLevel=ERROR"]
        # ssh splits the value at blanks, as a line of its configuration.
        options += ["IdentitiesOnly=yes", f'UserKnownHostsFile="{known_hosts}"']
        options += [] if self.key else ["IdentityFile=none"]
        key = ["-i", str(self.key.private)] if self.key else []
        return ["ssh", "-F", "/dev/null", *(f"-o{option}" for option in options), *key]

    def env(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSL_CAINFO": str(self.live.gitlab.ca_file),
            "GIT_SSH_COMMAND": shlex.join(self.ssh_client),
            "GIT_AUTHOR_NAME": "Tester",
            "GIT_AUTHOR_EMAIL": "tester@example.com",
            "GIT_COMMITTER_NAME": "Tester",
            "GIT_COMMITTER_EMAIL": "tester@example.com",
            "GIT_TRACE_CURL_NO_DATA": "1",
        }

    def git(
        self, *words: str, cwd: Path | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", "-c", "init.defaultBranch=main", *words],
            cwd=cwd or self.folder,
            env={**self.env(), **more},
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            errors="replace",
        )

    def done(self, *words: str, cwd: Path | None = None, **more: str) -> str:
        result = self.git(*words, cwd=cwd, **more)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def ssh(self, *words: str, timeout: float = LIMIT_S) -> subprocess.CompletedProcess[str]:
        """Type a command for the server into OpenSSH's own client."""
        command = [*self.ssh_client, "-p", str(self.live.gitlab.ssh_port)]
        return subprocess.run(
            [*command, *words],
            env=self.env(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def clone(self, files: dict[str, str] | None = None) -> Path:
        """A new working tree with one commit."""
        tree = self.folder / f"tree-{uuid.uuid4().hex[:8]}"
        self.done("init", "--quiet", str(tree))
        self.commit(tree, files or {"README.md": "hello\n"})
        return tree

    def commit(self, tree: Path, files: dict[str, str], message: str = "A change") -> str:
        for name, text in files.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text)
        self.done("add", "--all", cwd=tree)
        self.done("commit", "--quiet", "--allow-empty", "-m", message, cwd=tree)
        return self.done("rev-parse", "HEAD", cwd=tree)


@dataclass
class World:
    """A group with one project that has a commit on main, and a desk."""

    live: Live
    gitlab: GitLab
    group: str
    project: str
    desk: Desk
    tree: Path
    head: str
    token: str
    """Of a maintainer of the group, scope api."""
    maintainer: str

    @property
    def gitlab_id(self) -> int:
        """The project's number, by which its repository is named."""
        database = self.live.data / "gitlab.sqlite"
        with contextlib.closing(sqlite3.connect(database)) as store:
            [number] = store.execute(
                "SELECT p.id FROM projects p JOIN namespaces n ON n.id = p.namespace_id"
                " WHERE n.full_path = ?",
                (self.group,),
            ).fetchone()
        return int(number)

    def person(self, role: str | None) -> str:
        """The name of a new user with a role in the group."""
        name = f"user-{uuid.uuid4().hex[:8]}"
        self.gitlab.create_user(name)
        if role:
            self.gitlab.add_member(self.group, name, role)
        return name

    def token_of(self, role: str | None, *scopes: str) -> str:
        """A token of a new user with a role in the group."""
        return self.gitlab.create_token(self.person(role), list(scopes or ("api",)))

    def deploy_key(self, *, can_push: bool = False) -> tuple[Key, int]:
        key = Key.make(self.desk.folder)
        row = self.gitlab.add_deploy_key(self.project, "a key", key.public, can_push=can_push)
        return key, int(row["id"])

    def with_key(self, key: Key | None) -> Desk:
        return Desk(self.desk.folder, self.live, key)

    def refs(self) -> dict[str, str]:
        return self.gitlab.refs(self.project)


def make_world(live: Live, folder: Path) -> World:
    gitlab = live.gitlab
    group = f"group-{uuid.uuid4().hex[:8]}"
    gitlab.create_group(group, default_branch_protection=0)
    gitlab.create_project(group, "flux-config")
    project = f"{group}/flux-config"
    desk = Desk(folder, live)
    tree = desk.clone({"README.md": "hello\n", "apps/my-app/values.yaml": "replicaCount: 1\n"})
    world = World(live, gitlab, group, project, desk, tree, "", "", "")
    world.maintainer = world.person("maintainer")
    world.token = gitlab.create_token(world.maintainer, ["api"])
    desk.done("push", "--quiet", live.https(project, world.token), "main", cwd=tree)
    world.head = desk.done("rev-parse", "HEAD", cwd=tree)
    assert world.refs() == {"refs/heads/main": world.head}
    return world


def seen_in_log(live: Live, **facts: str) -> None:
    """Wait until the log has an entry with these facts."""

    def probe() -> tuple[bool | None, str]:
        log = live.gitlab.log()
        found = any(facts.items() <= entry.items() for entry in log)
        return (True if found else None), str(log[-3:])

    wait_until(f"a log entry with {facts}", probe, 10, every=0.05)

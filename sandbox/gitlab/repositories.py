"""Bare repositories on disk and the git programs that work in them."""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import MissingTool, SandboxError
from sandbox.gitlab.datadir import DataDir
from sandbox.gitlab.git_pipe import closed
from sandbox.gitlab.store import Row, Store
from sandbox.processes.parent import die_with_parent

HOOKS = Path(__file__).parent / "hooks"
ZERO = "0" * 40


@dataclass(frozen=True, kw_only=True)
class RefChange:
    """One ref of a push."""

    old: str
    new: str
    ref: str
    moved: bool
    """False if the push was refused."""


@dataclass(frozen=True)
class PushReport:
    """The file in which the hooks of one push leave what was asked and what moved."""

    path: Path

    def read(self) -> list[RefChange]:
        """Every ref that the push named; empty if git refused it before its hooks ran."""
        if not self.path.exists():
            return []
        lines = [line.split(" ", 3) for line in self.path.read_text("utf-8", "replace").split("\n")]
        moved = {tuple(words[1:]) for words in lines if words[0] == "moved"}
        return [
            RefChange(old=words[1], new=words[2], ref=words[3], moved=tuple(words[1:]) in moved)
            for words in lines
            if words[0] == "asked" and len(words) == 4
        ]

    def discard(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)


class GitFailed(Exception):
    """A git program ended with an exit code other than 0."""

    def __init__(self, words: Sequence[str], stderr: str) -> None:
        super().__init__(f"git {words[0]}: {stderr.strip()}")


class Repositories:
    """Creates, removes, reads and guards the bare repositories of the projects."""

    def __init__(self, data: DataDir, store: Store, lock: int) -> None:
        self._data = data
        self._store = store
        self._lock = lock
        git = shutil.which("git")
        if git is None:
            raise MissingTool("git", cure="install git")
        self.git = git
        self.exec_path = Path()

    async def prepare(self) -> None:
        """Make the template once; sweep what a killed server left behind. Raises SandboxError."""
        self.exec_path = Path(await self._plain("--exec-path"))
        if not self._data.template.exists():
            partial = self._data.template.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            await self._plain(
                "init", "--quiet", "--bare", "--template=", "--initial-branch=main", str(partial)
            )
            partial.replace(self._data.template)
        for leftover in self._data.pushes.iterdir():
            leftover.unlink()
        known = {row["id"] for row in self._store.all("SELECT id FROM projects")}
        for folder in self._data.repositories.iterdir():
            if folder.suffix != ".git" or int(folder.stem) not in known:
                shutil.rmtree(folder)
                continue
            # Nobody works here now (the lock of the folder is ours), so a lock file is a leftover
            # that would refuse every later push.
            for lock in (*folder.glob("*.lock"), *folder.glob("refs/**/*.lock")):
                lock.unlink()
            for quarantine in folder.glob("objects/tmp_objdir-*"):
                shutil.rmtree(quarantine)

    def path(self, project: Row | int) -> Path:
        """Where a project's repository lies."""
        number = project if isinstance(project, int) else int(project["id"])
        return self._data.repositories / f"{number}.git"

    def create(self, number: int, default_branch: str) -> None:
        """Make the empty repository of a new project, whole before it has its name."""
        partial = self._data.repositories / f"{number}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(self._data.template, partial)
        (partial / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n")
        shutil.rmtree(self.path(number), ignore_errors=True)
        partial.replace(self.path(number))

    def remove(self, number: int) -> None:
        """Remove a project's repository."""
        gone = self._data.repositories / f"{number}.partial"
        self.path(number).replace(gone)
        shutil.rmtree(gone)

    def point_head(self, number: int, branch: str) -> None:
        """Make a branch the default one."""
        head = self.path(number) / "HEAD"
        partial = head.with_name("HEAD.new")
        partial.write_text(f"ref: refs/heads/{branch}\n")
        partial.replace(head)

    def has_branch(self, number: int, branch: str) -> bool:
        """Whether a branch exists."""
        repository, ref = self.path(number), f"refs/heads/{branch}"
        packed = repository / "packed-refs"
        return (repository / ref).is_file() or (
            packed.exists() and f" {ref}\n" in packed.read_text()
        )

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What a git program gets: nothing of the machine's or the client's own settings."""
        settings = {
            "core.hooksPath": str(HOOKS),
            "http.receivepack": "true",
            "receive.autogc": "false",
            "uploadpack.allowFilter": "true",
            "uploadpack.allowAnySHA1InWant": "true",
            "transfer.fsckObjects": "true",
            "core.fsync": "committed",
            "safe.directory": "*",
        }
        counted = {"GIT_CONFIG_COUNT": str(len(settings))}
        for index, (name, value) in enumerate(settings.items()):
            counted |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._data.root),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            **counted,
            **(more or {}),
        }

    def push_environment(
        self, project: Row, rules: Sequence[tuple[str, bool, bool]]
    ) -> tuple[dict[str, str], PushReport]:
        """The environment of a push with its rules, and where its hooks will report."""
        report = PushReport(self._data.pushes / uuid.uuid4().hex)
        lines = [f"{push:d} {force:d} {pattern}" for pattern, push, force in rules]
        environment = self.environment(
            {
                "PUSH_REPORT": str(report.path),
                "PUSH_RULES": "\n".join(lines),
                "PUSH_DEFAULT_BRANCH": project["default_branch"],
            }
        )
        return environment, report

    async def start(
        self, words: Sequence[str | Path], environment: Mapping[str, str]
    ) -> asyncio.subprocess.Process:
        """Start a git program with pipes; it holds the lock of the data folder while it lives."""
        return await asyncio.create_subprocess_exec(
            *(str(word) for word in words),
            env=dict(environment),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(self._lock,),
            # git 2.39's http-backend reads on for ever, at full speed, if its input ends before
            # Content-Length: without the server nobody would end it.
            preexec_fn=die_with_parent,
            limit=PIPE_LIMIT,
        )

    async def _plain(self, *words: str) -> str:
        process = await self.start([self.git, *words], self.environment())
        out, err = await process.communicate()
        if process.returncode:
            raise SandboxError(f"git {words[0]}: {err.decode(errors='replace').strip()}")
        return out.decode().strip()

    async def run(self, project: Row | int, *words: str, stdin: bytes = b"") -> bytes:
        """Run a short git command in a repository; its output. Raises GitFailed."""
        process = await self.start(
            [self.git, f"--git-dir={self.path(project)}", *words], self.environment()
        )
        out, err = await process.communicate(stdin)
        assert process.stdin is not None
        await closed(process.stdin)
        if process.returncode:
            raise GitFailed(words, err.decode(errors="replace"))
        return out

    async def refs(self, project: Row | int) -> dict[str, str]:
        """Every ref and the object that it points to."""
        out = await self.run(project, "for-each-ref", "--format=%(objectname) %(refname)")
        pairs = (line.split(" ", 1) for line in out.decode().splitlines())
        return {ref: sha for sha, ref in pairs}

    async def put_refs(self, project: Row | int, refs: Mapping[str, str]) -> None:
        """Make these the refs of a project, whose objects are there. Raises GitFailed."""
        now = await self.refs(project)
        # First what is not as it was goes: a name may stand where a longer one did.
        for lines in (
            [f"delete {ref}\n" for ref in now if ref not in refs],
            [f"update {ref} {sha}\n" for ref, sha in refs.items() if now.get(ref) != sha],
        ):
            if lines:
                await self.run(project, "update-ref", "--stdin", stdin="".join(lines).encode())


PIPE_LIMIT = 256 * 1024
"""Bytes that are read ahead from a git program before it is made to wait."""

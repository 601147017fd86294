"""git as it is asked here: plumbing in one repository, nothing that looks at a working tree."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from report import masking
from report.errors import ReportError

LIMIT_S = 600
"""Seconds for one command; a history is fetched in one."""
_SAID = ("remote:", "fatal:", "error:", "!")
# What chooses a repository, or a part of one: in a hook of git's, and where somebody set GIT_DIR,
# another would be meant. How a remote is reached (ssh, certificates, settings) the user may say.
_ELSEWHERE = (
    *("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE"),
    *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"),
    *("GIT_NAMESPACE", "GIT_REPLACE_REF_BASE", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE", "GIT_PREFIX"),
    *("GIT_INTERNAL_SUPER_PREFIX", "GIT_ATTR_SOURCE", "GIT_CEILING_DIRECTORIES"),
    "GIT_CONFIG",  # the one file that `git config` reads then
)


@dataclass(frozen=True)
class Git:
    """One repository. `cwd` is where it is asked from: a remote's address may be relative to it."""

    folder: Path
    """What GIT_DIR is."""
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    """What is set beside the user's environment."""
    settings: tuple[str, ...] = ()
    """What holds whatever the user has set, files and environment."""

    @classmethod
    def around(cls, folder: Path) -> Git:
        """That of the clone around a folder; ReportError where there is none."""
        words = ["rev-parse", "--absolute-git-dir"]
        there = ["-C", str(folder)]
        done = _run(there, words, folder, {}, b"")
        if done.returncode:
            raise ReportError(f"no clone is around {folder.resolve()}: {why(done)}")
        git = cls(Path(os.fsdecode(done.stdout.removesuffix(b"\n"))), folder)
        top = _run(there, ["rev-parse", "--show-toplevel"], folder, {}, b"")
        return replace(git, cwd=Path(os.fsdecode(top.stdout.removesuffix(b"\n")) or folder))

    def ran(
        self, *words: str, content: bytes = b"", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """What became of a command."""
        held = [word for setting in self.settings for word in ("-c", setting)]
        options = [*held, f"--git-dir={self.folder}"]
        return _run(options, words, self.cwd, {**self.env, **(env or {})}, content)

    def said(
        self, *words: str, content: bytes = b"", env: Mapping[str, str] | None = None
    ) -> bytes:
        """What a command prints; ReportError with git's words where it fails."""
        done = self.ran(*words, content=content, env=env)
        if done.returncode:
            raise ReportError(f"`git {words[0]}` failed: {why(done)}", file=self.folder)
        return done.stdout

    def line(self, *words: str, content: bytes = b"", env: Mapping[str, str] | None = None) -> str:
        """The one line that a command prints."""
        return os.fsdecode(self.said(*words, content=content, env=env).strip())

    def commit_of(self, name: str) -> str:
        """The commit of that name; '' where it names none."""
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        done = self.ran(*words)
        return "" if done.returncode else done.stdout.decode().strip()

    def files(self, commit: str) -> dict[str, str]:
        """The plain files of a commit: the id of each one's content by its path."""
        found = {}
        for entry in self.said("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0"):
            about, _, path = entry.partition(b"\t")
            if about.startswith(b"100"):  # neither a link nor another repository
                found[os.fsdecode(path)] = about.split()[2].decode()
        return found

    def content(self, blob: str) -> bytes:
        """The content of that id."""
        return self.said("cat-file", "blob", blob)


def why(done: subprocess.CompletedProcess[bytes]) -> str:
    """What git says of its failure, on one line, without a secret."""
    text = done.stderr.decode(errors="replace") + "\n" + done.stdout.decode(errors="replace")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    told = [line for line in lines if line.startswith(_SAID) and any(map(str.isalnum, line))]
    shown = told or [line for line in lines if line][:1] or [f"exit code {done.returncode}"]
    return masking.mask("; ".join(dict.fromkeys(shown)))


def _run(
    options: Sequence[str],
    words: Sequence[str],
    cwd: Path,
    more: Mapping[str, str],
    content: bytes,
) -> subprocess.CompletedProcess[bytes]:
    env = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    env |= {"LC_ALL": "C.UTF-8", "GIT_NO_REPLACE_OBJECTS": "1", **more}
    try:
        return subprocess.run(
            ["git", *options, *words],
            cwd=cwd,
            env=env,
            input=content,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
    except FileNotFoundError as error:
        raise ReportError("git is not on PATH", cure="install git") from error
    except subprocess.TimeoutExpired as error:
        what = f"git did not end within {LIMIT_S} s: {masking.mask(' '.join(words))}"
        raise ReportError(what, cure="see whether the server answers") from error

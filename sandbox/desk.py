"""The platform engineer's desk: working clone, environment and shell of a sandbox."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox import command, events, user_settings
from sandbox.copying import working_copy
from sandbox.layout import Layout
from sandbox.processes.supervisor import TAG
from sandbox.terminal import Terminal

_WORD = re.compile(r"<([a-z][a-z0-9-]*)>")
_PASSED_ON = ("TERM", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Desk:
    """Where the engineer types: a home of its own, so that nothing of the user's gets in."""

    folder: Path
    env: dict[str, str]
    """Environment of every command typed at this desk."""
    project: str = "monorepo"
    """The name of the clone's folder."""

    @property
    def clone(self) -> Path:
        """The working clone of the monorepo."""
        return self.folder / self.project

    def git(self, *words: str, check: bool = True) -> str:
        """Run git in the clone for the sandbox's own work; what it prints."""
        # Else a name that is not plain ASCII is shown in octal.
        line = ["git", "-c", "core.quotePath=false", *words]
        return command.run(line, cwd=self.clone, env=self.env, limit=60, check=check).stdout

    def terminal(self) -> Terminal:
        """A terminal at this desk, in the clone.

        What it runs carries the sandbox's mark: it is found where everything else was killed.
        """
        marked = {**self.env, TAG: str(self.folder.parent)}
        return Terminal(self.folder / "terminal", self.clone, marked)

    @contextmanager
    def showing_commits(self) -> Iterator[None]:
        """Leave the commits that come about in here as evidence, however it ends."""
        before = self.head()
        try:
            yield
        finally:
            after = self.head()
            if after != before:
                self._show_commits(before, after)

    def head(self) -> str:
        """The commit that the clone stands at."""
        return self.git("rev-parse", "HEAD").strip()

    def log_in(self, token: str) -> None:
        """Let git log in to the Git server with this token from now on."""
        scheme, rest = self.env["GIT_HTTPS_URL"].split("://", 1)
        host = rest.split("/", 1)[0]
        credentials = self.folder / "git-credentials"
        credentials.touch(mode=0o600)
        credentials.write_text(f"{scheme}://oauth2:{token}@{host}\n")

    def after_commit(self) -> datetime:
        """The first moment that is certainly after the commit of the clone's head.

        Git counts whole seconds, in which much may have happened before. When a commit was made
        here, its reflog was written at that moment: what was done last to the head is told there.
        """
        told = self.git("reflog", "show", "-1", "--format=%H %gs", "HEAD").partition(" ")
        if told[0] == self.git("rev-parse", "HEAD").strip() and told[2].startswith("commit"):
            noted = (self.clone / ".git/logs/HEAD").stat().st_mtime
            return datetime.fromtimestamp(noted, UTC)
        made = datetime.fromisoformat(self.git("log", "-1", "--format=%cI").strip())
        return made + timedelta(seconds=1)

    def first_commit(self) -> str:
        """The commit that the history begins with."""
        return self.git("rev-list", "--max-parents=0", "HEAD").strip()

    def authors(self, since: str, until: str = "HEAD") -> list[str]:
        """Who made the commits after `since`, newest first."""
        return self.git("log", "--format=%an", f"{since}..{until}").split("\n")[:-1]

    def files(self, commit: str) -> dict[str, str]:
        """The files of a commit: path → text."""
        return {path: self.git("show", f"{commit}:{path}") for path in self.paths(commit)}

    def paths(self, commit: str = "HEAD") -> list[str]:
        """The paths of the files of a commit."""
        return self.git("ls-tree", "-r", "-z", "--name-only", commit).split("\0")[:-1]

    def changed_paths(self, since: str, until: str = "HEAD") -> list[str]:
        """The paths of the files that differ between two commits, both of one that was moved."""
        names = self.git("diff", "-z", "--no-renames", "--name-only", since, until)
        return names.split("\0")[:-1]

    def _show_commits(self, before: str, after: str) -> None:
        listed = self.git("rev-list", "--reverse", f"{before}..{after}").split()
        for sha in listed:
            events.emit(
                events.CommitMade(
                    sha=sha,
                    message=self.git("log", "-1", "--format=%B", sha).strip(),
                    diff=self.git("show", "--format=", "--no-color", sha),
                )
            )

    def read(self, path: str) -> str:
        """A file of the monorepo as it lies in the clone."""
        return (self.clone / path).read_bytes().decode()

    def write(self, path: str, text: str) -> None:
        """Write a file of the monorepo, folders included."""
        target = self.clone / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())


def set_up(folder: Path, tools: Path, access: dict[str, str], layout: Layout) -> Desk:
    """A desk in `folder`: git knows who types and how to log in, and nothing of the user's own."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / "gitconfig"
    # git gives the helper to a shell.
    helper = f"store --file={shlex.quote(str(folder / 'git-credentials'))}"
    config.write_text(
        "[user]\n\tname = Platform Engineer\n\temail = engineer@example.com\n"
        f"[init]\n\tdefaultBranch = {layout.branch}\n"
        f"[credential]\n\thelper = {_value(helper)}\n"
        f"[http]\n\tsslCAInfo = {_value(access['GITLAB_CA_FILE'])}\n"
        # Else a file that the user never commits anywhere is left out here, too.
        "[core]\n\texcludesFile = /dev/null\n\tattributesFile = /dev/null\n"
        "[advice]\n\tdetachedHead = false\n[gc]\n\tauto = 0\n"
    )
    helm, temporary = folder / "helm", folder / "tmp"
    temporary.mkdir(exist_ok=True, mode=0o700)
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    env = {
        **passed_on,
        **access,
        "PATH": f"{tools}:{os.environ.get('PATH', os.defpath)}",
        "HOME": str(folder),
        # A command that is killed leaves there what it would have removed: it goes with the desk.
        "TMPDIR": str(temporary),
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": _ssh(folder),
        "HELM_CACHE_HOME": str(helm / "cache"),
        "HELM_CONFIG_HOME": str(helm / "config"),
        "HELM_DATA_HOME": str(helm / "data"),
        "KUBERC": "off",
        "LC_ALL": user_settings.LOCALE,
        "NO_PROXY": "*",
        "no_proxy": "*",  # curl, and so git, looks at this one first
        "NO_COLOR": "1",
    }
    desk = Desk(folder, env, layout.project)
    desk.log_in(access["GITLAB_TOKEN"])
    return desk


def _value(text: str) -> str:
    """A value as a file of git's settings holds it, whatever is in it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ssh(folder: Path) -> str:
    """ssh with nothing of the user's: it looks for that at home, whatever HOME says."""
    known = f'UserKnownHostsFile="{folder / "known_hosts"}"'
    options = ("IdentityAgent=none", "IdentitiesOnly=yes", "IdentityFile=none", known)
    return shlex.join(["ssh", "-F", "/dev/null", *(f"-o{option}" for option in options)])


def _fill(path: Path, values: Mapping[str, str]) -> None:
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:  # a picture, an archive: nothing that anybody fills
        return
    path.write_bytes(_WORD.sub(lambda found: values.get(found[1], found[0]), text).encode())


def seed(
    desk: Desk,
    git_url: str,
    branch: str,
    source: Path | None,
    values: Mapping[str, str],
    message: str = "Lay out the monorepo",
) -> None:
    """Clone the empty repository and push the tree in `source` as its first commit.

    The words of `values`, in angle brackets, are replaced in its texts: the sandbox knows its
    addresses, the tree does not.
    """
    command.run(["git", "clone", "--quiet", git_url, desk.clone], env=desk.env)
    desk.git("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    if source is None or not any(source.iterdir()):
        (desk.clone / "README.md").write_text(f"# {desk.project}\n")
    else:
        working_copy(source, desk.clone)
        for path in (desk.clone / each.relative_to(source) for each in source.rglob("*")):
            if path.is_file():
                _fill(path, values)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", message)
    desk.git("push", "--quiet", "--set-upstream", "origin", branch)

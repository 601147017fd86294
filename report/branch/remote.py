"""A remote of a clone, reached from a repository of its own.

What is fetched goes there, so that the clone gets no ref, no object and no shallow border from it.
How the remote is reached (address, credentials, proxy) is what the clone and the environment say.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from guide.errors import near
from report import masking
from report.branch.git import Git, why
from report.errors import ReportError

TOKEN = "PROOFBOOK_HISTORY_TOKEN"
"""A secret that a server on HTTPS is shown in the place of what the clone knows."""
_PROMPT = "GIT_TERMINAL_PROMPT"
_FETCHED = "refs/proofbook/tip"
_REACHED = ("http.", "url.", "protocol.", "ssh.", "credential.")
_ALSO = ("core.sshcommand", "core.askpass", "core.gitproxy")
_OF_REMOTE = ("url", "pushurl", "proxy", "proxyauthmethod", "uploadpack", "receivepack", "vcs")
_HELPER = f'!f() {{ test "$1" != get || printf "username=oauth2\\npassword=%s\\n" "${TOKEN}"; }}; f'
_USER = re.compile(r"(?<=://)[^/@]*@")
# No setting of the user's may sign, add to or check what is pushed, or go on when this has ended.
_PUSH = ("push", "--porcelain", "--no-signed", "--no-follow-tags", "--recurse-submodules=no")
_OWN = ("core.hooksPath=/dev/null", "push.pushOption=", "maintenance.auto=false")


@dataclass(frozen=True)
class Remote:
    """Use `opened`."""

    name: str
    address: str
    """As it may be shown."""
    git: Git
    """The repository of its own."""

    @classmethod
    @contextmanager
    def opened(cls, clone: Git, name: str) -> Iterator[Remote]:
        """That of a clone; ReportError where it has none of that name."""
        known = remotes(clone)
        if name not in known:
            cure = near(name, known) if known else "`git remote add` names one"
            raise ReportError(f'the clone has no remote "{name}"', cure=cure)
        given = [(key, value) for key, value in _given(clone, name) if _is_kept(key)]
        urls = [value or "" for key, value in given if key.endswith(("url", "pushurl"))]
        for url in urls:
            _hide(url)
        with tempfile.TemporaryDirectory(prefix="proofbook-") as folder:
            form = clone.line("rev-parse", "--show-object-format")
            git = Git(Path(folder) / "git", clone.cwd, _environment(), _OWN)
            made = ["init", "--quiet", "--bare", "--template=", f"--object-format={form}"]
            git.said(*made, str(git.folder))
            with (git.folder / "config").open("a", encoding="utf-8") as file:
                file.writelines(_written(given))
            yield cls(name, _shown(clone, name), git)

    def tip(self, branch: str) -> str:
        """The commit at which a branch is there; '' where there is no such branch."""
        asked = self.git.ran("ls-remote", self.name, f"refs/heads/{branch}")
        if asked.returncode:
            raise ReportError(f"{self} does not answer: {why(asked)}", cure=_REACH)
        lines = (line.split("\t") for line in asked.stdout.decode(errors="replace").splitlines())
        return next((commit for commit, ref in lines if ref == f"refs/heads/{branch}"), "")

    def fetch(self, branch: str) -> str:
        """The commit of a branch, fetched without what was before it; '' for no such branch."""
        if not self.tip(branch):
            return ""
        spec = f"+refs/heads/{branch}:{_FETCHED}"
        done = self.git.ran("fetch", "--quiet", "--no-tags", "--depth=1", self.name, spec)
        if done.returncode:
            raise ReportError(f"{branch} of {self} cannot be fetched: {why(done)}", cure=_REACH)
        return self.git.line("rev-parse", _FETCHED)

    def push(self, commit: str, branch: str) -> str:
        """Put a branch forward to a commit; why the remote did not take it, or ''."""
        done = self.git.ran(*_PUSH, self.name, f"{commit}:refs/heads/{branch}")
        return why(done) if done.returncode else ""

    def __str__(self) -> str:
        return f"{self.name} ({self.address})"


_REACH = f"see whether `git fetch` works here; {TOKEN} is shown to a server on HTTPS"


def remotes(clone: Git) -> list[str]:
    """The remotes that a clone names."""
    return os.fsdecode(clone.said("remote")).splitlines()


def _given(clone: Git, name: str) -> Iterator[tuple[str, str | None]]:
    """The settings of the clone itself that say how its remote is reached."""
    told = os.fsdecode(clone.said("config", "--list", "--show-scope", "-z")).split("\0")
    wanted = {f"remote.{name}.{key}" for key in _OF_REMOTE}
    for scope, entry in zip(told[::2], told[1::2], strict=False):
        key, line, value = entry.partition("\n")
        reaches = key.startswith(_REACHED) or key in _ALSO
        if scope in ("local", "worktree") and (reaches or key in wanted):
            url = key in wanted and key.endswith("url")
            yield key, (_bare(value) if url else value) if line else None
    if os.environ.get(TOKEN):
        yield "credential.helper", ""  # none of those before it
        yield "credential.helper", _HELPER


def _is_kept(key: str) -> bool:
    """With a token, what the clone would show to the server stays out."""
    return not (os.environ.get(TOKEN) and key.endswith(".extraheader"))


def _bare(url: str) -> str:
    web = url.startswith(("http://", "https://"))
    return _USER.sub("", url, count=1) if web and os.environ.get(TOKEN) else url


def _hide(url: str) -> None:
    found = _USER.search(url)
    password = found[0].rstrip("@").partition(":")[2] if found else ""
    for secret in (password, os.environ.get(TOKEN, "")):
        # One of fewer than four characters cannot be masked: every text would be full of it.
        with contextlib.suppress(ValueError):
            masking.register(secret)


def _shown(clone: Git, name: str) -> str:
    url = clone.line("remote", "get-url", "--push", name)
    return masking.mask(_USER.sub("", url, count=1) if "://" in url else url)


def _environment() -> Mapping[str, str]:
    # Nobody who could type a password is asked for one, unless somebody sits there, or says so.
    asks = sys.stdin.isatty() or _PROMPT in os.environ
    return {} if asks else {_PROMPT: "0"}


def _written(given: Iterable[tuple[str, str | None]]) -> Iterator[str]:
    """Settings as the file of a repository holds them."""
    for key, value in given:
        section, _, rest = key.partition(".")
        below, _, last = rest.rpartition(".")
        yield f'[{section} "{_quoted(below)}"]\n' if below else f"[{section}]\n"
        yield f"\t{last}\n" if value is None else f'\t{last} = "{_quoted(value)}"\n'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

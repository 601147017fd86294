"""Names of branches and revisions, which must never look like an option or a path to git."""

from __future__ import annotations

import re

from sandbox.gitlab.api.errors import not_found
from sandbox.gitlab.api.routing import Call
from sandbox.gitlab.repositories import GitFailed
from sandbox.gitlab.store import Row

# git-check-ref-format(1), a little stricter: no leading dash, no non-printing characters.
_BAD = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|\.lock(/|$)|(^|/)\.|[./]$|^[-/]|^@$")


def good_branch(name: str) -> bool:
    """Whether this may be the name of a branch."""
    return 0 < len(name.encode("utf-8", "replace")) <= 240 and not _BAD.search(name)


def good_pattern(name: str) -> bool:
    """Whether this may be the name of a protected branch, stars allowed."""
    return good_branch(name.replace("*", "x"))


async def resolve(call: Call, project: Row, revision: str, what: str = "Commit") -> str:
    """The commit of a branch, tag or hash. Raises ApiError."""
    plain = revision.removeprefix("refs/heads/").removeprefix("refs/tags/")
    if not good_branch(plain):
        raise not_found(what)
    for ref in (f"refs/heads/{plain}", f"refs/tags/{plain}", plain):
        if ref is plain and not re.fullmatch(r"[0-9a-f]{4,40}|HEAD", plain):
            continue
        try:
            out = await call.app.repositories.run(
                project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
            )
        except GitFailed:
            continue
        return out.decode().strip()
    raise not_found(what)

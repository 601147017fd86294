"""Commits of a project, read from its repository."""

from __future__ import annotations

from typing import Any

from sandbox.gitlab.access import REPORTER
from sandbox.gitlab.api.errors import forbidden
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.revisions import resolve
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.repositories import ZERO
from sandbox.gitlab.store import Row, now

_FORMAT = "%H%x00%P%x00%s%x00%B%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x01"
_FIELDS = 10


@route(
    "GET",
    "/projects/:id/repository/commits",
    Parameter(name="ref_name"),
    Parameter(name="path", limit=4096),
    public=True,
    paged=True,
)
async def index(call: Call) -> Answer:
    """List the commits of a branch, newest first."""
    project = readable(call)
    refs = await call.app.repositories.refs(project)
    if not refs:
        rows, headers = call.page([])
        return Answer(rows, headers=headers)
    sha = await resolve(call, project, call.params.get("ref_name") or project["default_branch"])
    words = [f"--format={_FORMAT}", sha]
    if call.params.get("path"):
        words += ["--", f":(top,literal){call.params['path']}"]
    rows, headers = call.page(await _log(call, project, words))
    return Answer(rows, headers=headers)


@route("GET", "/projects/:id/repository/commits/:sha", public=True)
async def show(call: Call) -> Answer:
    """Get a commit by hash, branch or tag."""
    project = readable(call)
    sha = await resolve(call, project, call.path["sha"])
    [found] = await _log(call, project, ["--max-count=1", f"--format={_FORMAT}", sha])
    return Answer(found)


def readable(call: Call) -> Row:
    """The project in the path if the actor may read its code. Raises ApiError."""
    project = call.project()
    if project["visibility"] == "private" and (
        call.access.level(call.actor.user, project) < REPORTER
    ):
        raise forbidden()
    return project


async def one_commit(call: Call, project: Row, sha: str) -> dict[str, Any]:
    """A commit as the API shows it."""
    [found] = await _log(call, project, ["--max-count=1", f"--format={_FORMAT}", sha])
    return found


async def commit_files(
    call: Call, project: Row, branch: str, message: str, files: dict[str, bytes]
) -> None:
    """Make the first commit of an empty repository."""
    user = call.user
    run = call.app.repositories.run
    lines = []
    for path, content in files.items():
        blob = (await run(project, "hash-object", "-w", "--stdin", stdin=content)).decode().strip()
        lines.append(f"100644 blob {blob}\t{path}\n")
    tree = (await run(project, "mktree", stdin="".join(lines).encode())).decode().strip()
    who = f"{user['name']} <{user['email']}> {now()[:19]}Z"
    sha = await run(
        project,
        "hash-object",
        "-w",
        "-t",
        "commit",
        "--stdin",
        stdin=_commit_object(tree, who, message),
    )
    await run(project, "update-ref", f"refs/heads/{branch}", sha.decode().strip(), ZERO)


def _commit_object(tree: str, who: str, message: str) -> bytes:
    from datetime import datetime

    name, _, when = who.rpartition(" ")
    seconds = int(datetime.fromisoformat(when.replace("Z", "+00:00")).timestamp())
    clean = "".join(each for each in name if each not in "\n\0")
    person = f"{clean} {seconds} +0000"
    return f"tree {tree}\nauthor {person}\ncommitter {person}\n\n{message}\n".encode()


async def _log(call: Call, project: Row, words: list[str]) -> list[dict[str, Any]]:
    out = await call.app.repositories.run(project, "log", *words)
    url = f"{call.app.endpoints.url}/{project['path_with_namespace']}/-/commit"
    found = []
    for record in out.decode(errors="replace").split("\x01"):
        fields = record.lstrip("\n").split("\0")
        if len(fields) != _FIELDS:
            continue
        sha, parents, title, message, author, author_mail, authored, who, mail, when = fields
        found.append(
            {
                "id": sha,
                "short_id": sha[:8],
                "created_at": when,
                "parent_ids": parents.split(),
                "title": title,
                "message": message,
                "author_name": author,
                "author_email": author_mail,
                "authored_date": authored,
                "committer_name": who,
                "committer_email": mail,
                "committed_date": when,
                "trailers": {},
                "web_url": f"{url}/{sha}",
            }
        )
    return found

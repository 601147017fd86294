"""Files of a project: the tree and raw content at a revision."""

from __future__ import annotations

import base64
import hashlib

from sandbox.gitlab.api.commits import readable
from sandbox.gitlab.api.errors import not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.revisions import resolve
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.repositories import GitFailed
from sandbox.gitlab.store import Row

READ_FILES = frozenset({"api", "read_api", "read_repository"})
REF = Parameter(name="ref")


@route(
    "GET",
    "/projects/:id/repository/tree",
    REF,
    Parameter(name="path", limit=4096),
    Parameter(name="recursive", kind="boolean"),
    public=True,
    paged=True,
)
async def tree(call: Call) -> Answer:
    """List the files and folders of a folder."""
    project = readable(call)
    if not await call.app.repositories.refs(project):
        raise not_found("Tree")
    sha = await resolve(call, project, call.params.get("ref") or project["default_branch"], "Tree")
    folder = (call.params.get("path") or "").strip("/")
    words = ["ls-tree", "-z", "-t"] + (["-r"] if call.params.get("recursive") else [])
    try:
        out = await call.app.repositories.run(project, *words, f"{sha}:{folder}")
    except GitFailed:
        raise not_found("invalid revision or path") from None
    entries = []
    for line in out.decode(errors="replace").split("\0")[:-1]:
        facts, _, name = line.partition("\t")
        mode, kind, number = facts.split(" ")
        entries.append(
            {
                "id": number,
                "name": name.rpartition("/")[2],
                "type": kind,
                "path": f"{folder}/{name}" if folder else name,
                "mode": mode,
            }
        )
    rows, headers = call.page(entries)
    return Answer(rows, headers=headers)


@route("GET", "/projects/:id/repository/files/:file_path", REF, scopes=READ_FILES, public=True)
async def file(call: Call) -> Answer:
    """Get a file with its content in base64."""
    project, sha, content = await _read(call)
    path = call.path["file_path"]
    return Answer(
        {
            "file_name": path.rpartition("/")[2],
            "file_path": path,
            "size": len(content),
            "encoding": "base64",
            "content_sha256": hashlib.sha256(content).hexdigest(),
            "ref": call.params.get("ref") or project["default_branch"],
            "blob_id": hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest(),
            "commit_id": sha,
            "last_commit_id": await _last(call, project, sha, path),
            "execute_filemode": False,
            "content": base64.b64encode(content).decode(),
        }
    )


@route("GET", "/projects/:id/repository/files/:file_path/raw", REF, scopes=READ_FILES, public=True)
async def raw(call: Call) -> Answer:
    """Get the content of a file."""
    _, _, content = await _read(call)
    return Answer(raw=content, headers={"Content-Disposition": "inline"})


async def _read(call: Call) -> tuple[Row, str, bytes]:
    project = readable(call)
    if not await call.app.repositories.refs(project):
        raise not_found("File")
    sha = await resolve(
        call, project, call.params.get("ref") or project["default_branch"], "Commit"
    )
    try:
        content = await call.app.repositories.run(
            project, "cat-file", "blob", f"{sha}:{call.path['file_path']}"
        )
    except GitFailed:
        raise not_found("File") from None
    return project, sha, content


async def _last(call: Call, project: Row, sha: str, path: str) -> str:
    out = await call.app.repositories.run(
        project, "log", "--max-count=1", "--format=%H", sha, "--", f":(top,literal){path}"
    )
    return out.decode().strip()

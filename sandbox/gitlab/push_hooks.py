"""Push hooks: what GitLab sends to a Flux Receiver after a push."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from sandbox.gitlab.endpoints import Endpoints
from sandbox.gitlab.journal import Journal
from sandbox.gitlab.repositories import ZERO, GitFailed, RefChange, Repositories
from sandbox.gitlab.store import Row, Store

LIMIT_S = 10.0
"""Seconds that a receiver has to answer; GitLab's limit."""
COMMITS = 20
"""Commits listed in one delivery; GitLab's limit."""
_FORMAT = "%H%x00%s%x00%B%x00%cI%x00%an%x00%ae%x01"


def good_url(url: str) -> bool:
    """Whether a hook may be sent there."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


class PushHooks:
    """Delivers to the hooks of a project; none exists until someone adds one."""

    def __init__(
        self, store: Store, repositories: Repositories, journal: Journal, endpoints: Endpoints
    ) -> None:
        self._store = store
        self._repositories = repositories
        self._journal = journal
        self._endpoints = endpoints
        self._running: set[asyncio.Task[None]] = set()

    def pushed(self, project: Row, user: Row | None, changes: Sequence[RefChange]) -> None:
        """Deliver every branch that moved to every hook, without making the pusher wait."""
        hooks = self._store.all(
            "SELECT * FROM hooks WHERE project_id = ? AND push_events", project["id"]
        )
        for change in changes:
            branch = change.ref.removeprefix("refs/heads/")
            if not change.moved or branch == change.ref:
                continue
            for hook in hooks:
                wanted = hook["push_events_branch_filter"]
                if not wanted or fnmatchcase(branch, wanted):
                    task = asyncio.create_task(self._send(hook, project, user, change))
                    self._running.add(task)
                    task.add_done_callback(self._running.discard)

    async def test(self, hook: Row, project: Row, user: Row) -> bool:
        """Deliver the head of the default branch to one hook; False without a commit."""
        refs = await self._repositories.refs(project)
        ref = f"refs/heads/{project['default_branch']}"
        if ref not in refs:
            return False
        change = RefChange(old=refs[ref], new=refs[ref], ref=ref, moved=True)
        await self._send(hook, project, user, change)
        return True

    async def close(self) -> None:
        """End what is still being delivered."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _send(self, hook: Row, project: Row, user: Row | None, change: RefChange) -> None:
        import aiohttp

        headers = {
            "X-Gitlab-Event": "Push Hook",
            "X-Gitlab-Instance": self._endpoints.url,
            "X-Gitlab-Event-UUID": str(uuid.uuid4()),
            "X-Gitlab-Webhook-UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, f"hook/{hook['id']}")),
            "User-Agent": "GitLab/proofbook-sandbox",
        }
        if hook["token"]:
            headers["X-Gitlab-Token"] = hook["token"]
        timeout = aiohttp.ClientTimeout(total=LIMIT_S)
        try:
            body = await self._body(project, user, change)
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    hook["url"],
                    json=body,
                    headers=headers,
                    ssl=bool(hook["enable_ssl_verification"]),
                    allow_redirects=False,
                ) as answer,
            ):
                result = str(answer.status)
        except (aiohttp.ClientError, TimeoutError, OSError, GitFailed) as error:
            result = f"not delivered: {type(error).__name__}"
        self._journal.write(
            actor="gitlab",
            via=f"hook {hook['id']}",
            operation="push hook",
            project=project["path_with_namespace"],
            ref=change.ref,
            result=result,
        )

    async def _body(self, project: Row, user: Row | None, change: RefChange) -> dict[str, Any]:
        commits, total = await self._commits(project, change)
        name = project["path_with_namespace"]
        url = f"{self._endpoints.url}/{name}"
        return {
            "object_kind": "push",
            "event_name": "push",
            "before": change.old,
            "after": change.new,
            "ref": change.ref,
            "ref_protected": False,
            "checkout_sha": None if change.new == ZERO else change.new,
            "user_id": user["id"] if user else None,
            "user_name": user["name"] if user else None,
            "user_username": user["username"] if user else None,
            "project_id": project["id"],
            "project": {
                "id": project["id"],
                "name": project["name"],
                "description": project["description"],
                "web_url": url,
                "git_http_url": f"{url}.git",
                "namespace": name.rpartition("/")[0],
                "path_with_namespace": name,
                "default_branch": project["default_branch"],
            },
            "commits": commits,
            "total_commits_count": total,
            "repository": {"name": project["name"], "homepage": url, "git_http_url": f"{url}.git"},
        }

    async def _commits(self, project: Row, change: RefChange) -> tuple[list[dict[str, Any]], int]:
        if change.new == ZERO:
            return [], 0
        span = change.new if change.old in (ZERO, change.new) else f"{change.old}..{change.new}"
        run = self._repositories.run
        total = int(await run(project, "rev-list", "--count", span))
        out = await run(
            project, "log", f"--max-count={COMMITS}", "--reverse", f"--format={_FORMAT}", span
        )
        web = f"{self._endpoints.url}/{project['path_with_namespace']}/-/commit"
        commits = []
        for record in out.decode(errors="replace").split("\x01"):
            fields = record.strip("\n").split("\0")
            if len(fields) == 6:
                sha, title, message, when, author, email = fields
                commits.append(
                    {
                        "id": sha,
                        "title": title,
                        "message": message,
                        "timestamp": when,
                        "url": f"{web}/{sha}",
                        "author": {"name": author, "email": email},
                    }
                )
        return commits, total

"""A cluster that tells its Secrets as an API server does: listed, and each change in its order."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

from sandbox.cluster.kubernetes import ApiError, Object
from sandbox.errors import SandboxError


class Cluster:
    """An API server that knows Secrets and the order of their changes, and nothing else."""

    def __init__(self) -> None:
        self.data: dict[str, str] = {}
        self.changes: list[tuple[str, Object]] = []
        self.forgotten = 0
        self.answers = True
        self.at_the_next_ask: Callable[[], object] = lambda: None
        self.refuses = 0
        self.silent_at: set[str] = set()
        self.asked = 0

    @property
    def api(self) -> Cluster:
        return self

    def _asked(self, how: str) -> None:
        self.asked += 1
        if how in self.silent_at:
            self.silent_at.remove(how)
            raise SandboxError("the API server does not answer")
        if not self.answers:
            self.at_the_next_ask()
            raise SandboxError("the API server does not answer")
        if self.refuses:
            self.refuses -= 1
            raise ApiError("GET", "/api/v1/secrets", 429, "too many requests")

    def _change(self, kind: str, name: str, data: dict[str, str]) -> Object:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
        meta = {"name": name, "resourceVersion": str(len(self.changes) + 1)}
        self.changes.append((kind, {"metadata": meta, "data": encoded}))
        return self.changes[-1][1]

    def put(self, **data: str) -> None:
        self.data = data
        self._change("MODIFIED", "of-the-team", data)

    def remove(self) -> None:
        self._change("DELETED", "of-the-team", self.data)
        self.data = {}

    def get(self, path: str) -> Object:
        assert path == "/api/v1/secrets"
        self._asked("get")
        data = {key: base64.b64encode(each.encode()).decode() for key, each in self.data.items()}
        version = {"resourceVersion": str(len(self.changes))}
        return {"metadata": version, "items": [{"metadata": {"name": "x"}, "data": data}]}

    def create(self, path: str, body: Object) -> Object:
        assert path == "/api/v1/namespaces/kube-system/secrets"
        self._asked("create")
        return self._change("ADDED", body["metadata"]["name"], {})

    def delete(self, path: str) -> None:
        self._asked("delete")
        self._change("DELETED", path.rsplit("/", 1)[1], {})

    def watch(self, path: str, limit: float, resourceVersion: str) -> Iterator[Object]:
        self._asked("watch")
        since = int(resourceVersion)
        if since < self.forgotten:
            yield {"type": "ERROR", "object": {"code": 410, "message": "too old"}}
        for kind, item in self.changes[since:]:
            yield {"type": kind, "object": item}

    @property
    def marks(self) -> list[str]:
        left: dict[str, bool] = {}
        for kind, item in self.changes:
            left[item["metadata"]["name"]] = kind != "DELETED"
        return [name for name, there in left.items() if there and name.startswith("proofbook")]

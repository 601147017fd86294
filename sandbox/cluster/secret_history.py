"""Every Secret that a cluster has held since the last look, also one that came and went between.

The API server tells a watch all changes of a kind in their order, from a point that was noted. A
mark of our own says how far to read: a Secret without data that is made for it and removed again.
What was changed before the mark was made is told before it.
"""

from __future__ import annotations

import uuid

from sandbox.cluster.kubernetes import ApiError, KubernetesApi, Object
from sandbox.errors import SandboxError

_ALL = "/api/v1/secrets"
_MARKS = "/api/v1/namespaces/kube-system/secrets"
_MARK = "proofbook-mark-"
_LIMIT_S = 20
_GONE = 410


class HistoryLost(SandboxError):
    """The API server has forgotten what changed since the last look."""


class SecretHistory:
    """The Secrets of one cluster, followed from one look to the next."""

    def __init__(self, api: KubernetesApi) -> None:
        """Look for the first time. Raises SandboxError."""
        self.api = api
        self._version = ""
        self._found = self._begin()

    def look(self) -> list[Object]:
        """Every state of every Secret since the last look; at the first one, of those there are.

        Raises HistoryLost, once, where the API server cannot tell all of it.
        """
        try:
            self._read()
        except ApiError as error:
            if error.status != _GONE:
                raise
            self._found += self._begin()
            cluster = "which Secrets came and went since the last look is not known any more"
            raise HistoryLost(f"{cluster}: {error}") from error
        found, self._found = self._found, []
        return found

    def _begin(self) -> list[Object]:
        listed = self.api.get(_ALL)
        self._version = listed["metadata"]["resourceVersion"]
        return list(listed["items"] or ())

    def _read(self) -> None:
        """Note what changed; what was noted stays so until a look has ended well."""
        name = f"{_MARK}{uuid.uuid4().hex[:12]}"
        self.api.create(_MARKS, {"metadata": {"name": name}})
        try:
            for event in self.api.watch(_ALL, _LIMIT_S, resourceVersion=self._version):
                item = event["object"]
                if event["type"] == "ERROR":
                    raise ApiError("WATCH", _ALL, item.get("code", 0), item.get("message", ""))
                if item["metadata"]["name"] == name:
                    self._version = item["metadata"]["resourceVersion"]
                    return
                if not item["metadata"]["name"].startswith(_MARK):
                    self._found.append(item)
            raise ApiError("WATCH", _ALL, 0, f"it ended before it told of Secret {name}")
        finally:
            self.api.delete(f"{_MARKS}/{name}")

"""A client that keeps asking a Service of a cluster over HTTP, and notes every answer."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx

from sandbox.kubernetes import KubernetesApi

_PAUSE_S = 0.02
"""Between an answer and the next request."""
_ANSWER_S = 10.0


class ServiceClient:
    """Asks port `http` of a Service, again and again, through the API server.

    That way (`/services/<name>/proxy/`, a ready endpoint of the Service answers) leads into a
    cluster from outside on every engine. No request is tried a second time.
    """

    def __init__(self, kubeconfig: Path, namespace: str, service: str) -> None:
        self.answers: list[str] = []
        """The pod of each answer, in order: `hostname` in what podinfo answers."""
        self.failures: list[str] = []
        """What came instead of an answer."""
        self._path = f"/api/v1/namespaces/{namespace}/services/http:{service}:http/proxy/"
        self._api = KubernetesApi(kubeconfig)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True, name="service-client")

    def start(self) -> ServiceClient:
        """Begin to ask."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask no more; returns when the last request has ended. Harmless a second time."""
        self._ended.set()
        self._thread.join()
        self._api.close()

    def _ask(self) -> None:
        while not self._ended.wait(_PAUSE_S):
            try:
                reply = self._api.client.get(self._path, timeout=_ANSWER_S)
            except httpx.HTTPError as error:
                self.failures.append(f"{type(error).__name__}: {error}")
                continue
            if reply.status_code == httpx.codes.OK:
                self.answers.append(str(reply.json()["hostname"]))
            else:
                self.failures.append(f"{reply.status_code}: {reply.text.strip()[:200]}")

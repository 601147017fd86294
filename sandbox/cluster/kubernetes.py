"""Talk to a Kubernetes API server over HTTP: read, watch, create, patch, delete.

httpx rather than a Kubernetes client: kr8s 0.20 warns that it does not support Kubernetes 1.36,
and all that is needed are plain requests with a token or a client certificate.
"""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml

from sandbox.errors import SandboxError
from sandbox.waiting import wait_until

_PUT_OFF_S = 60
"""How long a request is sent again that the API server puts off."""
_DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

USER_AGENT = "proofbook"
"""Who we are to the API server, which notes it with what we write (`managedFields`)."""
Object = dict[str, Any]
"""A Kubernetes object as the API server gives it."""
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


def field(item: Object | None, *path: str, default: Any = None) -> Any:
    """The value at a path of field names, `default` where it is not there.

    Null is not there: the API server keeps a null of a custom resource and of a CRD's status, and
    Go writes an empty list as null. A name on the way that is missing or null ends the way too.
    """
    found: Any = item
    for name in path:
        found = found.get(name) if found is not None else None
    return default if found is None else found


def inside(path: str, namespace: str) -> str:
    """The path of a list over all namespaces, in one of them; as it is without a namespace."""
    group, plural = path.rsplit("/", 1)
    return f"{group}/namespaces/{namespace}/{plural}" if namespace else path


class ApiError(SandboxError):
    """The API server refused a request; `status` is the HTTP status code."""

    def __init__(self, method: str, path: str, status: int, message: str) -> None:
        super().__init__(f"{method} {path} was answered with {status}: {message}")
        self.status = status


def connection(kubeconfig: Path) -> dict[str, Any]:
    """The arguments of an httpx client for the current context of a kubeconfig."""
    config = yaml.safe_load(kubeconfig.read_text())
    context = _named(config["contexts"], config["current-context"])["context"]
    cluster = _named(config["clusters"], context["cluster"])["cluster"]
    user = _named(config["users"], context["user"])["user"]
    authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
    tls = ssl.create_default_context(cadata=authority)
    if "client-certificate-data" in user:
        with tempfile.NamedTemporaryFile() as pair:
            for part in ("client-certificate-data", "client-key-data"):
                pair.write(base64.b64decode(user[part]))
            pair.flush()
            tls.load_cert_chain(pair.name)
    headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
    # Both ends are on this machine: compressing costs more than sending.
    headers |= {"Accept-Encoding": "identity", "User-Agent": USER_AGENT}
    return {"base_url": cluster["server"], "verify": tls, "headers": headers}


def _version(item: Object) -> tuple[str, str]:
    return item["metadata"]["uid"], item["metadata"]["resourceVersion"]


def _named(entries: list[Object], name: str) -> Object:
    return next(entry for entry in entries if entry["name"] == name)


class KubernetesApi:
    """The API server that a kubeconfig names."""

    def __init__(self, kubeconfig: Path) -> None:
        # Loopback or the sandbox's own network: a proxy from the environment has no say.
        self.client = httpx.Client(**connection(kubeconfig), timeout=30, trust_env=False)
        self._whole: dict[str, dict[tuple[str, str], Object]] = {}

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def __enter__(self) -> KubernetesApi:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, path: str, **params: str) -> Object:
        """Read an object or a list. Raises ApiError."""
        return self._request("GET", path, params=params)

    def metadata(self, path: str) -> list[Object]:
        """The objects of a collection without anything but their metadata. Raises ApiError."""
        listed = self._request("GET", path, headers={"Accept": _METADATA})
        return list(field(listed, "items", default=()))

    def refreshed(self, path: str) -> list[Object]:
        """The objects of a cluster-wide collection as they are now.

        Only what has changed since the last time is sent: definitions are large. Raises ApiError.
        """
        before = self._whole.setdefault(path, {})
        now: dict[tuple[str, str], Object] = {}
        for each in self.metadata(path):
            known = before.get(_version(each)) or self.find(f"{path}/{each['metadata']['name']}")
            if known is not None:
                now[_version(known)] = known
        self._whole[path] = now
        return list(now.values())

    def list(self, path: str, **params: str) -> list[Object]:
        """The objects of a collection. Raises ApiError."""
        return list(field(self.get(path, **params), "items", default=()))

    def find(self, path: str) -> Object | None:
        """Read an object, or None where there is none."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def discover(self, path: str) -> Object:
        """Every group below `/api` or `/apis`, with its versions and resources, in one answer."""
        return self._request("GET", path, headers={"Accept": _DISCOVERY})

    def warnings(self, path: str, **params: str) -> Sequence[str]:
        """The headers with which the API server warns of whoever reads there. Raises ApiError."""
        reply = self._answered("GET", path, params=params)
        return reply.headers.get_list("Warning")

    def create(self, path: str, body: Object) -> Object:
        """Create an object in the collection at `path`."""
        return self._request("POST", path, json=body)

    def replace(self, path: str, body: Object) -> Object:
        """Put `body` in the place of an object. Raises ApiError, 409 where it has changed since."""
        return self._request("PUT", path, json=body)

    def patch(self, path: str, body: Object) -> Object:
        """Merge `body` into the object at `path`."""
        headers = {"Content-Type": "application/merge-patch+json"}
        return self._request("PATCH", path, content=json.dumps(body), headers=headers)

    def patch_if_there(self, path: str, body: Object) -> None:
        """Merge `body` into the object at `path`; harmless where it is gone."""
        try:
            self.patch(path, body)
        except ApiError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def delete(self, path: str) -> None:
        """Delete an object, or all of a collection; harmless where it is gone."""
        try:
            self._request("DELETE", path)
        except ApiError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def watch(self, path: str, limit: float, **params: str) -> Iterator[Object]:
        """Each change of the collection at `path`, the present objects first, for `limit` seconds.

        Yields watch events (`type`, `object`); ends after `limit` seconds without an error.
        """
        params |= {"watch": "1", "timeoutSeconds": str(max(1, int(limit)))}
        try:
            with self.client.stream("GET", path, params=params, timeout=limit + 30) as reply:
                if reply.is_error:
                    reply.read()
                    raise _refused("GET", path, reply)
                for line in reply.iter_lines():
                    yield json.loads(line)
        except httpx.TransportError as error:
            raise _silent("GET", path, error) from None

    def _request(self, method: str, path: str, **arguments: Any) -> Object:
        answer: Object = self._answered(method, path, **arguments).json()
        return answer

    def _answered(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        reply = self._send(method, path, arguments)
        if reply.status_code == httpx.codes.TOO_MANY_REQUESTS:
            reply = self._send_until_taken(method, path, arguments)
        if reply.is_error:
            raise _refused(method, path, reply)
        return reply

    def _send(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response:
        try:
            return self.client.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise _silent(method, path, error) from None

    def _send_until_taken(
        self, method: str, path: str, arguments: dict[str, Any]
    ) -> httpx.Response:
        """Send again what was put off, not refused; Kubernetes' own clients do the same.

        The server answers 429, and has done nothing, while it opens the storage of a kind that is
        a moment old and where too many ask at once. Raises NotReady where it goes on with it.
        """

        def probe() -> tuple[httpx.Response | None, str]:
            reply = self._send(method, path, arguments)
            if reply.status_code == httpx.codes.TOO_MANY_REQUESTS:
                return None, str(_refused(method, path, reply))
            return reply, f"answered with {reply.status_code}"

        return wait_until(f"the API server to take {method} {path}", probe, _PUT_OFF_S, every=1.0)


def _silent(method: str, path: str, error: httpx.TransportError) -> SandboxError:
    return SandboxError(f"{method} {path}: the API server does not answer: {error}")


def _refused(method: str, path: str, reply: httpx.Response) -> ApiError:
    try:
        message = str(reply.json()["message"])
    except (ValueError, KeyError):
        message = reply.text[:300]
    return ApiError(method, path, reply.status_code, message)

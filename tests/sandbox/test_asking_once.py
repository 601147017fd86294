"""What has not changed is not asked for again, and what has is: definitions, and the census."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import httpx
import pytest

from sandbox.baseline import Baseline
from sandbox.cluster import kubernetes
from sandbox.cluster.kubernetes import ApiError, KubernetesApi

PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class Server:
    """An API server with definitions: name → version."""

    def __init__(self) -> None:
        self.versions: dict[str, str] = {}
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path.removeprefix(PATH).strip("/"))
        name = self.asked[-1]
        if name:
            if name not in self.versions:
                return httpx.Response(404, json={"message": "not there"})
            return httpx.Response(200, json={**self._item(name), "spec": self.versions[name]})
        assert "as=PartialObjectMetadataList" in request.headers["Accept"]
        return httpx.Response(200, json={"items": [self._item(each) for each in self.versions]})

    def _item(self, name: str) -> dict[str, Any]:
        version = self.versions[name]
        return {"metadata": {"name": name, "uid": name, "resourceVersion": version}}


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def api(server: Server, monkeypatch: pytest.MonkeyPatch) -> KubernetesApi:
    access = {"base_url": "http://api", "transport": httpx.MockTransport(server.answer)}
    monkeypatch.setattr(kubernetes, "connection", lambda _: access)
    return KubernetesApi(Path("kubeconfig"))


def seen(api: KubernetesApi) -> list[str]:
    return [item["spec"] for item in api.refreshed(PATH)]


def test_only_what_has_changed_is_sent_again(server: Server, api: KubernetesApi) -> None:
    server.versions = {"a": "1", "b": "2"}
    assert seen(api) == ["1", "2"]
    server.asked.clear()
    assert seen(api) == ["1", "2"]
    assert server.asked == [""]
    server.versions = {"b": "3", "c": "4"}
    server.asked.clear()
    assert seen(api) == ["3", "4"]
    assert server.asked == ["", "b", "c"]


def test_what_goes_between_the_list_and_the_look_is_not_there(
    server: Server, api: KubernetesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.versions = {"a": "1"}
    monkeypatch.setattr(api, "find", lambda _: None)
    assert seen(api) == []


def test_a_list_that_there_is_not_is_an_error(server: Server, api: KubernetesApi) -> None:
    with pytest.raises(ApiError, match="404"):
        api.metadata(f"{PATH}/none")


def test_what_is_followed_counts_in_its_own_kinds_only() -> None:
    objects = frozenset({"Namespace /a", "Namespace /b", "Secret a/key", "Bucket a/b"})
    empty: dict[str, Any] = {}
    baseline = Baseline("", {}, None, objects, ("dev",), empty, empty, desk=Mock())

    def changed(*names: str) -> frozenset[str]:
        items = [{"kind": "Namespace", "metadata": {"name": name}} for name in names]
        informer: Any = SimpleNamespace(flux_kinds=lambda: ["Alert"], all=lambda *_: items)
        return baseline._changed(informer)

    assert changed("a", "b") == frozenset()
    assert changed("a", "c") == {"Namespace /b", "Namespace /c"}

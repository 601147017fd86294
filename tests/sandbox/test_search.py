"""Looking for a text in every object of a cluster."""

import base64
import gzip
import json
from typing import Any

import pytest

from sandbox.cluster.search import holders


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


_ANSWERS: dict[str, dict[str, Any]] = {
    "/api/v1/secrets": {
        "items": [
            {
                "metadata": {"namespace": "team", "name": "login"},
                "data": {"password": base64.b64encode(b"open sesame").decode()},
            },
            {"metadata": {"namespace": "team", "name": "empty"}},
        ]
    },
    "/api/v1/namespaces": {"items": [{"metadata": {"name": "sesame"}}]},
    "/apis/example.com/v1beta1/drafts": {"items": [{"metadata": {"name": "sesame"}}]},
    "/apis/example.com/v1/notes": {
        "items": [{"metadata": {"namespace": "team", "name": "memo"}, "spec": {"text": "sesame"}}]
    },
}


def serves(version: str, **kinds: str) -> dict[str, Any]:
    resources = [
        {"resource": name, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": ["list"]}
        for name, kind in kinds.items()
    ]
    resources.append({"resource": "bindings", "responseKind": {}, "verbs": ["create"]})
    return {"version": version, "resources": resources}


_SERVED: dict[str, dict[str, Any]] = {
    "/api": {"items": [{"versions": [serves("v1", secrets="Secret", namespaces="Namespace")]}]},
    "/apis": {
        "items": [
            {
                "metadata": {"name": "example.com"},
                "versions": [
                    serves("v1", notes="Note"),
                    serves("v1beta1", notes="Note", drafts="Draft"),
                ],
            }
        ]
    },
}


class Cluster:
    """Answers as an API server does, and nothing that was not asked for."""

    def discover(self, root: str) -> dict[str, Any]:
        return _SERVED[root]

    def get(self, path: str) -> dict[str, Any]:
        return _ANSWERS[path]


def test_objects_of_every_kind_are_searched_and_secrets_decoded() -> None:
    found = holders(Cluster(), lambda text: "sesame" in text)  # type: ignore[arg-type]
    assert found == ["Draft sesame", "Namespace sesame", "Note team/memo", "Secret team/login"]


def test_a_text_that_nobody_holds_is_in_no_object() -> None:
    assert holders(Cluster(), lambda text: "another word" in text) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"data": {"key": "open sesame"}},
        {"binaryData": {"key": b64(b"\0open sesame")}},
        {"data": {"key": b64(gzip.compress(b"open sesame"))}},
        # As Helm keeps the values of a release.
        {"data": {"release": b64(base64.b64encode(gzip.compress(b'{"key": "sesame"}')))}},
        {"data": json.loads('{"nested": {"key": ["sesame"]}}')},
    ],
)
def test_data_is_read_as_whoever_decodes_and_unpacks_it(
    given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {"metadata": {"name": "b"}, "data": {"a": "H4sI", "b": b64(b"\x1f\x8bno")}}
    items = [{"metadata": {"namespace": "team", "name": "note"}, **given}, broken]
    monkeypatch.setitem(_ANSWERS, "/apis/example.com/v1/notes", {"items": items})
    found = holders(Cluster(), lambda text: "sesame" in text)  # type: ignore[arg-type]
    assert "Note team/note" in found
    assert "Note b" not in found

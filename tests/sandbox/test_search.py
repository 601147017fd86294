"""Looking for a text in every object of a cluster."""

import base64
from typing import Any

from sandbox.cluster.search import holders

_ANSWERS: dict[str, dict[str, Any]] = {
    "/apis": {"groups": [{"preferredVersion": {"groupVersion": "example.com/v1"}}]},
    "/api/v1": {
        "resources": [
            {"name": "secrets", "kind": "Secret", "verbs": ["list"]},
            {"name": "namespaces", "kind": "Namespace", "verbs": ["list"]},
            {"name": "namespaces/status", "kind": "Namespace", "verbs": ["get"]},
            {"name": "bindings", "kind": "Binding", "verbs": ["create"]},
        ]
    },
    "/apis/example.com/v1": {
        "resources": [{"name": "notes", "kind": "Note", "verbs": ["get", "list"]}]
    },
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
    "/apis/example.com/v1/notes": {
        "items": [{"metadata": {"namespace": "team", "name": "memo"}, "spec": {"text": "sesame"}}]
    },
}


class Cluster:
    """Answers as an API server does, and nothing that was not asked for."""

    def get(self, path: str) -> dict[str, Any]:
        return _ANSWERS[path]


def test_objects_of_every_kind_are_searched_and_secrets_decoded() -> None:
    found = holders(Cluster(), "sesame")  # type: ignore[arg-type]
    assert found == ["Namespace sesame", "Note team/memo", "Secret team/login"]


def test_a_text_that_nobody_holds_is_in_no_object() -> None:
    assert holders(Cluster(), "another word") == []  # type: ignore[arg-type]

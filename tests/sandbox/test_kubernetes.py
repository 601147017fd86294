"""Reading objects: a field that is there and null reads as one that is not there."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox import flux, waiting
from sandbox.cluster.kubernetes import ApiError, KubernetesApi, field
from sandbox.errors import NotReady, SandboxError
from sandbox.flux import chain

ROOT = Path(__file__).parents[2]
READERS = [
    *(ROOT / "steps").rglob("*.py"),
    *(
        path
        for path in (ROOT / "sandbox").rglob("*.py")
        if not {"gitlab", "toolchain"} & set(path.parts)
    ),
]


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"status": None},
        {"status": {}},
        {"status": {"conditions": None}},
    ],
)
def test_null_and_missing_read_alike(item: dict[str, Any] | None) -> None:
    assert field(item, "status", "conditions", default=()) == ()
    assert field(item, "status", "conditions") is None


def test_what_is_there_is_read_whole() -> None:
    item = {"status": {"conditions": [1], "replicas": 0, "ready": False, "message": ""}}
    assert field(item, "status", "conditions", default=()) == [1]
    assert field(item, "status", "replicas", default=1) == 0
    assert field(item, "status", "ready", default=True) is False
    assert field(item, "status", "message", default="none") == ""


@pytest.mark.parametrize("status", [None, {}, {"conditions": None, "inventory": None}])
@pytest.mark.parametrize("kind", ["Kustomization", "HelmRelease", "GitRepository"])
def test_an_object_with_nulls_is_one_without_a_word(kind: str, status: Any) -> None:
    item = {
        "kind": kind,
        "metadata": {"namespace": "flux-system", "name": "apps", "generation": 1},
        "spec": {"sourceRef": {"kind": "GitRepository", "name": "flux-system"}},
        "status": status,
    }
    assert flux.condition(item) is None
    assert flux.revision(item) == ""
    assert flux.inventory(item) == []
    assert not flux.is_current(item)
    assert chain._settled({**item, "kind": "HelmRelease"}) == ""


def test_nobody_reads_objects_with_a_default_that_null_passes_by() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in READERS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and len(node.args) == 2
        and isinstance(node.args[1], ast.List | ast.Dict | ast.Tuple)
    ]
    assert found == [], "`.get(name, [])` gives None where the field is null: use field()"


def api(*answers: tuple[int, dict[str, Any]]) -> KubernetesApi:
    """An API server that gives these answers, one after the other, the last one for ever."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        status, body = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(status, json=body)

    made = KubernetesApi.__new__(KubernetesApi)
    made.client = httpx.Client(transport=httpx.MockTransport(answer), base_url="https://cluster")
    return made


PUT_OFF = (429, {"message": "storage is (re)initializing"})


def test_what_the_api_server_puts_off_is_sent_again() -> None:
    assert api(PUT_OFF, PUT_OFF, (200, {"items": [1]})).list("/api/v1/pods") == [1]
    assert api(PUT_OFF, (404, {"message": "no such kind"})).find("/apis/x/v1/things") is None


def test_what_is_refused_is_not_sent_again() -> None:
    with pytest.raises(ApiError, match="answered with 409: there is one"):
        api((409, {"message": "there is one"}), (200, {})).create("/api/v1/pods", {})


@pytest.mark.parametrize("ask", ["get", "watch"])
def test_a_server_that_does_not_answer_is_said_in_one_way(ask: str) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Connection refused", request=request)

    made = api((200, {}))
    made.client = httpx.Client(transport=httpx.MockTransport(refuse), base_url="https://cluster")
    asked = {"get": lambda: made.get("/x"), "watch": lambda: list(made.watch("/x", 1))}
    with pytest.raises(SandboxError, match="/x: the API server does not answer: Connection ref"):
        asked[ask]()


def test_a_server_that_goes_away_while_it_tells_is_one_that_does_not_answer() -> None:
    def half(request: httpx.Request) -> Iterator[bytes]:
        yield b'{"type": "ADDED"}\n'
        raise httpx.RemoteProtocolError("peer closed connection", request=request)

    made = api((200, {}))
    made.client = httpx.Client(
        transport=httpx.MockTransport(lambda asked: httpx.Response(200, content=half(asked))),
        base_url="https://cluster",
    )
    told = made.watch("/x", 1)
    assert next(told) == {"type": "ADDED"}
    with pytest.raises(SandboxError, match="does not answer: peer closed"):
        next(told)


def test_what_is_put_off_for_ever_fails_with_what_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_longest", 0)
    with pytest.raises(NotReady, match=r"take GET /api/v1/pods.*\n?.*re\)initializing"):
        api(PUT_OFF).list("/api/v1/pods")

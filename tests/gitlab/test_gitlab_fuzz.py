"""The SSH command parser and every operation of the API, with 10,000 cases each."""

from __future__ import annotations

import http.client
import json
import re
import shlex
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from gitlab_live import World
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.gitlab.api.parameters import good_path
from sandbox.gitlab.ssh_command import SERVICES, Disallowed, SshCommand

CASES = 10_000
BATCH = 20
RELAXED = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

words = st.one_of(
    st.sampled_from(
        [*SERVICES, "git", "upload-pack", "sh", "-c", "--", "'", '"', "\\", "$(id)", "`id`", ";"]
    ),
    st.sampled_from(["'/a/b.git'", "/a/b", "../../etc", "a/../b/c", "-o/x", "a/b;id", "a/b\0"]),
    st.text(max_size=20),
)
lines = st.one_of(
    st.text(max_size=200),
    st.lists(words, max_size=5).map(" ".join),
    st.tuples(st.sampled_from(SERVICES), st.text(max_size=60)).map(
        lambda pair: f"{pair[0]} {shlex.quote(pair[1])}"
    ),
)


@settings(RELAXED, max_examples=CASES)
@given(lines)
def test_an_ssh_command_is_refused_or_names_a_project(line: str) -> None:
    try:
        command = SshCommand.parse(line)
    except Disallowed:
        return
    assert command.service in SERVICES
    assert command.full_path == "" or all(map(good_path, command.full_path.split("/")))
    assert not re.search(r"\.\.|[;&|$`'\"\\\s\0]|(^|/)-", command.full_path)


class Fuzzer:
    """One kept connection; each answer must be one that a client can live with."""

    def __init__(self, world: World) -> None:
        self.world = world
        _, body, _ = world.live.request("GET", "/api/v4/openapi.json")
        self.operations = [
            (verb.upper(), path, operation)
            for path, verbs in json.loads(body)["paths"].items()
            for verb, operation in verbs.items()
        ]
        group = world.gitlab.group(world.group)["id"]
        key = world.deploy_key()[1]
        self.known = [str(world.gitlab_id), world.project, str(group), world.group, str(key)]
        self.known += ["main", "README.md", "apps/my-app/values.yaml", "self", "1", world.head]
        self.tokens = [world.token] * 8 + [world.gitlab.token, "wrong"]
        self._context = ssl.create_default_context(cafile=str(world.gitlab.ca_file))
        self._connection = self._connect()
        self.seen: dict[int, int] = {}

    def _connect(self) -> http.client.HTTPSConnection:
        host = self.world.gitlab.url.removeprefix("https://")
        return http.client.HTTPSConnection(host, timeout=30, context=self._context)

    def send(
        self, method: str, target: str, token: str, body: bytes | None, kind: str
    ) -> tuple[int, bytes]:
        headers = {"PRIVATE-TOKEN": token} if token else {}
        if body is not None:
            headers["Content-Type"] = kind
        try:
            self._connection.request(method, target, body=body, headers=headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (http.client.HTTPException, ConnectionError):
            # The server may close a connection after a refusal, never twice in a row.
            self._connection.close()
            self._connection = self._connect()
            self._connection.request(method, target, body=body, headers=headers)
            answer = self._connection.getresponse()
            content = answer.read()
        self.seen[answer.status] = self.seen.get(answer.status, 0) + 1
        return answer.status, content

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def fuzzer(world: World) -> Iterator[Fuzzer]:
    made = Fuzzer(world)
    yield made
    made.close()


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.lists(st.text(max_size=5), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the document allows."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return {
        "string": st.one_of(st.text(max_size=30), st.sampled_from(["main", "x", "2027-01-01"])),
        "integer": st.integers(-5, 200),
        "boolean": st.booleans(),
        "array": st.lists(st.sampled_from(schema.get("items", {}).get("enum", ["x"])), max_size=3),
    }[schema["type"]]


@st.composite
def cases(draw: st.DrawFn, fuzzer: Fuzzer) -> tuple[str, str, str, bytes | None, str]:
    method, path, operation = draw(st.sampled_from(fuzzer.operations))
    tokens = fuzzer.tokens
    if method == "DELETE" or "block" in path or path.endswith("/self"):
        # The one who asks must not end their own token.
        own = path.startswith("/personal_access_tokens")
        tokens = ["wrong"] if own else [fuzzer.world.token]
    value = st.one_of(st.sampled_from(fuzzer.known), st.sampled_from(fuzzer.known), st.text())
    for name in re.findall(r"{(\w+)}", path):
        text = draw(value).encode("utf-8", "surrogatepass")
        path = path.replace(f"{{{name}}}", quote(text, safe=""), 1)
    query = {
        each["name"]: draw(st.one_of(fitting(each["schema"]), junk))
        for each in operation.get("parameters", [])
        if each["in"] == "query" and draw(st.booleans())
    }
    target = f"/api/v4{path}"
    if query:
        target += "?" + urlencode(query, errors="surrogatepass")
    body, kind = None, "application/json"
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        given = {
            name: draw(st.one_of(fitting(each), fitting(each), junk))
            for name, each in schema["properties"].items()
            if name in schema["required"] or draw(st.booleans())
        }
        body = draw(st.sampled_from([json.dumps(given).encode()] * 9 + [b"{", b"\xff", b"[]"]))
    return method, target, draw(st.sampled_from(tokens)), body, kind


@pytest.mark.timeout(900)
def test_the_api_answers_everything_and_never_with_5xx(fuzzer: Fuzzer) -> None:
    sent = 0

    @settings(RELAXED, max_examples=CASES // BATCH)
    @given(st.lists(cases(fuzzer), min_size=BATCH, max_size=BATCH))
    def run(batch: list[tuple[str, str, str, bytes | None, str]]) -> None:
        nonlocal sent
        for case in batch:
            status, content = fuzzer.send(*case)
            sent += 1
            assert 200 <= status < 500, (case, status, content)
            if status not in (204, 200) or content[:1] in b"[{":
                json.loads(content or b"null")

    run()
    assert sent >= CASES
    # Not only refusals: the cases come through to the handlers.
    assert fuzzer.seen.get(200, 0) > CASES // 100
    assert fuzzer.seen.get(201, 0) > CASES // 200
    assert "Traceback" not in fuzzer.world.live.errors()

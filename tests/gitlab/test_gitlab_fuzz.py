"""The SSH command parser and every operation of the API, with 10,000 cases each."""

from __future__ import annotations

import http.client
import json
import random
import re
import shlex
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from gitlab_live import World
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from sandbox.gitlab.api.parameters import good_path
from sandbox.gitlab.ssh_command import SERVICES, Disallowed, SshCommand

pytestmark = pytest.mark.integration

CASES = 10_000
PARTS = 4
"""Each has cases of its own, which take a minute of CPU: but for the first, CI alone has them."""
BATCH = 20
LONGEST_LINE = 8190
"""Bytes of a request's target. A longer one is refused in front of the API, as GitLab's proxy
does, and so not in its words."""
RELAXED = settings(
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
in_parts = pytest.mark.parametrize(
    "part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, PARTS))]
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


@in_parts
def test_an_ssh_command_is_refused_or_names_a_project(part: int) -> None:
    @seed(part)
    @settings(RELAXED, max_examples=CASES // PARTS)
    @given(lines)
    def run(line: str) -> None:
        try:
            command = SshCommand.parse(line)
        except Disallowed:
            return
        assert command.service in SERVICES
        assert command.full_path == "" or all(map(good_path, command.full_path.split("/")))
        assert not re.search(r"\.\.|[;&|$`'\"\\\s\0]|(^|/)-", command.full_path)

    run()


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


class Chance(random.Random):
    """What a case is made of, by its seed."""

    ALPHABETS = ("abcxyz019", "-_./%:@ ", "\0\n\t\x7f", "éß漢😀\u202e", "'\"\\;$`|&<>{}[]^~*?")

    def text(self) -> str:
        alphabet = "".join(self.sample(self.ALPHABETS, self.randint(1, 3)))
        return "".join(self.choices(alphabet, k=self.randint(0, 30)))

    def junk(self) -> Any:
        return self.choice(
            [
                None,
                True,
                self.randint(-(2**70), 2**70),
                self.random() * 1e300,
                self.text(),
                "x" * 5000,
                [self.text(), None],
                {self.text(): self.randint(0, 9)},
            ]
        )

    def fitting(self, schema: dict[str, Any]) -> Any:
        """A value that the document allows."""
        if "enum" in schema:
            return self.choice(schema["enum"])
        if schema["type"] == "array":
            return [self.choice(schema["items"].get("enum", ["x"])) for _ in range(2)]
        good = {
            "string": ["main", "x", "2027-01-01", "http://127.0.0.1:9/", f"n{self.random()}"],
            "integer": [1, 2, 3, 20, self.randint(0, 200)],
            "boolean": [True, False],
        }
        return self.choice(good[schema["type"]])

    def value(self, schema: dict[str, Any]) -> Any:
        return self.junk() if self.random() < 0.08 else self.fitting(schema)


def case(chance: Chance, fuzzer: Fuzzer) -> tuple[str, str, str, bytes | None, str]:
    method, path, operation = chance.choice(fuzzer.operations)
    tokens = fuzzer.tokens
    own = path.startswith("/personal_access_tokens")
    if method == "DELETE" or "block" in path or "members" in path or own:
        # The one who asks must not end their own token or role.
        tokens = ["wrong"] if own and method == "DELETE" else [fuzzer.world.token]
    group, project = fuzzer.known[2], fuzzer.known[0]
    for index, name in enumerate(re.findall(r"{(\w+)}", path)):
        text = group if path.startswith("/groups") else project
        if chance.random() < (0.7 if index else 0.15):
            text = chance.choice([*fuzzer.known, chance.text()])
        path = path.replace(f"{{{name}}}", quote(text, safe=""), 1)
    query = {
        each["name"]: chance.value(each["schema"])
        for each in operation.get("parameters", [])
        if each["in"] == "query" and chance.random() < 0.5
    }
    target = f"/api/v4{path}" + ("?" + urlencode(query) if query else "")
    body, kind = None, "application/json"
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"][kind]["schema"]
        given = {
            name: chance.value(each)
            for name, each in schema["properties"].items()
            if name in schema["required"] or chance.random() < 0.5
        }
        body = json.dumps(given).encode()
        if chance.random() < 0.05:
            body = chance.choice([b"{", b"\xff", b"[]", b"null", body[: len(body) // 2]])
        elif chance.random() < 0.1:
            body, kind = urlencode(given).encode(), "application/x-www-form-urlencoded"
    return method, target, chance.choice(tokens), body, kind


@pytest.mark.timeout(900)
@in_parts
def test_the_api_answers_everything_and_never_with_5xx(fuzzer: Fuzzer, part: int) -> None:
    sent, cases = 0, CASES // PARTS

    @settings(RELAXED, max_examples=cases // BATCH)
    @given(st.integers(0, 2**64))
    def run(number: int) -> None:
        nonlocal sent
        chance = Chance(f"{part} {number}")
        for _ in range(BATCH):
            asked = case(chance, fuzzer)
            status, content = fuzzer.send(*asked)
            sent += 1
            assert 200 <= status < 500, (asked, status, content)
            if len(asked[1]) > LONGEST_LINE:
                assert status == 400, (asked, status, content)
            elif status not in (204, 200) or content[:1] in b"[{":
                json.loads(content or b"null")

    run()
    assert sent >= cases
    # Not only refusals: the cases come through to the handlers.
    assert fuzzer.seen.get(200, 0) > cases // 100
    assert fuzzer.seen.get(201, 0) > cases // 200
    assert "Traceback" not in fuzzer.world.live.errors()

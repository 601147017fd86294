"""What of a Secret is secret."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from sandbox.cluster.secret_values import release_config, secret_values


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def secret(data: dict[str, str | bytes], kind: str = "Opaque") -> dict[str, Any]:
    return {"type": kind, "data": {key: encoded(value) for key, value in data.items()}}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"env": "hunter2-hunter2", "b": "another one"}, {"hunter2-hunter2", "another one"}),
        ({"username": "git", "known_hosts": "x y", "identity.pub": "x", "ca.crt": "x"}, set()),
        ({"address": "https://chat.example/T0/B0/x1", "webhook-url": "https://chat.example/y2"},
         {"https://chat.example/T0/B0/x1", "https://chat.example/y2"}),
        ({"tls.key": "-----BEGIN", "tls.crt": "-----BEGIN"}, {"-----BEGIN"}),
        ({"values.yaml": "db:\n  user: app\n  env: hunter2\n"},
         {"db:\n  user: app\n  env: hunter2\n", "hunter2"}),
        ({".dockerconfigjson": '{"auths": {"r": {"username": "a", "auth": "YTpi"}}}'},
         {'{"auths": {"r": {"username": "a", "auth": "YTpi"}}}', "YTpi"}),
        ({"list": '["one", ["two"], 3]'}, {'["one", ["two"], 3]', "one", "two"}),
        ({"bytes": b"\xff\xfe\x00\x01"}, {encoded(b"\xff\xfe\x00\x01")}),
        ({"text": "a: b: c"}, {"a: b: c"}),
        ({"empty": "", "blank": " \n"}, set()),
        ({"password": "ENC[AES256_GCM,data:abc=,type:str]"}, set()),
    ],
)  # fmt: skip
def test_values_are_found_as_they_are_read(data: dict[str, str | bytes], found: set[str]) -> None:
    assert secret_values(secret(data)) == found


def test_a_secret_without_data_has_none() -> None:
    assert secret_values({"type": "Opaque"}) == set()
    assert secret_values({"data": None}) == set()


def test_of_a_release_what_was_given_under_a_telling_name() -> None:
    config = {"auth": {"password": "hunter2", "list": [{"apiKey": "k-1"}]}, "image": "podinfo"}
    packed = gzip.compress(json.dumps({"config": config, "name": "x"}).encode())
    kept = secret({"release": base64.b64encode(packed)}, "helm.sh/release.v1")
    assert secret_values(kept) == {"hunter2", "k-1"}


def test_a_release_without_values_is_stored_without_any() -> None:
    packed = base64.b64encode(gzip.compress(json.dumps({"name": "x"}).encode()))
    kept = secret({"release": packed}, "helm.sh/release.v1")
    assert secret_values(kept) == set()
    assert release_config(kept["data"]) == {}


@pytest.mark.parametrize("text", ["a: !!bool x", "a: !!int ''", "a: !!timestamp x", "&a [*a]", "{"])
def test_a_text_that_is_no_document_is_a_value_as_it_is(text: str) -> None:
    assert secret_values(secret({"env": text})) == {text}


def test_what_only_says_that_it_is_a_release_is_read_as_any_other_secret() -> None:
    for data in ({"env": "hunter2-hunter2"}, {"release": "hunter2-hunter2"}):
        assert secret_values(secret(data, "helm.sh/release.v1")) == {"hunter2-hunter2"}

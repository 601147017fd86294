"""The sentences that the book on Flux has for itself can fail."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from told_engineer import engineer

from sandbox.inbox.inbox import Message

STEPS = Path(__file__).parents[2] / "books/flux/steps"


def steps(name: str) -> ModuleType:
    spec = spec_from_file_location(f"flux_{name}", STEPS / f"{name}.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def message(path: str, body: str) -> Message:
    return Message(at="2026-01-01T00:00:00.000Z", path=path, headers={}, body=body)


def test_no_message_tells_of_what_one_of_them_does_or_where_there_is_none() -> None:
    sent: list[Message] = []
    nobody = engineer()
    nobody.sandbox.inbox = SimpleNamespace(messages=lambda: sent)
    claim = steps("silence").no_message_tells_of
    sent.append(message("/else", "alert of podinfo"))
    with pytest.raises(AssertionError, match="no message to /chat at all"):
        claim(nobody, "/chat", "podinfo")
    sent.append(message("/chat", "alert of shop"))
    claim(nobody, "/chat", "podinfo")
    sent.append(message("/chat", "alert of podinfo"))
    with pytest.raises(AssertionError, match="1 of 2 do"):
        claim(nobody, "/chat", "podinfo")


def test_downloads_are_those_of_this_file_since_they_were_noted(tmp_path: Path) -> None:
    store = SimpleNamespace(part="buckets", folder=tmp_path)
    engineer: Any = SimpleNamespace(sandbox=SimpleNamespace(stores=[store]), noted={})
    buckets = steps("buckets")
    log = tmp_path / "server.log"
    log.touch()
    with pytest.raises(AssertionError, match=r"the downloads of shop/notes.txt were not noted"):
        buckets.was_downloaded(engineer, "notes.txt", "shop", 0)

    def fetched(*files: str) -> None:
        with log.open("a", encoding="utf-8") as lines:
            for file in files:
                lines.write(f"2026/11/28 13:00:00 INFO GET OBJECT Bucket: shop Object: {file}\n")

    fetched("notes.txt")
    buckets.note_downloads(engineer, "notes.txt", "shop")
    buckets.was_downloaded(engineer, "notes.txt", "shop", 0)
    fetched("notes.txt", "notes.txt.old", "other.txt")
    buckets.was_downloaded(engineer, "notes.txt", "shop", 1)
    with pytest.raises(AssertionError, match="was downloaded 1 times, expected 2"):
        buckets.was_downloaded(engineer, "notes.txt", "shop", 2)
    with pytest.raises(AssertionError, match=r"the downloads of else/notes.txt were not noted"):
        buckets.was_downloaded(engineer, "notes.txt", "else", 0)


def test_one_secret_with_a_hash_is_told_from_none_two_and_others() -> None:
    names: list[str] = []
    asked: list[str] = []

    def listed(path: str) -> list[dict[str, Any]]:
        asked.append(path)
        return [{"metadata": {"name": name}} for name in names]

    somebody = engineer()
    somebody.sandbox.view().api = SimpleNamespace(list=listed)
    claim = steps("hashed").one_secret_is_called
    names += ["values", "values-", "my-values-abcdef2345", "values-more-abcdef2345"]
    with pytest.raises(AssertionError, match=r"0 Secrets are: .*values-more-abcdef2345"):
        claim(somebody, "shop", "values")
    names.append("values-4k7hg9d2mt")
    claim(somebody, "shop", "values")
    names.append("values-abcdef2345")
    with pytest.raises(AssertionError, match="2 Secrets are: values-4k7hg9d2mt, values-abcdef2345"):
        claim(somebody, "shop", "values")
    assert set(asked) == {"/api/v1/namespaces/shop/secrets"}
    names.pop()
    somebody.sandbox.view().wait_settled = lambda *_: names.append("values-9d2mt4k7hg")
    with pytest.raises(AssertionError, match="2 Secrets are: values-4k7hg9d2mt, values-9d2mt4k7hg"):
        claim(somebody, "shop", "values")


def test_an_alert_that_drops_something_or_is_suspended_is_told() -> None:
    specs: list[dict[str, Any] | None] = [None]
    somebody = engineer()
    somebody.sandbox.view().find = lambda *_: specs[-1] and {"spec": specs[-1]}
    module = steps("silence")
    with pytest.raises(AssertionError, match="there is no Alert flux-system/team"):
        module.alert_leaves_nothing_out(somebody, "team")
    specs.append({"eventSeverity": "info", "exclusionList": []})
    module.alert_leaves_nothing_out(somebody, "team")
    for narrowing in ({"exclusionList": ["^a"]}, {"inclusionList": ["^a"]}, {"suspend": True}):
        specs.append(narrowing)
        with pytest.raises(AssertionError, match="it leaves something out: "):
            module.alert_leaves_nothing_out(somebody, "team")


def test_what_a_block_prints_is_the_uid_or_what_another_prints() -> None:
    printed = {"uid": "7-7", "name": "shop", "path": "/hook/7\n", "made": " /hook/7", "none": ""}
    view = SimpleNamespace(find=lambda *_: {"metadata": {"uid": "7-7"}})
    engineer: Any = SimpleNamespace(
        sandbox=SimpleNamespace(view=lambda: view),
        do=lambda block: SimpleNamespace(stdout=printed[block]),
    )
    module = steps("printed")
    module.prints_identity(engineer, "uid", "Deployment", "shop", "default")
    with pytest.raises(AssertionError, match="it prints shop, the uid is 7-7"):
        module.prints_identity(engineer, "name", "Deployment", "shop", "default")
    view.find = lambda *_: None
    with pytest.raises(AssertionError, match="there is no Deployment default/shop"):
        module.prints_identity(engineer, "uid", "Deployment", "shop", "default")
    module.prints_the_same(engineer, "made", "path")
    with pytest.raises(AssertionError, match="none prints nothing"):
        module.prints_the_same(engineer, "none", "none")
    for other in ("uid", "none"):
        with pytest.raises(AssertionError, match="made prints /hook/7, "):
            module.prints_the_same(engineer, "made", other)


def test_a_status_that_comes_with_the_pushed_commit_is_waited_for() -> None:
    given: list[str] = []
    somebody = engineer()
    somebody.sandbox.gitlab = SimpleNamespace(
        refs=lambda _: {"refs/heads/main": "c0ffee"}, commit_statuses=lambda *_, **__: given
    )
    claim = steps("fork").no_commit_has_a_status
    claim(somebody, "team/podinfo")
    somebody.sandbox.view().wait_settled = lambda *_: given.append("success of apps")
    with pytest.raises(AssertionError, match="1 statuses, first: success of apps"):
        claim(somebody, "team/podinfo")

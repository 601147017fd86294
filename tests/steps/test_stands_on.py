"""What a scenario stands on is told of every cluster of its sandbox."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sandbox.providers import Cluster
from steps import plugin


def test_every_cluster_is_named_with_its_template_or_none(tmp_path: Any) -> None:
    made = {"dev": "2026-11-20T03:00:00Z", "stg": ""}
    clusters = {
        name: Cluster(
            name=name, kubeconfig=tmp_path, context=name, kubernetes="v1.36.3", template=template
        )
        for name, template in made.items()
    }
    sandbox: Any = SimpleNamespace(provider=SimpleNamespace(clusters=lambda: clusters))
    assert plugin.templates(sandbox) == made


def test_what_it_stands_on_is_told_before_it_runs_and_after(monkeypatch: Any) -> None:
    told: list[dict[str, str]] = []
    clusters = {"dev": SimpleNamespace(template="")}
    done: list[str] = []
    terminal = SimpleNamespace(close=lambda: done.append("closed") or ())
    sandbox: Any = SimpleNamespace(
        provider=SimpleNamespace(clusters=lambda: clusters), check=lambda: None,
        view=lambda: SimpleNamespace(informer=None),
        desk=SimpleNamespace(terminal=lambda: terminal),
    )  # fmt: skip
    monkeypatch.setattr(plugin, "EvidenceChain", lambda _: SimpleNamespace(
        begin=lambda: None, end=lambda: None))  # fmt: skip
    monkeypatch.setattr(plugin, "placeholders", lambda *_: {})
    monkeypatch.setattr(plugin, "leave_behind", lambda *_: done.append("left"))
    ground: Any = SimpleNamespace(sandbox=sandbox, baseline=None)
    settings: Any = SimpleNamespace(book=SimpleNamespace(layout=SimpleNamespace(commit="")))
    collector = SimpleNamespace(stands_on=lambda templates: told.append(dict(templates)))
    edition: Any = None
    following = plugin.engineer.__wrapped__(settings, ground, edition, collector)
    next(following)
    clusters["stg"] = SimpleNamespace(template="2026-11-20T03:00:00Z")
    assert next(following, None) is None
    assert told == [{"dev": ""}, {"dev": "", "stg": "2026-11-20T03:00:00Z"}]
    assert done == ["closed", "left"]

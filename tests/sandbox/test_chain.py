"""What a scenario has seen of a cluster since it began."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sandbox.flux.chain import EvidenceChain


def kustomization(*owns: str) -> dict[str, Any]:
    return {
        "kind": "Kustomization",
        "metadata": {"namespace": "flux-system", "name": "apps", "generation": 1},
        "status": {"inventory": {"entries": [{"id": each, "v": "v1"} for each in owns]}},
    }


def test_what_is_followed_or_was_applied_has_been_seen_also_when_it_is_gone() -> None:
    there = [kustomization("dev_old__ConfigMap")]
    informer: Any = SimpleNamespace(
        flux_kinds=lambda: ["Kustomization"],
        all=lambda *kinds: [each for each in there if each["kind"] in kinds],
        observe=lambda _: None,
    )
    chain = EvidenceChain(informer)
    assert not chain.has_seen("ConfigMap", "dev", "old")
    chain.begin()
    assert chain.has_seen("Kustomization", "flux-system", "apps")
    assert chain.has_seen("ConfigMap", "dev", "old")
    assert not chain.has_seen("ConfigMap", "prd", "old")
    key = ("Kustomization", "flux-system", "apps")
    chain._observe("", key, kustomization("dev_new__ConfigMap", "_wide__Namespace"))
    chain._observe("", key, kustomization())
    chain._observe("", ("Deployment", "dev", "shop"), {"metadata": {}, "status": {}})
    for seen in (("ConfigMap", "dev", "new"), ("Namespace", "", "wide")):
        assert chain.has_seen(*seen)
    assert chain.has_seen("Deployment", "dev", "shop")
    assert not chain.has_seen("Deployment", "dev", "shops")
    assert not EvidenceChain(None).has_seen("ConfigMap", "dev", "old")


def test_what_a_release_has_made_or_a_sentence_has_seen_has_been_seen() -> None:
    chain = EvidenceChain(None)
    made = ("Service", "dev", "shop")
    release = {**kustomization("dev_shop__Service"), "kind": "HelmRelease"}
    assert not chain.has_seen(*made)
    chain._observe("", ("HelmRelease", "dev", "shop"), release)
    assert chain.has_seen(*made)
    chain.note("Secret dev/login", "Namespace /by-hand", "ClusterRole wide")
    for seen in (("Secret", "dev", "login"), ("Namespace", "", "by-hand")):
        assert chain.has_seen(*seen)
    assert chain.has_seen("ClusterRole", "", "wide")
    assert not chain.has_seen("Secret", "prd", "login")

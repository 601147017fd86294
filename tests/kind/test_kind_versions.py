"""Nodes of further versions of Kubernetes: where their image comes from, which ones stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from sandbox.providers.kind import images, node_image
from sandbox.toolchain import Toolchain, pins

DIGEST = f"kindest/node:v1.37.0@sha256:{'a' * 64}"


class FakeEngine:
    """Images by name, as the engine has them."""

    def __init__(self, *there: str) -> None:
        self.there = list(there)

    def image_id(self, reference: str) -> str | None:
        return reference if reference in self.there else None


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    """The toolchain's own programs, as far as they are looked at."""
    (tmp_path / "kind").write_text(DIGEST)
    return Toolchain(bin=tmp_path, share=tmp_path, versions={"kubernetes": "1.36.3"})


@pytest.fixture
def asked(toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was pulled, built and told; no registry answers unless the test says so."""
    noted: list[str] = []
    monkeypatch.setattr(node_image, "key", lambda _toolchain: "0123456789abcdef")
    monkeypatch.setattr(pins.Product, "own", lambda _: "1.36.3")
    monkeypatch.setattr(images, "unreachable", lambda _reference: "no route")
    monkeypatch.setattr(
        node_image, "ensure", lambda _engine, made, _tell: noted.append(node_image.tag_of(made))
    )

    class Registry:
        """An engine that pulls."""

        def __init__(self, _limit_s: float) -> None:
            pull = SimpleNamespace(pull=lambda name, tag: noted.append(f"pull {name} {tag}"))
            self.client = SimpleNamespace(images=pull)

    monkeypatch.setattr(images, "Engine", Registry)
    return noted


def of(toolchain: Toolchain, version: str) -> Toolchain:
    """The same programs of another version of Kubernetes."""
    return replace(toolchain, versions={"kubernetes": version})


@pytest.mark.parametrize(
    ("version", "pulled", "reference", "runs"),
    [
        ("1.36.3", f"sha256:{'a' * 64}", DIGEST, "1.37.0"),
        ("1.35.4", "v1.35.4", "kindest/node:v1.35.4", "1.35.4"),
    ],
)
def test_a_registry_gives_kinds_default_or_kinds_image_of_a_pinned_version(
    toolchain: Toolchain,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    pulled: str,
    reference: str,
    runs: str,
) -> None:
    made = images.NodeImage(reference, runs, local=False)
    wanted = of(toolchain, version)
    assert images.ensure(FakeEngine(), wanted, "registry", asked.append) == made
    monkeypatch.setattr(images, "unreachable", lambda _reference: None)
    assert images.ensure(FakeEngine(), wanted, "auto", asked.append) == made
    assert asked == [f"pull kindest/node {pulled}"] * 2
    assert images.ensure(FakeEngine(reference), wanted, "auto", asked.append) == made
    assert len(asked) == 2, "it is there already"


@pytest.mark.parametrize("source", ["auto", "local"])
def test_a_pinned_version_that_no_registry_has_is_built_here(
    toolchain: Toolchain, asked: list[str], source: str
) -> None:
    wanted = of(toolchain, "1.35.4")
    tag = node_image.tag_of(wanted)
    made = images.ensure(FakeEngine(DIGEST), wanted, source, asked.append)
    assert made == images.NodeImage(tag, "1.35.4", local=True)
    assert asked.pop() == tag
    assert (
        asked
        == ["no kindest/node:v1.35.4 (no route): building the images from the toolchain"][
            : source == "auto"
        ]
    )


def test_the_last_image_of_each_version_that_can_be_asked_for_stays(
    toolchain: Toolchain, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins.Product, "known", lambda _: {"1.35.4": None})
    own, pinned = node_image.tag_of(toolchain), node_image.tag_of(of(toolchain, "1.35.4"))
    assert own != pinned
    of_form_before, unpinned = "proofbook/node:0123456789abcdef", "proofbook/node:1.30.1-0123"
    gone = ["proofbook/node:1.36.3-0123", of_form_before, unpinned]
    assert node_image.outdated([own, pinned, *gone], own) == gone
    assert node_image.outdated([own, pinned], pinned) == []
    assert node_image.outdated([own, "proofbook/node:1.35.4-0123"], pinned) == [
        "proofbook/node:1.35.4-0123"
    ]

"""What a caller gets who asks for a set: programs that were proven, their places and versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, embedded

from sandbox.errors import SandboxError
from sandbox.toolchain import ensure
from sandbox.toolchain.modules import EMBEDDED, SETS
from sandbox.toolchain.store import PROOF, Store

pytestmark = pytest.mark.integration


def test_caches_that_an_interrupted_process_left_are_removed_by_the_next(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded(monkeypatch, [])
    (cache / "trash-1" / "gocache").mkdir(parents=True)
    embedded(monkeypatch, [])
    assert not (cache / "trash-1").exists()


def test_the_embedded_set_renders_the_manifests_of_flux(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toolchain = embedded(monkeypatch, [])
    manifests = toolchain.share / "flux-manifests"
    assert sorted(path.name for path in manifests.iterdir()) == [
        "helm-controller.yaml",
        "image-automation-controller.yaml",
        "image-reflector-controller.yaml",
        "kustomize-controller.yaml",
        "notification-controller.yaml",
        "policies.yaml",
        "rbac.yaml",
        "source-controller.yaml",
        "source-watcher.yaml",
    ]
    assert (manifests / "rbac.yaml").read_text().startswith("rendered: ")
    stages = sorted(path.stem for path in (toolchain.share / "kwok-stages").iterdir())
    assert stages == ["node-initialize", "pod-complete", "pod-delete", "pod-ready"]
    assert (toolchain.bin / "etcd").exists()
    assert not (toolchain.bin / "kind").exists()


def test_the_toolchain_is_proven_once(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proofs: list[Path] = []
    first, second = embedded(monkeypatch, proofs), embedded(monkeypatch, proofs)
    assert first == second
    assert proofs == [Store(cache).folder(EMBEDDED) / "bin"]


def test_a_toolchain_without_its_proof_is_proven_but_not_built_again(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proofs: list[Path] = []
    embedded(monkeypatch, proofs)
    (Store(cache).folder(EMBEDDED) / PROOF).unlink()
    builds = len(go.calls("build"))
    embedded(monkeypatch, proofs)
    assert len(proofs) == 2
    assert len(go.calls("build")) == builds


def test_programs_that_do_not_work_are_one_line(go: FakeGo, cache: Path) -> None:
    with pytest.raises(SandboxError) as raised:
        ensure(("embedded",), on_progress=lambda _: None)
    assert str(raised.value).startswith("toolchain: what was built does not work: ")
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 3
    assert not (Store(cache).folder(EMBEDDED) / PROOF).exists()


def test_the_path_begins_with_the_programs_and_versions_have_no_v(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toolchain = embedded(monkeypatch, [])
    assert toolchain.path_env({"PATH": "/bin", "A": "b"}) == {
        "PATH": f"{toolchain.bin}:/bin",
        "A": "b",
    }
    assert toolchain.path_env({})["PATH"] == str(toolchain.bin)
    assert toolchain.versions["kubernetes"] == EMBEDDED.versions["k8s.io/kubernetes"][1:]
    assert toolchain.versions["go"] == "1.26.8"
    assert {"flux", "helm", "kustomize", "etcd", "kwok"} <= toolchain.versions.keys()
    assert "kind" not in toolchain.versions


def test_no_set_has_two_programs_of_one_name() -> None:
    modules = {module for modules in SETS.values() for module in modules}
    names = [name for module in modules for name in module.binaries]
    assert len(names) == len(set(names))

"""Further versions of Kubernetes: what is built for them, what is not, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, Told

from sandbox.errors import SandboxError, UsageError
from sandbox.providers import choice
from sandbox.toolchain import builder, ensure, pinning, pins
from sandbox.toolchain.modules import APPS, EMBEDDED, KIND
from sandbox.toolchain.pins import KUBERNETES
from sandbox.toolchain.store import Store

pytestmark = pytest.mark.integration


def pin(version: str = "1.35.4") -> str:
    return pinning.pin(version, "", Store.of_user(), Told().clock)


def test_only_what_the_version_changes_is_built(tree: Path, proofs: list[Path], go: FakeGo) -> None:
    before = len(go.calls("build"))
    assert "pins Kubernetes 1.35.4" in pin()
    [build] = go.calls("build")[before:]
    assert build.split()[-4:] == [f"k8s.io/kubernetes/cmd/{name}" for name in KUBERNETES.binaries]
    assert "gitMinor=35" in build
    assert "gitVersion=v1.35.4" in build
    assert len(proofs) == 1, "what was built is proven once"


def test_the_pinned_programs_take_the_place_of_the_toolchains_own(
    tree: Path, proofs: list[Path]
) -> None:
    pin()
    own, pinned = ensure(), ensure(kubernetes="1.35.4")
    store = Store.of_user()
    for name in EMBEDDED.binaries:
        there = KUBERNETES.known()["1.35.4"] if name in KUBERNETES.binaries else EMBEDDED
        assert (pinned.bin / name).samefile(store.folder(there) / "bin" / name)
        assert (own.bin / name).samefile(store.folder(EMBEDDED) / "bin" / name)
    changed = {name for name in own.versions if own.versions[name] != pinned.versions[name]}
    assert (changed, pinned.versions["kubernetes"]) == ({"kubernetes"}, "1.35.4")
    assert proofs == [pinned.bin]


def test_the_pin_names_the_parts_of_that_version(tree: Path, proofs: list[Path]) -> None:
    pin()
    text = (tree / "kubernetes-1.35.4/go.mod").read_text()
    assert "require k8s.io/kubernetes v1.35.4" in text
    assert "k8s.io/api => k8s.io/api v0.35.4" in text
    assert "k8s.io/utils" not in text, "it has a version of its own"
    assert [path.name for path in tree.iterdir()] == ["kubernetes-1.35.4"]


def test_what_a_node_needs_is_resolved_beside_and_not_built(
    tree: Path, proofs: list[Path], go: FakeGo
) -> None:
    pin()
    text = (tree / "kubernetes-1.35.4/node/go.mod").read_text()
    assert "module proofbook.dev/toolchain/pins/kubernetes-1.35.4/node\n" in text
    assert "k8s.io/api => k8s.io/api v0.35.4" in text
    assert [each for each in go.calls("list") if each.endswith(" tool")], "Go has noted it all"
    named = [name for name in pins.NODE_PROGRAMS if f"\tk8s.io/kubernetes/cmd/{name}\n" in text]
    assert named == list(pins.NODE_PROGRAMS)
    assert not [each for each in go.calls("build") if "kubelet" in each and "v1.35.4" in each]


def test_kind_has_the_programs_of_a_node_of_that_version(
    tree: Path, proofs: list[Path], go: FakeGo
) -> None:
    pin()
    store, embedded = Store.of_user(), ensure(kubernetes="1.35.4")
    own, before = ensure(("embedded", "kind")), len(go.calls("build"))
    pinned = ensure(("embedded", "kind"), kubernetes="1.35.4")
    [build] = go.calls("build")[before:]
    assert build.split()[-3:] == [f"k8s.io/kubernetes/cmd/{name}" for name in pins.NODE_PROGRAMS]
    assert "gitVersion=v1.35.4" in build
    module, node = pins.of("1.35.4", node=True)
    for name in (*EMBEDDED.binaries, *KIND.binaries):
        there = next((each for each in (module, node) if name in each.binaries), None)
        if there:
            assert (pinned.bin / name).samefile(store.folder(there) / "bin" / name)
        else:
            assert (pinned.bin / name).samefile(own.bin / name)
    assert not (embedded.bin / "kubelet").exists(), "who runs on embedded builds no node"
    changed = {name for name in own.versions if own.versions[name] != pinned.versions[name]}
    assert changed == {"kubernetes"}


def test_a_pin_without_a_node_is_not_for_kind(
    tree: Path, proofs: list[Path], told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pins were before: it runs on embedded, and is in use."""
    pin()
    monkeypatch.setenv("KUBERNETES", "1.35.4")
    assert choice.choose("kind") == ("kind", "as asked")
    shutil.rmtree(tree / "kubernetes-1.35.4" / pins.NODE)
    with pytest.raises(UsageError, match=r"kind has no Kubernetes 1\.35\.4: its pin") as error:
        choice.choose("kind")
    assert error.value.cure == "make pin KUBERNETES=1.35.4 adds it, or PROVIDER=embedded"
    assert choice.choose("auto") == ("embedded", "no node of Kubernetes 1.35.4 is pinned")
    assert choice.choose("embedded") == ("embedded", "as asked")
    assert (ensure(kubernetes="1.35.4").bin / "kube-apiserver").exists()
    assert builder.prune(Store.of_user(), told.clock) == []


def test_no_key_of_the_toolchain_changes_with_a_pin(tree: Path, proofs: list[Path]) -> None:
    before = (EMBEDDED.key, APPS.key, ensure().bin)
    pin()
    assert (EMBEDDED.key, APPS.key, ensure().bin) == before


def test_a_pinned_version_is_in_use_when_the_cache_is_tidied(
    tree: Path, proofs: list[Path], told: Told
) -> None:
    pin()
    programs = ensure(kubernetes="1.35.4").bin
    nodes = ensure(("embedded", "kind"), kubernetes="1.35.4").bin
    assert builder.prune(Store.of_user(), told.clock) == []
    assert (programs / "kube-apiserver").exists()
    assert (nodes / "kubelet").exists()


@pytest.mark.parametrize("trouble", ["unserved", "fail-mod-tidy", "fail-build"])
def test_what_cannot_be_had_or_built_changes_nothing_in_the_tree(
    tree: Path, proofs: list[Path], go: FakeGo, trouble: str
) -> None:
    (go.folder / trouble).write_text("it does not compile")
    with pytest.raises(SandboxError) as error:
        pin()
    assert error.value.exit_code == (2 if trouble == "unserved" else 3)
    assert "1.35.4" in str(error.value)
    assert "\n" not in str(error.value)
    assert not tree.exists() or not list(tree.iterdir())


def test_what_does_not_work_changes_nothing_in_the_tree(
    tree: Path, proofs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def prove(*_: Path) -> None:
        raise SandboxError("what was built does not work", phase="toolchain")

    monkeypatch.setattr("sandbox.toolchain.proof.prove", prove)
    with pytest.raises(SandboxError, match="does not work"):
        pin()
    assert not tree.exists() or not list(tree.iterdir())


@pytest.mark.parametrize(
    ("version", "flux", "said"),
    [
        ("", "", "KUBERNETES= or FLUX= says which version. Cure: such as make pin KUBERNETES="),
        ("1.35", "", "'1.35' is no version"),
        ("v1.35.4", "", "'v1.35.4' is no version"),
        ("../1.35.4", "", "is no version"),
        (KUBERNETES.own(), "", "is what the toolchain has"),
        ("1.35.4", "2.9.2", "one after the other"),
    ],
)
def test_what_is_no_version_is_refused_on_one_line(
    tree: Path, capsys: pytest.CaptureFixture[str], version: str, flux: str, said: str
) -> None:
    assert pinning.main(["--kubernetes", version, "--flux", flux]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert said in line
    assert "Cure: " in line


def test_a_version_that_is_not_pinned_is_named_with_its_cure(tree: Path) -> None:
    assert KUBERNETES.asked({}) == KUBERNETES.asked({"KUBERNETES": KUBERNETES.own()}) == ""
    with pytest.raises(UsageError, match=r"1\.30\.1 is not pinned") as error:
        KUBERNETES.asked({"KUBERNETES": "1.30.1"})
    assert error.value.cure == "make pin KUBERNETES=1.30.1"


@pytest.mark.parametrize("version", KUBERNETES.known())
def test_the_pins_of_the_tree_are_of_their_version(version: str) -> None:
    for module in pins.of(version, node=pins.has_node(version)):
        assert module.versions[KUBERNETES.module] == f"v{version}"
        tools = {f"\t{package}\n" for package in module.binaries.values()}
        text = (module.folder / "go.mod").read_text()
        assert all(tool in text for tool in tools)


def test_a_pin_is_proven_with_the_programs_that_are_beside_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    pin = KUBERNETES.pinned(KUBERNETES.folder_of("1.35.4"))
    proof = builder._proof(store, (EMBEDDED, pin))
    assert proof.parent == store.folder(pin)
    assert store.folder(EMBEDDED).name in proof.name, "with others it would have to be proven anew"

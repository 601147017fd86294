"""Further versions of Kubernetes: what is built for them, what is not, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, Told, embedded

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import builder, ensure, pinning, pins
from sandbox.toolchain.modules import APPS, EMBEDDED
from sandbox.toolchain.store import Store


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pins of the test's own; one is there that nobody touches."""
    folder = tmp_path / "pins"
    monkeypatch.setattr(pins, "PINS", folder)
    return folder


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch, go: FakeGo, cache: Path) -> list[Path]:
    """The toolchain without a pin is built; what is proven after it is noted."""
    noted: list[Path] = []
    embedded(monkeypatch, noted)
    noted.clear()
    return noted


def pin(version: str = "1.35.4") -> str:
    return pinning.pin(version, "", Store.of_user(), Told().clock)


def test_only_what_the_version_changes_is_built(tree: Path, proofs: list[Path], go: FakeGo) -> None:
    before = len(go.calls("build"))
    assert "pins Kubernetes 1.35.4" in pin()
    [build] = go.calls("build")[before:]
    assert build.split()[-4:] == [f"k8s.io/kubernetes/cmd/{name}" for name in pins.PROGRAMS]
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
        there = pins.known()["1.35.4"] if name in pins.PROGRAMS else EMBEDDED
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


def test_no_key_of_the_toolchain_changes_with_a_pin(tree: Path, proofs: list[Path]) -> None:
    before = (EMBEDDED.key, APPS.key, ensure().bin)
    pin()
    assert (EMBEDDED.key, APPS.key, ensure().bin) == before


def test_a_pinned_version_is_in_use_when_the_cache_is_tidied(
    tree: Path, proofs: list[Path], told: Told
) -> None:
    pin()
    programs = ensure(kubernetes="1.35.4").bin
    assert builder.prune(Store.of_user(), told.clock) == []
    assert (programs / "kube-apiserver").exists()


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
        ("", "", "'' is no version of Kubernetes"),
        ("1.35", "", "'1.35' is no version"),
        ("v1.35.4", "", "'v1.35.4' is no version"),
        ("../1.35.4", "", "is no version"),
        (pins.own(), "", "is what the toolchain has"),
        ("", "2.8.5", "Flux 2.8.5 cannot be pinned"),
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
    assert pins.asked({}) == pins.asked({"KUBERNETES": pins.own()}) == ""
    with pytest.raises(UsageError, match=r"1\.30\.1 is not pinned") as error:
        pins.asked({"KUBERNETES": "1.30.1"})
    assert error.value.cure == "make pin KUBERNETES=1.30.1"


def test_the_pins_of_the_tree_are_of_their_version() -> None:
    for version, module in pins.known().items():
        assert module.versions[pins.MODULE] == f"v{version}"
        tools = {f"\t{package}\n" for package in module.binaries.values()}
        text = (module.folder / "go.mod").read_text()
        assert all(tool in text for tool in tools)

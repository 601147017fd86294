"""A tree of its own with newer pins: what is pinned together, and the clone that stays as it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, Told

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import pinning
from sandbox.toolchain.modules import HERE
from sandbox.toolchain.newer import go_mod, tree
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.pinned import programs
from sandbox.toolchain.newer.tree import NewerTree
from sandbox.toolchain.store import Store
from sandbox.toolchain.venv import ROOT
from steps.matrix_text import taken_up

SETS = Path("sandbox/toolchain")
BY_NAME = {each.name: each for each in programs()}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the test's own: the sets of the toolchain, and a file that no pin changes."""
    folder = tmp_path / "clone"
    for name in ("embedded", "kind", "data", "apps"):
        shutil.copytree(HERE / name, folder / SETS / name)
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "README.md").write_text("kept\n")
    (folder / ".git").mkdir()
    return folder


@pytest.fixture
def made(clone: Path, tmp_path: Path, go: FakeGo, cache: Path) -> NewerTree:
    return NewerTree(tmp_path / "next", clone)


def make(made: NewerTree, **versions: str) -> dict[str, str]:
    offers = [Offer(BY_NAME[name], (version,)) for name, version in versions.items()]
    return made.make(offers, Store.of_user(), Told().clock, taken_up)


def mod(folder: Path, name: str = "embedded") -> str:
    return (folder / SETS / name / "go.mod").read_text()


def files(folder: Path) -> dict[Path, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in found}


def needs(go: FakeGo, module: str, text: str) -> None:
    """What the go.mod of a module says."""
    (go.folder / "needs").mkdir(exist_ok=True)
    (go.folder / "needs" / module.replace("/", "_")).write_text(text)


def test_kubernetes_comes_with_its_parts_wherever_it_is_required(
    made: NewerTree, go: FakeGo
) -> None:
    parts = "require (\n\tk8s.io/api v0.0.0\n\tk8s.io/brand-new v0.0.0\n\tk8s.io/utils v0.1.0\n)\n"
    needs(go, "k8s.io/kubernetes", parts)
    before = files(made.clone)
    make(made, kubernetes="1.99.2")
    for name in ("embedded", "kind"):
        text = mod(made.files, name)
        assert go_mod.required(text)["k8s.io/kubernetes"] == "v1.99.2"
        held = go_mod.replaced(text)
        assert held["k8s.io/api"] == held["k8s.io/brand-new"] == "v0.99.2"
        assert "k8s.io/utils" not in held, "it is not published with Kubernetes"
        assert held["k8s.io/client-go"] != "v0.99.2", "this version does not name it"
    assert files(made.clone) == before


def test_flux_comes_with_the_controllers_of_its_release(made: NewerTree, go: FakeGo) -> None:
    before = go_mod.required(mod(made.clone))
    make(made, flux="2.99.0")
    wanted = go_mod.required(mod(made.files))
    changed = {path: version for path, version in wanted.items() if before[path] != version}
    names = ("source", "kustomize", "helm", "notification", "image-reflector", "image-automation")
    controllers = {f"github.com/fluxcd/{name}-controller": "v1" for name in names}
    controllers["github.com/fluxcd/source-watcher/v2"] = "v1"
    assert changed == {"github.com/fluxcd/flux2/v2": "v2.99.0", **controllers}
    assert go_mod.required(mod(made.files, "data"))["github.com/fluxcd/flux2/v2"] == "v2.99.0"
    sums = (made.files / SETS / "data" / "go.sum").read_text().splitlines()
    assert "github.com/fluxcd/flux2/v2 v2.99.0 h1:other=" in sums
    old = (made.clone / SETS / "data" / "go.sum").read_text().splitlines()
    assert [line for line in old if "cert-manager" in line] == sums[:2]
    assert not (made.files / SETS / "embedded/flux2").exists()


def test_what_is_held_back_for_a_program_follows_it(made: NewerTree, go: FakeGo) -> None:
    text = "require (\n\tsigs.k8s.io/kustomize/api v0.21.3\n\tgithub.com/spf13/cobra v1.99.0\n)\n"
    needs(go, "sigs.k8s.io/kustomize/kustomize/v5", text)
    before = go_mod.replaced(mod(made.clone))
    make(made, kustomize="5.99.0")
    after = go_mod.replaced(mod(made.files))
    assert after == {**before, "sigs.k8s.io/kustomize/api": "v0.21.3"}


def test_what_is_held_at_a_newer_version_for_another_program_stays(
    made: NewerTree, go: FakeGo
) -> None:
    """Helm asks for go-digest v1.0.0, Flux's controllers for a commit after it."""
    before = go_mod.replaced(mod(made.clone))
    path = "github.com/opencontainers/go-digest"
    assert before[path].startswith("v1.0.1-0.")
    needs(go, "helm.sh/helm/v4", f"require (\n\t{path} v1.0.0\n)\n")
    make(made, helm="4.99.0")
    assert go_mod.replaced(mod(made.files)) == before
    needs(go, "helm.sh/helm/v4", f"require (\n\t{path} v1.0.1\n)\n")
    make(made, helm="4.99.0")
    assert go_mod.replaced(mod(made.files)) == {**before, path: "v1.0.1"}


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("v1.0.1", "v1.0.0"),
        ("v1.10.0", "v1.9.9"),
        ("v1.0.1", "v1.0.1-0.20231025023718-d50d2fec9c98"),
        ("v1.0.1-0.20231025023718-d50d2fec9c98", "v1.0.0"),
        ("v1.0.1-0.20231025023718-d50d2fec9c98", "v1.0.1-0.20220411205349-bde1400a84be"),
        ("v2.0.0+incompatible", "v1.9.0"),
        ("v1.0.0-rc.10", "v1.0.0-rc.9"),
        ("v1.0.0-rc.1", "v1.0.0-beta.2"),
        ("v1.0.0-beta.2", "v1.0.0-beta"),
        ("v1.0.0-beta", "v1.0.0-1"),
    ],
)
def test_versions_are_in_the_order_of_go(newer: str, older: str) -> None:
    assert go_mod.is_newer(newer, than=older)
    assert not go_mod.is_newer(older, than=newer)
    assert not go_mod.is_newer(newer, than=newer)


def test_the_diff_is_what_git_takes(made: NewerTree, tmp_path: Path) -> None:
    make(made, helm="4.99.2", kind="0.99.0")
    copy = tmp_path / "copy"
    shutil.copytree(made.clone, copy, ignore=shutil.ignore_patterns(".git"))
    applied = ["git", "apply", "--unsafe-paths", "-p1", str(made.diff_file.resolve())]
    subprocess.run(applied, cwd=copy, check=True, capture_output=True)
    assert files(copy) == files(made.files)
    assert made.changed() == [SETS / "embedded/go.mod", SETS / "kind/go.mod"]
    assert "+\thelm.sh/helm/v4 v4.99.2" in made.diff_file.read_text()
    assert "v0.99.0" in mod(copy, "kind")


@pytest.fixture
def double(made: NewerTree) -> Path:
    """A pin of what becomes the toolchain's own, with a cell; another stays. The pin, in a tree."""
    pinned = SETS / "pins/kubernetes-1.99.2"
    for folder in (pinned, pinned / "node", SETS / "pins/kubernetes-1.35.4"):
        (made.clone / folder).mkdir(parents=True)
        for name in ("go.mod", "go.sum"):
            (made.clone / folder / name).write_text(f"{folder}\n")
    text = "# ours\n- provider: [embedded]\n  kubernetes: [own, 1.35.4, 1.99.2]\n"
    (made.clone / "nightly.yaml").write_text(text)
    return pinned


def test_a_pinned_version_that_becomes_the_own_one_leaves_pins_and_matrix(
    made: NewerTree, double: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_BUILDER", (sys.executable, "-c", "pass"))
    make(made, kubernetes="1.99.2")
    assert (made.clone / double / "node/go.sum").exists()
    by_git = tmp_path / "by-git"
    shutil.copytree(made.clone, by_git, ignore=shutil.ignore_patterns(".git"))
    applied = ["git", "apply", "--unsafe-paths", "-p1", str(made.diff_file.resolve())]
    subprocess.run(applied, cwd=by_git, check=True, capture_output=True)
    assert f"{double}/node/go.sum (gone)" in pinning.take_newer(made)
    text = "# ours\n- provider: [embedded]\n  kubernetes: [own, 1.35.4]\n"
    assert (made.clone / "nightly.yaml").read_text() == text
    assert [path.name for path in (made.clone / SETS / "pins").iterdir()] == ["kubernetes-1.35.4"]
    assert files(made.clone) == files(made.files) == files(by_git)
    assert make(made) == {}
    assert made.diff() == ""


def test_a_matrix_and_pins_that_others_change_meanwhile_are_theirs(
    made: NewerTree, double: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the versions that are taken up do not touch them; else nothing is overwritten."""
    monkeypatch.setattr(tree, "_BUILDER", (sys.executable, "-c", "pass"))
    make(made, helm="4.99.2")
    (made.clone / "nightly.yaml").write_text("- provider: [kind]\n")
    (made.clone / SETS / "pins/kubernetes-1.38.0").mkdir()
    (made.clone / SETS / "pins/kubernetes-1.38.0/go.mod").touch()
    assert pinning.take_newer(made).endswith(": sandbox/toolchain/embedded/go.mod")
    assert (made.clone / "nightly.yaml").read_text() == "- provider: [kind]\n"
    (made.clone / "nightly.yaml").write_text("- provider: [kind]\n  kubernetes: [1.99.2]\n")
    make(made, kubernetes="1.99.2")
    (made.clone / "nightly.yaml").write_text("- provider: [kind]\n")
    with pytest.raises(UsageError, match="the pins or the matrix have changed since"):
        made.take()


def test_what_does_not_fit_together_leaves_no_tree_of_an_earlier_night(
    made: NewerTree, go: FakeGo
) -> None:
    make(made, helm="4.99.1")
    before = files(made.clone)
    go.fails("list", "it does not fit")
    with pytest.raises(SandboxError, match=r"helm 4\.99\.2"):
        make(made, helm="4.99.2")
    assert list(made.folder.iterdir()) == []
    assert files(made.clone) == before


@pytest.mark.parametrize(
    "lacking", ["github.com/fluxcd/flux2/v2@v2.99.0", "github.com/fluxcd/helm-controller@v1"]
)
def test_what_nobody_serves_is_left_out_whole_with_the_reason(
    made: NewerTree, go: FakeGo, lacking: str
) -> None:
    (go.folder / "unserved").write_text(lacking)
    left_out = make(made, flux="2.99.0", helm="4.99.2")
    assert set(left_out) == {"flux"}
    assert left_out["flux"].startswith("nobody serves flux 2.99.0 as a Go module: ")
    assert f"{lacking}: reading the proxy: 404 Not Found" in left_out["flux"]
    before, after = (go_mod.required(mod(folder)) for folder in (made.clone, made.files))
    changed = {path for path, version in after.items() if before[path] != version}
    assert changed == {"helm.sh/helm/v4"}
    assert mod(made.files, "data") == mod(made.clone, "data")


def test_a_clone_that_is_read_only_is_copied_too(made: NewerTree) -> None:
    for path in (*made.clone.rglob("*"), made.clone):
        path.chmod(0o500 if path.is_dir() else 0o400)
    make(made, helm="4.99.1")
    make(made, helm="4.99.2")
    assert "helm.sh/helm/v4 v4.99.2" in mod(made.files)
    modes = {path.stat().st_mode & 0o200 for path in (made.files, *made.files.rglob("*"))}
    assert modes == {0o200}


def test_the_clone_gets_what_was_built_and_nothing_else(
    made: NewerTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "_BUILDER", (sys.executable, "-c", "pass"))
    make(made, helm="4.99.2")
    said = pinning.take_newer(made)
    assert "sandbox/toolchain/embedded/go.mod" in said
    assert "helm.sh/helm/v4 v4.99.2" in mod(made.clone)
    there = files(made.clone)
    assert there == files(made.files)


def test_what_does_not_build_is_not_taken(made: NewerTree, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import sys; sys.exit('building helm: it does not compile')"
    monkeypatch.setattr(tree, "_BUILDER", (sys.executable, "-c", program))
    make(made, helm="4.99.2")
    before = files(made.clone)
    with pytest.raises(SandboxError, match="building helm: it does not compile") as error:
        made.take()
    assert error.value.exit_code == 3
    assert files(made.clone) == before


def test_pins_that_have_changed_since_are_not_overwritten(made: NewerTree) -> None:
    make(made, helm="4.99.2")
    file = made.clone / SETS / "embedded/go.mod"
    file.write_text(file.read_text().replace("sigs.k8s.io/kwok v0", "sigs.k8s.io/kwok v1"))
    with pytest.raises(UsageError, match="have changed since"):
        made.take()


def test_without_a_night_that_looked_it_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert pinning.main(["--next"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("build/next/pins.diff is not there")
    assert line.endswith("Cure: make nightly NEXT=1")


def test_nothing_newer_is_an_empty_diff(made: NewerTree) -> None:
    make(made)
    assert made.diff_file.read_text() == ""


def test_a_go_mod_of_one_line_is_read_too() -> None:
    text = "module x\n\nrequire k8s.io/kubernetes v1.35.4\n\nreplace a.b/c => a.b/c v0.1.0\n"
    assert go_mod.required(text) == {"k8s.io/kubernetes": "v1.35.4"}
    assert go_mod.replaced(text) == {"a.b/c": "v0.1.0"}
    assert "require k8s.io/kubernetes v1.36.0\n" in go_mod.requiring(
        text, "k8s.io/kubernetes", "v1.36.0"
    )

"""TOOLCHAIN_FROM_PATH=1: what is taken from PATH, what is not and why, and what is built then."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from programs_on_path import ETCD, KUBERNETES, UserPath
from toolchain_fakes import FakeGo, embedded

from sandbox import from_path
from sandbox.errors import SandboxError, UsageError
from sandbox.from_path import FromPath
from sandbox.toolchain import builder, ensure, found_on_path, own_word, pins, proof
from sandbox.toolchain.modules import EMBEDDED, SOPS
from sandbox.toolchain.progress import Clock
from sandbox.toolchain.store import Store
from sandbox.toolchain.toolchain import modules_with


@pytest.fixture(autouse=True)
def on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(from_path.VARIABLE, "1")
    monkeypatch.setattr(proof, "prove", lambda _bin, _share, marker: marker.write_text("{}"))
    for product in pins.PRODUCTS:
        monkeypatch.delenv(product.variable, raising=False)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, go: FakeGo, cache: Path) -> UserPath:
    # The machine may have programs of these names of its own.
    for name in ("sh", "cat", "sleep", "yes", "touch"):
        (go.folder / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", str(go.folder))
    return UserPath(tmp_path / "of-the-user", monkeypatch)


def names(found: FromPath) -> list[str]:
    return [each.name for each in found.taken]


def test_what_is_taken_is_not_built_and_the_rest_is(path: UserPath, go: FakeGo) -> None:
    program = path.has("kubectl")
    path.has("etcd")
    found = found_on_path(("embedded",))
    assert names(found) == ["etcd", "kubectl"]
    toolchain = ensure(taken=found.taken)
    [build] = [call for call in go.calls("build") if "kube-apiserver" in call]
    assert "cmd/kubectl" not in build
    assert "go.etcd.io/etcd/server/v3" not in build.split()
    assert set(EMBEDDED.binaries) <= {each.name for each in toolchain.bin.iterdir()}
    assert (toolchain.bin / "kubectl").read_bytes() == program.read_bytes()
    assert toolchain.versions["kubernetes"] == KUBERNETES.removeprefix("v")
    assert toolchain.versions["go"] == "1.26.8"
    builds = len(go.calls("build"))
    assert ensure(taken=found.taken) == toolchain
    assert len(go.calls("build")) == builds


def test_each_is_told_with_its_version_its_real_path_and_its_digest(
    path: UserPath, tmp_path: Path
) -> None:
    real = path.has("etcd").rename(tmp_path / "etcd-of-the-user")
    (path.folder / "etcd").symlink_to(real)
    digest = hashlib.sha256(real.read_bytes()).hexdigest()
    found = found_on_path(("embedded",))
    assert found.lines() == [f"taken from PATH: etcd {ETCD} ({real}, sha256 {digest[:12]})"]
    assert found.told == {
        "TOOLCHAIN_FROM_PATH": f"etcd {ETCD} ({real}, sha256 {digest[:12]})",
        "not taken from PATH": "none",
    }


@pytest.mark.parametrize(
    ("says", "does", "why"),
    [
        ("etcd Version: 3.5.1\nGit SHA: x", "", f"is 3.5.1, not {ETCD}"),
        (f"etcd Version: {ETCD}-rc.0\nGit SHA: x", "", f"is {ETCD}-rc.0, not {ETCD}"),
        ("hello", "", "answers 'hello'"),
        ("", "true", "answers nothing"),
        ("", "echo broken >&2; exit 7", "ends with exit code 7: broken"),
        ("", "exec sleep 60", "does not answer within 0.5 s"),
        ("", "(sleep 60) & sleep 60", "does not answer within 0.5 s"),
        ("", "exec >&- 2>&-; sleep 60", "does not end within 0.5 s"),
        ("", "exec yes etcd Version: 1", "answers more than 65536 bytes"),
    ],
)
def test_a_program_that_does_not_answer_with_the_version_is_told_and_not_taken(
    path: UserPath, monkeypatch: pytest.MonkeyPatch, says: str, does: str, why: str
) -> None:
    monkeypatch.setattr(own_word, "LIMIT_S", 0.5)
    program = path.has("etcd", says, does=does)
    found = found_on_path(("embedded",))
    assert not found.taken
    [line] = found.left
    assert line.startswith(f"etcd ({program}): {why}")
    assert found.lines() == [f"not taken from PATH: {line}"]
    assert found.told["not taken from PATH"] == line
    assert found.told["TOOLCHAIN_FROM_PATH"] == "none"


def test_a_wrapper_is_not_taken_whatever_it_answers(path: UserPath) -> None:
    path.has("etcd", package="example.invalid/shim")
    (path.folder / "kubectl").touch(0o755)
    found = found_on_path(("embedded",))
    assert not found.taken
    assert "is no program of Go that was built from go.etcd.io/etcd/server/v3" in found.left[0]
    assert "kubectl" in found.left[1]


def test_what_the_project_makes_its_own_is_never_taken(path: UserPath) -> None:
    path.has("flux", "flux version 2.9.5")
    path.has("kustomize", "v5.8.1")
    path.has("source-controller", "v1.9.3")
    found = found_on_path(("embedded",))
    assert not found.taken
    assert [line.partition(" ")[0] for line in found.left] == ["kustomize", "flux"]
    assert "manifests" in found.left[1]


def test_what_goes_into_the_images_of_kinds_nodes_is_built(path: UserPath) -> None:
    path.has("kubectl")
    path.has("helm")
    found = found_on_path(("embedded", "kind"))
    assert names(found) == ["helm"]
    assert "goes into the images of kind's nodes" in found.left[0]


def test_nothing_is_taken_where_a_pinned_version_is_asked_for(path: UserPath) -> None:
    path.has("kubectl")
    path.has("helm")
    found = found_on_path(("embedded",), kubernetes="1.35.4")
    assert names(found) == ["helm"]
    [line] = found.left
    assert "Kubernetes 1.35.4 is asked for" in line


def test_a_program_that_is_replaced_after_it_was_taken_is_found_out(path: UserPath) -> None:
    program = path.has("etcd")
    found = found_on_path(("embedded",))
    program.write_bytes(program.read_bytes() + b"another\n")
    with pytest.raises(SandboxError, match="is another file since it was taken as etcd") as raised:
        ensure(taken=found.taken)
    assert raised.value.exit_code == 3
    program.unlink()
    with pytest.raises(SandboxError, match="is gone since it was taken as etcd"):
        ensure(taken=found.taken)


def test_a_program_that_cannot_be_read_any_more_is_named(path: UserPath) -> None:
    """It is no fault of the cache, to which it is copied."""
    program = path.has("etcd")
    found = found_on_path(("embedded",))
    program.unlink()
    program.mkdir()
    with pytest.raises(SandboxError, match="cannot be read") as raised:
        ensure(taken=found.taken)
    said = f"{program} cannot be read (Is a directory) since it was taken as etcd "
    assert raised.value.what.startswith(said)
    assert raised.value.exit_code == 3


def test_another_file_of_the_same_version_is_another_toolchain(path: UserPath, go: FakeGo) -> None:
    program = path.has("etcd")
    first = ensure(taken=found_on_path(("embedded",)).taken)
    before, builds = (first.bin / "etcd").read_bytes(), len(go.calls("build"))
    program.write_bytes(program.read_bytes() + b"another\n")
    second = ensure(taken=found_on_path(("embedded",)).taken)
    assert second.bin != first.bin
    assert (second.bin / "etcd").read_bytes() == program.read_bytes()
    assert (first.bin / "etcd").read_bytes() == before, "a sandbox that is up keeps its own"
    assert len(go.calls("build")) == builds, "the rest is the same"


def test_each_combination_is_proven(path: UserPath, monkeypatch: pytest.MonkeyPatch) -> None:
    proofs: list[Path] = []
    path.has("etcd")
    found = found_on_path(("embedded",))

    def prove(bin_folder: Path, _share: Path, marker: Path) -> None:
        proofs.append(bin_folder)
        marker.write_text("{}")

    monkeypatch.setattr(proof, "prove", prove)
    views = [ensure(taken=found.taken).bin for _ in range(2)]
    program = path.has("etcd", f"etcd Version: {ETCD}\nGit SHA: another")
    views.append(ensure(taken=found_on_path(("embedded",)).taken).bin)
    assert program.exists()
    assert proofs == [views[0], views[2]]


def test_what_is_built_already_is_not_taken(
    path: UserPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded(monkeypatch, [])
    path.has("etcd")
    found = found_on_path(("embedded",))
    assert not found.taken
    assert found.lines() == ["TOOLCHAIN_FROM_PATH=1: PATH has no program that is still to be built"]


def test_a_set_of_which_all_is_taken_is_not_built(path: UserPath, go: FakeGo) -> None:
    path.has("sops")
    path.has("age-keygen")
    found = found_on_path(("sops",))
    assert set(names(found)) == set(SOPS.binaries)
    toolchain = ensure(("sops",), taken=found.taken)
    assert not go.calls("build")
    assert {each.name for each in toolchain.bin.iterdir()} == set(SOPS.binaries)
    assert "go" not in toolchain.versions


def test_the_stores_own_programs_are_not_taken_for_the_users(
    path: UserPath, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the shell of a sandbox, whose PATH begins with them."""
    view = cache / "view-1" / "bin"
    view.mkdir(parents=True)
    path.has("etcd").rename(view / "etcd")
    monkeypatch.setenv("PATH", f"{view}:relative:{path.folder}")
    found = found_on_path(("embedded",))
    assert (found.taken, found.left) == ((), ())


def test_what_sandboxes_use_stays_when_the_cache_is_tidied(path: UserPath, cache: Path) -> None:
    path.has("etcd")
    found = found_on_path(("embedded",))
    bin_folder = ensure(taken=found.taken).bin
    store, told = Store(cache), Clock(lambda _: None)
    used = modules_with(("embedded",), taken=found.taken)
    assert builder.prune(store, told, [used]) == []
    assert (bin_folder / "etcd").exists()
    assert len(builder.prune(store, told)) == 3


def test_nobody_who_did_not_ask_gets_anything(
    path: UserPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.has("etcd", does="touch asked")
    for value in ("", "0"):
        monkeypatch.setenv(from_path.VARIABLE, value)
        assert found_on_path(("embedded",)) == FromPath()
        assert (FromPath().lines(), FromPath().told) == ([], {})


@pytest.mark.parametrize("value", ["yes", "2", " 1", "true"])
def test_another_value_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(from_path.VARIABLE, value)
    with pytest.raises(UsageError, match=f"TOOLCHAIN_FROM_PATH={value} says neither") as raised:
        found_on_path(("embedded",))
    assert raised.value.cure

"""The command line of the toolchain."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from background import in_background
from programs_on_path import ETCD, UserPath
from toolchain_fakes import FakeGo

from sandbox.layout import Layout
from sandbox.record import Record, folder_of
from sandbox.toolchain import ensure, found_on_path, pins, proof
from sandbox.toolchain.__main__ import main
from sandbox.toolchain.modules import EMBEDDED
from sandbox.toolchain.store import Store
from sandbox.waiting import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture
def proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "prove", lambda _bin, _share, marker: marker.write_text("{}"))


@pytest.mark.usefixtures("go", "proven")
def test_print_path_prints_only_the_folder(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--print-path"]) == 0
    printed = capsys.readouterr()
    assert (Path(printed.out.strip()) / "kube-apiserver").exists()
    assert " of 18), 0:0" in printed.err


@pytest.mark.usefixtures("go", "proven")
def test_both_sets_are_built_into_one_folder(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--set", "embedded", "--set", "kind"]) == 0
    folder = Path(capsys.readouterr().out.splitlines()[0])
    assert {"kind", "kubelet", "containerd", "flux", "podcli"} <= {p.name for p in folder.iterdir()}
    assert (folder.parent / "share" / "pause.c").exists()
    assert (folder.parent / "share" / "kind-images-base").is_dir()


@pytest.mark.usefixtures("go", "proven")
def test_old_programs_are_listed_and_removed(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([])
    (cache / "embedded-old").mkdir()
    (cache / "work").mkdir()
    programs = Path(capsys.readouterr().out.splitlines()[0])
    assert main(["--list"]) == 0
    listed = capsys.readouterr().out
    assert f"in use      {Store(cache).folder(EMBEDDED).name}" in listed
    assert "old         embedded-old" in listed
    assert "unfinished  work" in listed
    assert main(["--prune"]) == 0
    assert capsys.readouterr().out == "removed: embedded-old, work\n"
    assert not (cache / "embedded-old").exists()
    assert (programs / "flux").exists()
    assert main(["--prune"]) == 0
    assert capsys.readouterr().out == "removed: nothing\n"


def test_a_failure_is_one_line_and_exit_3(
    go: FakeGo, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go.fails("list", "dial tcp: lookup proxy.invalid: no such host")
    assert main([]) == 3
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == (
        "toolchain: downloading the modules of embedded: the modules cannot be reached: dial tcp: "
        "lookup proxy.invalid: no such host. Cure: check the network, or name a module proxy that "
        "answers with GOPROXY, and run the command again; what is downloaded so far is kept"
    )


@pytest.mark.usefixtures("go", "proven")
@pytest.mark.parametrize("product", pins.PRODUCTS, ids=lambda product: product.name)
def test_the_pinned_version_that_is_asked_for_is_built(
    product: pins.Product,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    version = list(product.known())[-1]
    monkeypatch.setenv(product.variable, version)
    assert main([]) == 0
    folder, versions = capsys.readouterr().out.splitlines()
    assert f"{product.name.lower()}={version}" in versions.split()
    asked = pins.Versions.asked()
    assert folder == str(ensure(kubernetes=asked.kubernetes, flux=asked.flux).bin)
    assert folder != str(ensure().bin)


@pytest.mark.usefixtures("go")
@pytest.mark.parametrize(
    ("variable", "version"), [("KUBERNETES", "1.30.1"), ("FLUX", "2.1.1"), ("FLUX", "newest")]
)
def test_a_version_that_is_not_pinned_is_exit_2(
    variable: str,
    version: str,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, version)
    assert main([]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert version in line
    assert "Cure: " in line
    assert not cache.exists()


@pytest.mark.usefixtures("proven")
def test_what_is_taken_from_path_is_said(
    go: FakeGo,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TOOLCHAIN_FROM_PATH", "1")
    path = UserPath(tmp_path / "of-the-user", monkeypatch)
    etcd, helm = path.has("etcd"), path.has("helm", "v4.0.0")
    assert main(["--print-path"]) == 0
    printed = capsys.readouterr()
    assert (Path(printed.out.strip()) / "etcd").read_bytes() == etcd.read_bytes()
    assert f"taken from PATH: etcd {ETCD} ({etcd}, sha256 " in printed.err
    assert f"not taken from PATH: helm ({helm}): is 4.0.0, not " in printed.err
    assert main(["--list"]) == 0
    assert ", from PATH: etcd" in capsys.readouterr().out


def test_from_path_with_another_value_is_exit_2(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOOLCHAIN_FROM_PATH", "yes")
    assert main([]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("TOOLCHAIN_FROM_PATH=yes says neither yes nor no. Cure: ")
    assert not cache.exists()


def test_an_unknown_set_is_exit_2(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--set", "k3s"])
    assert raised.value.code == 2
    assert "invalid choice: 'k3s'" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_is_exit_130_and_says_that_the_rest_is_kept(
    number: signal.Signals, go: FakeGo, cache: Path
) -> None:
    go.blocks()
    command = in_background([sys.executable, "-m", "sandbox.toolchain"])
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    wait_until("the fake go to block", lambda: (go.blocked_pid, "not yet"), 30, every=0.02)
    process.send_signal(number)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert said.endswith("toolchain: interrupted; what is built so far is kept\n")


@pytest.mark.usefixtures("proven")
def test_what_a_sandbox_has_from_path_and_what_is_asked_for_stays(
    go: FakeGo,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TOOLCHAIN_FROM_PATH", "1")
    monkeypatch.setenv("PROOFBOOK_STATE", str(tmp_path / "state"))
    UserPath(tmp_path / "of-the-user", monkeypatch).has("etcd")
    found = found_on_path(("embedded",))
    programs = ensure(taken=found.taken).bin
    record = Record(
        name="up", provider="embedded", layout=Layout(), state="up", owner=None, from_path=found
    )
    record.write(folder_of("up"))
    assert main(["--prune"]) == 0
    assert capsys.readouterr().out == "removed: nothing\n"
    (folder_of("up") / "sandbox.json").unlink()
    assert main(["--prune"]) == 0
    assert capsys.readouterr().out == "removed: nothing\n", "it is still asked for"
    monkeypatch.delenv("TOOLCHAIN_FROM_PATH")
    assert main(["--prune"]) == 0
    assert not programs.exists()


@pytest.mark.usefixtures("proven")
@pytest.mark.parametrize(
    ("pin", "sets", "why"),
    [("1.30.1", ("embedded",), "Kubernetes 1.30.1 is not pinned"), ("", ("gone",), "gone")],
)
def test_a_sandbox_of_a_pin_that_is_gone_is_told_and_keeps_what_is_known_of_it(
    *,
    pin: str,
    sets: tuple[str, ...],
    why: str,
    go: FakeGo,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TOOLCHAIN_FROM_PATH", "1")
    monkeypatch.setenv("PROOFBOOK_STATE", str(tmp_path / "state"))
    UserPath(tmp_path / "of-the-user", monkeypatch).has("etcd")
    found = found_on_path(("embedded",))
    ensure(taken=found.taken)
    monkeypatch.delenv("TOOLCHAIN_FROM_PATH")
    noted = Record(
        name="up",
        provider="embedded",
        layout=Layout(),
        state="up",
        owner=None,
        from_path=replace(found, sets=sets),
        kubernetes=pin,
    )
    noted.write(folder_of("up"))
    [taken] = [folder for folder in cache.iterdir() if folder.name.startswith("path-")]
    capsys.readouterr()
    for words in (["--list"], ["--prune"]):
        assert main(words) == 0
        [line] = capsys.readouterr().err.splitlines()
        assert line.startswith("sandbox up: not all that it has counts as in use: ")
        assert why in line
    assert taken.exists()

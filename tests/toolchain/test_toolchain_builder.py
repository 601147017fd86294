"""A build from end to end, with a fake Go: what is made, what is kept, what is said."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from toolchain_fakes import FakeGo, Told

from sandbox.errors import SandboxError
from sandbox.toolchain import Toolchain, builder, ensure, proof
from sandbox.toolchain.modules import APPS, EMBEDDED, SETS
from sandbox.toolchain.progress import Clock, Progress
from sandbox.toolchain.store import PROOF, Store
from sandbox.waiting import wait_until

BUILD_APPS = """
from pathlib import Path
from sandbox.toolchain import builder
from sandbox.toolchain.modules import APPS
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import Store
from sandbox.toolchain.venv import cache_home
builder.build(Store(cache_home() / "toolchain"), (APPS,), Clock(Printer()))
"""


def start_build() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD_APPS], stderr=subprocess.PIPE, text=True, cwd=Path.cwd()
    )


def build_apps(cache: Path, told: Told) -> Store:
    store = Store(cache)
    builder.build(store, (APPS,), told.clock)
    return store


def wait_blocked(go: FakeGo) -> int:
    return wait_until("the fake go to block", lambda: (go.blocked_pid, "not yet"), 30, every=0.02)


def test_a_build_leaves_programs_files_and_no_scratch(go: FakeGo, cache: Path, told: Told) -> None:
    folder = build_apps(cache, told).folder(APPS)
    assert sorted(path.name for path in (folder / "bin").iterdir()) == ["podcli", "podinfo"]
    assert (folder / "share" / "charts" / "podinfo" / "Chart.yaml").exists()
    assert (folder / "share" / "cert-manager-crds" / "issuers.yaml").exists()
    assert json.loads((folder / "complete.json").read_text())["go"] == "1.26.8"
    assert not (cache / "work").exists()


def test_progress_names_the_program_n_of_m_and_the_time(
    go: FakeGo, cache: Path, told: Told
) -> None:
    def listen(progress: Progress) -> None:
        told.append(progress)
        if progress.detail.startswith("github.com/"):
            go.has_seen(progress.detail)

    go.waits_to_be_seen()
    builder.build(Store(cache), (APPS,), Clock(listen))
    assert "toolchain: building apps once, about 1 min on 2 cores: needs" in told.text
    assert "toolchain: downloading the modules of apps, 0:0" in told.text
    assert "toolchain: building podinfo (1 of 2), 0:0" in told.text
    assert "toolchain: building podcli (2 of 2), 0:0" in told.text


def test_what_is_complete_is_never_built_again(go: FakeGo, cache: Path, told: Told) -> None:
    build_apps(cache, told)
    go.fails("build", "must not be called")
    build_apps(cache, told)
    assert len(go.calls("build")) == 1


def test_caches_that_an_interrupted_process_left_are_removed_by_the_next(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded(monkeypatch, [])
    (cache / "trash-1" / "gocache").mkdir(parents=True)
    embedded(monkeypatch, [])
    assert not (cache / "trash-1").exists()


def test_the_settings_of_the_person_do_not_change_the_build(
    go: FakeGo, cache: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "GOFLAGS": "-mod=mod",
        "GOSUMDB": "sum.invalid",
        "GOOS": "plan9",
        "CGO_ENABLED": "1",
        "GOTOOLCHAIN": "auto",
        "GOEXPERIMENT": "x",
        "GOPROXY": "https://mirror.invalid",
    }.items():
        monkeypatch.setenv(name, value)
    build_apps(cache, told)
    seen = dict(line.split("=", 1) for line in go.env_seen.splitlines())
    assert seen["GOFLAGS"].split()[0] == "-mod=readonly"
    assert (seen["GOSUMDB"], seen["GOOS"], seen["CGO_ENABLED"]) == ("off", "linux", "0")
    assert (seen["GOTOOLCHAIN"], seen["GOWORK"]) == ("local", "off")
    assert seen["GOPROXY"] == "https://mirror.invalid"
    assert "GOEXPERIMENT" not in seen


def test_the_module_cache_of_the_person_is_asked_first(
    go: FakeGo, cache: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mod" / "cache" / "download").mkdir(parents=True)
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "mod"))
    monkeypatch.setenv("GOPROXY", "https://mirror.invalid")
    build_apps(cache, told)
    cached = (tmp_path / "mod" / "cache" / "download").as_uri()
    expected = f"GOPROXY={cached},https://mirror.invalid"
    assert expected in go.env_seen.splitlines()
    assert f"GOMODCACHE={cache}/work/gomodcache" in go.env_seen.splitlines()


@pytest.mark.parametrize("command", ["list", "build", "mod-download"])
def test_a_failure_is_one_line_and_the_next_run_goes_on(
    command: str, go: FakeGo, cache: Path, told: Told
) -> None:
    go.fails(command, "go: m@v1: reading https://p.invalid/m: 403 Forbidden")
    with pytest.raises(SandboxError, match="a module is refused") as raised:
        build_apps(cache, told)
    assert raised.value.exit_code == 3
    assert "\n" not in str(raised.value)
    assert not Store(cache).folder(APPS).exists()
    assert (cache / "work").exists()
    go.works_again()
    assert build_apps(cache, told).is_complete(APPS)


def test_copied_files_that_are_not_what_go_sum_names_are_refused(
    go: FakeGo, cache: Path, told: Told
) -> None:
    (go.folder / "altered").touch()
    with pytest.raises(SandboxError, match=r"does not match the checksum in go\.sum"):
        build_apps(cache, told)
    assert not Store(cache).folder(APPS).exists()


def test_the_committed_module_files_are_not_touched(go: FakeGo, cache: Path, told: Told) -> None:
    before = (APPS.folder / "go.sum").stat().st_mtime_ns
    go.fails("build", "x")
    with pytest.raises(SandboxError):
        build_apps(cache, told)
    assert (cache / "work" / "src" / "apps" / "go.sum").exists()
    assert (APPS.folder / "go.sum").stat().st_mtime_ns == before


def test_a_build_that_was_killed_leaves_no_process_and_is_resumed(
    go: FakeGo, cache: Path, told: Told
) -> None:
    go.blocks()
    first = start_build()
    compiler = wait_blocked(go)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    wait_until(
        "the orphaned compiler to end",
        lambda: (not psutil.pid_exists(compiler) or None, "it runs"),
        10,
        every=0.02,
    )
    assert not Store(cache).folder(APPS).exists()
    assert (cache / "work" / "gocache" / "compiled").exists()
    go.unblocks()
    (cache / "work" / "tmp" / "go-build1").mkdir()
    go.fails("build", "x")
    with pytest.raises(SandboxError):
        build_apps(cache, told)
    assert (cache / "work" / "gocache" / "compiled").exists()
    assert not (cache / "work" / "tmp" / "go-build1").exists()
    go.works_again()
    assert build_apps(cache, told).is_complete(APPS)
    assert not list(cache.glob("trash-*"))
    assert "waiting for" not in told.text


def test_the_second_of_two_builds_says_what_it_waits_for_and_builds_nothing(
    go: FakeGo, cache: Path
) -> None:
    go.blocks()
    first = start_build()
    wait_blocked(go)
    second = start_build()
    assert second.stderr
    said = second.stderr.readline()
    go.unblocks()
    first_said, second_said = first.communicate(timeout=60)[1], second.communicate(timeout=60)[1]
    assert said.startswith(
        f"toolchain: waiting for process {first.pid}, which is building apps, 0:0"
    )
    assert (first.returncode, second.returncode) == (0, 0), first_said + second_said
    assert len(go.calls("build")) == 1


def test_ctrl_c_ends_the_compiler(go: FakeGo, cache: Path) -> None:
    go.blocks()
    process = start_build()
    compiler = wait_blocked(go)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert not psutil.pid_exists(compiler)
    assert not Store(cache).folder(APPS).exists()


def test_a_full_disk_is_one_line(
    go: FakeGo, cache: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(builder.share, "fill", full)
    with pytest.raises(SandboxError) as raised:
        build_apps(cache, told)
    assert str(raised.value) == (
        "toolchain: the disk is full: [Errno 28] No space left on device. Cure: free space in "
        f"{cache}, or name another folder with PROOFBOOK_CACHE"
    )
    assert not Store(cache).folder(APPS).exists()


def test_a_cache_that_cannot_be_written_is_one_line(go: FakeGo, tmp_path: Path, told: Told) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SandboxError, match=r"the cache cannot be written: .*name another folder"):
        build_apps(tmp_path / "file" / "toolchain", told)


def embedded(monkeypatch: pytest.MonkeyPatch, proofs: list[Path]) -> Toolchain:
    def prove(bin_folder: Path, share: Path, marker: Path) -> None:
        proofs.append(bin_folder)
        marker.write_text("{}")

    monkeypatch.setattr(proof, "prove", prove)
    return ensure(("embedded",), on_progress=lambda _: None)


def test_the_embedded_set_renders_the_manifests_of_flux(
    go: FakeGo, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toolchain = embedded(monkeypatch, [])
    manifests = toolchain.share / "flux-manifests"
    assert sorted(path.name for path in manifests.iterdir()) == [
        "helm-controller.yaml",
        "kustomize-controller.yaml",
        "notification-controller.yaml",
        "policies.yaml",
        "rbac.yaml",
        "source-controller.yaml",
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

"""A build from end to end, with a fake Go: what is made, what is kept, what is said."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, Told, build_apps

from sandbox.errors import SandboxError
from sandbox.toolchain import builder
from sandbox.toolchain.modules import APPS
from sandbox.toolchain.progress import Clock, Progress
from sandbox.toolchain.store import Store


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
        "GOGC": "50",
        "GOPROXY": "https://mirror.invalid",
    }.items():
        monkeypatch.setenv(name, value)
    build_apps(cache, told)
    seen = dict(line.split("=", 1) for line in go.env_seen.splitlines())
    assert seen["GOFLAGS"].split()[0] == "-mod=readonly"
    assert seen.get("GOGC") != "50"
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

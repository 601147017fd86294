"""The two scripts of CI: what they change in a request, and that they stop nothing foreign."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CI = Path(__file__).parents[2] / ".ci"
ALL = ["CAP_CHOWN", "CAP_SYS_RESOURCE"]


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The wrapper's functions, on a host that withholds CAP_SYS_RESOURCE, with runc played."""
    script = runpy.run_path(str(CI / "oci-runtime"))
    names = script["main"].__globals__
    names["granted"] = lambda: {"CAP_CHOWN"}
    names["shutil"].which("true")
    called: list[list[str]] = []
    monkeypatch.setattr(names["shutil"], "which", lambda name, path=None: f"/fake/{name}")
    monkeypatch.setattr(os, "execv", lambda program, words: called.append([program, *words]))
    return {"main": script["main"], "called": called}


def test_missing_capabilities_leave_a_bundle_and_a_process(
    runtime: dict[str, Any], tmp_path: Path
) -> None:
    sets = {"capabilities": {"bounding": ALL, "effective": ALL}, "args": ["sh"]}
    config, process = tmp_path / "config.json", tmp_path / "process.json"
    config.write_text(json.dumps({"process": sets, "root": {}}))
    process.write_text(json.dumps(sets))
    runtime["main"](["--log", "x", "create", "--bundle", str(tmp_path), "id"])
    runtime["main"](["exec", f"--process={process}", "id"])
    for made in (json.loads(config.read_text())["process"], json.loads(process.read_text())):
        assert made["capabilities"] == {"bounding": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"]}
        assert made["args"] == ["sh"]
    assert runtime["called"][0][:2] == ["/fake/runc", "runc"]
    assert runtime["called"][1][2:] == ["exec", f"--process={process}", "id"]


def test_other_requests_pass_unchanged(runtime: dict[str, Any]) -> None:
    runtime["main"](["kill", "id", "9"])
    assert runtime["called"] == [["/fake/runc", "runc", "kill", "id", "9"]]


def test_wrong_use_of_the_engine_script_is_told() -> None:
    done = subprocess.run(
        [sys.executable, CI / "engine", "explode"], capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 2
    assert done.stderr.startswith("usage: .ci/engine")


@pytest.mark.parametrize(("now", "after"), [("1024", "128"), ("4096", "4096")])
def test_inotify_instances_are_raised_and_come_back_unless_changed_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: str, after: str
) -> None:
    script = runpy.run_path(str(CI / "engine"))
    names = script["raise_instances"].__globals__
    instances = tmp_path / "max_user_instances"
    instances.write_text("128\n")
    names |= {"INSTANCES": instances, "STATE": tmp_path, "WAS": tmp_path / "was"}
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for _ in range(2):
        script["raise_instances"]()
        assert instances.read_text() == "1024"
    instances.write_text(now)
    script["lower_instances"]()
    script["lower_instances"]()
    assert instances.read_text() == after


def test_a_process_with_a_reused_id_is_not_ours(tmp_path: Path) -> None:
    script = runpy.run_path(str(CI / "engine"))
    names = script["recorded"].__globals__
    names["RECORD"] = tmp_path / "dockerd.json"
    assert script["recorded"]() is None
    names["RECORD"].write_text(json.dumps({"pid": os.getpid(), "started": "1"}))
    assert script["recorded"]() is None
    started = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19]
    names["RECORD"].write_text(json.dumps({"pid": os.getpid(), "started": started}))
    assert script["recorded"]()["pid"] == os.getpid()

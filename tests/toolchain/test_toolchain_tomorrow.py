"""Tomorrow's cell from end to end: a proxy of the test's own has a newer Helm that breaks."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from registries import registry
from toolchain_fakes import FakeGo

from sandbox.toolchain.modules import HERE
from sandbox.toolchain.newer import asking
from sandbox.toolchain.newer.pinned import programs
from steps import cell_run, nightly

pytestmark = pytest.mark.integration

PROGRAM = Path(__file__).parents[1] / "steps" / "night_program.py"
ROOT = Path(__file__).parents[2]
OWN = "operational-embedded"


@pytest.mark.usefixtures("cache")
def test_the_break_and_the_first_bad_version_are_named(
    tmp_path: Path,
    go: FakeGo,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    [helm] = [each for each in programs() if each.name == "helm"]
    monkeypatch.setattr(asking, "programs", lambda: [helm])
    monkeypatch.setattr(asking, "packages", list)
    monkeypatch.setattr(cell_run, "PYTHON", (sys.executable, str(PROGRAM)))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    plan = {OWN: "passed"}
    names = ["next", "next-helm-90.0.0", "next-helm-90.1.0", "next-helm-90.2.0"]
    plan |= {f"{OWN}-{name}": "helm<90.1.0" for name in names}
    monkeypatch.setenv("PLAN", json.dumps(plan))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nightly.yaml").write_text("- provider: [embedded]\n")
    before = _pins()
    with registry() as proxy:
        monkeypatch.setenv("GOPROXY", proxy.address)
        newer = ["v90.0.0", "v90.1.0", "v90.2.0", "v90.3.0", "v91.0.0-rc.1"]
        proxy.serves_module(helm.module, f"v{helm.version}", *newer)
        assert nightly.main(["--matrix=nightly.yaml", "--next", "--bisect"]) == 1
    said = capfd.readouterr().out
    assert f"helm {helm.version} -> 90.3.0: 0 units in 1 scenario broken" in said
    assert "(first bad version: 90.1.0 (90.0.0 holds))" in said
    assert "no unit (shop/opens): it broke" in said
    report = (tmp_path / "build/next/report.md").read_text()
    assert "first bad version: 90.1.0" in report
    assert f"-\thelm.sh/helm/v4 v{helm.version}\n+\thelm.sh/helm/v4 v90.3.0\n" in report
    assert _pins() == before, "nothing in the tree changes"
    assert go.calls("mod download")


def _pins() -> dict[Path, bytes]:
    """What is pinned in the clone."""
    return {path: path.read_bytes() for path in HERE.rglob("go.*") if path.is_file()}

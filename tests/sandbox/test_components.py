"""What fails when Flux's components are put into a cluster is told as theirs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mutation.outcome import Ended, outcome
from sandbox import command
from sandbox.errors import SandboxError
from sandbox.flux import components
from sandbox.phases import phase


@pytest.mark.parametrize("program", ["kustomize", "kubectl"])
def test_a_folder_of_flux_that_cannot_be_built_or_applied_is_not_the_cluster_s_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, program: str
) -> None:
    def run(argv: list[str], **_: Any) -> Any:
        if argv[0] == program:
            raise SandboxError(f"`{program}` ended with 1")
        return SimpleNamespace(stdout="")

    monkeypatch.setattr(command, "run", run)
    (tmp_path / "flux-system").mkdir()
    (tmp_path / "flux-system" / "kustomization.yaml").write_text("resources: [gotk-sync.yaml]\n")
    cluster: Any = SimpleNamespace(kubeconfig=tmp_path)
    toolchain: Any = SimpleNamespace(bin=tmp_path)
    with pytest.raises(SandboxError) as told, phase("cluster dev"):
        components.apply(cluster, toolchain, tmp_path)
    assert str(told.value) == f"Flux components: `{program}` ended with 1"
    failed = {
        "id": "a",
        "status": "failed",
        "error": f"set-up: {told.value}",
        "steps": [],
        "duration_s": 1.0,
    }
    results: Any = {"run": {"stopped": str(told.value)}, "scenarios": [failed]}
    assert outcome("a", 3, results, "", 1.0).ended is Ended.NOT_UP

"""The controller manager may ask more often than by itself, and the facts of a run say so."""

from __future__ import annotations

from pathlib import Path

from sandbox.providers import pace
from sandbox.providers.embedded.control_plane import ControlPlane, Ports
from sandbox.providers.kind import Kind


def test_the_facts_of_a_run_say_what_the_program_is_told(tmp_path: Path) -> None:
    ports = Ports(**dict.fromkeys(Ports.__dataclass_fields__, 1))
    flags = ControlPlane(name="dev", folder=tmp_path, ports=ports).controller_manager()
    told = pace.told()
    assert list(told) == list(pace.ARGUMENTS)
    for name, value in pace.ARGUMENTS.items():
        assert f"--{name}={value}" in flags
        assert told[name].startswith(f"{value} of kube-controller-manager instead of ")
    assert told.items() <= Kind.told.items()

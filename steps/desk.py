"""Sentences about the engineer's desk: what it reaches."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import given

from sandbox.cluster import kubeconfig
from steps.engineer import Engineer


@given("the desk reaches no cluster")
def reaches_no_cluster(engineer: Engineer) -> None:
    """Nothing that is typed finds an API server; the return to the baseline brings it back."""
    kubeconfig.lead_nowhere(Path(engineer.sandbox.desk.env["KUBECONFIG"]))

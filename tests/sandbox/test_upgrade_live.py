"""A control plane is taken to a newer version on the same data, for real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.cluster.picture import Picture
from sandbox.errors import ProcessDied
from sandbox.processes import leftovers
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import Toolchain, builder, ensure, pins
from sandbox.toolchain.modules import modules_of
from sandbox.toolchain.store import Store

pytestmark = [pytest.mark.toolchain, pytest.mark.slow]
OLD = "1.35.4"
MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
def old() -> Toolchain:
    modules = modules_of(("embedded",)) + pins.of(OLD)
    if not builder.is_ready(Store.of_user(), modules):
        pytest.skip(f"Kubernetes {OLD} is not built (`make e2e KUBERNETES={OLD}` builds it)")
    return ensure(kubernetes=OLD)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    # Short, for a socket lies in it; and two deep: logs that an error names are kept above it.
    made = tmp_path_factory.mktemp("u") / "s" / "u"
    made.mkdir(parents=True)
    supervisor = SupervisorClient(made)
    supervisor.launch(owner=os.getpid())
    yield made
    supervisor.shutdown()
    leftovers.end_all(made)


def test_a_control_plane_that_does_not_start_is_told_and_one_that_does_has_the_data_of_the_old(
    old: Toolchain, folder: Path
) -> None:
    cluster = Embedded("test", folder, old).create("test")
    with KubernetesApi(cluster.kubeconfig) as api:
        api.create(MAPS, {"metadata": {"name": "kept"}, "data": {"by": "old"}})
        assert api.get("/version")["gitVersion"] == f"v{OLD}"
        before = Picture.take(api)
    broken = folder / "broken"
    broken.mkdir()
    (broken / "kube-apiserver").write_text("#!/bin/sh\necho no such flag\nexit 1\n")
    (broken / "kube-apiserver").chmod(0o755)
    own = ensure()
    with pytest.raises(ProcessDied, match=r"kube-apiserver ended with exit code 1(.|\n)*no such"):
        Embedded("test", folder, replace(own, bin=broken)).renew("test")
    outage = Embedded("test", folder, own).renew("test")
    assert outage.until > outage.since
    with KubernetesApi(cluster.kubeconfig) as api:
        assert api.get("/version")["gitVersion"] == f"v{pins.KUBERNETES.own()}"
        assert api.get(f"{MAPS}/kept")["data"] == {"by": "old"}
        changes = before.changes(Picture.take(api))
    assert "ConfigMap default/kept" not in {line.partition(":")[0] for line in changes.changed}
    assert "ConfigMap default/kept" not in changes.gone
    kind = "MutatingAdmissionPolicy"
    assert f"admissionregistration.k8s.io/v1beta1 {kind}" in changes.versions_gone
    assert f"admissionregistration.k8s.io/v1 {kind}" in changes.versions_come

"""The kind provider against an engine and an API that are played: names, labels, trouble."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from docker.errors import APIError, DockerException

from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.errors import ProcessDied, SandboxError, UsageError
from sandbox.providers.kind import Kind, images, logs, program, ready, settings
from sandbox.providers.kind.connection import told
from sandbox.providers.kind.engine import CLUSTER_LABEL, FOLDER_LABEL, SANDBOX_LABEL
from sandbox.providers.kind.host import Host, missing
from sandbox.toolchain import Toolchain


def host(*withheld: str) -> Host:
    return Host(
        missing_capabilities=withheld,
        inotify_instances=512,
        inotify_watches=500000,
        memory_gib=8,
        disk_gib=50,
    )


class FakeEngine:
    """Containers by name, as the engine would list and remove them."""

    def __init__(self) -> None:
        self.containers: list[SimpleNamespace] = []

    def add(self, name: str, labels: Mapping[str, str], status: str = "running") -> None:
        state = {"ExitCode": 137, "OOMKilled": False}
        self.containers.append(
            SimpleNamespace(name=name, labels=labels, status=status, attrs={"State": state})
        )

    def nodes(self, labels: Mapping[str, str]) -> list[SimpleNamespace]:
        return [
            each
            for each in self.containers
            if all(
                each.labels.get(k) == v or (not v and k in each.labels) for k, v in labels.items()
            )
        ]

    def remove_containers(self, labels: Mapping[str, str]) -> list[str]:
        gone = self.nodes(labels)
        self.containers = [each for each in self.containers if each not in gone]
        return [each.name for each in gone]

    def remove_networks(self, labels: Mapping[str, str]) -> list[str]:
        return []

    remove_images = remove_networks

    def owners(self) -> dict[str, str]:
        return {each.labels[FOLDER_LABEL]: each.labels[SANDBOX_LABEL] for each in self.containers}

    def log(self, container: str, tail: int = 1000) -> str:
        return "last words"


def provider(folder: Path, engine: FakeEngine, name: str = "mine") -> Kind:
    toolchain = Toolchain(bin=folder, share=folder, versions={})
    kind = Kind(name, folder, toolchain)
    kind.__dict__["engine"] = engine
    kind.__dict__["image"] = images.NodeImage("node:1", "1.36.3", local=True)
    return kind


def note_cluster(kind: Kind, name: str) -> str:
    home = kind.folder / "clusters" / name
    home.mkdir(parents=True)
    (home / "cluster.json").write_text('{"kubernetes": "v1.36.3"}')
    return kind.clusters()[name].context.removeprefix("kind-")


def test_node_names_stay_host_names_and_differ_between_folders(tmp_path: Path) -> None:
    engine = FakeEngine()
    one = provider(tmp_path / "a", engine, "a" * 30)
    two = provider(tmp_path / "b", engine, "a" * 30)
    names = [note_cluster(each, "platform-core-dev-aks") for each in (one, two)]
    assert all(len(f"{name}-control-plane") <= 63 for name in names)
    assert len(set(names)) == 2


def test_cluster_of_the_same_name_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    engine = FakeEngine()
    kind = provider(tmp_path, engine)
    full = note_cluster(kind, "dev")
    (tmp_path / "clusters" / "dev" / "cluster.json").unlink()
    engine.add("theirs", {CLUSTER_LABEL: full})
    with pytest.raises(SandboxError, match="is not this sandbox's") as failure:
        kind.create("dev")
    assert failure.value.exit_code == 3
    assert f"kind delete cluster --name {full}" in failure.value.cure
    assert [each.name for each in engine.containers] == ["theirs"]


def test_delete_removes_only_what_carries_our_labels(tmp_path: Path) -> None:
    engine = FakeEngine()
    kind = provider(tmp_path, engine)
    engine.add("ours", kind.labels)
    engine.add("same-name", {**kind.labels, FOLDER_LABEL: "/elsewhere"})
    engine.add("foreign", {CLUSTER_LABEL: "kind"})
    kind.delete()
    assert [each.name for each in engine.containers] == ["same-name", "foreign"]


def test_ended_or_gone_node_is_told(tmp_path: Path) -> None:
    engine = FakeEngine()
    kind = provider(tmp_path, engine)
    full = note_cluster(kind, "dev")
    with pytest.raises(ProcessDied, match="it is gone"):
        kind.check()
    assert kind.status()[0].state == "missing"
    engine.add("node", {**kind.labels, CLUSTER_LABEL: full}, status="exited")
    with pytest.raises(ProcessDied, match=r"exit code 137.*\nlast words"):
        kind.check()
    assert kind.status()[0].state == "exited"
    engine.containers[0].status = "running"
    kind.check()
    assert kind.status()[0].state == "running"


def test_sweep_takes_what_no_record_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROOFBOOK_STATE", str(tmp_path))
    engine = FakeEngine()
    gone = tmp_path / "sandboxes" / "gone"
    engine.add("left", {SANDBOX_LABEL: "gone", FOLDER_LABEL: str(gone)})
    engine.add("others", {SANDBOX_LABEL: "x", FOLDER_LABEL: "/home/somebody/sandboxes/x"})
    monkeypatch.setattr("sandbox.providers.kind.provider.Engine", lambda: engine)
    assert Kind.sweep() == ["gone"]
    assert [each.name for each in engine.containers] == ["others"]


@pytest.mark.parametrize(
    ("withheld", "cgroup", "gate", "fails_on_v1"),
    [((), 2, {}, None), (("SYS_RESOURCE",), 1, {"KubeletInUserNamespace": True}, False)],
)
def test_settings_follow_the_host(
    withheld: tuple[str, ...], cgroup: int, gate: dict[str, bool], fails_on_v1: bool | None
) -> None:
    image = images.NodeImage("node:1", "1.36.3", local=True)
    made = yaml.safe_load(settings.config(host(*withheld), cgroup, image))
    assert made["featureGates"] == gate
    kubelet = yaml.safe_load(made["kubeadmConfigPatches"][0])
    assert kubelet.get("failCgroupV1") is fails_on_v1
    assert bool(made["containerdConfigPatches"]) is bool(withheld)
    assert made["networking"]["disableDefaultCNI"] is True


@pytest.mark.parametrize(
    ("version", "kubeadm", "arguments", "gates", "served"),
    [
        # kind writes v1beta3 before 1.36 and leaves out a patch of another version, silently.
        (
            "1.35.4",
            "kubeadm.k8s.io/v1beta3",
            {"unsafe-no-fsync": "true"},
            {"MutatingAdmissionPolicy": True},
            {"admissionregistration.k8s.io/v1beta1": "true"},
        ),
        (
            "1.36.0",
            "kubeadm.k8s.io/v1beta4",
            [{"name": "unsafe-no-fsync", "value": "true"}],
            {},
            {},
        ),
    ],
)
def test_settings_follow_the_version_of_the_node(
    version: str, kubeadm: str, arguments: object, gates: object, served: object
) -> None:
    image = images.NodeImage("node:1", version, local=False)
    made = yaml.safe_load(settings.config(host(), 2, image))
    patch = yaml.safe_load(made["kubeadmConfigPatches"][1])
    assert (patch["apiVersion"], patch["kind"]) == (kubeadm, "ClusterConfiguration")
    assert patch["etcd"]["local"]["extraArgs"] == arguments
    given = patch["controllerManager"]["extraArgs"]
    pairs = given if isinstance(given, dict) else {each["name"]: each["value"] for each in given}
    assert isinstance(given, type(arguments))
    assert pairs["kube-api-qps"] == "500"
    assert pairs["enable-hostpath-provisioner"] == "true", "kind's own, whose list this replaces"
    assert pairs.get("feature-gates", "") == ",".join(
        f"{name}=true" for name in made["featureGates"]
    )
    assert (made["featureGates"], made["runtimeConfig"]) == (gates, served)
    assert made["networking"]["disableDefaultCNI"] is False, "a published node has kindnet"


def test_a_node_of_another_version_than_asked_is_no_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = FakeApi({"/version": {"gitVersion": "v1.35.4"}})
    monkeypatch.setattr(ready, "KubernetesApi", lambda _kubeconfig: nullcontext(api))
    assert ready.version(tmp_path, "1.35.4") == "v1.35.4"
    with pytest.raises(SandboxError, match=r"the API server is v1\.35\.4, not v1\.34\.4"):
        ready.version(tmp_path, "1.34.4")


def test_missing_capabilities_are_named() -> None:
    assert missing(0x1FFFEFFFFFF, 40) == ("SYS_RESOURCE",)
    assert missing(0x1FFFFFFFFFF, 41) == ("number 41",)


KIND_SAYS = """\
Creating cluster "x" ...
 ✗ Preparing nodes
ERROR: failed to create cluster: command "docker run" failed with error: exit status 125
Command Output: docker: write /var: no space left on device.
"""


def test_kinds_error_is_told_with_its_cure() -> None:
    assert program.cause(KIND_SAYS).startswith("ERROR: failed to create cluster")
    assert "no space left" in program.cause(KIND_SAYS)
    assert program.cure(KIND_SAYS).startswith("free space")
    assert "make doctor" in program.cure("something else")
    assert program.cause("") == "it said nothing"


@pytest.mark.parametrize(
    ("raised", "text"),
    [
        (DockerException("no socket"), "does not answer: no socket"),
        (APIError("x", SimpleNamespace(status_code=409), "in use"), "refused: in use"),
        (DockerException("write: no space left on device"), "disk is full"),
    ],
)
def test_errors_of_the_engine_carry_what_and_why(raised: Exception, text: str) -> None:
    words = f"making a thing: the (Docker engine|engine's) {text}"
    with pytest.raises(SandboxError, match=words), told("making a thing"):
        raise raised


class FakeApi(KubernetesApi):
    """Answers of an API server by path."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def get(self, path: str, **_params: str) -> Any:
        if isinstance(self.answers[path], Exception):
            raise self.answers[path]
        return self.answers[path]


HEALTH = f"{ready._PODS}/http:p:10256/proxy/healthz"
NODE = {
    "metadata": {"name": "n"},
    "status": {"conditions": [{"type": "Ready", "status": "True"}]},
}
UP = {
    "/api/v1/nodes": {"items": [NODE]},
    ready._PROXY: {"status": {"desiredNumberScheduled": 1, "numberReady": 1}},
    ready._PODS: {"items": [{"metadata": {"name": "p"}}]},
    HEALTH: {"nodeEligible": True},
}


@pytest.mark.parametrize(
    ("changed", "seen"),
    [
        ({}, "all Ready"),
        ({"/api/v1/nodes": {"items": []}}, "no node"),
        ({"/api/v1/nodes": {"items": None}}, "no node"),
        ({ready._PROXY: {"status": {}}}, "kube-proxy 0 of 1 ready"),
        ({ready._PROXY: SandboxError("refused")}, "refused"),
        ({HEALTH: SandboxError("connection refused")}, "connection refused"),
    ],
)
def test_readiness_names_what_is_lacking(changed: dict[str, Any], seen: str) -> None:
    value, said = ready._look(FakeApi({**UP, **changed}))
    assert said == seen
    assert value is (True if seen == "all Ready" else None)


def test_logs_list_the_parts_and_refuse_others() -> None:
    pod = {"metadata": {"namespace": "flux-system", "name": "s-1", "labels": {"app": "source"}}}
    bare = {"metadata": {"namespace": "a", "name": "b"}}
    api = FakeApi({"/api/v1/pods": {"items": [pod, bare]}})
    listed = logs.read(FakeEngine(), "node", api, "dev", "")
    assert listed.split() == ["node", "kubelet", "containerd", "a/b", "source"]
    assert logs.read(FakeEngine(), "node", api, "dev", "node") == "last words"
    with pytest.raises(UsageError, match="no part 'etc'"):
        logs.read(FakeEngine(), "node", api, "dev", "etc")

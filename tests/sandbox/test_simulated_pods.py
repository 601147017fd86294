"""What the stand-in for the kubelet says of pods, against a node that is played."""

from __future__ import annotations

from typing import Any

import pytest
from played_pod import Held, Played, app, manifest

from sandbox.providers.embedded import container as containers


def test_a_pod_that_lacks_nothing_is_running_and_ready() -> None:
    played = Played(manifest())
    assert played.status["phase"] == "Running"
    assert played.condition("Ready")["status"] == "True"
    assert played.status["podIP"] == "10.244.0.2"
    assert played.container()["ready"]


def test_what_did_not_change_is_not_written_again() -> None:
    played = Played(manifest())
    played.advance()
    assert len(played.node.statuses) == 1


SECRET_VARIABLE = {"valueFrom": {"secretKeyRef": {"name": "login", "key": "password"}}}
SECRET = ("Secret", "dev", "login")
CONFIG = ("ConfigMap", "dev", "settings")


@pytest.mark.parametrize(
    ("fields", "held", "words"),
    [
        ({"env": [{"name": "P", **SECRET_VARIABLE}]}, {}, 'secret "login" not found'),
        (
            {"env": [{"name": "P", **SECRET_VARIABLE}]},
            {SECRET: frozenset({"user"})},
            "couldn't find key password in Secret dev/login",
        ),
        ({"envFrom": [{"secretRef": {"name": "login"}}]}, {}, 'secret "login" not found'),
        ({"envFrom": [{"configMapRef": {"name": "settings"}}]}, {}, 'configmap "settings" not'),
    ],
)
def test_an_environment_that_cannot_be_made_is_a_configuration_error(
    fields: dict[str, Any], held: Held, words: str
) -> None:
    played = Played(manifest(containers=app(**fields)), held)
    reason, message = played.waiting()
    assert reason == "CreateContainerConfigError"
    assert words in message
    assert played.status["phase"] == "Pending"
    assert played.condition("Ready")["reason"] == "ContainersNotReady"
    assert any(f"Failed Error: {words}" in event for event in played.node.events)
    played.node.held |= {SECRET: frozenset({"password"}), CONFIG: frozenset()}
    played.advance()
    assert played.condition("Ready")["status"] == "True"
    assert played.container()["restartCount"] == 0


def test_a_volume_that_cannot_be_mounted_holds_the_pod_back() -> None:
    volumes = [
        {"name": "login", "secret": {"secretName": "login", "items": [{"key": "password"}]}},
        {"name": "settings", "projected": {"sources": [{"configMap": {"name": "settings"}}]}},
        {"name": "vault", "csi": {"driver": "secrets-store.csi.k8s.io"}},
    ]
    played = Played(manifest(volumes=volumes))
    assert played.waiting() == ("ContainerCreating", "")
    assert "podIP" not in played.status
    said = [each for each in played.node.events if each.startswith("FailedMount")]
    assert 'MountVolume.SetUp failed for volume "login" : secret "login" not found' in said[0]
    assert 'configmap "settings" not found' in said[1]
    assert "secrets-store.csi.k8s.io not found in the list" in said[2]
    played.node.held |= {SECRET: frozenset({"user"})}
    played.advance()
    assert any("non-existent secret key: password" in each for each in played.node.events)


def test_what_is_optional_is_not_waited_for() -> None:
    variable = {"secretKeyRef": {"name": "login", "key": "password", "optional": True}}
    played = Played(
        manifest(
            containers=app(
                env=[{"name": "P", "valueFrom": variable}],
                envFrom=[{"configMapRef": {"name": "settings", "optional": True}}],
            ),
            volumes=[{"name": "v", "configMap": {"name": "settings", "optional": True}}],
        )
    )
    assert played.condition("Ready")["status"] == "True"


def test_init_containers_end_before_the_others_start() -> None:
    first = [{"name": "migrate", "image": "example.com/m:1", "env": [{"name": "P"}]}]
    pod = manifest(initContainers=first)
    pod["spec"]["initContainers"][0]["env"][0] |= SECRET_VARIABLE
    played = Played(pod)
    assert played.waiting() == ("PodInitializing", "")
    assert played.condition("Initialized")["status"] == "False"
    assert "[migrate]" in played.condition("Initialized")["message"]
    played.node.held |= {SECRET: frozenset({"password"})}
    played.advance()
    [migrate] = played.status["initContainerStatuses"]
    assert migrate["state"]["terminated"]["reason"] == "Completed"
    assert played.status["phase"] == "Running"
    assert played.condition("Initialized")["status"] == "True"


def test_a_sidecar_runs_on_beside_the_others() -> None:
    sidecar = {"name": "proxy", "image": "example.com/p:1", "restartPolicy": "Always"}
    played = Played(manifest(initContainers=[sidecar]))
    [proxy] = played.status["initContainerStatuses"]
    assert "running" in proxy["state"]
    assert played.condition("Ready")["status"] == "True"


def job(annotations: dict[str, str] | None = None, policy: str = "Never") -> dict[str, Any]:
    pod = manifest(annotations, restartPolicy=policy)
    pod["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "shop"}]
    return pod


def test_the_pod_of_a_job_completes() -> None:
    played = Played(job())
    assert played.status["phase"] == "Succeeded"
    assert played.container()["state"]["terminated"]["reason"] == "Completed"
    assert played.condition("Ready")["reason"] == "PodCompleted"


def test_the_pod_of_a_job_fails_when_it_is_told_to() -> None:
    played = Played(job({"kubelet.proofbook.dev/fails": "app"}))
    assert played.status["phase"] == "Failed"
    assert played.container()["state"]["terminated"]["exitCode"] == 1
    played.advance()
    assert played.container()["restartCount"] == 0


def test_what_fails_is_restarted_later_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(containers.time, "monotonic", lambda: clock[0])
    played = Played(manifest({"kubelet.proofbook.dev/fails": "*"}))
    waits = []
    for _ in range(7):
        while played.container()["state"].get("waiting") is None:
            played.advance()
        assert played.waiting()[0] == "CrashLoopBackOff"
        assert "restarting failed container=app pod=shop_dev(u1)" in played.waiting()[1]
        assert played.container()["lastState"]["terminated"]["exitCode"] == 1
        assert played.status["phase"] == "Running"
        waits.append(played.node.woken[-1])
        clock[0] += waits[-1]
        played.advance()
    assert waits == [10, 20, 40, 80, 160, 300, 300]
    assert played.container()["restartCount"] == 8
    played.manifest["metadata"]["annotations"] = None
    clock[0] += 300
    played.advance()
    played.advance()
    assert played.condition("Ready")["status"] == "True"


def test_a_failing_readiness_probe_leaves_the_pod_running_and_not_ready() -> None:
    probed = app(readinessProbe={"httpGet": {"path": "/", "port": 80}})
    told = {"kubelet.proofbook.dev/readiness-fails": "app"}
    played = Played(manifest(told, containers=probed))
    assert played.status["phase"] == "Running"
    assert played.condition("Ready")["message"] == "containers with unready status: [app]"
    assert played.node.events == ["Unhealthy Readiness probe failed: told to fail"]
    assert Played(manifest(told)).condition("Ready")["status"] == "True", "it has no probe"


def test_a_failing_liveness_probe_restarts_the_container(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(containers.time, "monotonic", lambda: clock[0])
    probe = {"initialDelaySeconds": 5, "periodSeconds": 2, "failureThreshold": 2}
    played = Played(
        manifest(
            {"kubelet.proofbook.dev/liveness-fails": "app"}, containers=app(livenessProbe=probe)
        )
    )
    assert played.node.woken == [9]
    clock[0] += 9
    played.advance()
    assert any(event.startswith("Killing Container app") for event in played.node.events)
    played.advance()
    assert played.container()["restartCount"] == 1
    assert played.container()["lastState"]["terminated"]["exitCode"] == 137


def test_a_pod_that_runs_goes_on_when_what_it_mounts_is_deleted() -> None:
    volumes = [{"name": "login", "secret": {"secretName": "login"}}]
    played = Played(manifest(volumes=volumes), {SECRET: frozenset({"password"})})
    assert played.status["phase"] == "Running"
    del played.node.held[SECRET]
    played.manifest["metadata"]["generation"] = 2
    played.advance()
    assert played.status["observedGeneration"] == 2
    assert played.status["phase"] == "Running"
    assert played.status["podIP"] == "10.244.0.2"
    assert not played.pod.unmet

"""What keeps a running pod from being Ready: probes that cannot be made, gates of others."""

from __future__ import annotations

from typing import Any

import pytest
from played_pod import Played, app, manifest

NAMED = {"httpGet": {"path": "/", "port": "http"}}
PORTS = [{"name": "web", "containerPort": 80}]
SAID = 'strconv.Atoi: parsing "http": invalid syntax'


@pytest.mark.parametrize(
    ("kind", "words", "started"),
    [
        ("readinessProbe", "Readiness", True),
        ("startupProbe", "Startup", False),
    ],
)
@pytest.mark.parametrize("probe", [NAMED, {"tcpSocket": {"port": "http"}}])
def test_a_probe_of_a_port_that_the_container_does_not_name_is_never_made(
    probe: dict[str, Any], kind: str, words: str, started: bool
) -> None:
    other = {"name": "proxy", "image": "p:1", "ports": [{"name": "http", "containerPort": 81}]}
    played = Played(manifest(containers=[*app(ports=PORTS, **{kind: probe}), other]))
    assert played.status["phase"] == "Running"
    assert played.condition("Ready")["message"] == "containers with unready status: [app]"
    assert played.container()["started"] is started
    said = f"{words} probe errored and resulted in unknown state: {SAID}"
    assert f"Unhealthy {said}" in played.node.events


def test_a_liveness_probe_that_cannot_be_made_is_told_and_kills_nothing() -> None:
    played = Played(manifest(containers=app(livenessProbe=NAMED)))
    said = f"Unhealthy Liveness probe errored and resulted in unknown state: {SAID}"
    assert played.node.events == [said]
    assert played.condition("Ready")["status"] == "True"


@pytest.mark.parametrize("port", ["web", 8080, "8080"])
@pytest.mark.parametrize("kind", ["readinessProbe", "startupProbe", "livenessProbe"])
def test_a_port_that_is_named_or_a_number_is_probed(kind: str, port: Any) -> None:
    probe = {"httpGet": {"path": "/", "port": port}}
    played = Played(manifest(containers=app(ports=PORTS, **{kind: probe})))
    assert played.condition("Ready")["status"] == "True"
    assert played.node.events == []


def test_a_sidecar_that_never_starts_holds_the_others_back() -> None:
    sidecar = {"name": "proxy", "image": "p:1", "restartPolicy": "Always", "startupProbe": NAMED}
    played = Played(manifest(initContainers=[sidecar]))
    assert played.status["phase"] == "Pending"
    assert played.condition("Initialized")["status"] == "False"


def test_a_sidecar_that_is_not_ready_lets_the_others_start_and_the_pod_unready() -> None:
    sidecar = {"name": "proxy", "image": "p:1", "restartPolicy": "Always", "readinessProbe": NAMED}
    played = Played(manifest(initContainers=[sidecar]))
    assert played.status["phase"] == "Running"
    assert played.condition("Initialized")["status"] == "True"
    assert played.condition("Ready")["message"] == "containers with unready status: [proxy]"


def test_a_gate_of_another_controller_is_waited_for_and_its_condition_kept() -> None:
    gates = [{"conditionType": "example.com/balanced"}]
    played = Played(manifest(readinessGates=gates))
    assert played.condition("ContainersReady")["status"] == "True"
    ready = played.condition("Ready")
    assert (ready["status"], ready["reason"]) == ("False", "ReadinessGatesNotReady")
    said = 'corresponding condition of pod readiness gate "example.com/balanced" does not exist.'
    assert ready["message"] == said
    balanced = {"type": "example.com/balanced", "status": "False", "reason": "Asked"}
    for status in ("False", "True"):
        written = [*played.status["conditions"], {**balanced, "status": status}]
        played.manifest["status"]["conditions"] = written
        played.advance()
        ready = played.condition("Ready")
        assert ready["status"] == status
        if status == "False":
            said = (
                'the status of pod readiness gate "example.com/balanced" is not "True", but False'
            )
            assert ready["message"] == said
    assert "message" not in ready


def test_what_others_wrote_is_not_written_again() -> None:
    """The node writes its own conditions: those of others are theirs to write."""
    pod = manifest()
    pod["status"]["conditions"] = [{"type": "example.com/balanced", "status": "True"}]
    kinds = {each["type"] for each in Played(pod).status["conditions"]}
    assert "example.com/balanced" not in kinds

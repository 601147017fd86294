"""The status of a pod as a kubelet writes it, from the states of its containers."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.cluster.kubernetes import Object, field
from sandbox.providers.embedded.container import ContainerState, now
from sandbox.providers.embedded.control_plane import HOST


def build(
    pod: Object,
    first: Sequence[ContainerState],
    main: Sequence[ContainerState],
    *,
    before: Object,
    address: str,
    mounted: bool,
) -> Object:
    """The whole status; `first` are the init containers, `address` is the pod's own.

    Times of what did not change are kept from the status `before`.
    """
    phase = _phase(pod, main, started=mounted and all(map(_passed, first)))
    ended = phase in ("Succeeded", "Failed")
    incomplete = [each.name for each in first if not _passed(each)]
    spec = field(pod, "spec", "initContainers", default=())
    sidecars = {each["name"] for each in spec if each.get("restartPolicy") == "Always"}
    last = [*(each for each in first if each.name in sidecars), *main]
    unready = [] if phase == "Succeeded" else [each.name for each in last if not each.ready]
    ready: Object = {"status": "True"}
    if ended:
        ready = {
            "status": "False",
            "reason": "PodCompleted" if phase == "Succeeded" else "PodFailed",
        }
    elif unready:
        ready = _lacking("ContainersNotReady", "unready", unready)
    wanted: dict[str, Object] = {
        "PodReadyToStartContainers": {"status": str(mounted and not ended)},
        "Initialized": _lacking("ContainersNotInitialized", "incomplete", incomplete)
        if incomplete
        else {"status": "True"},
        "Ready": _gated(pod, ready),
        "ContainersReady": ready,
        "PodScheduled": {"status": "True"},
    }
    status: Object = {
        "phase": phase,
        "startTime": field(before, "startTime", default=now()),
        "hostIP": HOST,
        "hostIPs": [{"ip": HOST}],
        "conditions": [_condition(before, kind, each) for kind, each in wanted.items()],
        "containerStatuses": [each.status() for each in main],
    }
    if mounted:
        status |= {"podIP": address, "podIPs": [{"ip": address}]}
    if first:
        status["initContainerStatuses"] = [each.status() for each in first]
    if (generation := pod["metadata"].get("generation")) is not None:
        status["observedGeneration"] = generation
    return status


def _passed(container: ContainerState) -> bool:
    """Whether an init container lets the next one start: it has ended well, or is a sidecar."""
    return container.exit_code == 0 or (container.running and container.begun)


def _phase(pod: Object, main: Sequence[ContainerState], *, started: bool) -> str:
    never_ran = [each for each in main if "waiting" in each.state and not each.last]
    if not started or never_ran:
        return "Pending"
    codes = [each.exit_code for each in main]
    policy = pod["spec"].get("restartPolicy", "Always")
    if None in codes or policy == "Always":
        return "Running"
    if any(codes):
        return "Failed" if policy == "Never" else "Running"
    return "Succeeded"


def _lacking(reason: str, what: str, names: Sequence[str]) -> Object:
    said = f"containers with {what} status: [{' '.join(names)}]"
    return {"status": "False", "reason": reason, "message": said}


def _gated(pod: Object, ready: Object) -> Object:
    """The pod's own readiness, from that of its containers and the gates that others open."""
    if ready["status"] != "True":
        return ready
    conditions = field(pod, "status", "conditions", default=())
    found = {each["type"]: each["status"] for each in conditions}
    closed = []
    for gate in field(pod, "spec", "readinessGates", default=()):
        kind = gate["conditionType"]
        if kind not in found:
            closed.append(f'corresponding condition of pod readiness gate "{kind}" does not exist.')
        elif found[kind] != "True":
            said = f'the status of pod readiness gate "{kind}" is not "True", but {found[kind]}'
            closed.append(said)
    if not closed:
        return ready
    message = ", ".join(closed)
    return {"status": "False", "reason": "ReadinessGatesNotReady", "message": message}


def _condition(before: Object, kind: str, wanted: Object) -> Object:
    known = next(
        (
            each
            for each in field(before, "conditions", default=())
            if each["type"] == kind and each["status"] == wanted["status"]
        ),
        None,
    )
    if known is None:
        return {"type": kind, **wanted, "lastTransitionTime": now()}
    kept = {name: value for name, value in known.items() if name not in ("reason", "message")}
    return {**kept, **wanted}

"""Which probes of a container can't be made, in a kubelet's words."""

from __future__ import annotations

from sandbox.cluster.kubernetes import Object, field


def unmade(container: Object, kind: str) -> str:
    """Why a probe (`readinessProbe` …) can never be made; "" where it can, or there is none.

    A port that is a name is one of the container's own, or a number written as text.
    """
    probe = field(container, kind, default={})
    action = probe.get("httpGet") or probe.get("tcpSocket") or {}
    port = action.get("port")
    named = {each.get("name") for each in field(container, "ports", default=())}
    if not isinstance(port, str) or port in named or port.isdecimal():
        return ""
    word = kind.removesuffix("Probe").capitalize()
    return (
        f"{word} probe errored and resulted in unknown state: "
        f'strconv.Atoi: parsing "{port}": invalid syntax'
    )

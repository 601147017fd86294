"""How often the controller manager may ask the API server of a sandbox.

By itself it is 20 times in a second, for the sake of large clusters. It logs in for each of its
controllers before the first one works, which took 4 s of each cluster's start, and it lists every
kind where a namespace ends.
"""

from __future__ import annotations

_QPS, _BURST = "kube-api-qps", "kube-api-burst"
ARGUMENTS = {_QPS: "500", _BURST: "1000"}
"""The flags of kube-controller-manager."""


def told() -> dict[str, str]:
    """What is otherwise here than in a cluster, for the facts of a run."""
    said = "{} of kube-controller-manager instead of the default of {}"
    return {
        _QPS: said.format(ARGUMENTS[_QPS], 20),
        _BURST: said.format(ARGUMENTS[_BURST], 30),
    }

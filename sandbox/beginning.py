"""What the clusters of a sandbox begin with: an API server that makes Flux quick, and Flux."""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.flux import components, haste
from sandbox.providers import Beginning, Cluster
from sandbox.toolchain import Toolchain


def without_flux(interval_s: int) -> Beginning:
    """Flux will be quick there, once somebody has brought it."""
    return Beginning(_key(interval_s), lambda cluster: _hasten(cluster, interval_s), _hastened)


def with_flux(interval_s: int, toolchain: Toolchain, own: Path | None) -> Beginning:
    """Flux's controllers are there, with the patches of the folder `own`; nobody has started one.

    The programs of the toolchain are no part of the key: whoever keeps something knows them.
    """

    def put(cluster: Cluster) -> None:
        _hasten(cluster, interval_s)
        _hastened(cluster)  # Flux's manifests are among what the API server changes
        components.apply(cluster, toolchain, own)

    return Beginning(_key(interval_s, components.patches(own)), put, _hastened)


def _key(interval_s: int, *flux: object) -> str:
    return json.dumps([haste.policies(interval_s), *flux], sort_keys=True)


def _hasten(cluster: Cluster, interval_s: int) -> None:
    with KubernetesApi(cluster.kubeconfig) as api:
        haste.put(api, interval_s)


def _hastened(cluster: Cluster) -> None:
    with KubernetesApi(cluster.kubeconfig) as api:
        haste.wait(api)

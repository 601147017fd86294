"""A sandbox in use is taken to another version of Kubernetes, in place, as a team does it.

The control plane first, and the programs that people type with it; then `flux bootstrap gitlab`
once more, and each cluster has to be Ready again. What has become otherwise by itself is noted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.cluster.picture import Changes, Picture
from sandbox.errors import NotReady, SandboxError, UsageError
from sandbox.flux import bootstrap, roll_call
from sandbox.phases import phase
from sandbox.providers.embedded.provider import Embedded
from sandbox.sandbox import Sandbox
from sandbox.waiting import wait_until

ANSWER_LIMIT_S = 180
_REST_LIMIT_S = 60
_REST_S = 2.0
"""Two looks so far apart have to find the same."""


@dataclass(frozen=True)
class Renewed:
    """What an upgrade was for one cluster."""

    cluster: str
    without_api_s: float
    """From the order to stop the old API server until the new one was ready."""
    changes: Changes
    at_rest: bool
    """Whether it had come to rest when it was looked at: else more may change."""
    answered: int = 0
    """How many objects of Flux were reconciled again; 0 in a cluster without Flux."""
    first_s: float = 0.0
    """From that order until the first of them was: before, none was."""
    last_s: float = 0.0
    """Until each was."""
    failed: tuple[str, ...] = ()
    """What was said of a reconciliation that failed meanwhile."""
    controllers: tuple[Controller, ...] = ()
    """Flux's, where Flux was taken to another version."""


@dataclass(frozen=True)
class Controller:
    """One of Flux's controllers, of which another version has come."""

    name: str
    old: str
    new: str
    away_s: float
    """How long no pod of it was Ready meanwhile."""


@dataclass(frozen=True)
class Upgrade:
    """What came of it."""

    clusters: tuple[Renewed, ...]
    before: str
    """The commit that everything was Ready at before."""
    head: str
    """The commit that everything is Ready at now: another one where the bootstrap has made one."""


def upgrade(name: str, kubernetes: str) -> Upgrade:
    """Take the sandbox to this version: a pinned one, '' for the toolchain's own.

    Raises SandboxError with phase and cure; the sandbox is then what it has come to.
    """
    head = Sandbox(name).head()
    sandbox = noted(name, kubernetes=kubernetes)
    provider = renewable(sandbox)
    renewed = []
    for cluster in provider.clusters():
        with phase(f"{cluster} before the upgrade"):
            before = picture(sandbox, cluster)
        with phase(f"control plane of {cluster}"):
            outage = provider.renew(cluster)
            _is_newer(sandbox, cluster)
        answers = roll_call.Answers(0, outage.since, outage.since)
        if _has_flux(sandbox, cluster):
            with phase(f"Flux reconciles in {cluster}"), api_of(sandbox, cluster) as api:
                answers = roll_call.call(api, ANSWER_LIMIT_S, sandbox.check)
            with phase(f"Flux Ready in {cluster}"):
                sandbox.wait_ready(cluster)
            with phase("flux bootstrap gitlab, once more"):
                bootstrap.bootstrap(sandbox.desk, sandbox.layout, cluster, sandbox.private_key)
            with phase("Flux Ready after it"):
                sandbox.wait_ready(cluster)
        with phase(f"{cluster} after the upgrade"):
            changes, at_rest = settled(sandbox, cluster, before)
        without = outage.until - outage.since
        first_s, last_s = answers.first - outage.since, answers.last - outage.since
        flux = (answers.count, first_s, last_s, answers.failed)
        renewed.append(Renewed(cluster, without, changes, at_rest, *flux))
    sandbox.check()
    now = sandbox.head()
    sandbox.leave()
    return Upgrade(tuple(renewed), head, now)


def step_back(name: str, kubernetes: str) -> None:
    """Put control planes of the older version back where an upgrade has failed.

    Kubernetes promises nothing for it: data of the newer version may be there already. Raises
    SandboxError where they do not come up, or Flux is not Ready again with them.
    """
    sandbox = noted(name, kubernetes=kubernetes)
    provider = renewable(sandbox)
    for cluster in provider.clusters():
        with phase(f"step back of {cluster}"):
            provider.renew(cluster)
            if _has_flux(sandbox, cluster):
                with api_of(sandbox, cluster) as api:
                    roll_call.call(api, ANSWER_LIMIT_S, sandbox.check)
                sandbox.wait_ready(cluster)
    sandbox.check()
    sandbox.leave()


def _is_newer(sandbox: Sandbox, cluster: str) -> None:
    """Raise SandboxError where another version answers than was started."""
    with api_of(sandbox, cluster) as api:
        answers = str(api.get("/version")["gitVersion"])
    wanted = sandbox.cluster(cluster).kubernetes
    if answers != wanted:
        raise SandboxError(f"the API server of {cluster} is {answers}, not {wanted}")


def noted(name: str, **changed: Any) -> Sandbox:
    """The sandbox of which this is noted, such as its versions, from now on for every process."""
    known = Sandbox(name)
    replace(known.record, **changed).write(known.folder)
    return Sandbox(name)


def renewable(sandbox: Sandbox) -> Embedded:
    """Its provider. Raises UsageError where that takes no cluster to another version in place."""
    if not isinstance(sandbox.provider, Embedded):
        raise UsageError(
            f"a cluster of {sandbox.provider.name} is not taken to another version in place",
            cure="PROVIDER=embedded",
        )
    return sandbox.provider


def _has_flux(sandbox: Sandbox, cluster: str) -> bool:
    """Whether Flux is in it from the start."""
    return sandbox.layout.start == "bootstrapped" and cluster == sandbox.layout.first


def api_of(sandbox: Sandbox, cluster: str) -> KubernetesApi:
    """The API of a cluster."""
    return KubernetesApi(sandbox.cluster(cluster).kubeconfig)


def picture(sandbox: Sandbox, cluster: str) -> Picture:
    """The cluster as it is now."""
    with api_of(sandbox, cluster) as api:
        return Picture.take(api)


def settled(sandbox: Sandbox, cluster: str, before: Picture) -> tuple[Changes, bool]:
    """What is otherwise than before, once two looks find the same; and whether they did."""
    last: Changes | None = None

    def probe() -> tuple[Changes | None, str]:
        nonlocal last
        known, last = last, before.changes(picture(sandbox, cluster))
        return (last if known == last else None), "it still changes"

    what = f"{cluster} to come to rest"
    try:
        return wait_until(what, probe, _REST_LIMIT_S, every=_REST_S, alive=sandbox.check), True
    except NotReady:
        return last or Changes(), False

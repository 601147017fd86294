"""A sandbox in use is taken to another version of Flux, in place, as a team does it.

The newer flux program runs `flux bootstrap gitlab` once more: it commits its manifests, and the
Flux that runs applies them to itself. What has become otherwise by itself is noted.
"""

from __future__ import annotations

import time

from sandbox.errors import SandboxError
from sandbox.flux import bootstrap, controllers, roll_call
from sandbox.phases import phase
from sandbox.sandbox import Sandbox
from sandbox.upgrade import (
    ANSWER_LIMIT_S,
    Controller,
    Renewed,
    Upgrade,
    api_of,
    noted,
    picture,
    renewable,
    settled,
)


def upgrade(name: str, flux: str) -> Upgrade:
    """Take the sandbox to this version: a pinned one, '' for the toolchain's own.

    Raises SandboxError with phase and cure; the sandbox is then what it has come to.
    """
    head = Sandbox(name).head()
    sandbox = noted(name, flux=flux)
    cluster = sandbox.layout.first
    renewable(sandbox).offer(cluster)
    with phase(f"{cluster} before the upgrade"), api_of(sandbox, cluster) as api:
        before, old = picture(sandbox, cluster), controllers.versions(api)
    since = time.monotonic()
    with controllers.Absence(lambda: api_of(sandbox, cluster)) as absence:
        with phase("flux bootstrap gitlab, with the newer flux"):
            bootstrap.bootstrap(sandbox.desk, sandbox.layout, cluster, sandbox.private_key)
        with phase("Flux Ready after it"):
            sandbox.wait_ready(cluster)
    answers = _answered(sandbox, cluster)
    with api_of(sandbox, cluster) as api:
        new, away = controllers.versions(api), absence.seconds()
    _is_of(sandbox, new)
    with phase(f"{cluster} after the upgrade"):
        changes, at_rest = settled(sandbox, cluster, before)
    moved = tuple(
        Controller(each, old.get(each, ""), new[each], away.get(each, 0.0)) for each in sorted(new)
    )
    first_s, last_s = answers.first - since, answers.last - since
    told = (answers.count, first_s, last_s, answers.failed, moved)
    sandbox.check()
    now = _settle(sandbox)
    return Upgrade((Renewed(cluster, 0.0, changes, at_rest, *told),), head, now)


def step_back(name: str, flux: str) -> None:
    """Let the older flux program bootstrap once more, where an upgrade has failed.

    Flux promises nothing for it. Raises SandboxError where that does not end, or Flux is not Ready
    again with it.
    """
    sandbox = noted(name, flux=flux)
    cluster = sandbox.layout.first
    with phase("flux bootstrap gitlab, with the older flux"):
        bootstrap.bootstrap(sandbox.desk, sandbox.layout, cluster, sandbox.private_key)
    with phase("Flux Ready after it"):
        sandbox.wait_ready(cluster)
    _answered(sandbox, cluster)
    with api_of(sandbox, cluster) as api:
        _is_of(sandbox, controllers.versions(api))
    sandbox.check()
    _settle(sandbox)


def _answered(sandbox: Sandbox, cluster: str) -> roll_call.Answers:
    with phase(f"Flux reconciles in {cluster}"), api_of(sandbox, cluster) as api:
        return roll_call.call(api, ANSWER_LIMIT_S, sandbox.check)


def _is_of(sandbox: Sandbox, there: dict[str, str]) -> None:
    """Raise SandboxError where a controller is of another version than was to come."""
    wanted = sandbox.toolchain.versions
    other = [
        f"{name} is {has}, not {wanted.get(name)}"
        for name, has in there.items()
        if has != wanted.get(name)
    ]
    if other or not there:
        said = ", ".join(other) or "no controller is there"
        raise SandboxError(f"Flux was not taken to {wanted['flux']}: {said}")


def _settle(sandbox: Sandbox) -> str:
    """Let the sandbox be at its baseline with the commit of the bootstrap; that commit."""
    sandbox.desk.git("pull", "--quiet", "--ff-only")
    now = sandbox.head()
    noted(sandbox.name, head=now)
    sandbox.leave()
    return now

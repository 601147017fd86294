"""Bring a sandbox up to the baseline, and sweep what killed runs left."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from pathlib import Path

from sandbox import desk, digest, events, user_settings
from sandbox.beginning import with_flux
from sandbox.errors import ProcessDied, SandboxError, UsageError
from sandbox.facts import facts
from sandbox.flux import bootstrap, components
from sandbox.layout import Layout
from sandbox.phases import phase
from sandbox.processes import leftovers
from sandbox.processes.reach import Reach
from sandbox.providers import Cluster, choice
from sandbox.providers.trust import trusted
from sandbox.record import Owner, Record
from sandbox.sandbox import Sandbox
from sandbox.toolchain import found_on_path, pins
from sandbox.toolchain.progress import tell_of_build
from sandbox.waiting import wait_until

_SERVER_LIMIT_S = 60


def up(
    name: str,
    *,
    provider: str,
    layout: Layout,
    seed: Path | None = None,
    owner: Owner | None = None,
    keep: bool = False,
    as_new: bool = False,
) -> Sandbox:
    """A sandbox at the baseline: by itself the first cluster bootstrapped, every Flux object Ready.

    The layout's start may ask for less: clusters without Flux, or no cluster.

    Harmless where it is up already. Where it is up with something else than is asked (without a
    seed none is asked) UsageError is raised; `as_new`: a new one takes its place unless it stands
    at the baseline of this seed. What a killed run left under this name is removed first.
    Raises UsageError where the sandbox belongs to another process that runs.
    `seed` is a folder with the first commit of the monorepo; with an owner the sandbox goes when
    that process goes. Raises SandboxError with the phase and the cure; then nothing is left, or
    with `keep` everything, and the error lists it.
    """
    sandbox = Sandbox(name)
    known = Record.read(sandbox.folder)
    _refuse_others(known, owner)
    planted, versions = digest.of_files(seed) if seed else "", pins.Versions.asked()
    sets = choice.toolchain_sets(provider, layout.extras)
    found = found_on_path(sets, **asdict(versions), on_progress=tell_of_build())
    if known and known.state == "up" and _lives(sandbox):
        other = _otherwise(known, provider, layout, planted if seed or as_new else None)
        other += pins.Versions(known.kubernetes, known.flux).others_than(versions)
        other += known.from_path.others_than(found)
        if other and not as_new:
            raise UsageError(
                f"sandbox {name} is up already, and otherwise than asked: {'; '.join(other)}",
                cure=f"`python -m sandbox down --name {name}` first, or another --name",
            )
        if not other and (not as_new or known.head == sandbox.head()):
            return sandbox
        events.emit(events.Told(text=f"sandbox {name} is not at this baseline: a new one comes"))
    sandbox.down()
    sandbox.forget_logs()
    record = Record(
        name=name,
        provider=provider,
        layout=layout,
        state="starting",
        owner=owner,
        seed=planted,
        kubernetes=versions.kubernetes,
        flux=versions.flux,
        from_path=found,
    )
    for line in found.lines():
        events.emit(events.Told(text=line))
    record.write(sandbox.folder)
    try:
        _bring_up(sandbox, record, seed)
    except SandboxError as error:
        died = _died(sandbox)
        if died is not None:
            died.phase = error.phase
        _clear(sandbox, died or error, keep)
        if died is None:
            raise
        raise died from error
    except BaseException:
        # Ctrl-C included: nothing of a sandbox that is not whole may stay.
        sandbox.down()
        raise
    return sandbox


def free(name: str) -> None:
    """Raises UsageError where the sandbox belongs to another process that still runs."""
    _refuse_others(Record.read(Sandbox(name).folder), None)


def running(name: str) -> Record | None:
    """What is noted of the sandbox `name`, if it is up and nothing of it has ended."""
    sandbox = Sandbox(name)
    known = Record.read(sandbox.folder)
    return known if known and known.state == "up" and _lives(sandbox) else None


def sweep(provider: str = "") -> list[str]:
    """Remove every sandbox whose owner is gone (a run that was killed); what was done, in words.

    With a provider, also what it finds of this user's that no sandbox notes any more. One that
    cannot be removed now (its engine does not answer) is told and left to the next time.
    """
    swept = []
    for name, record in Record.all().items():
        if record is not None and record.owner is not None and not record.owner.alive():
            try:
                Sandbox(name).down()
            except SandboxError as trouble:
                swept.append(f"a killed run's sandbox {name} stays for now: {trouble.what}")
            else:
                swept.append(f"removed what a killed run left: {name}")
    return swept + [f"removed what a killed run left: {name}" for name in choice.sweep(provider)]


def _refuse_others(known: Record | None, owner: Owner | None) -> None:
    theirs = known.owner if known else None
    if known is None or theirs is None or theirs in (owner, Owner.this()) or not theirs.alive():
        return
    raise UsageError(
        f"sandbox {known.name} belongs to process {theirs.pid}, which still runs",
        cure="wait until it has ended, or give this one another name "
        "(`python -m steps --sandbox-name`, `python -m sandbox up --name`)",
    )


def _otherwise(known: Record, provider: str, layout: Layout, seed: str | None) -> list[str]:
    """What of a sandbox that is up is not as asked, in words."""
    pairs = [("provider", known.provider, provider)]
    pairs += [
        (each.name, _shown(getattr(known.layout, each.name)), _shown(getattr(layout, each.name)))
        for each in fields(Layout)
    ]
    other = [f"{name} {there}, not {asked}" for name, there, asked in pairs if there != asked]
    return other if seed in (None, known.seed) else [*other, "another first commit (--seed)"]


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value) or "none"


def _lives(sandbox: Sandbox) -> bool:
    try:
        sandbox.check()
    except SandboxError:
        return False
    return True


def _clear(sandbox: Sandbox, error: SandboxError, keep: bool) -> None:
    """Take down what was begun, unless it is kept; what stays is told with the error."""
    try:
        if keep:
            left = ", ".join(sandbox.parts())
            sandbox.leave()
        else:
            sandbox.down()
            return
    except SandboxError as trouble:  # the engine has gone: its part has to wait for it
        left = f"what the engine has ({trouble.what}), folder {sandbox.folder}"
    error.cure = (
        f"{error.cure or 'see above'}; left: {left}; "
        f"`python -m sandbox down --name {sandbox.name}` removes it"
    )


def _died(sandbox: Sandbox) -> ProcessDied | None:
    """The part that ended by itself, if one did: the cause behind what failed in its wake."""
    if not sandbox.supervisor.begun:
        return None  # what failed came before it, such as a build
    try:
        sandbox.supervisor.check()
        sandbox.provider.check()
    except ProcessDied as died:
        return died
    except SandboxError:
        return None  # the engine never came up: what failed first is the cause
    return None


def _bring_up(sandbox: Sandbox, record: Record, seed: Path | None) -> None:
    with phase("toolchain"):
        provider = sandbox.provider
    with phase("supervisor"):
        sandbox.supervisor.launch(owner=record.owner.pid if record.owner else 0)
    reach = provider.reach()  # what is wrong with the way to it shows before anything is made
    layout = record.layout
    first, *others = layout.clusters
    bootstrapped = layout.start == "bootstrapped"
    with ThreadPoolExecutor(max_workers=1 + len(record.layout.clusters)) as together:
        creations = []
        if bootstrapped:
            creations.append(together.submit(_prepare, sandbox, first, seed))
        if layout.start != "empty":
            plain = others if bootstrapped else layout.clusters
            creations += [together.submit(sandbox.create_cluster, name) for name in plain]
        servers = together.submit(_serve, sandbox, reach, seed)
        try:
            servers.result()
            for creation in creations:
                creation.result()
        except (KeyboardInterrupt, SystemExit):
            # The pool waits for its threads, and they wait for what is ended here.
            leftovers.end_all(sandbox.folder)
            raise
    sandbox.write_kubeconfig()
    if bootstrapped:
        with trusted(sandbox.provider, first):
            with phase("flux bootstrap gitlab"):
                bootstrap.bootstrap(sandbox.desk, layout, first, sandbox.private_key)
            with phase("Flux Ready at HEAD"):
                sandbox.wait_ready(first)
        sandbox.desk.git("pull", "--quiet", "--ff-only")
    replace(record, state="up", head=sandbox.head()).write(sandbox.folder)


def _prepare(sandbox: Sandbox, name: str, seed: Path | None) -> Cluster:
    """The first cluster, with Flux's controllers in it."""
    own = seed / sandbox.layout.path_of(name) if seed else None
    beginning = with_flux(sandbox.layout.interval_s, sandbox.toolchain, own)
    cluster = sandbox.create_cluster(name, beginning)
    with trusted(sandbox.provider, name), phase(components.PHASE):
        components.wait(cluster, sandbox.view(name))
    return cluster


def _serve(sandbox: Sandbox, reach: Reach, seed: Path | None) -> None:
    with phase("Git server"):
        data = sandbox.folder / "gitlab"
        server = [sys.executable, "-m", "sandbox", "gitlab", "--data", str(data)]
        server += ["--host", reach.host]
        server += [word for address in reach.listen for word in ("--listen", address)]
        server += [word for network in reach.peers for word in ("--peers", network)]
        sandbox.supervisor.start(
            "gitlab",
            server,
            env=user_settings.without(os.environ),
            cwd=Path(__file__).parents[1],
        )
        wait_until(
            "the Git server's first answer",
            lambda: ((data / "ready.json").exists() or None, "not ready yet"),
            _SERVER_LIMIT_S,
            every=0.05,
            alive=sandbox.supervisor.check,
        )
    with phase("chart repository"):
        further = sandbox.layout.charts
        sandbox.charts.build(sandbox.toolchain, Path(further) if further else None)
        sandbox.charts.serve(sandbox.supervisor, reach)
    with phase("inbox"):
        sandbox.inbox.serve(sandbox.supervisor, reach)
    for store in sandbox.stores:
        with phase(store.part):
            store.serve(sandbox.supervisor, reach, sandbox.toolchain.bin)
    with phase("repository"):
        _open_repository(sandbox, seed)


def _open_repository(sandbox: Sandbox, seed: Path | None) -> None:
    gitlab, layout = sandbox.gitlab, sandbox.layout
    gitlab.create_group(layout.group)
    gitlab.create_user("engineer")
    gitlab.add_member(layout.group, "engineer", "maintainer")
    gitlab.create_project(layout.group, layout.project)
    token = sandbox.folder / "engineer-token"
    token.touch(mode=0o600)
    token.write_text(gitlab.create_token("engineer", ["api"]))
    desk.seed(sandbox.desk, sandbox.git_url, layout.branch, seed, facts(sandbox))
    # Only who brings a sandbox up needs it, and it is a quarter of what `-m steps` loads.
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519", comment="flux")
    sandbox.private_key.touch(mode=0o600)
    sandbox.private_key.write_bytes(key.export_private_key())

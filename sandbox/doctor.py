"""What this machine has and lacks for each provider, and the cure of what it lacks.

Looks only: nothing is installed, started, pulled or changed.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

from sandbox import from_path, unread
from sandbox.errors import SandboxError
from sandbox.from_path import FromPath
from sandbox.providers import choice
from sandbox.providers.kind import inotify, node_base, node_image
from sandbox.providers.kind.engine import OLDEST, Engine
from sandbox.providers.kind.host import GIB, Host
from sandbox.providers.kind.images import VARIABLE
from sandbox.providers.kind.room import MEMORY_GIB
from sandbox.toolchain import builder, on_path, pins
from sandbox.toolchain.borrowed import lend
from sandbox.toolchain.modules import modules_of
from sandbox.toolchain.store import Store
from sandbox.toolchain.venv import cache_home

EMBEDDED_MEMORY_GIB = 1.0
"""One embedded cluster: 0.7 to 0.9 GiB resident."""
INOTIFY_NODES = 4
"""Two workers, each with a second cluster."""
INOTIFY_WATCHES = 65536

OK, NOTE, LACKS = "ok", "note", "lacks"
"""Fine; worth knowing, does not stop the provider; stops the provider."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was looked at."""

    subject: str
    state: str
    """`ok`, `note` or `lacks`."""
    seen: str
    cure: str = ""

    def __str__(self) -> str:
        line = f"  {self.state:5}  {self.subject}: {self.seen}"
        return f"{line}\n         cure: {self.cure}" if self.cure else line


@dataclass(frozen=True, kw_only=True)
class Examination:
    """The facts that count for one provider."""

    provider: str
    facts: tuple[Fact, ...]

    @property
    def can_run(self) -> bool:
        """Whether nothing that it needs is lacking."""
        return all(fact.state != LACKS for fact in self.facts)


def examine() -> tuple[Examination, ...]:
    """Look at this machine for both providers.

    Raises UsageError on an unknown version, and where TOOLCHAIN_FROM_PATH says nothing.
    """
    pins.Versions.asked()
    from_path.asked()
    shared = (_system(), _git(), *_programs("embedded"))
    memory = _memory(EMBEDDED_MEMORY_GIB)
    return (
        Examination(provider="embedded", facts=(*shared, memory)),
        Examination(provider="kind", facts=(*_kind(),)),
    )


def main() -> int:
    """Print it; 0 where at least one provider can run, else 3."""
    found = examine()
    for each in found:
        verdict = "can run" if each.can_run else "can't run"
        print(f"provider {each.provider}: {verdict} here")
        for fact in each.facts:
            print(fact)
    able = [each.provider for each in found if each.can_run]
    chosen = "kind" if "kind" in able else (able or ["none"])[0]
    print(f"PROVIDER=auto takes {chosen}")
    return 0 if able else 3


def _system() -> Fact:
    machine, version = platform.machine(), platform.python_version()
    seen = f"{platform.system()} on {machine}, {os.cpu_count()} cores, Python {version}"
    if platform.system() == "Linux" and machine in {"x86_64", "aarch64"}:
        return Fact(subject="machine", state=OK, seen=seen)
    return Fact(
        subject="machine",
        state=LACKS,
        seen=seen,
        cure="use Linux on x86-64 or arm64, or a virtual machine with it",
    )


def _git() -> Fact:
    program = shutil.which("git")
    if program is None:
        return Fact(subject="git", state=LACKS, seen="not there", cure="apt-get install git")
    folder = subprocess.run(
        [program, "--exec-path"], capture_output=True, text=True, timeout=10
    ).stdout.strip()
    if not (Path(folder) / "git-http-backend").exists():
        cure = "install git whole (Alpine: git-daemon)"
        return Fact(subject="git", state=LACKS, seen="has no git-http-backend", cure=cure)
    return Fact(subject="git", state=OK, seen=program)


def _programs(name: str) -> Iterable[Fact]:
    """The toolchain of a provider, and what of it is taken from PATH where that is asked for."""
    if not from_path.asked():
        yield _toolchain(name)
        return
    store = Store(cache_home() / "toolchain")
    found = on_path.look(store, choice.toolchain_sets(name), pins.Versions.asked())
    yield _toolchain(name, found)
    for taken in found.taken:
        yield Fact(subject="taken from PATH", state=OK, seen=str(taken))
    for left in found.left:
        yield Fact(subject="not taken from PATH", state=NOTE, seen=left)


def _toolchain(name: str, found: FromPath | None = None) -> Fact:
    store, asked = Store(cache_home() / "toolchain"), pins.Versions.asked()
    subject = f"toolchain ({', '.join([name, *asked.settings])})"
    try:
        pinned = pins.of(asked.kubernetes, asked.flux, node=name == "kind")
    except SandboxError as error:
        return Fact(subject=subject, state=LACKS, seen=error.what, cure=error.cure)
    own = lend(modules_of(found.sets), found.taken) if found else modules_of((name,))
    modules = (*own, *pinned)
    if builder.is_ready(store, modules):
        return Fact(subject=subject, state=OK, seen=f"built, in {store.root}")
    missing = [module for module in modules if not store.is_complete(module)]
    if not missing:
        return Fact(subject=subject, state=NOTE, seen="built, its proof comes with the first run")
    try:
        said = store.check_disk(missing)
    except SandboxError as error:
        return Fact(subject=subject, state=LACKS, seen=error.what, cure=error.cure)
    minutes = sum(module.minutes for module in missing)
    seen = f"not built yet: about {minutes:.0f} min once, {said}"
    return Fact(subject=subject, state=NOTE, seen=seen)


def _memory(need: float) -> Fact:
    free = psutil.virtual_memory().available / GIB
    seen = f"{free:.1f} GiB free, one cluster takes {need} GiB"
    if free >= need:
        return Fact(subject="memory", state=OK, seen=seen)
    return Fact(subject="memory", state=LACKS, seen=seen, cure="end other programs")


def _kind() -> Iterable[Fact]:
    try:
        engine = Engine()
    except SandboxError as error:
        yield Fact(subject="engine", state=LACKS, seen=error.what, cure=error.cure)
        return
    yield from engine_facts(engine)
    yield from host_facts(Host.look(engine.root), str(engine.info.get("DefaultRuntime", "runc")))
    yield from _programs("kind")
    yield _images(engine)


def engine_facts(engine: Engine) -> Iterable[Fact]:
    """Version, control groups and storage of an engine that answers."""
    seen = f"Docker {engine.version} at {engine.url}"
    if engine.is_recent:
        yield Fact(subject="engine", state=OK, seen=seen)
    else:
        cure = f"install Docker {OLDEST[0]}.{OLDEST[1]} or newer"
        yield Fact(subject="engine", state=LACKS, seen=seen, cure=cure)
    if shutil.which("docker") is None:
        cure = "install Docker's command line (Debian: docker.io); kind calls it"
        yield Fact(subject="docker program", state=LACKS, seen="not there", cure=cure)
    if engine.cgroup == 1:
        seen = "version 1: the kubelet gets failCgroupV1=false"
        yield Fact(subject="control groups", state=NOTE, seen=seen)
    else:
        yield Fact(subject="control groups", state=OK, seen=f"version {engine.cgroup}")
    driver = engine.storage_driver
    if driver in {"overlay2", "overlayfs", "btrfs"}:
        yield Fact(subject="storage driver", state=OK, seen=driver)
    else:
        yield Fact(
            subject="storage driver",
            state=NOTE,
            seen=f"{driver} is slow or takes much disk for nodes",
            cure="let the engine use overlay2 on ext4 or xfs",
        )


def host_facts(host: Host, runtime: str) -> Iterable[Fact]:
    """Capabilities, inotify, memory and disk. `runtime`: what the engine starts containers with."""
    yield _capabilities(host.missing_capabilities, runtime)
    nodes = inotify.nodes(host.inotify_instances)
    low = nodes < INOTIFY_NODES or host.inotify_watches < INOTIFY_WATCHES
    yield Fact(
        subject="inotify",
        state=NOTE if low else OK,
        seen=f"{host.inotify_instances} instances, {host.inotify_watches} watches per user: "
        f"enough for {nodes} node{'s'[: nodes != 1]}",
        cure=inotify.CURE if low else "",
    )
    yield _memory(MEMORY_GIB)
    need = node_image.DISK_GIB
    enough = host.disk_gib >= need
    yield Fact(
        subject="disk",
        state=OK if enough else NOTE,
        seen=f"{host.disk_gib:.1f} GiB free for the engine; building node images takes {need}",
        cure="" if enough else "free space where the engine keeps its data (`docker info`)",
    )


def _capabilities(missing: tuple[str, ...], runtime: str) -> Fact:
    if not missing:
        return Fact(subject="capabilities", state=OK, seen="none is withheld")
    seen = f"this host withholds {', '.join(missing)}"
    if runtime == "runc":
        return Fact(
            subject="capabilities",
            state=LACKS,
            seen=f"{seen}: privileged containers can't start with runtime runc",
            cure="stop the engine and let `.ci/engine` start it: its runtime doesn't ask for them",
        )
    effect = ": containers start through runtime " + runtime
    if "SYS_RESOURCE" in missing:
        effect += ", the kubelet gets KubeletInUserNamespace, containerd restrict_oom_score_adj"
    return Fact(subject="capabilities", state=NOTE, seen=seen + effect)


def _images(engine: Engine) -> Fact:
    built = [
        tag for image in engine.client.images.list(name=node_image.REPOSITORY) for tag in image.tags
    ]
    if built:
        return Fact(subject="images", state=OK, seen=f"built here: {', '.join(built)}")
    if shutil.which("debootstrap") and os.geteuid() == 0:
        seen = f"pulled, or built here where no registry answers ({VARIABLE}=auto)"
        return Fact(subject="images", state=OK, seen=seen)
    return Fact(
        subject="images",
        state=NOTE,
        seen=f"can only be pulled: {', '.join(_lacking_to_build())}",
        cure="for machines without a registry: apt-get install debootstrap, run as root once",
    )


def _lacking_to_build() -> list[str]:
    checks: list[tuple[str, Callable[[], object]]] = [
        ("no debootstrap to build them", lambda: shutil.which("debootstrap")),
        (f"building {node_base.SUITE} needs root", lambda: os.geteuid() == 0),
    ]
    return [said for said, holds in checks if not holds()]


if __name__ == "__main__":
    unread.go_on()
    sys.exit(main())

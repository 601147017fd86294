"""`python -m steps.upgrade`: the features on an old version, then on a newer one in its place.

Of Kubernetes, or of Flux.

Exit codes: 0 all passed on both; 1 a scenario failed; 2 wrong use or bad input; 3 a sandbox could
not be brought up or taken to the newer version, or what held did not run again; 130 interrupted,
cleaned up.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from guide import Book, shelf, unread
from guide.ending import DONE, FAILED, INTERRUPTED, NO_SANDBOX, WRONG_USE, worst
from guide.errors import BadInput
from guide.writable import writable
from report import masking
from report.files import replace as replace_file
from sandbox import diagnostics, events, flux_upgrade, from_path, lifecycle
from sandbox import upgrade as kubernetes_upgrade
from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.cluster.picture import Changes
from sandbox.cluster.secret_values import secret_values
from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.providers import choice
from sandbox.sandbox import Sandbox
from sandbox.toolchain import ensure
from sandbox.toolchain.pins import FLUX, KUBERNETES, PRODUCTS, Versions
from sandbox.upgrade import Upgrade
from steps import leftover, wanted
from steps.in_turn import in_turn
from steps.proved import Proved
from steps.rehearsal import Rehearsal
from steps.secrecy import Published
from steps.way import Way

NAME = "upgrade"
"""The sandbox, and the folder of what it leaves."""
REPORT = "report.md"
SCENE = "scene"
"""The folder of what was found where the upgrade failed."""
_PROVIDER = "embedded"
_PYTHON = (sys.executable, "-m")


@dataclass(frozen=True)
class Asked:
    """What is rehearsed."""

    way: Way
    beside: Versions
    """Of the product that stays as it is."""
    book: Book
    feature: str
    tags: str

    @property
    def folder(self) -> Path:
        """Where the report and the results of both runs are written."""
        return self.book.build() / NAME

    def versions(self, version: str) -> Versions:
        """All versions, with this one of the product that is taken to another."""
        if self.way.product is KUBERNETES:
            return replace(self.beside, kubernetes=version)
        return replace(self.beside, flux=version)

    def features(self, version: str, run: str) -> int:
        """Run the features in the sandbox, which stays up for this process; their exit code."""
        again = f"make upgrade {self.book.setting}".strip()
        again += " FROM={} TO={}".format(*self.way.versions)
        again = " ".join([again, *self.beside.settings])
        words = [*_PYTHON, "steps", f"--book={self.book.file.parent}", f"--provider={_PROVIDER}"]
        words += [f"--feature={self.feature}", f"--tags={self.tags}", f"--sandbox-name={NAME}"]
        words += [f"--owner={os.getpid()}", f"--build={self.folder / run}", f"--again={again}"]
        with in_turn() as turns:
            code = turns.run(words, {**os.environ, **self.versions(version).env})
        return INTERRUPTED if turns.received else code


def rehearse(asked: Asked) -> int:
    """Do it and report; the sandbox goes with it."""
    writable(asked.folder.parent)
    lifecycle.free(NAME)
    sets = choice.toolchain_sets(_PROVIDER, asked.book.settings.extras)
    for version in (asked.way.old, asked.way.new):  # nobody waits for a build halfway
        versions = asked.versions(version)
        ensure(sets, kubernetes=versions.kubernetes, flux=versions.flux)
    lifecycle.free(NAME)  # it may have been long
    last = leftover.Last(asked.folder, REPORT)
    last.take()
    told = Rehearsal(*asked.way.versions, product=asked.way.product.name)
    code = NO_SANDBOX
    try:
        with _taken_down():
            code = _rehearse(asked, told)
    except SandboxError as error:
        code = error.exit_code
        if code == WRONG_USE and not told.shown:
            raise
        told.failed = str(error)
    except KeyboardInterrupt:
        told.failed, code = "it was interrupted", INTERRUPTED
        raise
    finally:
        if code == WRONG_USE and not told.shown:  # nothing has begun, and the run has said why
            last.put_back()
        else:
            replace_file(asked.folder / REPORT, masking.mask(told.markdown()).encode())
            last.drop()
    if code != WRONG_USE or told.shown:
        for line in told.terminal():
            print(masking.mask(line), flush=True)
        print(f"report: {asked.folder / REPORT}", flush=True)
    return code


def _rehearse(asked: Asked, told: Rehearsal) -> int:
    way = asked.way
    print(f"the features on {told.product} {told.old}", flush=True)
    old = asked.features(way.old, "before")
    told.before = Proved.read(asked.folder / "before" / "results.json")
    if old not in (DONE, FAILED):
        return old
    if lifecycle.running(NAME) is None:
        raise SandboxError("the features have left no sandbox that runs", cure="see above")
    print(f"{told.product} {told.old} -> {told.new}, in place", flush=True)
    try:
        with events.subscribe(_print):
            _keep_secrets(asked.book)
            told.upgrade = upgrade(way, NAME)
    except SandboxError as error:
        with events.subscribe(_print):
            told.failed, told.back = _scene(asked, error), _step_back(asked, told)
        return NO_SANDBOX
    restarted = any(_restarted(way, each.changes) for each in told.upgrade.clusters)
    if restarted:
        Sandbox(NAME).down()
    store = _store()
    print(f"the features on {told.product} {told.new}", flush=True)
    new = asked.features(way.new, "after")
    told.after = Proved.read(asked.folder / "after" / "results.json")
    told.place = _place(restarted, bool(store) and store == _store())
    code = worst([old, new])
    # As of tomorrow's versions: of what did not run again nothing is known, and that is no green.
    return NO_SANDBOX if code == DONE and told.lost else code


def _scene(asked: Asked, error: SandboxError) -> str:
    """The error, with the place of what was found when it came."""
    scene = asked.folder / SCENE

    def keep(name: str, text: str) -> None:
        replace_file(scene / name, masking.mask(text).encode())

    sandbox = Sandbox(NAME)
    diagnostics.gather(sandbox, keep)
    sandbox.leave()
    error.cure = f"{error.cure}; " if error.cure else ""
    error.cure += f"{scene} has the logs, events and Flux objects of that moment"
    return str(error)


def _step_back(asked: Asked, told: Rehearsal) -> str:
    """Try what a team tries then; what came of it, in words."""
    try:
        step_back(asked.way, NAME)
    except SandboxError as error:
        return f"the step back to {told.old} fails too: {error}"
    of_flux = asked.way.product is FLUX
    did = "its bootstrap ended" if of_flux else "it came up on the same data"
    ready = ", and Flux is Ready with it" if asked.book.start == "bootstrapped" else ""
    return (
        f"a step back to {told.old} was tried: {did}{ready}; {told.product} does not promise that"
    )


def upgrade(way: Way, name: str) -> Upgrade:
    """Take the sandbox to the newer version. Raises SandboxError."""
    if way.product is FLUX:
        return flux_upgrade.upgrade(name, way.new)
    return kubernetes_upgrade.upgrade(name, way.new)


def step_back(way: Way, name: str) -> None:
    """Take the sandbox to the older version again. Raises SandboxError."""
    if way.product is FLUX:
        flux_upgrade.step_back(name, way.old)
    else:
        kubernetes_upgrade.step_back(name, way.old)


def _restarted(way: Way, changes: Changes) -> bool:
    """Whether a controller ended that was to go on: a newer Flux comes in new pods."""
    return changes.restarted if way.product is FLUX else bool(changes.restarts)


def _place(restarted: bool, same: bool) -> str:
    if restarted:
        return "in a fresh sandbox: a controller was started again, which scenarios do not allow"
    if same:
        return "in the upgraded sandbox"
    return "begun in the upgraded sandbox, a new one took its place: what was run says why"


def _store() -> set[int]:
    """The processes of etcd: they are others where a sandbox is not the one that it was."""
    children = Sandbox(NAME).supervisor.children() if lifecycle.running(NAME) else []
    return {child["pid"] for child in children if child["name"].endswith("/etcd")}


def _keep_secrets(book: Book) -> None:
    """Let nothing of what the sandbox's Secrets hold be shown."""
    sandbox = Sandbox(NAME)
    found = {sandbox.desk.env["GITLAB_TOKEN"], sandbox.private_key.read_text()}
    for cluster in sandbox.provider.clusters().values():
        with KubernetesApi(cluster.kubeconfig) as api:
            for each in api.list("/api/v1/secrets"):
                found |= secret_values(each)
    masking.register(*Published.of(book, book.edition).kept(found))


@contextmanager
def _taken_down() -> Iterator[None]:
    """Whatever becomes of it, nothing of the sandbox stays."""
    try:
        yield
    finally:
        Sandbox(NAME).down()


def _print(event: events.Event) -> None:
    if isinstance(event, events.PhaseEnded):
        print(masking.mask(f"  {event.phase} … ok ({event.duration_s:.1f} s)"), flush=True)


def asked_of(arguments: argparse.Namespace) -> Asked:
    """What the command line asks for. Raises UsageError and BadInput; nothing has begun."""
    way = Way.between(arguments.old, arguments.new)
    for product in PRODUCTS:
        if product is way.product and (said := os.environ.get(product.variable)):
            what = f"{product.variable}={said} is not asked here: FROM and TO are of {product.name}"
            raise UsageError(what, cure=f"leave {product.variable} out")
    if from_path.asked():
        what = f"{from_path.VARIABLE}=1 is not asked here: the programs of both versions are built"
        raise UsageError(what, cure=f"leave {from_path.VARIABLE} out")
    if arguments.provider not in ("auto", _PROVIDER):
        choice.choose(arguments.provider)
        what = f"PROVIDER={arguments.provider} cannot be taken to another version in place"
        raise UsageError(what, cure="leave PROVIDER out, or PROVIDER=embedded")
    if arguments.book == shelf.ALL:
        raise UsageError("one book is rehearsed at a time", cure="BOOK= names one")
    book = shelf.find(arguments.book)
    lacks = "a cluster" if book.start == "empty" else ""
    if way.product is FLUX and book.start != "bootstrapped":
        lacks = "Flux"
    if lacks:
        what = f"the book {book.name} begins without {lacks}: there is none to be upgraded"
        raise UsageError(what, cure="name another BOOK")
    wanted.look(book, arguments.feature, arguments.tags)
    return Asked(way, Versions.asked(), book, arguments.feature, arguments.tags)


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; the only place where an error ends."""
    parser = argparse.ArgumentParser(prog="python -m steps.upgrade", description=__doc__)
    parser.add_argument(
        "--from",
        dest="old",
        default="",
        help="a pinned version, such as 1.35.4, 2.9.2 or flux-2.9.2",
    )
    parser.add_argument("--to", dest="new", default="", help="a newer one, or own")
    parser.add_argument("--provider", default="auto", help="auto or embedded")
    parser.add_argument("--book", default="", help="name or folder of the book")
    parser.add_argument("--feature", default="", help="features or scenario ids, by commas")
    parser.add_argument("--tags", default="", help="for example: @containers and not @slow")
    arguments = parser.parse_args(argv)
    try:
        with interruptible():
            return rehearse(asked_of(arguments))
    except (BadInput, SandboxError) as error:
        print(masking.mask(str(error)), file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted, everything stopped", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main())

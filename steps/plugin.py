"""The pytest plugin that a run of the features loads: sandbox, engineer, sentences."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from guide import Book, Edition, GuideError
from sandbox import diagnostics, events
from sandbox.flux import haste
from sandbox.flux.chain import EvidenceChain
from sandbox.providers import choice
from sandbox.sandbox import Sandbox
from sandbox.waiting import be_impatient
from steps import sentences
from steps.book import api_versions, placeholders
from steps.engineer import Engineer
from steps.ground import Ground, LeftRunning
from steps.secrecy import Published, Secrecy
from steps.settings import Settings

pytest_plugins = [
    "steps.access",
    "steps.again",
    "steps.charts",
    "steps.cluster",
    "steps.clusters",
    "steps.commands",
    "steps.deploy_keys",
    "steps.desk",
    "steps.faults",
    "steps.flux",
    "steps.helm",
    "steps.kustomizations",
    "steps.messages",
    "steps.objects",
    "steps.outputs",
    "steps.reads",
    "steps.repository",
    "steps.service",
    "steps.statuses",
    "steps.tree",
]

_leaving: list[str] = []
"""Why the run is being left, if it is."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of a run, given by `python -m steps`."""
    group = parser.getgroup("sandbox")
    group.addoption("--provider", default="embedded", help="embedded or kind")
    group.addoption("--sandbox", default="e2e", help="name of the sandbox")
    group.addoption("--book", help="folder of the book that is proven")
    group.addoption("--seed", help="folder with the baseline of the monorepo")
    group.addoption("--keep", action="store_true", help="leave the sandbox up afterwards")
    group.addoption("--owner", type=int, default=0, help="process that the sandbox stays up for")
    group.addoption("--patience", type=float, default=math.inf, help="longest wait in seconds")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Load the book's own part; what is wrong with it is said on one line, and nothing starts."""
    if config.getoption("--book"):
        try:
            sentences.load(config, _book(config))
        except GuideError as error:
            print(error, file=sys.stderr)
            return error.exit_code
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Nothing is awaited longer than was asked for."""
    be_impatient(config.getoption("--patience"))


def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """Somebody wants to leave: the sandbox goes at once, nobody brings its baseline back."""
    _leaving.append(excinfo.typename)


def _book(config: pytest.Config) -> Book:
    return Book.read(Path(config.getoption("--book")))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this provider cannot show."""
    simulated = choice.simulated(config.getoption("--provider"))
    if simulated:
        why = f"needs real containers, {' and '.join(simulated)} are simulated here: PROVIDER=kind"
        skip = pytest.mark.skip(reason=why)
        whole = "containers" in _book(config).settings.needs
        for item in items:
            if whole or item.get_closest_marker("containers"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest) -> Settings:
    """What the run was asked for."""
    return Settings.of(request.config)


@pytest.fixture(scope="session")
def edition(pytestconfig: pytest.Config) -> Edition:
    """The edition that the run proves."""
    return Edition.read(pytestconfig.rootpath / pytestconfig.getoption("--edition-folder"))


@pytest.fixture(scope="session")
def ground(
    settings: Settings, collector: Any, edition: Edition, keep_secret: Callable[..., None]
) -> Iterator[Ground]:
    """A sandbox at the baseline; it goes with the run, unless it is to be kept."""

    secrecy = Secrecy(keep_secret, Published.of(settings.book, Path(edition.folder)))

    def bring_up() -> Sandbox:
        secrecy.sandbox = None
        made = secrecy.sandbox = settings.bring_up()
        keep_secret(made.desk.env["GITLAB_TOKEN"])
        return made

    interval = settings.book.settings.interval_s
    # What is secret is known before the evidence is taken down.
    with events.subscribe(secrecy.hear), events.subscribe(collector.hear):
        collector.describe(provider=settings.provider)
        try:
            with collector.setting_up():
                made = Ground.lay(bring_up)
            collector.describe(
                versions=settings.versions(made.sandbox),
                simulated=made.sandbox.provider.simulated,
                settings={
                    **haste.told(interval),
                    **made.sandbox.provider.told,
                    **settings.book.settings.told,
                    **settings.told(made.sandbox),
                },
                api_versions=list(api_versions(settings.book, edition, made.sandbox)),
            )
            yield made
        finally:
            # Also where it was up and nobody had come to note what it looks like. One that did not
            # come up whole is gone by itself.
            if (sandbox := secrecy.sandbox) is not None:
                if settings.keep or settings.owner:
                    sandbox.leave()
                if settings.keep:
                    collector.say(f"kept: python -m sandbox down --name {sandbox.name}")
                elif not settings.owner:
                    with collector.setting_up():
                        sandbox.down()


@pytest.fixture
def engineer(
    settings: Settings,
    ground: Ground,
    edition: Edition,
    collector: Any,
) -> Iterator[Engineer]:
    """Somebody who follows the edition; afterwards the baseline is brought back."""
    sandbox = ground.sandbox
    sandbox.check()
    there = bool(sandbox.provider.clusters())
    chain = EvidenceChain(sandbox.view().informer if there else None)
    chain.begin()
    terminal = sandbox.desk.terminal()
    try:
        collector.stands_on(templates(sandbox))
        values = placeholders(settings.book, sandbox)
        commit = settings.book.layout.commit
        yield Engineer(sandbox, edition, chain, ground.baseline, values, terminal, commit=commit)
    finally:
        chain.end()
        try:
            left = terminal.close()
            collector.stands_on(templates(sandbox))  # those that the scenario has made count too
        except Exception:
            leave_behind(ground, collector)
            raise
        leave_behind(ground, collector)
    if left:
        raise LeftRunning(left)


def templates(sandbox: Sandbox) -> dict[str, str]:
    """The clusters of a sandbox, each with when the template was made that it came from; or ''."""
    return {name: each.template for name, each in sandbox.provider.clusters().items()}


def leave_behind(ground: Ground, collector: Any) -> None:
    """Keep the scene of a failure, then bring the baseline back, whatever becomes of the scene."""
    if _leaving:
        return
    try:
        current = collector.current
        if current is not None and current.status == "failed":
            diagnostics.gather(ground.sandbox, collector.bundle(f"bundles/{current.id}"))
    except Exception:  # not an interrupt: who leaves does not wait for the baseline
        ground.level()
        raise
    ground.level()

"""The pytest plugin that a run of the features loads: sandbox, engineer, sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from guide import Edition, Features
from sandbox.baseline import Baseline
from sandbox.chain import EvidenceChain
from sandbox.sandbox import Sandbox
from steps.engineer import Engineer
from steps.sentences import feature_of, mark_name
from steps.settings import Settings

pytest_plugins = [
    "steps.cluster",
    "steps.commands",
    "steps.flux",
    "steps.helm",
    "steps.repository",
    "steps.sentences",
]

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of a run, given by `python -m steps`."""
    group = parser.getgroup("proofbook")
    group.addoption("--provider", default="embedded", help="embedded or kind")
    group.addoption("--sandbox", default="e2e", help="name of the sandbox")
    group.addoption("--seed", help="folder with the baseline of the monorepo")
    group.addoption("--feature", default="", help="one feature, by the stem of its file")
    group.addoption("--keep", action="store_true", help="leave the sandbox up afterwards")


def pytest_configure(config: pytest.Config) -> None:
    """Register each tag of the features as a mark."""
    for scenario in Features.read(ROOT / "features").scenarios.values():
        for tag in scenario.tags:
            config.addinivalue_line("markers", f"{mark_name(tag)}: tag @{tag}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the scenarios of the feature that was asked for."""
    wanted = config.getoption("--feature")
    chosen = [item for item in items if not wanted or feature_of(item) == wanted]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture(scope="session")
def settings(request: pytest.FixtureRequest) -> Settings:
    """What the run was asked for."""
    return Settings.of(request.config)


@pytest.fixture(scope="session")
def edition() -> Edition:
    """The edition that the run proves."""
    return Edition.read(ROOT / "docs" / "guide")


@pytest.fixture(scope="session")
def sandbox(settings: Settings) -> Iterator[Sandbox]:
    """A sandbox at the baseline; it goes with the run, unless it is to be kept."""
    made = settings.bring_up()
    try:
        yield made
    finally:
        if not settings.keep:
            made.down()


@pytest.fixture(scope="session")
def baseline(sandbox: Sandbox) -> Baseline:
    """What the fresh sandbox looked like."""
    return Baseline.of(sandbox)


@pytest.fixture
def engineer(sandbox: Sandbox, edition: Edition, baseline: Baseline) -> Iterator[Engineer]:
    """Somebody who follows the edition; afterwards the baseline is brought back."""
    sandbox.check()
    chain = EvidenceChain(sandbox.view().informer)
    chain.begin()
    values = {
        "chart-repository-url": sandbox.charts.url,
        "gitlab-host": sandbox.access()["GITLAB_HOST"],
        "gitlab-ssh-host": sandbox.access()["GITLAB_SSH_HOST"],
        "ca-file": sandbox.access()["GITLAB_CA_FILE"],
        "private-key-file": str(sandbox.private_key),
        "commit-message": "Change the monorepo as the guide says",
    }
    try:
        yield Engineer(sandbox, edition, chain, baseline, values)
    finally:
        chain.end()
        baseline.restore(sandbox)

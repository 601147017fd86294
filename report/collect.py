"""The pytest plugin: `-p report.collect --results build/results.json`.

Without `--results` it does nothing but take the tags of features that are no marks.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest
from _pytest._io import TerminalWriter

from guide import unread
from report import interrupts, shared
from report.beginning import header
from report.collector import Collector
from report.errors import ReportError
from report.plain import PlainView
from report.preflight import Preflight
from report.recorder import Recorder
from report.selection import Selection
from report.shared import Shared
from report.store import Store
from report.view import View

NAME = "proofbook-collector"
_INPUTS = pytest.StashKey[Preflight]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run."""
    group = parser.getgroup("proofbook", "features and their evidence")
    group.addoption("--results", metavar="FILE", help="write the results here")
    group.addoption(
        "--features-folder", default="features", metavar="DIR", help="where the features are"
    )
    group.addoption(
        "--edition-folder",
        default="",
        metavar="DIR",
        help="where the pages of the edition are; empty: check nothing against them",
    )
    group.addoption("--book-name", default="", metavar="NAME", help="the book that is proven")
    group.addoption(
        "--book-folder",
        default="",
        metavar="DIR",
        help="where its book.yaml is: results note what scenarios stand on; empty: they do not",
    )
    group.addoption(
        "--own-code",
        action="append",
        default=[],
        metavar="PART=DIR",
        help="a folder with steps or charts of the book's own; may be given several times",
    )
    group.addoption(
        "--only",
        default="",
        metavar="NAMES",
        help="features or ids of scenarios, separated by commas (FEATURE=); tags go to -m",
    )
    group.addoption(
        "--share",
        default="",
        metavar="N/M",
        help="this is worker N of M: of what is selected it takes the next that nobody has taken",
    )
    group.addoption(
        "--again",
        default="make e2e",
        metavar="COMMAND",
        help="the command that runs this again, without FEATURE and TAGS",
    )


def _active(config: pytest.Config) -> bool:
    return bool(config.getoption("--results")) and not config.option.collectonly


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Read what the run is about; what is wrong with it is said on one line, and nothing starts."""
    if not _active(config) or config.option.help or config.option.version:
        return None
    option = config.getoption
    selection = Selection(option("--only"), config.option.markexpr)
    edition = _folder(config, option("--edition-folder")) if option("--edition-folder") else None
    try:
        features = _folder(config, option("--features-folder"))
        book = Path(option("--book-folder")) if option("--book-folder") else None
        config.stash[_INPUTS] = Preflight.read(features, edition, selection, book)
    except Exception as error:
        code = getattr(error, "exit_code", None)
        if code is None:
            raise
        print(error, file=sys.stderr)
        return int(code)
    return None


def _folder(config: pytest.Config, name: str) -> Path:
    # Below the root of the project, and told as seen from where the run was started.
    return Path(os.path.relpath(config.rootpath / name))


def pytest_configure(config: pytest.Config) -> None:
    """Register the tags as marks, and take over the terminal."""
    inputs = config.stash.get(_INPUTS, None)
    if inputs is None:
        return
    for tag in sorted(inputs.tags):
        config.addinivalue_line("markers", f"{tag}: a tag of the features")
    path = Path(config.getoption("--results"))
    again = config.getoption("--again")
    pairs = (given.partition("=") for given in config.getoption("--own-code"))
    own = [(part, Path(folder)) for part, _, folder in pairs]
    run = header(inputs, again, config.rootpath, config.getoption("--book-name"), own)
    recorder = Recorder(inputs.scenarios, run, Store(path))
    collector = Collector(inputs, recorder, _view(config), again=again, path=str(path))
    config.pluginmanager.register(collector, NAME)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All that is selected is shared with the other workers of the run.

    Their folders stand side by side (`build/workers/1`), in that of the whole run.
    """
    share = config.getoption("--share")
    collector = config.pluginmanager.get_plugin(NAME)
    if share and isinstance(collector, Collector):
        workers = Path(config.getoption("--results")).resolve().parents[1]
        took = shared.known(workers.parent / "history")
        collector.share(Shared(workers / shared.FOLDER, share), took)


def _view(config: pytest.Config) -> View:
    # pytest's capture is not on yet: this is where the run was started, and stays so.
    file = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace")
    config.add_cleanup(file.close)
    shared = config.option.usepdb or config.option.capture == "no"
    if file.isatty() and os.environ.get("TERM") != "dumb" and not shared:
        # What draws is loaded at a terminal only.
        from report.live import LiveView

        return LiveView(file)
    return PlainView(unread.to_the_end(file))


def _silence(config: pytest.Config) -> None:
    # Not unregistered: pytest's explanation of a failed assertion asks it for its writer.
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        nowhere = Path(os.devnull).open("w")  # noqa: SIM115
        config.add_cleanup(nowhere.close)
        reporter._tw = TerminalWriter(nowhere)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Quieten pytest; end in order on the signals that ask for it."""
    config = session.config
    if _INPUTS not in config.stash:
        return
    _silence(config)
    if threading.current_thread() is not threading.main_thread():
        return
    config.add_cleanup(interrupts.heed())


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str, function: object) -> bool | None:
    """Tags like @id:... and @unit:... say something to us and are no marks."""
    return True if ":" in tag else None


@pytest.fixture(scope="session")
def collector(pytestconfig: pytest.Config) -> Collector:
    """Takes what the sandbox tells during a run; ReportError where no results are asked for."""
    found = pytestconfig.pluginmanager.get_plugin(NAME)
    if not isinstance(found, Collector):
        raise ReportError("no run is being recorded", cure="give pytest --results FILE")
    return found

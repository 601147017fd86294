"""The book's own part of a run of pytest: where its features lie, and sentences of its own."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from guide import Book, GuideError

PACKAGE = "book_steps"
"""The modules of a book's folder `steps` are imported below this name."""

folder = Path()
"""The features that `steps.every_scenario` binds."""


def load(config: pytest.Config, book: Book) -> None:
    """Make the book's features and sentences known to this run and to no other.

    Raises GuideError where a module of the book cannot be imported.
    """
    global folder
    folder = book.features.resolve()
    if not book.steps.is_dir():
        return
    pytest.register_assert_rewrite(PACKAGE)  # before it is there: later is too late
    package = ModuleType(PACKAGE)
    package.__path__ = [str(book.steps.resolve())]
    sys.modules[PACKAGE] = package
    for path in sorted(book.steps.glob("*.py")):
        name = f"{PACKAGE}.{path.stem}"
        try:
            module = importlib.import_module(name)
        except Exception as error:  # whatever a module of somebody else's raises
            line = _line(error, path)
            what = f"cannot be imported: {type(error).__name__}: {error}"
            raise GuideError(what, file=path, line=line, cure="see CONTRIBUTING.md") from error
        config.pluginmanager.register(module, name)


def _line(error: Exception, path: Path) -> int:
    """The line of the module at which it went wrong, 0 where nothing says so."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    found = 0
    trace = error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename) == path.resolve():
            found = trace.tb_lineno
        trace = trace.tb_next
    return found

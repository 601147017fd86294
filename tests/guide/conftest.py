"""A second guide, in files of its own: the engine knows nothing of the first one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from mutant_page import FEATURE, PAGE

from guide import Edition, Features
from guide.__main__ import main
from guide.mutant import Mutant
from guide.mutants import mutants
from sandbox.copying import working_copy

SECOND = Path(__file__).parent / "second"

Run = Callable[..., int]


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A copy of the second guide that a test may change."""
    return working_copy(SECOND, tmp_path / "second")


@pytest.fixture
def run(second: Path) -> Run:
    """Run a command of `python -m guide` on the copy and return its exit code."""

    def command(name: str, *arguments: str) -> int:
        places = [
            f"--edition={second / 'edition'}",
            f"--features={second / 'features'}",
            f"--lock={second / 'source.lock'}",
            f"--errata={second / 'errata'}",
        ]
        return main([name, *places, *arguments])

    return command


@pytest.fixture
def edit(second: Path) -> Callable[[str, str, str], None]:
    """Replace a text that is there in a file of the copy."""

    def replace(file: str, old: str, new: str) -> None:
        path = second / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace


@pytest.fixture
def found(tmp_path: Path) -> list[Mutant]:
    """The mutants of a page that lies in the test's folder with its feature."""
    (tmp_path / "adding.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "adding.feature").write_text(FEATURE, encoding="utf-8")
    edition = Edition.read(tmp_path)
    return mutants(edition, Features.read(tmp_path, edition))


@pytest.fixture
def audit(run: Run, second: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Audit the second guide: the exit code, then the lines it printed without the folder."""

    def command(code: int, *arguments: str) -> list[str]:
        assert run("audit", str(second / "guide.md"), *arguments) == code
        return capsys.readouterr().out.replace(f"{second}/", "").splitlines()

    return command

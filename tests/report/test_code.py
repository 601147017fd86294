from pathlib import Path

import pytest

from report.code import CLONE, PARTS, hashes


@pytest.fixture
def parts(tmp_path: Path) -> list[tuple[str, Path]]:
    for name in ("steps/a.py", "sandbox/b.py", "sandbox/deep/c.py", "sandbox/charts/d/Chart.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    sandbox = tmp_path / "sandbox"
    return [("steps", tmp_path / "steps"), ("sandbox", sandbox), ("charts", sandbox / "charts")]


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("steps/a.py", "steps"),
        ("steps/new.py", "steps"),
        ("sandbox/b.py", "sandbox"),
        ("sandbox/deep/c.py", "sandbox"),
        ("sandbox/charts/d/Chart.yaml", "charts"),
        ("own/steps/e.py", "steps"),
        ("own/charts/f.yaml", "charts"),
        ("sandbox/__pycache__/b.pyc", ""),
        # The version of a program is told by its name: it is no other code of the sandbox.
        ("sandbox/deep/go.mod", "programs"),
        ("sandbox/deep/go.sum", "programs"),
    ],
)
def test_a_hash_follows_the_files_of_its_part(
    tmp_path: Path, parts: list[tuple[str, Path]], file: str, changes: str
) -> None:
    own = [("steps", tmp_path / "own/steps"), ("charts", tmp_path / "own/charts")]
    before = hashes(own, parts)
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("something else")
    after = hashes(own, parts)
    assert [part for part in after if after[part] != before[part]] == ([changes] if changes else [])


def test_a_file_that_only_gets_another_name_counts(
    tmp_path: Path, parts: list[tuple[str, Path]]
) -> None:
    before = hashes((), parts)
    (tmp_path / "steps/a.py").rename(tmp_path / "steps/z.py")
    assert hashes((), parts)["steps"] != before["steps"]


def test_the_parts_of_the_clone_are_there() -> None:
    assert all(folder.is_dir() and folder.is_relative_to(CLONE) for _, folder in PARTS)
    assert len(set(hashes().values())) == 5

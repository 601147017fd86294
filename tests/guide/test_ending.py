"""The exit code of several runs that are one."""

import ast
from pathlib import Path

import pytest

from guide.ending import NIGHT_FIRST, WORST_FIRST, worst

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("codes", "one"),
    [
        ([0, 0], 0),
        ([0, 1, 0], 1),
        ([1, 2], 2),
        ([2, 3, 1], 3),
        ([3, 130, 1], 130),
        ([0, -9], 3),
        ([1, 137], 3),
        ([0, None], 3),
        ([], 3),
    ],
)
def test_the_worst_of_several_is_theirs(codes: list[int | None], one: int) -> None:
    assert worst(codes) == one


def test_at_night_only_an_interruption_hides_a_failure() -> None:
    assert worst([3, 1, 2], NIGHT_FIRST) == 1
    assert worst([1, 130], NIGHT_FIRST) == 130
    assert worst([-9, 0], NIGHT_FIRST) == 3
    assert set(NIGHT_FIRST) == set(WORST_FIRST)


def test_no_other_module_has_an_order_of_exit_codes() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for room in ("report", "steps", "sandbox", "mutation", "guide")
        for path in (ROOT / room).rglob("*.py")
        if path.name != "ending.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Tuple)
        and len(node.elts) == 5
        and ast.unparse(node.elts[0]).lstrip("_") in ("130", "INTERRUPTED")
    ]
    assert found == []

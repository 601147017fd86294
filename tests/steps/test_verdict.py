"""What a night says of each newer version: in its report, and in the terminal."""

from __future__ import annotations

from steps.proved import Break
from steps.verdict import Verdict, markdown, terminal

OPENS = Break("shop/opens", ("shop/opening",), "it broke")


def test_the_report_has_the_diff_and_every_break() -> None:
    text = markdown([Verdict("c", "helm 1 -> 2", (OPENS,)), Verdict("d", "kwok 1 -> 2")], "+new\n")
    assert "## c\n\nhelm 1 -> 2: 1 unit in 1 scenario broken\n\n- shop/opening (shop" in text
    assert "## d\n\nkwok 1 -> 2: nothing breaks" in text
    assert "````diff\n+new\n````" in text
    assert list(terminal([])) == ["nothing is newer than what is pinned"]


def test_what_is_not_known_is_not_green() -> None:
    broken, unrun = Verdict("c", "w", (OPENS,)), Verdict("c", "w", not_run="it does not build")
    unknown, elsewhere = Verdict("c", "w", unknown="none ran"), Verdict("c", "w", said="not run")
    codes = [each.code for each in (broken, unrun, unknown, elsewhere, Verdict("c", "w"))]
    assert codes == [1, 3, 3, 0, 0]
    assert unknown.head == "w: nothing is known: none ran"

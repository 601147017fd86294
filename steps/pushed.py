"""What "the pushed commit" means: one that somebody has pushed since the baseline."""

from __future__ import annotations

from steps.engineer import Engineer


def pushed_head(engineer: Engineer) -> str:
    """The head of the branch, which somebody has pushed since the baseline.

    Where nobody has, all would be so at "the pushed commit" before anybody did anything.
    """
    branch = engineer.sandbox.layout.branch
    waiting = engineer.sandbox.desk.git("log", "--oneline", f"origin/{branch}..HEAD")
    assert not waiting, f"these commits were not pushed:\n{waiting}"
    head = engineer.sandbox.head()
    assert head != engineer.baseline.head, "nothing was pushed"
    return head


def wait_for_push(engineer: Engineer, cluster: str = "") -> None:
    """Wait until every Flux object of a cluster follows what was pushed since the baseline."""
    pushed_head(engineer)
    engineer.sandbox.wait_ready(cluster)

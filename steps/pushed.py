"""What "the pushed commit" means: one that somebody has pushed since the baseline."""

from __future__ import annotations

from steps.engineer import Engineer

_LIMIT_S = 120


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


def settle(
    engineer: Engineer,
    kind: str = "",
    namespace: str = "",
    name: str = "",
    cluster: str = "",
    done: bool = True,
) -> None:
    """Wait until what is looked at next is as the newest commit has it, where there is one.

    An object, or without one all that follows the monorepo. Right after a push the cluster still
    is as the commit before had it: what is seen then proves nothing of the push. Without `done`
    an object of Flux may still be at work on it.
    """
    layout = engineer.sandbox.layout
    head = engineer.sandbox.refs().get(f"refs/heads/{layout.branch}", "")
    if head and head != engineer.baseline.head:
        view, interval_s = engineer.sandbox.view(cluster), layout.interval_s
        view.wait_settled(head, interval_s, _LIMIT_S, kind, namespace, name, done)

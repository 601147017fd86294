"""What "the pushed commit" means: one that somebody has pushed since the baseline."""

from __future__ import annotations

from sandbox.cluster.kubernetes import Object, field
from steps.engineer import Engineer

_LIMIT_S = 120


def pushed_head(engineer: Engineer) -> str:
    """The head of the branch, which somebody has pushed since the baseline.

    Where nobody has, all would be so at "the pushed commit" before anybody did anything. Where the
    engineer's commit was lost on the way, it would be so at somebody else's.
    """
    branch = engineer.sandbox.layout.branch
    waiting = engineer.sandbox.desk.git("log", "--oneline", f"origin/{branch}..HEAD")
    assert not waiting, f"these commits were not pushed:\n{waiting}"
    head = engineer.sandbox.head()
    assert head != engineer.baseline.head, "nothing was pushed"
    lost = _lost(engineer)
    assert not lost, f"these commits are gone from the clone and were not pushed:\n{lost}"
    return head


def _lost(engineer: Engineer) -> str:
    """The commits that no ref of the clone has and none had that was pushed, or ''.

    One that was changed on the way, by a rebase for example, is not lost: what was pushed changes
    one of its files. Nor is one that holds nothing.
    """
    git, branch = engineer.sandbox.desk.git, f"origin/{engineer.sandbox.layout.branch}"
    stood = git("reflog", "show", "--format=%H", "HEAD").split()
    pushed = git("reflog", "show", "--format=%H", branch).split()
    gone = git("rev-list", "--no-merges", *stood, "--not", "--all", *pushed).split()
    if not gone:
        return ""
    known = [f"^{each}" for each in [engineer.baseline.head] if each]
    files = ("log", "--format=", "--name-only")
    changed = set(git(*files, "--ignore-missing", "--remotes", *pushed, *known).split("\n"))
    held = {each: git(*files, "-1", each).splitlines() for each in gone}
    lost = [each for each in gone if held[each] and changed.isdisjoint(held[each])]
    return git("log", "--no-walk", "--oneline", *lost) if lost else ""


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


def settled(engineer: Engineer, kind: str, namespace: str, name: str, cluster: str = "") -> Object:
    """An object as the newest commit has it, which is there; by itself in the first cluster."""
    settle(engineer, kind, namespace, name, cluster)
    return there(engineer, kind, namespace, name, cluster)


def there(engineer: Engineer, kind: str, namespace: str, name: str, cluster: str = "") -> Object:
    """An object as the cluster has it now, which is there and is not being deleted."""
    found = engineer.sandbox.view(cluster).find(kind, namespace, name)
    assert found is not None, f"there is no {kind} {namespace}/{name}"
    going = field(found, "metadata", "deletionTimestamp")
    assert not going, f"{kind} {namespace}/{name} is being deleted since {going}"
    engineer.chain.note(f"{kind} {namespace}/{name}")
    return found

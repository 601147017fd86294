"""Who has fetched since the push, as the Git server's journal has it."""

from __future__ import annotations

from typing import Any

from steps.engineer import Engineer
from steps.pushed import pushed_head


def since_push(engineer: Engineer) -> list[dict[str, Any]]:
    """The fetches that the server has noted behind the push of the head, refused ones too.

    The server notes a push as it moves the branch: the command of the engineer ends later, and who
    fetched meanwhile has fetched since the push. Raises AssertionError where none of them was let.
    """
    head = pushed_head(engineer)
    log, ref = engineer.sandbox.gitlab.log(), f"refs/heads/{engineer.sandbox.layout.branch}"
    moved = [(each.get("ref"), each.get("new")) for each in log]
    assert (ref, head) in moved, f"the Git server knows of no push of {head[:8]} to {ref}"
    newest = len(moved) - moved[::-1].index((ref, head))
    fetches = [each for each in log[newest:] if each["operation"].endswith(" fetch")]
    assert fetches, "nothing was fetched since the push"
    ended = sorted({each["result"] for each in fetches})
    assert "ok" in ended, f"nobody was let fetch: {', '.join(ended)}"
    return fetches

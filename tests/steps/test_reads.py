"""The sentence about who reads the monorepo is told logs in which it has to fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from steps.reads import reads_with_deploy_key

KEY = "deploy key 1"


def entry(
    actor: str,
    operation: str = "SSH fetch",
    result: str = "ok",
    client: str = "OpenSSH_9.2p1",
) -> dict[str, str]:
    return {"actor": actor, "operation": operation, "result": result, "client": client}


def engineer(*log: dict[str, str]) -> Any:
    """Somebody whose command adds these entries to a log that holds others already."""
    kept = [entry("engineer", "HTTPS fetch"), entry(KEY)]

    def do(block: str) -> SimpleNamespace:
        kept.extend(log)
        return SimpleNamespace(line="git ls-remote x")

    gitlab = SimpleNamespace(log=lambda: list(kept))
    return SimpleNamespace(sandbox=SimpleNamespace(gitlab=gitlab), do=do)


def test_a_fetch_over_ssh_with_the_deploy_key_is_one() -> None:
    reads_with_deploy_key(engineer(entry(KEY), entry("nobody", "API")), "read")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ([], "knows of no fetch while `git ls-remote x` ran"),
        ([entry(KEY, "SSH push")], "knows of no fetch"),
        ([entry(KEY, client="Go")], "knows of no fetch"),
        ([entry("engineer", "HTTPS fetch")], "asked for: HTTPS fetch by engineer"),
        ([entry(KEY), entry("engineer", "HTTPS fetch")], "HTTPS fetch by engineer"),
        ([entry("engineer")], "SSH fetch by engineer"),
        ([entry(KEY, "HTTPS fetch")], "HTTPS fetch by deploy key 1"),
        ([entry(KEY, result="not found")], "a fetch was not found"),
    ],
)
def test_one_that_was_another_or_none_is_told(log: list[dict[str, str]], words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        reads_with_deploy_key(engineer(*log), "read")

"""Sentences about deploy keys: each is told a log in which it has to fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from steps import deploy_keys

OLD, NEW = "deploy key 1", "deploy key 2"
NOBODY = "nobody"


def entry(at: int, actor: str, operation: str = "SSH fetch", result: str = "ok") -> dict[str, str]:
    when = f"2026-11-28T05:00:0{at}Z"
    said = {"actor": actor, "via": "k", "operation": operation, "result": result}
    return {"time": when, **said}


def engineer(*log: dict[str, str], pushed: str = "2026-11-28T05:00:05Z") -> Any:
    """Somebody who has noted deploy key 1 when the log held one entry, and pushed at second 5."""
    before = [entry(0, NOBODY, "SSH login")]
    gitlab = SimpleNamespace(log=lambda: list(before), deploy_keys=lambda _: [{"id": 1}])
    sandbox = SimpleNamespace(gitlab=gitlab, layout=SimpleNamespace(repository="team/fleet"))
    chain = SimpleNamespace(reached=lambda _: pushed)
    somebody = SimpleNamespace(sandbox=sandbox, chain=chain, noted={}, values={})
    deploy_keys.note_old_deploy_key(somebody)  # type: ignore[arg-type]
    before += log
    return somebody


def test_the_old_key_is_noted_by_the_number_that_removes_it() -> None:
    assert engineer().values == {"old-deploy-key-id": "1"}


def test_what_was_fetched_with_the_old_key_since_the_push_is_told() -> None:
    deploy_keys.fetched_with_another_key(engineer(entry(4, OLD), entry(6, NEW)))
    with pytest.raises(AssertionError, match="nobody was let fetch: failed: no"):
        deploy_keys.fetched_with_another_key(engineer(entry(6, NEW, result="failed: no")))
    for log in ([entry(6, NEW), entry(7, OLD)], [entry(6, "engineer")]):
        with pytest.raises(AssertionError, match="fetched by"):
            deploy_keys.fetched_with_another_key(engineer(*log))
    with pytest.raises(AssertionError, match="nothing was fetched"):
        deploy_keys.fetched_with_another_key(engineer(entry(4, NEW), entry(6, NEW, "SSH push")))
    with pytest.raises(AssertionError, match="nothing was pushed"):
        deploy_keys.fetched_with_another_key(engineer(entry(6, NEW), pushed=""))


def test_a_key_that_was_refused_since_the_old_one_was_noted_is_told() -> None:
    # What the log held before, a refused login among it, is of no account.
    deploy_keys.no_key_was_refused(engineer(entry(4, OLD), entry(6, NEW)))
    https = entry(6, NOBODY, "HTTPS fetch")
    deploy_keys.no_key_was_refused(engineer(entry(4, OLD), https))
    for operation in ("SSH login", "SSH fetch"):
        with pytest.raises(AssertionError, match="refused: 2026-11-28T05:00:05Z k"):
            deploy_keys.no_key_was_refused(engineer(entry(4, OLD), entry(5, NOBODY, operation)))
    with pytest.raises(AssertionError, match="nobody has fetched"):
        deploy_keys.no_key_was_refused(engineer(https))


def test_an_old_key_that_nobody_has_noted_is_told() -> None:
    somebody = engineer(entry(6, NEW))
    somebody.noted.clear()
    for claim in (deploy_keys.fetched_with_another_key, deploy_keys.no_key_was_refused):
        with pytest.raises(AssertionError, match="no deploy key was noted as the old one"):
            claim(somebody)

"""Sentences about deploy keys: each is told a log in which it has to fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import told_engineer
from told_engineer import HEAD

from steps import deploy_keys

OLD, NEW = "deploy key 1", "deploy key 2"
NOBODY = "nobody"


AT = "2026-11-28T05:00:05Z"


def entry(actor: str, operation: str = "SSH fetch", result: str = "ok") -> dict[str, str]:
    said = {"actor": actor, "via": "k", "operation": operation, "result": result}
    return {"time": AT, **said}


PUSH = {**entry("engineer", "HTTPS push"), "ref": "refs/heads/main", "new": HEAD}


def engineer(*log: dict[str, str]) -> Any:
    """Somebody who has noted deploy key 1 when the log held one entry."""
    noted = [entry(NOBODY, "SSH login")]
    somebody = told_engineer.engineer()
    somebody.sandbox.gitlab = SimpleNamespace(
        log=lambda: list(noted), deploy_keys=lambda _: [{"id": 1}]
    )
    somebody.sandbox.layout.repository = "team/fleet"
    deploy_keys.note_old_deploy_key(somebody)
    noted += log
    return somebody


def test_the_old_key_is_noted_by_the_number_that_removes_it() -> None:
    assert engineer().values == {"old-deploy-key-id": "1"}


def test_what_was_fetched_with_the_old_key_since_the_push_is_told() -> None:
    claim = deploy_keys.fetched_with_another_key
    claim(engineer(entry(OLD), PUSH, entry(NEW)))
    with pytest.raises(AssertionError, match="nobody was let fetch: failed: no"):
        claim(engineer(PUSH, entry(NEW, result="failed: no")))
    for log in ([entry(NEW), entry(OLD)], [entry("engineer")], [entry(NEW, "HTTPS fetch")]):
        with pytest.raises(AssertionError, match="fetched by"):
            claim(engineer(PUSH, *log))
    with pytest.raises(AssertionError, match="nothing was fetched"):
        claim(engineer(entry(NEW), PUSH, entry(NEW, "SSH push")))
    with pytest.raises(AssertionError, match="no push of c0ffee"):
        claim(engineer(entry(NEW)))


def test_a_key_that_was_refused_since_the_old_one_was_noted_is_told() -> None:
    # What the log held before, a refused login among it, is of no account.
    deploy_keys.no_key_was_refused(engineer(entry(OLD), entry(NEW)))
    https = entry(NOBODY, "HTTPS fetch")
    deploy_keys.no_key_was_refused(engineer(entry(OLD), https))
    for operation in ("SSH login", "SSH fetch"):
        with pytest.raises(AssertionError, match="refused: 2026-11-28T05:00:05Z k"):
            deploy_keys.no_key_was_refused(engineer(entry(OLD), entry(NOBODY, operation)))
    with pytest.raises(AssertionError, match="nobody has fetched"):
        deploy_keys.no_key_was_refused(engineer(https))


def test_an_old_key_that_nobody_has_noted_is_told() -> None:
    somebody = engineer(entry(NEW))
    somebody.noted.clear()
    for claim in (deploy_keys.fetched_with_another_key, deploy_keys.no_key_was_refused):
        with pytest.raises(AssertionError, match="no deploy key was noted as the old one"):
            claim(somebody)

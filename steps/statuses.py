"""Sentences about the statuses of commits on the Git server."""

from __future__ import annotations

from typing import Any

from pytest_bdd import parsers, then

from sandbox.words import says
from steps.engineer import Engineer
from steps.pushed import pushed_head, settle
from steps.table import column

_LIMIT_S = 150
"""A health check that fails takes the time-out of its Kustomization first."""


@then(
    parsers.re(
        r'the pushed commit gets status "(?P<state>\w+)" of "(?P<name>[^"]+)" '
        r'with "(?P<words>.+)"$'
    )
)
def commit_gets_status(engineer: Engineer, state: str, name: str, words: str) -> None:
    """Wait until the last status whose name begins so is this one, described in these words."""
    head = pushed_head(engineer)

    def probe() -> tuple[bool | None, str]:
        found = [each for each in _statuses(engineer, head) if _is_of(each, name)]
        if not found:
            return None, "no status"
        last = found[-1]
        right = last["status"] == state and says(last["description"] or "", words)
        return (right or None), _told(last)

    what = f"status {state} of {name} at commit {head[:8]}"
    engineer.sandbox.view().wait(what, probe, _LIMIT_S)


@then(parsers.re(r'the pushed commit has had these statuses of "(?P<name>[^"]+)" and no others:$'))
def commit_has_had(engineer: Engineer, name: str, datatable: list[list[str]]) -> None:
    """Compare all that the commit was ever given, oldest first."""
    head = pushed_head(engineer)
    settle(engineer)
    found = _statuses(engineer, head, all=True)
    given = [each["status"] if _is_of(each, name) else _told(each) for each in found]
    wanted = column(datatable, "status")
    assert given == wanted, f"it has had {[_told(each) for each in found]}"


@then("the pushed commit has no status")
def commit_has_no_status(engineer: Engineer) -> None:
    """Nobody has given the head of the branch a status, and whoever follows it has had it."""
    head = pushed_head(engineer)
    settle(engineer)
    found = _statuses(engineer, head, all=True)
    assert not found, f"it has {_told(found[0])}"


def _statuses(engineer: Engineer, head: str, *, all: bool = False) -> list[dict[str, Any]]:
    sandbox = engineer.sandbox
    return sandbox.gitlab.commit_statuses(sandbox.layout.repository, head, all=all)


def _is_of(status: dict[str, Any], name: str) -> bool:
    return str(status["name"]).startswith(f"{name}/")


def _told(status: dict[str, Any]) -> str:
    return f"{status['status']} of {status['name']}: {status['description']}"

"""Sentences about what goes wrong on purpose, and about what comes back."""

from __future__ import annotations

from datetime import datetime

import yaml
from pytest_bdd import given, parsers, then, when

from sandbox.words import says
from steps.engineer import Engineer
from steps.pushed import pushed_head, wait_for_push

_LIMIT_S = 60
_AHEAD = "ahead"
"""The branch on which a commit waits that is to be there first."""


@when("somebody removes the deploy keys of the monorepo")
def remove_deploy_keys(engineer: Engineer) -> None:
    """Remove every deploy key of the project."""
    gitlab, repository = engineer.sandbox.gitlab, engineer.sandbox.layout.repository
    for key in gitlab.deploy_keys(repository):
        gitlab.delete_deploy_key(repository, key["id"])


@given(parsers.parse('somebody else pushes block "{block}" while the next push is on its way'))
def somebody_gets_ahead(engineer: Engineer, block: str) -> None:
    """Their commit reaches the server after the next push began, and before it is looked at."""
    desk, branch = engineer.sandbox.desk, engineer.sandbox.layout.branch
    desk.git("switch", "--quiet", "--create", _AHEAD)
    engineer.write(block)
    author = "--author=Somebody Else <else@example.com>"
    desk.git("commit", "--quiet", "--all", "--message=Get ahead of the others", author)
    desk.git("push", "--quiet", "origin", _AHEAD)
    desk.git("switch", "--quiet", branch)
    desk.git("branch", "--quiet", "-D", _AHEAD)
    engineer.sandbox.gitlab.faults.overtake(_AHEAD)


@when("the Git server gets new host keys")
def rotate_host_key(engineer: Engineer) -> None:
    """Replace the SSH host keys of the Git server."""
    engineer.sandbox.gitlab.faults.rotate_host_key()


@when(parsers.re(r'somebody deletes (?P<kind>\w+) "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)"$'))
def delete_object(engineer: Engineer, kind: str, name: str, namespace: str) -> None:
    """Delete an object of the cluster past Git."""
    view = engineer.sandbox.view()
    path = view.path_here(kind, namespace, name)
    assert view.read(path) is not None, f"there is no {kind} {namespace}/{name} to delete"
    engineer.chain.note(f"{kind} {namespace}/{name}")
    view.api.delete(path)


@then(parsers.re(r'a pushed change of block "(?P<block>[^"]+)" reaches the cluster$'))
def pushed_change_arrives(engineer: Engineer, block: str) -> None:
    """Write the block, push it, see every Flux object at that commit, and its data there."""
    engineer.write(block)
    engineer.push("Prove that Flux reads Git again")
    wait_for_push(engineer)
    engineer.chain.tell()
    path = engineer.edition.block(block).path
    for wanted in yaml.safe_load_all(engineer.sandbox.desk.read(path)):
        name, namespace = wanted["metadata"]["name"], wanted["metadata"]["namespace"]
        found = engineer.sandbox.view().find(wanted["kind"], namespace, name)
        assert found is not None, f"there is no {wanted['kind']} {namespace}/{name}"
        assert found["data"] == wanted["data"], f"it holds {found['data']}"


@then(parsers.re(r'the log comes to tell of "(?P<words>.+)" through block "(?P<block>[^"]+)"$'))
def log_comes_to_tell(engineer: Engineer, words: str, block: str) -> None:
    """Type the command again until a line from after the commit, which has arrived, says so."""
    view, head = engineer.sandbox.view(), pushed_head(engineer)
    view.wait_fetched(head, _LIMIT_S)
    view.wait(f"the log to say {words!r}", lambda: _said(engineer, block, words), _LIMIT_S)


def _said(engineer: Engineer, block: str, words: str) -> tuple[bool | None, str]:
    since = engineer.sandbox.desk.after_commit()
    lines = engineer.do(block).stdout.splitlines()
    said = any(says(line, words) and logged_at(line) >= since for line in lines)
    return (said or None), lines[-1] if lines else "nothing"


def logged_at(line: str) -> datetime:
    """When this line of a log was written, as it begins with it."""
    try:
        at = datetime.fromisoformat(line.split()[0])
    except ValueError:
        raise AssertionError(f"this line does not begin with its time: {line}") from None
    assert at.tzinfo, f"this line's time does not say of which zone it is: {line}"
    return at

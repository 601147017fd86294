"""Sentences about the repository that the application's manifests were copied from."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from steps.engineer import Engineer
from steps.pushed import settle


@given(parsers.parse('the engineer has a fork of the application in "{project}"'))
def has_a_fork(engineer: Engineer, project: str) -> None:
    """A project with one commit; it goes with the return to the baseline."""
    gitlab = engineer.sandbox.gitlab
    group, _, name = project.rpartition("/")
    number = gitlab.group(group)["id"]
    gitlab.control.api(
        "POST", "/projects", name=name, path=name, namespace_id=number, initialize_with_readme=True
    )


@then(parsers.parse('no commit of "{project}" has a status'))
def no_commit_has_a_status(engineer: Engineer, project: str) -> None:
    """The project has commits, and nobody has given one of them a status.

    Whoever has something to tell has had the pushed commit.
    """
    settle(engineer)
    gitlab = engineer.sandbox.gitlab
    heads = gitlab.refs(project).values()
    assert heads, f"{project} has no commit"
    found = [each for sha in heads for each in gitlab.commit_statuses(project, sha, all=True)]
    assert not found, f"{len(found)} statuses, first: {found[0]}"

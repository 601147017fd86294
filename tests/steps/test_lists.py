"""Sentences that take a list of names mean each of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guide.scenario import Step
from guide.sentences import Sentences
from steps import access, clusters, commands, kustomizations

KNOWN = Sentences.of([Path(__file__).parents[2] / "steps"])


def said(kind: str, text: str) -> dict[str, str]:
    """What the one function that takes the sentence is told."""
    [taken] = [each for each in KNOWN.known if each.takes(Step(kind, text, 1, kind=kind))]
    found = taken._expression.fullmatch(text)
    assert found
    return found.groupdict()


@pytest.mark.parametrize(
    ("kind", "text", "typed"),
    [
        ("when", 'the engineer runs block "a"', ["a"]),
        ("given", 'the engineer has run blocks "b" and "a"', ["b", "a"]),
        ("when", 'the engineer runs blocks "a", "b" and "c"', ["a", "b", "c"]),
    ],
)
def test_blocks_are_typed_in_their_order(kind: str, text: str, typed: list[str]) -> None:
    done: list[str] = []
    engineer: Any = SimpleNamespace(do=done.append)
    commands.run_blocks(engineer, **said(kind, text))
    assert done == typed


def test_each_cluster_is_looked_at() -> None:
    looked: list[tuple[str, ...]] = []

    def view(cluster: str) -> Any:
        return SimpleNamespace(wait_condition=lambda *words: looked.append((cluster, *words)))

    engineer: Any = SimpleNamespace(sandbox=SimpleNamespace(view=view))
    clusters.are_cut_off(engineer, **said("then", '"dev", "stg" and "prd" are cut off from Git'))
    assert [(name, status) for name, _, _, _, status, *_ in looked] == [
        ("dev", "False"),
        ("stg", "False"),
        ("prd", "False"),
    ]


REACHED = {"apps": "10:03", "one": "10:01", "two": "10:02", "late": "10:04", "free": "10:00"}


@pytest.mark.parametrize(
    ("others", "holds"),
    [
        ('"one"', True),
        ('"one" and "two"', True),
        ('"one" and "late"', False),
        ('"late" and "one"', False),
        ('"one", "two" and "free"', False),
        ('"never"', False),
    ],
)
def test_a_kustomization_has_waited_for_each_that_is_named(others: str, holds: bool) -> None:
    found = {"spec": {"dependsOn": [{"name": name} for name in ("one", "two", "late", "never")]}}
    view = SimpleNamespace(find=lambda *_: found)
    reached = lambda what: REACHED.get(what.rsplit("/", 1)[1], "")  # noqa: E731
    engineer: Any = SimpleNamespace(
        sandbox=SimpleNamespace(view=lambda: view), chain=SimpleNamespace(reached=reached)
    )
    told = said("then", f'Kustomization "apps" has waited for {others}')
    if holds:
        kustomizations.has_waited_for(engineer, **told)
    else:
        with pytest.raises(AssertionError):
            kustomizations.has_waited_for(engineer, **told)


@pytest.mark.parametrize(
    ("text", "done"),
    [("was revoked", ["revoke t"]), ("has expired", ["expire t"])],
)
def test_a_token_ends_in_the_way_that_is_said(text: str, done: list[str]) -> None:
    ended: list[str] = []
    gitlab = SimpleNamespace(
        revoke_token=lambda token: ended.append(f"revoke {token}"),
        expire_token=lambda token: ended.append(f"expire {token}"),
    )
    desk = SimpleNamespace(env={"GITLAB_TOKEN": "t"})
    engineer: Any = SimpleNamespace(sandbox=SimpleNamespace(gitlab=gitlab, desk=desk))
    access.end_bootstrap_token(engineer, **said("given", f"the bootstrap token {text}"))
    assert ended == done


def test_an_object_is_looked_for_in_the_cluster_that_is_named() -> None:
    assert said("then", 'there is no Pod "p" in "n" of "stg"')["cluster"] == "stg"
    assert said("then", 'there is no Pod "p" in "n"')["cluster"] is None
    assert said("then", 'ConfigMap "m" in "n" of "stg" comes to hold "k" as "v"') == {
        "name": "m",
        "namespace": "n",
        "cluster": "stg",
        "key": "k",
        "value": "v",
        "again": None,
    }
    again = said("then", 'ConfigMap "m" in "n" comes to hold "k" as "v" again')
    assert (again["cluster"], again["value"]) == (None, "v")
    ready = "every Flux object{} is Ready at the pushed commit"
    assert said("then", ready.format(' of "stg"')) == {"cluster": "stg"}
    assert said("given", ready.format("")) == {"cluster": None}
    assert said("then", 'HelmRelease "s" in "n" reports Remediated as True with "x"') == {
        "kind": "HelmRelease",
        "name": "s",
        "namespace": "n",
        "condition": "Remediated",
        "status": "True",
        "message": "x",
    }

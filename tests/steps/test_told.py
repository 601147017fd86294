"""A sentence that fails says what was expected, and what was there instead."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from steps import helm, kustomizations, tree

FILES = {"a.yaml": "a", "b.yaml": "b"}


def engineer() -> Any:
    """Somebody whose monorepo and cluster hold little."""
    made = Mock()
    made.sandbox.refs.return_value = {}
    blocks = {"a": SimpleNamespace(path="a.yaml", filled=lambda _: "a"), "tree": Mock()}
    blocks["tree"].text = "x\n├── a.yaml\n└── c.yaml\n"
    made.edition.block = blocks.__getitem__
    made.sandbox.desk.files.return_value = FILES
    made.sandbox.monorepo.paths.return_value = list(FILES)
    made.sandbox.monorepo.changed_paths.return_value = list(FILES)
    made.sandbox.monorepo.authors.return_value = ["flux", "eve", "flux"]
    made.sandbox.charts.index_digest.return_value = "sha256:1"
    view = made.sandbox.view.return_value
    view.inventories.return_value = {"one": ["Pod x/a"], "two": ["Pod x/a", "Pod x/b"]}
    view.wait_condition.return_value.message = "no such file"
    view.find.return_value = {
        "spec": {"dependsOn": [{"name": "one"}]},
        "status": {"artifact": {"revision": "sha256:2"}},
    }
    return made


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        (lambda who: tree.first_commit_holds(who, [["block"], ["a"]]), "not as .* in b.yaml"),
        (lambda who: tree.changed_by(who, "flux"), r"changed by \['eve', 'flux'\], expected"),
        (lambda who: tree.changed_files(who, [["file"], ["a.yaml"]]), "'b.yaml'.*, expected were"),
        (
            lambda who: tree.has_the_tree(who, "tree"),
            r"not drawn: \['b.yaml'\], not there: \['c.yaml'\]",
        ),
        (kustomizations.no_object_has_two_owners, "owned twice: Pod x/a"),
        (
            lambda who: kustomizations.has_waited_for(who, "apps", '"two"'),
            "apps does not wait for two, but for .*one",
        ),
        (
            lambda who: kustomizations.reports_one_of(who, "apps", [["words"], ["x"], ["y"]]),
            "apps says 'no such file', expected was 'x' or 'y'",
        ),
        (
            lambda who: helm.stands_at_served_index(who, "a"),
            "a stands at sha256:2, served is sha256:1",
        ),
    ],
)
def test_what_was_expected_and_what_was_there_is_told(
    sentence: Callable[[Any], Any], told: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        sentence(engineer())
    failed.match(told)
    # The first line is the message, whatever pytest says behind it.
    assert not str(failed.value).startswith("assert")

"""Sentences about commands: each is told an output with which it has to fail, in its own words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from held import holds

from sandbox.events import CommandRan
from steps import commands, faults
from steps.ran import Ran
from steps.table import printed_rows


def printing(text: str, *served: str) -> Any:
    """Somebody whose blocks print this text, in whose cluster these kinds are served."""
    view = SimpleNamespace(serves=lambda kind: kind in served)
    sandbox = SimpleNamespace(view=lambda: view)
    return SimpleNamespace(do=lambda block, **_: ran(text), noted={}, sandbox=sandbox)


def ran(*texts: str) -> Ran:
    """Commands that have printed these texts."""
    return Ran(
        tuple(
            CommandRan(
                line="type it", cwd=".", exit_code=0, stdout=each, stderr="", output=each,
                duration_s=0.1,
            )
            for each in texts
        )
    )  # fmt: skip


RELEASES = """\
NAMESPACE  NAME  REVISION  SUSPENDED  READY  MESSAGE
team-a     web   6.9.2     False      True   Helm install succeeded

NAME         READY
pod/team-b   1/1
"""


def test_the_name_of_a_row_stands_in_its_column() -> None:
    assert [name for name, _ in printed_rows(RELEASES)] == ["web", "pod/team-b"]
    commands.shows_ready_with_version(printing(RELEASES), "list", "web", "6.9.2")
    for name in ("team-a", "6.9.2", "we"):
        with pytest.raises(AssertionError, match=r"lists .* 0 times"):
            commands.shows_ready_with_version(printing(RELEASES), "list", name, "6.9.2")


@pytest.mark.parametrize(
    ("table", "name", "right"),
    [
        ("NAME  AGE\nsettings  1m\n", "settings", True),
        ("NAMESPACE  NAME  AGE\nteam-a  settings  1m\n", "settings", True),
        ("NAMESPACE  NAME  AGE\nteam-a  settings  1m\n", "team-a", False),
        ("NAME  AGE\nsettings  1m\nlate  1m\n", "settings", False),
        ("NAMESPACE  AGE\nteam-a  1m\n", "team-a", False),
        ("settings  1m\n", "settings", False),
        ("", "settings", False),
        ("CURRENT  NAME  CLUSTER\n         stg   one\n", "stg", True),
        ("CURRENT  NAME  CLUSTER\n         stg   one\n", "one", False),
        ("CURRENT  NAME  CLUSTER\n*        stg   one\n", "stg", True),
        ("CURRENT  NAME  CLUSTER\n*              one\n", "one", False),
        ("CURRENT\tNAME\tCLUSTER\n       \tstg \tone\n", "stg", True),
        ("NAMESPACE NAME\na settings\n", "settings", True),
        ("A B NAME\nlonger words settings\n", "settings", True),
    ],
)
def test_one_name_is_listed_and_nothing_else(table: str, name: str, right: bool) -> None:
    holds(right, lambda: commands.lists_only(printing(table), "list", name))


def test_the_header_of_one_command_is_none_of_the_next() -> None:
    with_namespace = "NAMESPACE  NAME  AGE\nteam-a  settings  1m\n"
    done = ran(with_namespace, "settings  late  1m\n")
    somebody: Any = SimpleNamespace(do=lambda block: done)
    for say in (commands.lists_only, commands.shows_suspended):
        with pytest.raises(AssertionError, match="no table with a column NAME: settings  late"):
            say(somebody, "list", "settings")


@pytest.mark.parametrize(
    ("words", "right"),
    [("Helm install succeeded", True), ("web", False), ("6.9.2", False), ("False", False)],
)
def test_a_message_is_what_stands_behind_ready(words: str, right: bool) -> None:
    holds(right, lambda: commands.shows_ready(printing(RELEASES), "list", "web", words))
    failed = RELEASES.replace("True ", "False")
    holds(right, lambda: commands.shows_not_ready(printing(failed), "list", "web", words))


@pytest.mark.parametrize(("branch", "right"), [("main", True), ("old-main", False), ("x", False)])
def test_the_revision_is_that_of_the_branch_of_the_monorepo(
    branch: str, right: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "pushed_head", lambda _: "c0ffee1234")
    table = f"NAME  REVISION  SUSPENDED  READY\nweb  {branch}@sha1:c0ffee12  False  True\n"
    somebody = printing(table)
    somebody.sandbox.layout = SimpleNamespace(branch="main")
    holds(right, lambda: commands.shows_ready_at_commit(somebody, "list", "web"))
    somebody.sandbox.layout.branch = branch
    commands.shows_ready_at_commit(somebody, "list", "web")


@pytest.mark.parametrize("blank", ["", "\n", "  \n\n"])
def test_what_prints_blanks_alone_prints_nothing_that_was_noted(blank: str) -> None:
    somebody = printing(blank)
    somebody.noted["say"] = blank
    with pytest.raises(AssertionError, match="nothing was printed"):
        commands.prints_what_was_noted(somebody, "say")


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("flux get hr shop -n dev", True),
        ("flux get hr dev/shop", True),
        ("flux get hr web -n dev", False),
        ("flux get hr shop-2 -n dev", False),
        ("flux get hr shop -n development", False),
        ("flux get hr shop", False),
    ],
)
def test_a_command_is_about_the_release_that_the_sentence_names(line: str, right: bool) -> None:
    typed = CommandRan(
        line=line, cwd=".", exit_code=0, stdout="v1", stderr="", output="v1", duration_s=0.1
    )
    somebody: Any = SimpleNamespace(do=lambda block, **_: Ran((typed,)))
    holds(right, lambda: commands.tells_of_release(somebody, "get", "shop", "dev", "v1"))


MANIFESTS = "kind: Namespace\nmetadata: {name: team-a}\n---\n"


@pytest.mark.parametrize("kind", ["namespace", "Configmap", "Namespaces"])
def test_of_a_kind_that_nobody_spells_so_nothing_is_said(kind: str) -> None:
    with pytest.raises(AssertionError, match="serves no kind"):
        commands.prints_no_object(printing(MANIFESTS, "ConfigMap"), "build", kind, "team-b")


def test_an_object_is_not_among_the_manifests() -> None:
    somebody = printing(MANIFESTS, "ConfigMap")
    commands.prints_no_object(somebody, "build", "Namespace", "team-b")
    commands.prints_no_object(somebody, "build", "ConfigMap", "team-a")
    with pytest.raises(AssertionError, match="prints Namespace team-a"):
        commands.prints_no_object(somebody, "build", "Namespace", "team-a")


def test_a_list_prints_what_is_in_it() -> None:
    some = "kind: List\nitems:\n- kind: Namespace\n  metadata: {name: team-a}\n"
    commands.prints_object(printing(some), "get", "Namespace", "team-a")
    with pytest.raises(AssertionError, match="prints Namespace team-a"):
        commands.prints_no_object(printing(some), "get", "Namespace", "team-a")


@pytest.mark.parametrize(
    "text", ["No resources found", "- a\n", "a: b\n", "a: [", "kind: A\n", "kind: AList\n", "3"]
)
def test_what_is_no_manifest_is_told(text: str) -> None:
    with pytest.raises(AssertionError, match="no manifest"):
        commands.prints_object(printing(text), "build", "Namespace", "team-a")


def test_what_was_never_noted_is_told() -> None:
    with pytest.raises(AssertionError, match='nothing was noted of what block "say-hello"'):
        commands.prints_what_was_noted(printing("hello"), "say-hello")


@pytest.mark.parametrize("line", ["hello world", "2026-11-28T05:00:28 hello world"])
def test_a_log_without_times_is_told(line: str) -> None:
    with pytest.raises(AssertionError, match=r"this line.*hello world"):
        faults.logged_at(line)

"""Sentences about what a block prints: each is told an output with which it has to fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from held import holds

from steps import outputs
from steps.ran import Ran

HEADER = ["what", "is"]


def printing(**blocks: str) -> Any:
    """Somebody whose blocks print these texts, and end well."""

    def done(block: str, **_: str) -> Any:
        text = blocks[block]
        return SimpleNamespace(
            stdout=text, output=text, exit_code=0, line=f"type {block}",
            commands=[SimpleNamespace(stdout=text)],
        )  # fmt: skip

    return SimpleNamespace(do=done, run=done)


RIGHTS = """\
Resources                    Non-Resource URLs   Resource Names   Verbs
selfsubjectreviews.auth.io   []                  []               [create]
configmaps                   []                  []               [get list]
configmaps                   []                  [one]            [delete]
                             [/api/*]            []               [get]
"""


def test_rights_are_read_whole_without_what_every_account_may() -> None:
    assert outputs.rights(RIGHTS) == {"configmaps": ["get", "list"], "configmaps one": ["delete"]}
    wide = f"{RIGHTS}*.*   []   []   [*]\n      [*]   []   [*]\n"
    assert outputs.rights(wide).items() >= {"*.*": ["*"], "*": ["*"]}.items()


@pytest.mark.parametrize(
    ("page", "verbs"), [("/metrics", "get"), ("/logs/*", "get"), ("/livez", "post")]
)
def test_pages_that_not_every_account_may_read_are_rights(page: str, verbs: str) -> None:
    table = f"{RIGHTS}    [{page}]   []   [{verbs}]\n"
    assert outputs.rights(table)[page] == [verbs]


@pytest.mark.parametrize(
    "table",
    [
        RIGHTS.splitlines()[0],
        "error: unknown flag: --asx",
        RIGHTS.replace("selfsubjectreviews.auth.io", "others"),
        f"{RIGHTS}and a line of another form\n",
    ],
)
def test_what_is_no_table_of_rights_allows_nothing_by_mistake(table: str) -> None:
    with pytest.raises(AssertionError):
        outputs.lists_no_rights(printing(rights=table), "rights")


def test_rights_are_these_and_no_others() -> None:
    somebody = printing(rights=RIGHTS)
    rows = [["configmaps", "list get"], ["configmaps one", "delete"]]
    outputs.lists_rights(somebody, "rights", [HEADER, *rows])
    with pytest.raises(AssertionError):
        outputs.lists_rights(somebody, "rights", [HEADER, rows[0]])
    with pytest.raises(AssertionError):
        outputs.lists_no_rights(somebody, "rights")


def asked(text: str, code: int, output: str = "", line: str = "may source-controller do it") -> Any:
    """What came of asking kubectl."""
    done = SimpleNamespace(stdout=text, output=output or text, exit_code=code, line=line)
    done.is_about = lambda *names: Ran.is_about(done, *names)  # type: ignore[arg-type]
    return done


def test_an_answer_is_about_the_account_that_the_sentence_names() -> None:
    somebody: Any = SimpleNamespace(run=lambda *_, **__: asked("no\n", 1))
    outputs.answers(somebody, "may", "source-controller", "no")
    with pytest.raises(AssertionError, match="is not about default: the block has no place for it"):
        outputs.answers(somebody, "may", "default", "no")


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("", True),
        ("Warning: resource 'nodes' is not namespace scoped\n", True),
        ("Warning: the server doesn't have a resource type 'secretz'\n", False),
        ("Warning: the server doesn't have a resource type 'a' in group 'b'\n", False),
        ("Warning: verb 'gett' is not a known verb\n", False),
    ],
)
def test_what_nobody_has_nobody_may_do_anything_with(said: str, right: bool) -> None:
    done = asked("no\n", 1, f"{said}no\n")
    somebody: Any = SimpleNamespace(run=lambda *_, **__: done)
    holds(right, lambda: outputs.answers(somebody, "may", "source-controller", "no"))


@pytest.mark.parametrize(
    ("text", "code", "answer", "right"),
    [
        ("yes\n", 0, "yes", True),
        ("no\n", 1, "no", True),
        ("no\n", 0, "no", False),
        ("error: unknown flag: --asx, no\n", 1, "no", False),
        ("", 1, "no", False),
        ("yes\n", 0, "no", False),
    ],
)
def test_an_answer_is_one_word_and_the_exit_code_that_goes_with_it(
    text: str, code: int, answer: str, right: bool
) -> None:
    done = asked(text, code)
    somebody: Any = SimpleNamespace(run=lambda *_, **__: done)
    holds(right, lambda: outputs.answers(somebody, "may", "source-controller", answer))


ACCOUNT = "--as=system:serviceaccount"


@pytest.mark.parametrize(
    ("line", "right"),
    [
        (f"kubectl auth can-i --list -n tenant {ACCOUNT}:tenant:default", True),
        (f"kubectl auth can-i --list -n tenants {ACCOUNT}:tenant:default", False),
        (f"kubectl auth can-i --list -ntenants {ACCOUNT}:tenant:default", False),
        (f"kubectl auth can-i --list -ntenant {ACCOUNT}:tenant:default", True),
        (f"/usr/bin/kubectl auth can-i --list -n tenants {ACCOUNT}:tenant:default", False),
        (f"kubectl auth can-i --list --namespace='tenants' {ACCOUNT}:tenant:default", False),
        (f"kubectl auth can-i --list -n tenant \\\n  {ACCOUNT}:tenant:tenent", False),
        (f"kubectl auth can-i --list -A {ACCOUNT}:tenants:default", False),
        (f"kubectl -n tenants auth can-i --list {ACCOUNT}:tenant:default", False),
        (f"alias k=kubectl\nk auth can-i --list -n tenants {ACCOUNT}:tenant:default", False),
        (f'k() {{ kubectl "$@"; }}; k auth can-i -n tenants {ACCOUNT}:tenant:default', False),
        (f"$K auth can-i --list -n tenants {ACCOUNT}:tenant:default", False),
        (f"TEAM=tenants\nkubectl auth can-i --list -n $TEAM {ACCOUNT}:tenant:default", False),
        (f'TEAM="tenant"; kubectl auth can-i -n "${{TEAM}}" {ACCOUNT}:tenant:default', True),
        (f"T=s; export TEAM=tenant$T; k auth can-i -n $TEAM {ACCOUNT}:tenant:default", False),
        ("WHO=system:serviceaccount:tenant:tenent; kubectl auth can-i --as=$WHO", False),
        (f"kubectl auth can-i {ACCOUNT}:tenant:default; TEAM=tenants; head -n $TEAM", True),
        ("kubectl auth can-i --list --as=jane | sort -n tenants", True),
        ("sort -n tenants; kubectl auth can-i --list --as jane -n $TEAM", True),
    ],
)
def test_nobody_who_is_there_may_nothing(line: str, right: bool) -> None:
    known = [("Namespace", "", "tenant"), ("ServiceAccount", "tenant", "default")]
    view = SimpleNamespace(is_there=lambda *asked: asked in known)
    table = "".join(row for row in RIGHTS.splitlines(keepends=True) if "configmaps" not in row)
    done = SimpleNamespace(stdout=table, line=line)
    answer = asked("no\n", 1, line=line)
    answer.is_about = lambda *_: None
    provider = SimpleNamespace(clusters=lambda: {"dev": None})
    somebody: Any = SimpleNamespace(
        do=lambda _: done,
        run=lambda *_, **__: answer,
        sandbox=SimpleNamespace(view=lambda _: view, provider=provider),
    )
    holds(right, lambda: outputs.lists_no_rights(somebody, "rights"))
    holds(right, lambda: outputs.answers(somebody, "may", "default", "no"))
    some = SimpleNamespace(stdout=RIGHTS, line=line)
    somebody.do = lambda _: some
    rows = [["configmaps", "list get"], ["configmaps one", "delete"]]
    holds(right, lambda: outputs.lists_rights(somebody, "rights", [HEADER, *rows]))


def test_log_lines_with_words_and_no_others() -> None:
    error = "2026-11-28T05:00:28.195Z error Kustomization/apps.flux-system - no\n\n  such: file\n"
    info = "2026-11-28T05:00:29.195Z info Kustomization/apps.flux-system - error\n"
    outputs.prints_log_lines_with(printing(log=error * 2), "log", "error")
    for text in ("", "error A\n", error + info, error.replace("error", "errors"), f"x\n{error}"):
        with pytest.raises(AssertionError):
            outputs.prints_log_lines_with(printing(log=text), "log", "error")


def test_an_output_is_these_lines_and_no_others() -> None:
    table = [["line"], ["account a"], ["account b"]]
    outputs.prints_these_lines(printing(pods="account a\naccount b\n"), "pods", table)
    for other in ("account a\n", "account a\naccount b\naccount c\n", "account b\naccount a\n", ""):
        with pytest.raises(AssertionError):
            outputs.prints_these_lines(printing(pods=other), "pods", table)


def test_how_far_a_line_is_indented_counts() -> None:
    table = [["line"], ["logs:"], ['"  debug: yes"'], ['"quoted"']]
    outputs.prints_these_lines(printing(values='logs:\n  debug: yes\n"quoted"\n'), "values", table)
    with pytest.raises(AssertionError):
        outputs.prints_these_lines(
            printing(values='logs:\ndebug: yes\n"quoted"\n'), "values", table
        )


def test_two_outputs_differ_in_these_lines_and_no_others() -> None:
    table = [["line"], ["-   email: a"], ["+   email: b"]]
    base = "kind: Issuer\n  email: a\n"
    same = printing(base=base, overlay="kind: Issuer\n  email: b\n")
    outputs.prints_but_for(same, "overlay", "base", table)
    for other in ("kind: Issuer\n  email: b\nlabel: x\n", "kind: Issuer\nemail: b\n", base, ""):
        with pytest.raises(AssertionError):
            outputs.prints_but_for(printing(base=base, overlay=other), "overlay", "base", table)

"""Sentences about Flux: Ready, revision, order, suspended."""

from __future__ import annotations

from itertools import pairwise

from pytest_bdd import given, parsers, then, when

from sandbox.cluster.kubernetes import field
from sandbox.flux import logs
from sandbox.flux.status import HANDLED, NAMESPACE, REQUESTED
from sandbox.words import says
from steps.engineer import Engineer
from steps.pushed import pushed_head, settle, wait_for_push
from steps.table import column

_LIMIT_S = 120
_REQUESTED = ("metadata", "annotations", REQUESTED)
"""Where an object keeps when somebody asked for a look."""


@given(
    parsers.re(
        r'every Flux object(?: of "(?P<cluster>[^"]+)")? is Ready at the pushed commit$',
    )
)
@then(
    parsers.re(
        r'every Flux object(?: of "(?P<cluster>[^"]+)")? is Ready at the pushed commit$',
    )
)
def every_object_is_ready(engineer: Engineer, cluster: str | None = None) -> None:
    """Sources, Kustomizations and releases follow the commit, by itself those of the first."""
    wait_for_push(engineer, cluster or "")
    if not cluster:
        engineer.chain.tell()


@then(
    parsers.re(
        r'(?P<kind>[A-Z]\w*) "(?P<name>[^"]+)"(?: in "(?P<namespace>[^"]+)")? reports '
        r"(?P<condition>[A-Z][A-Za-z]+) as (?P<status>True|False|Unknown)"
        r'(?: with "(?P<message>.+)")?$'
    )
)
def object_reports(
    engineer: Engineer,
    kind: str,
    name: str,
    namespace: str | None,
    condition: str,
    status: str,
    message: str | None,
) -> None:
    """An object of Flux, by itself one of flux-system, has this condition, with these words."""
    settle(engineer, kind, namespace or NAMESPACE, name, done=False)
    engineer.sandbox.view().wait_condition(
        kind, namespace or NAMESPACE, name, status, message or "", _LIMIT_S, condition
    )


@then(
    parsers.re(
        r'block "(?P<block>[^"]+)" has (?P<kind>[A-Z]\w*) "(?P<name>[^"]+)"'
        r'(?: in "(?P<namespace>[^"]+)")? look again$'
    )
)
def has_it_look_again(
    engineer: Engineer, block: str, kind: str, name: str, namespace: str | None
) -> None:
    """The command asks an object of Flux, by itself one of flux-system, and is answered."""
    view, where = engineer.sandbox.view(), namespace or NAMESPACE

    def read(*path: str) -> str | None:
        found: str | None = field(view.find(kind, where, name), *path)
        return found

    before = read(*_REQUESTED)
    done = engineer.do(block)
    asked = read(*_REQUESTED)
    told = f"`{done.line}` asks {kind} {where}/{name} for nothing"
    assert asked not in (None, before), f"{told}; it was asked last at {asked}"

    def probe() -> tuple[bool | None, str]:
        answered = read("status", HANDLED)
        return (answered == asked) or None, f"it has answered what was asked at {answered}"

    view.wait(f"{kind} {where}/{name} to answer what was asked at {asked}", probe, _LIMIT_S)


@given(
    parsers.re(r'Kustomization "(?P<name>[^"]+)"(?: of "(?P<cluster>[^"]+)")? is held back$'),
)
@when(
    parsers.re(r'Kustomization "(?P<name>[^"]+)"(?: of "(?P<cluster>[^"]+)")? is held back$'),
)
def hold_back(engineer: Engineer, name: str, cluster: str | None = None) -> None:
    """Suspend a Kustomization, by itself one of the first cluster: what it manages comes late."""
    engineer.sandbox.view(cluster or "").suspend("Kustomization", name, True)


@when(parsers.parse('Kustomization "{name}" is let go'))
def let_go(engineer: Engineer, name: str) -> None:
    """Resume a Kustomization that was held back."""
    engineer.sandbox.view().suspend("Kustomization", name, False)


@then("the cluster saw these for the first time in this order:")
def first_seen_in_order(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the versions of the cluster's store in which the objects were first there."""
    names = column(datatable, "object")
    seen = engineer.chain.first_seen
    told = ", ".join(f"{name} in version {seen.get(name, 'none')}" for name in names)
    assert all(name in seen for name in names), told
    assert all(seen[one] < seen[other] for one, other in pairwise(names)), told


@then(
    parsers.parse(
        'every Flux object is Ready at the pushed commit once Kustomization "{name}" is let go'
    )
)
def ready_once_let_go(engineer: Engineer, name: str) -> None:
    """Resume the Kustomization and wait for all that follows the commit."""
    let_go(engineer, name)
    every_object_is_ready(engineer)


@then(
    parsers.re(
        r'the log of (?P<kind>\w+) "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)" since the commit '
        r'says "(?P<words>.+)"$'
    )
)
def log_says(engineer: Engineer, kind: str, name: str, namespace: str, words: str) -> None:
    """Wait for a line of a controller about the object that is younger than the pushed commit."""
    pushed_head(engineer)
    since = engineer.sandbox.desk.after_commit()

    def probe() -> tuple[bool | None, str]:
        lines = logs.younger(engineer.sandbox.desk.env, kind, namespace, name, since)
        said = any(says(line, words) for line in lines)
        return (said or None), lines[-1] if lines else "no line since then"

    what = f"the log of {kind} {namespace}/{name} to say {words!r}"
    engineer.sandbox.view().wait(what, probe, _LIMIT_S)

"""Sentences about Flux: Ready, revision, order, suspended."""

from __future__ import annotations

from pytest_bdd import given, parsers, then, when

from steps.engineer import Engineer

_LIMIT_S = 120


@given("every Flux object is Ready at the pushed commit")
@then("every Flux object is Ready at the pushed commit")
def every_object_is_ready(engineer: Engineer) -> None:
    """Sources, Kustomizations and releases follow the commit."""
    engineer.sandbox.wait_ready()
    engineer.chain.tell()


@then(
    parsers.re(
        r'(?P<kind>Kustomization|GitRepository|HelmRepository) "(?P<name>[^"]+)" reports Ready as '
        r'(?P<status>True|False|Unknown)(?: with "(?P<message>.+)")?$'
    )
)
def object_reports(
    engineer: Engineer, kind: str, name: str, status: str, message: str | None
) -> None:
    """An object of flux-system reports this status, its message holds these words."""
    engineer.sandbox.view().wait_condition(
        kind, "flux-system", name, status, message or "", _LIMIT_S
    )


@then(
    parsers.re(
        r'HelmRelease "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)" reports Ready as '
        r'(?P<status>True|False|Unknown)(?: with "(?P<message>.+)")?$'
    )
)
def release_reports(
    engineer: Engineer, name: str, namespace: str, status: str, message: str | None
) -> None:
    """A release reports this status, its message holds these words."""
    engineer.sandbox.view().wait_condition(
        "HelmRelease", namespace, name, status, message or "", _LIMIT_S
    )


@given(parsers.parse('Kustomization "{name}" is held back'))
def hold_back(engineer: Engineer, name: str) -> None:
    """Suspend a Kustomization: what it manages comes late."""
    engineer.sandbox.view().suspend("Kustomization", name, True)


@when(parsers.parse('Kustomization "{name}" is let go'))
def let_go(engineer: Engineer, name: str) -> None:
    """Resume a Kustomization that was held back."""
    engineer.sandbox.view().suspend("Kustomization", name, False)


@then("the cluster saw these for the first time in this order:")
def first_seen_in_order(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare the times at which the objects were first there."""
    names = [row[0] for row in datatable[1:]]
    times = [engineer.chain.first_seen.get(name, "never") for name in names]
    told = ", ".join(f"{name} at {time}" for name, time in zip(names, times, strict=True))
    assert "never" not in times, told
    assert times == sorted(times), told
    assert len(set(times)) == len(times), told


@given(parsers.parse('Kustomization "{name}" has applied block "{block}"'))
def kustomization_has_applied(engineer: Engineer, name: str, block: str) -> None:
    """Push a block and wait until this Kustomization has applied the commit, whatever others do."""
    engineer.write(block)
    engineer.push(f"Apply {block}")
    engineer.sandbox.view().wait_applied(name, engineer.sandbox.head(), _LIMIT_S)


@then(parsers.parse('Kustomizations "{one}" and "{other}" are at the commit before and Ready'))
def kustomizations_are_behind(engineer: Engineer, one: str, other: str) -> None:
    """Flux has fetched the head of `main`, these Kustomizations still stand one commit before."""
    view, desk = engineer.sandbox.view(), engineer.sandbox.desk
    source = view.informer.get("GitRepository", "flux-system", "flux-system") or {}
    assert source["status"]["artifact"]["revision"].endswith(desk.git("rev-parse", "HEAD").strip())
    for name in (one, other):
        view.wait_applied(name, desk.git("rev-parse", "HEAD~1").strip(), 0)


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
        r'Kustomization "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)" reports Ready as '
        r'(?P<status>True|False|Unknown) with "(?P<message>.+)"$'
    )
)
def kustomization_elsewhere_reports(
    engineer: Engineer, name: str, namespace: str, status: str, message: str
) -> None:
    """A Kustomization of another namespace reports this status, with these words."""
    engineer.sandbox.view().wait_condition(
        "Kustomization", namespace, name, status, message, _LIMIT_S
    )


@then(parsers.re(r'Kustomization "(?P<name>[^"]+)" is reconciling with "(?P<message>.+)"$'))
def kustomization_is_reconciling(engineer: Engineer, name: str, message: str) -> None:
    """A Kustomization of flux-system reports what it is busy with, in these words."""
    engineer.sandbox.view().wait_condition(
        "Kustomization", "flux-system", name, "True", message, _LIMIT_S, "Reconciling"
    )

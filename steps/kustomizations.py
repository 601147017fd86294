"""Sentences about Flux's Kustomizations: what they own, whom they wait for, why they fail."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from sandbox.cluster.kubernetes import field
from sandbox.words import says
from steps.engineer import Engineer
from steps.pushed import pushed_head
from steps.table import column, columns

_LIMIT_S = 120


@then(
    parsers.re(
        r'Kustomization "(?P<name>[^"]+)" owns these'
        r"(?: and (?:nothing else|no other (?P<kind>\w+)s)):$"
    )
)
def kustomization_owns(
    engineer: Engineer, name: str, kind: str | None, datatable: list[list[str]]
) -> None:
    """The inventory of the Kustomization is these objects; or of one kind, these and no others."""
    owned = engineer.sandbox.view().inventories()[f"Kustomization flux-system/{name}"]
    found = [each for each in owned if not kind or each.startswith(f"{kind} ")]
    wanted = sorted(column(datatable, "object"))
    assert found == wanted, f"{name} owns {found}, expected were {wanted}"


@then("no object has two owners")
def no_object_has_two_owners(engineer: Engineer) -> None:
    """No object is in the inventories of two Kustomizations."""
    owned = [each for owned in engineer.sandbox.view().inventories().values() for each in owned]
    assert owned, "no Kustomization owns anything"
    assert len(owned) == len(set(owned)), {each for each in owned if owned.count(each) > 1}


@then(parsers.re(r'Kustomization "(?P<name>[^"]+)" has waited for "(?P<other>[^"]+)"$'))
def has_waited_for(engineer: Engineer, name: str, other: str) -> None:
    """The one stood at the pushed commit later than the other, and depends on it."""
    view = engineer.sandbox.view()
    found = view.find("Kustomization", "flux-system", name)
    assert found is not None, f"there is no Kustomization {name}"
    assert {"name": other} in field(found, "spec", "dependsOn", default=[]), found["spec"]
    first, then_ = (engineer.chain.reached(f"Kustomization flux-system/{k}") for k in (other, name))
    assert "" < first < then_, f"{other} at {first}, {name} at {then_}"


@then(parsers.parse('Kustomization "{name}" has waited for "{one}" and "{other}"'))
def has_waited_for_both(engineer: Engineer, name: str, one: str, other: str) -> None:
    """The one stood at the pushed commit later than both others, and depends on them."""
    has_waited_for(engineer, name, one)
    has_waited_for(engineer, name, other)


@then(parsers.parse('Kustomizations "{one}" and "{other}" report Ready as False with "{message}"'))
def both_report(engineer: Engineer, one: str, other: str, message: str) -> None:
    """Both are not Ready, with these words."""
    view = engineer.sandbox.view()
    for name in (one, other):
        view.wait_condition("Kustomization", "flux-system", name, "False", message, _LIMIT_S)


@then(parsers.parse('Kustomization "{name}" reports Ready as False for one of these reasons:'))
def reports_one_of(engineer: Engineer, name: str, datatable: list[list[str]]) -> None:
    """The Kustomization fails, and its message holds the words of one row."""
    reasons = columns(datatable, "words", notes=True)
    view = engineer.sandbox.view()
    ready = view.wait_condition("Kustomization", "flux-system", name, "False", "", _LIMIT_S)
    assert any(says(ready.message, words) for [words] in reasons), ready


@given(parsers.parse('Kustomization "{name}" has applied block "{block}"'))
def kustomization_has_applied(engineer: Engineer, name: str, block: str) -> None:
    """Push a block and wait until this Kustomization has applied the commit, whatever others do."""
    engineer.write(block)
    engineer.push(f"Apply {block}")
    engineer.sandbox.view().wait_applied(name, engineer.sandbox.head(), _LIMIT_S)


@then(parsers.parse('Kustomization "{name}" has applied the pushed commit'))
def kustomization_has_applied_commit(engineer: Engineer, name: str) -> None:
    """Wait until this Kustomization is Ready at the pushed commit, whatever others do."""
    head = pushed_head(engineer)
    engineer.sandbox.view().wait_applied(name, head, _LIMIT_S)


@then(parsers.parse('Kustomizations "{one}" and "{other}" are at the commit before and Ready'))
def kustomizations_are_behind(engineer: Engineer, one: str, other: str) -> None:
    """Flux has fetched the head of `main`, these Kustomizations still stand one commit before."""
    view, desk = engineer.sandbox.view(), engineer.sandbox.desk
    source = view.informer.get("GitRepository", "flux-system", "flux-system")
    fetched = field(source, "status", "artifact", "revision", default="")
    assert fetched.endswith(desk.git("rev-parse", "HEAD").strip()), fetched or "nothing fetched"
    for name in (one, other):
        view.wait_applied(name, desk.git("rev-parse", "HEAD~1").strip(), 0)


@then(parsers.re(r'Kustomization "(?P<name>[^"]+)" is reconciling with "(?P<message>.+)"$'))
def kustomization_is_reconciling(engineer: Engineer, name: str, message: str) -> None:
    """A Kustomization of flux-system reports what it is busy with, in these words."""
    engineer.sandbox.view().wait_condition(
        "Kustomization", "flux-system", name, "True", message, _LIMIT_S, "Reconciling"
    )


@then(parsers.parse('Kustomization "{name}" has not tried the pushed commit'))
def has_not_tried(engineer: Engineer, name: str) -> None:
    """Neither applied nor attempted: its last attempt was with another commit."""
    found = engineer.sandbox.view().find("Kustomization", "flux-system", name)
    assert found is not None, f"there is no Kustomization {name}"
    tried = str(found["status"].get("lastAttemptedRevision") or "none")
    assert not tried.endswith(pushed_head(engineer)), f"{name} has tried {tried}"

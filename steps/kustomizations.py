"""Sentences about Flux's Kustomizations: what they own, whom they wait for, why they fail."""

from __future__ import annotations

import re

from pytest_bdd import given, parsers, then

from sandbox.cluster import census
from sandbox.cluster.kubernetes import field
from sandbox.words import says
from steps.engineer import Engineer
from steps.pushed import pushed_head, settle
from steps.table import column, columns, quoted

_LIMIT_S = 120
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_BEHIND = {"at the commit before": 1, "two commits behind": 2}
_PART = re.compile(r"([0-9.]+)(ms|s|m|h)")
"""A part of an interval as Flux reads it: `1h30m` has two."""


@then(
    parsers.re(
        r'Kustomization "(?P<name>[^"]+)"(?: of "(?P<cluster>[^"]+)")? owns these'
        r"(?: and (?:nothing else|no other (?P<kind>\w+)s)):$"
    )
)
def kustomization_owns(
    engineer: Engineer,
    name: str,
    cluster: str | None,
    kind: str | None,
    datatable: list[list[str]],
) -> None:
    """The inventory of the Kustomization is these objects; or of one kind, these and no others."""
    settle(engineer, "Kustomization", "flux-system", name, cluster or "")
    inventories = engineer.sandbox.view(cluster or "").inventories()
    owned = inventories.get(f"Kustomization flux-system/{name}")
    assert owned is not None, f"there is no Kustomization flux-system/{name}"
    found = [each for each in owned if not kind or each.startswith(f"{kind} ")]
    wanted = sorted(column(datatable, "object"))
    assert found == wanted, f"{name} owns {found}, expected were {wanted}"


@then("no object has two owners")
def no_object_has_two_owners(engineer: Engineer) -> None:
    """No object is in the inventories of two Kustomizations, or a HelmRelease's as well."""
    settle(engineer)
    owned = [each for owned in engineer.sandbox.view().inventories().values() for each in owned]
    assert owned, "no Kustomization owns anything"
    twice = sorted({each for each in owned if owned.count(each) > 1})
    assert not twice, f"owned twice: {', '.join(twice)}"
    shared = census.of_both(engineer.sandbox.view().api)
    assert not shared, f"of a Kustomization and of a HelmRelease: {', '.join(shared)}"


@then(
    parsers.re(
        r'Kustomization "(?P<name>[^"]+)" has waited for '
        r'(?P<others>"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)$'
    )
)
def has_waited_for(engineer: Engineer, name: str, others: str) -> None:
    """The one stood at the pushed commit later than each of the others, and depends on them."""
    found = engineer.sandbox.view().find("Kustomization", "flux-system", name)
    assert found is not None, f"there is no Kustomization {name}"
    then_ = engineer.chain.reached(f"Kustomization flux-system/{name}")
    for other in quoted(others):
        depends = field(found, "spec", "dependsOn", default=[])
        assert {"name": other} in depends, f"{name} does not wait for {other}, but for {depends}"
        first = engineer.chain.reached(f"Kustomization flux-system/{other}")
        assert "" < first < then_, f"{other} at {first}, {name} at {then_}"


@then(parsers.parse('Kustomization "{name}" reports Ready as False for one of these reasons:'))
def reports_one_of(engineer: Engineer, name: str, datatable: list[list[str]]) -> None:
    """The Kustomization fails, and its message holds the words of one row."""
    reasons = columns(datatable, "words", notes=True)
    view = engineer.sandbox.view()
    settle(engineer, "Kustomization", "flux-system", name, done=False)
    ready = view.wait_condition("Kustomization", "flux-system", name, "False", "", _LIMIT_S)
    wanted = " or ".join(repr(words) for [words] in reasons)
    told = f"{name} says {ready.message!r}, expected was {wanted}"
    assert any(says(ready.message, words) for [words] in reasons), told


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


@then(
    parsers.re(
        r'Kustomizations "(?P<one>[^"]+)" and "(?P<other>[^"]+)" are '
        r"(?P<behind>at the commit before|two commits behind) and Ready$"
    )
)
def kustomizations_are_behind(engineer: Engineer, one: str, other: str, behind: str) -> None:
    """Flux has fetched the head of `main`, these Kustomizations still stand before it."""
    view, desk = engineer.sandbox.view(), engineer.sandbox.desk
    source = view.find("GitRepository", "flux-system", "flux-system")
    fetched = field(source, "status", "artifact", "revision", default="")
    assert fetched.endswith(desk.git("rev-parse", "HEAD").strip()), fetched or "nothing fetched"
    for name in (one, other):
        view.wait_applied(name, desk.git("rev-parse", f"HEAD~{_BEHIND[behind]}").strip(), 0)


@then(parsers.parse('no other Kustomization than "{name}" is reconciled every "{interval}"'))
def no_other_is_reconciled_every(engineer: Engineer, name: str, interval: str) -> None:
    """Of all Kustomizations, this one alone has the interval, however it is written."""
    settle(engineer)
    listed = engineer.sandbox.view().listed("Kustomization")
    found = [
        each["metadata"]["name"]
        for each in listed
        if _seconds(each["spec"]["interval"]) == _seconds(interval)
    ]
    assert found == [name], f"every {interval}: {found}"


def _seconds(interval: str) -> float:
    assert re.fullmatch(rf"(?:{_PART.pattern})+", interval), f"{interval} is no interval"
    return round(sum(float(n) * _SECONDS[unit] for n, unit in _PART.findall(interval)), 3)


@then("every Kustomization prunes what disappears")
def every_one_prunes(engineer: Engineer) -> None:
    """Each says `prune: true`, at the newest commit."""
    settle(engineer)
    listed = engineer.sandbox.view().listed("Kustomization")
    assert listed, "there is no Kustomization"
    found = [each["metadata"]["name"] for each in listed if not field(each, "spec", "prune")]
    assert not found, f"these do not prune: {', '.join(found)}"


@then(parsers.parse('Kustomization "{name}" has not tried the pushed commit'))
def has_not_tried(engineer: Engineer, name: str) -> None:
    """Flux has fetched it, and something keeps this one from it: its last attempt is older."""
    head, layout = pushed_head(engineer), engineer.sandbox.layout
    view = engineer.sandbox.view()
    assert view.find("Kustomization", "flux-system", name), f"there is no Kustomization {name}"
    view.wait_untried(head, layout.interval_s, name, _LIMIT_S)
    found = view.find("Kustomization", "flux-system", name)
    assert found is not None, f"there is no Kustomization {name}"
    tried = str(field(found, "status", "lastAttemptedRevision") or "none")
    assert not tried.endswith(head), f"{name} has tried {tried}"

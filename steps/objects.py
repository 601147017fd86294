"""Sentences about objects of a cluster: there, not there, what they hold."""

from __future__ import annotations

import json
from typing import Any

import yaml
from pytest_bdd import given, parsers, then

from sandbox.cluster import census, hands
from sandbox.cluster.kubernetes import Object, field
from steps import entries
from steps.engineer import BEFORE_TYPING, Engineer
from steps.pushed import settle, settled, there
from steps.table import column, columns, once

_LIMIT_S = 120


@then(
    parsers.re(
        r'there is an? (?P<kind>[A-Z]\w*) "(?P<name>[^"]+)"(?: in "(?P<namespace>[^"]+)")?'
        r'(?: of "(?P<cluster>[^"]+)")?$'
    )
)
def there_is(
    engineer: Engineer,
    kind: str,
    name: str,
    namespace: str | None = None,
    cluster: str | None = None,
) -> None:
    """The cluster, by itself the first, has the object now, and nobody has deleted it."""
    # Of all that follows the monorepo: what is not there yet has nothing that it could wait for.
    settle(engineer, cluster=cluster or "")
    found = there(engineer, kind, namespace or "", name, cluster or "")
    # The path of a kind that knows no namespaces is the same with any.
    where = field(found, "metadata", "namespace")
    assert where == namespace, f"{kind} {name} is in {where or 'no namespace'}"


@then(
    parsers.re(
        r'there is no (?P<kind>\w+) "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)"'
        r'(?: of "(?P<cluster>[^"]+)")?$'
    )
)
def there_is_no(
    engineer: Engineer, kind: str, name: str, namespace: str, cluster: str | None = None
) -> None:
    """The cluster, by itself the first, has no such object now."""
    settle(engineer, cluster=cluster or "")
    there = engineer.sandbox.view(cluster or "").is_there(kind, namespace, name)
    assert not there, f"there is a {kind} {namespace}/{name}"


@then(parsers.re(r'there is no (?P<kind>Namespace|ClusterIssuer) "(?P<name>[^"]+)"$'))
def there_is_none(engineer: Engineer, kind: str, name: str) -> None:
    """The cluster has no such object now; its kind knows no namespaces."""
    there_is_no(engineer, kind, name, "")


@then("nothing that was there before is gone")
def nothing_is_gone(engineer: Engineer) -> None:
    """Everything that the cluster held at the baseline is still there."""
    settle(engineer)
    there, going = census.look(engineer.sandbox.view().api)
    gone = engineer.baseline.objects - there
    assert not gone, f"gone since the baseline: {', '.join(sorted(gone))}"
    lost = engineer.baseline.objects & going
    assert not lost, f"being deleted since the baseline: {', '.join(sorted(lost))}"


@then("nothing has come to the cluster and nothing is gone")
def nothing_has_changed(engineer: Engineer) -> None:
    """The cluster holds what it held at the baseline, of every kind that people put there."""
    nothing_is_gone(engineer)
    _have_come(engineer, [])


@then("these have come to the cluster and nothing else:")
def have_come(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Compare what the cluster holds now and did not hold at the baseline."""
    _have_come(engineer, sorted(column(datatable, "object")))


def _have_come(engineer: Engineer, wanted: list[str]) -> None:
    settle(engineer)
    now, going = census.look(engineer.sandbox.view().api)
    found = census.come(engineer.baseline.objects, now)
    assert found == wanted, f"{found} have come, expected were {wanted}"
    leaving = census.come(engineer.baseline.objects, going)
    assert not leaving, f"of these {leaving} are being deleted"
    engineer.chain.note(*now)


@then(parsers.parse('{kind:w} "{name}" in "{namespace}" goes away'))
def goes_away(engineer: Engineer, kind: str, name: str, namespace: str) -> None:
    """Wait until the object, which was there in this scenario, is no longer there."""
    view = engineer.sandbox.view()
    was = (
        f"{kind} {namespace}/{name}" in engineer.baseline.objects
        or engineer.chain.has_seen(kind, namespace, name)
        or view.is_there(kind, namespace, name)
    )
    assert was, f"nobody has seen {kind} {namespace}/{name} in this scenario: it cannot go away"
    settle(engineer)
    view.wait_gone(kind, namespace, name, _LIMIT_S)


@then(parsers.parse('Namespace "{name}" goes away with all that was in it'))
def namespace_goes_away(engineer: Engineer, name: str) -> None:
    """Wait until the namespace is no longer there: it goes last, when it is empty."""
    goes_away(engineer, "Namespace", name, "")
    view = engineer.sandbox.view()
    left = [each for each in census.take(view.api) if f" {name}/" in each]
    assert not left, f"still there: {', '.join(sorted(left))}"


@then(
    parsers.re(
        r'ConfigMap "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)"(?: of "(?P<cluster>[^"]+)")? comes '
        r'to hold "(?P<key>[^"]+)" as "(?P<value>[^"]*)"(?P<again> again)?$'
    )
)
def comes_to_hold(
    engineer: Engineer,
    name: str,
    namespace: str,
    cluster: str | None,
    key: str,
    value: str,
    again: str | None = None,
) -> None:
    """Wait until an entry of a ConfigMap has this value; by itself one of the first cluster.

    With "again" it had another one at some time since the last block was typed, and the cluster's
    own programs have put it back: else it held that value all along, or a hand has written it.
    """
    settle(engineer, "ConfigMap", namespace, name, cluster or "")
    view = engineer.sandbox.view(cluster or "")
    view.wait_data(namespace, name, key, value, _LIMIT_S)
    engineer.chain.note(f"ConfigMap {namespace}/{name}")
    if again:
        what = f"ConfigMap {namespace}/{name} holds {key} as {value!r}"
        since = (engineer.noted.get(BEFORE_TYPING) or {}).get(view.name)
        assert since is not None, f"{what}, and no block was typed since which it could be so again"
        *before, now = view.states("ConfigMap", namespace, name, since)
        other = any(field(each, "data", key) != value for each in before)
        assert other, f"{what}, as all the time since the last block was typed"
        by = hands.owners(now, "data", key)
        assert hands.are_cluster(by), f"{what}, but it was {' and '.join(by)} that wrote it so"


@then(
    parsers.re(
        r'(?P<kind>ConfigMap|Secret) "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)" '
        r'(?:of "(?P<cluster>[^"]+)" )?has these entries and no others:$'
    )
)
def has_entries(
    engineer: Engineer,
    kind: str,
    name: str,
    namespace: str,
    datatable: list[list[str]],
    cluster: str | None = None,
) -> None:
    """Compare the names of all entries, whatever they hold; by itself in the first cluster."""
    found = settled(engineer, kind, namespace, name, cluster or "")
    there = sorted(entries.of(found))
    assert there == sorted(column(datatable, "entry")), f"it has {there}"


@then(
    parsers.re(
        r'ConfigMap "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)"(?: of "(?P<cluster>[^"]+)")? '
        r"holds these:$"
    )
)
def holds_these(
    engineer: Engineer,
    name: str,
    namespace: str,
    datatable: list[list[str]],
    cluster: str | None = None,
) -> None:
    """Compare all entries of a ConfigMap; by itself one of the first cluster."""
    found = settled(engineer, "ConfigMap", namespace, name, cluster or "")
    wanted = once(columns(datatable, "key", "value"))
    assert entries.of(found) == wanted, f"it holds {entries.of(found)}, expected {wanted}"


@then(
    parsers.re(
        r'(?P<kind>[A-Z]\w*) "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)" asks for these:$',
    )
)
def asks_for(
    engineer: Engineer, kind: str, name: str, namespace: str, datatable: list[list[str]]
) -> None:
    """Compare fields of the object's spec, as `interval` or `sourceRef.name`."""
    found = settled(engineer, kind, namespace, name)
    for path, wanted in once(columns(datatable, "field", "is")).items():
        value = _in_spec(found, path)
        expected = yaml.safe_load(wanted)
        assert expected is not None, f"{path} is to be nothing: so is any field that nobody knows"
        # As JSON: for Python `true` is 1.
        same = json.dumps(value, default=str) == json.dumps(expected, default=str)
        assert same, f"{path} is {value!r}, expected {wanted}"


def _in_spec(item: Object, path: str) -> Any:
    """The value at a dotted path of the spec, None where there is none."""
    found: Any = item.get("spec")
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


@then(
    parsers.parse(
        'RoleBinding "{name}" in "{namespace}" gives Role "{role}" to these and no others:'
    )
)
def gives_role_to(
    engineer: Engineer, name: str, namespace: str, role: str, datatable: list[list[str]]
) -> None:
    """Compare to whom the binding gives the Role of its namespace."""
    settle(engineer)
    found = settled(engineer, "RoleBinding", namespace, name)
    given_ = f"{found['roleRef']['kind']} {found['roleRef']['name']}"
    assert given_ == f"Role {role}", f"it gives {given_}"
    subjects = sorted(
        f"{each['kind']} {each.get('namespace', '')}/{each['name']}"
        for each in found.get("subjects") or ()
    )
    assert subjects == sorted(column(datatable, "subject")), f"it gives it to {subjects}"


@given(parsers.parse('the pods of Deployment "{name}" in "{namespace}" are noted'))
def note_pods(engineer: Engineer, name: str, namespace: str) -> None:
    """Keep which pods the Deployment has now."""
    pods = engineer.sandbox.view().pods_of(namespace, name)
    assert pods, f"Deployment {namespace}/{name} has no pods"
    engineer.noted[f"pods of {namespace}/{name}"] = pods


@then(parsers.parse('Deployment "{name}" in "{namespace}" has the pods that were noted'))
def has_noted_pods(engineer: Engineer, name: str, namespace: str) -> None:
    """The Deployment has the same pods as then and no others: none was made anew.

    They are looked at once its controller has made those that the newest spec asks for.
    """
    about = f"pods of {namespace}/{name}"
    assert about in engineer.noted, f"the {about} were not noted"
    noted = engineer.noted[about]
    settle(engineer, "Deployment", namespace, name)
    view = engineer.sandbox.view()
    view.wait_pods_made(namespace, name, _LIMIT_S)
    now = view.pods_of(namespace, name)
    assert now == noted, f"it has {sorted(now.values())}, then it had {sorted(noted.values())}"

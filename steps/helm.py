"""Sentences about Helm releases: what they were given, what they made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from pytest_bdd import parsers, then

from steps.engineer import Engineer
from steps.pushed import settle
from steps.table import columns, once


@then(parsers.parse('HelmRelease "{name}" in "{namespace}" has been given these values:'))
def release_values(
    engineer: Engineer, name: str, namespace: str, datatable: list[list[str]]
) -> None:
    """Compare all values that Helm stored with the release, dotted paths in the first column.

    A value that is expected as `None` was given by nobody; one that the table does not name was not
    expected.
    """
    settle(engineer, "HelmRelease", namespace, name)
    given = engineer.sandbox.view().release_values(namespace, name)
    assert given is not None, f"Helm has stored no release {namespace}/{name}"
    rows = columns(datatable, "value", "is", notes=True)
    wanted = {path: value for path, value in once(rows).items() if value != "None"}
    found = dict(_leaves(given))
    assert found == wanted, f"it was given {found}, expected {wanted}"


def _leaves(values: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value that is no mapping, as a dotted path and a text."""
    if isinstance(values, dict) and (values or not path):
        for key, value in values.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    else:
        yield path, str(values)


def _at(values: Any, path: str) -> Any:
    for word in path.split("."):
        values = values.get(word) if isinstance(values, dict) else None
    return values


@then(parsers.parse('these values of "{namespace}" were given and overruled:'))
def were_overruled(engineer: Engineer, namespace: str, datatable: list[list[str]]) -> None:
    """Compare values in the `values.yaml` of ConfigMaps, their only entry: name, path, value."""
    for name, path, wanted in columns(datatable, "ConfigMap", "value", "is", notes=True):
        settle(engineer, "ConfigMap", namespace, name)
        source = engineer.sandbox.view().find("ConfigMap", namespace, name)
        assert source is not None, f"there is no ConfigMap {namespace}/{name}"
        assert set(source["data"]) == {"values.yaml"}, f"{name} holds {sorted(source['data'])}"
        found = _at(yaml.safe_load(source["data"]["values.yaml"]), path)
        assert str(found) == wanted, f"{path} of {name} is {found!r}, expected {wanted!r}"


@then(parsers.parse('HelmRelease "{name}" in "{namespace}" asks for chart version "{version}"'))
def release_asks_for(engineer: Engineer, name: str, namespace: str, version: str) -> None:
    """Compare the chart version in the spec of a release of the cluster."""
    settle(engineer, "HelmRelease", namespace, name)
    release = engineer.sandbox.view().find("HelmRelease", namespace, name)
    assert release is not None, f"there is no HelmRelease {namespace}/{name}"
    found = release["spec"]["chart"]["spec"]["version"]
    assert found == version, f"it asks for {found}, expected {version}"


@then(parsers.parse('HelmRepository "{name}" stands at the digest of the index that is served'))
def stands_at_served_index(engineer: Engineer, name: str) -> None:
    """Flux's revision of the repository is the digest of what its URL serves."""
    settle(engineer, "HelmRepository", "flux-system", name)
    found = engineer.sandbox.view().find("HelmRepository", "flux-system", name)
    assert found is not None, f"there is no HelmRepository {name}"
    stands, served = found["status"]["artifact"]["revision"], engineer.sandbox.charts.index_digest()
    assert stands == served, f"{name} stands at {stands}, served is {served}"

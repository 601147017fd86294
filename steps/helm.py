"""Sentences about Helm releases: what they were given, what they made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import yaml
from pytest_bdd import parsers, then

from sandbox.cluster.kubernetes import Object, field
from steps.engineer import Engineer
from steps.pushed import settle, settled
from steps.table import columns, once


@then(parsers.parse('HelmRelease "{name}" in "{namespace}" has been given these values:'))
def release_values(
    engineer: Engineer, name: str, namespace: str, datatable: list[list[str]]
) -> None:
    """Compare all values that Helm stored with the release, dotted paths in the first column.

    A value that is expected as `None` was given by nobody; one that the table does not name was not
    expected. A text that YAML would not read as one stands in quotes: `"true"`.
    """
    settle(engineer, "HelmRelease", namespace, name)
    given = engineer.sandbox.view().release_values(namespace, name)
    assert given is not None, f"Helm has stored no release of {namespace}/{name}"
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
        yield path, _shown(values)


def _shown(value: Any) -> str:
    """A value as one writes it in YAML, so that the number 2 and the text "2" are two things."""
    if not isinstance(value, str):
        return json.dumps(value, default=str)
    try:
        read = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError):
        return value
    plain = isinstance(read, str | dict | list) and not value.startswith(('"', "'"))
    return value if plain and value != "None" else json.dumps(value)


def _at(values: Any, path: str) -> Any:
    for word in path.split("."):
        values = values.get(word) if isinstance(values, dict) else None
    return values


@then(parsers.parse('these values of "{namespace}" were given and overruled:'))
def were_overruled(engineer: Engineer, namespace: str, datatable: list[list[str]]) -> None:
    """Compare values in the `values.yaml` of ConfigMaps, their only entry: name, path, value.

    Each HelmRelease of the namespace that takes values from it has another one in the end.
    """
    view = engineer.sandbox.view()
    for name, path, wanted in columns(datatable, "ConfigMap", "value", "is", notes=True):
        settle(engineer, "ConfigMap", namespace, name)
        source = view.find("ConfigMap", namespace, name)
        assert source is not None, f"there is no ConfigMap {namespace}/{name}"
        assert set(source["data"]) == {"values.yaml"}, f"{name} holds {sorted(source['data'])}"
        found = _at(yaml.safe_load(source["data"]["values.yaml"]), path)
        assert found is not None, f"{name} gives no {path}"
        assert _shown(found) == wanted, f"{path} of {name} is {_shown(found)}, expected {wanted}"
        takers = _takers(view.listed("HelmRelease"), namespace, name)
        assert takers, f"no HelmRelease of {namespace} takes values from ConfigMap {name}"
        for taker in takers:
            settle(engineer, "HelmRelease", namespace, taker)
            given = view.release_values(namespace, taker)
            assert given is not None, f"Helm has stored no release of {namespace}/{taker}"
            in_the_end = _at(given, path)
            assert in_the_end != found, f"{path} of {taker} is {_shown(found)} in the end, too"


def _takers(releases: list[Object], namespace: str, config_map: str) -> list[str]:
    """The HelmReleases of a namespace that take values from a ConfigMap."""
    return [
        each["metadata"]["name"]
        for each in releases
        if each["metadata"]["namespace"] == namespace
        and any(
            (given["kind"], given["name"]) == ("ConfigMap", config_map)
            for given in field(each, "spec", "valuesFrom", default=())
        )
    ]


@then(parsers.parse('HelmRelease "{name}" in "{namespace}" asks for chart version "{version}"'))
def release_asks_for(engineer: Engineer, name: str, namespace: str, version: str) -> None:
    """Compare the chart version in the spec of a release of the cluster."""
    spec = settled(engineer, "HelmRelease", namespace, name)["spec"]
    found = field(spec, "chart", "spec", "version")
    assert found == version, f"it asks for {found}, expected {version}"


@then(parsers.parse('HelmRepository "{name}" stands at the digest of the index that is served'))
def stands_at_served_index(engineer: Engineer, name: str) -> None:
    """Flux's revision of the repository is the digest of what its URL serves."""
    found = settled(engineer, "HelmRepository", "flux-system", name)
    stands = field(found, "status", "artifact", "revision")
    served = engineer.sandbox.charts.index_digest()
    assert stands == served, f"{name} stands at {stands}, served is {served}"

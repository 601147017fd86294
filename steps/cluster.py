"""Sentences about what runs in a cluster."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from sandbox.cluster import rollout
from steps import entries
from steps.engineer import Engineer
from steps.pushed import settle, settled

_LIMIT_S = 120


@then(
    parsers.re(
        r'Deployment "(?P<name>[^"]+)" in "(?P<namespace>[^"]+)" has '
        r"(?P<count>\d+) ready replicas?$",
    ),
    converters={"count": int},
)
def deployment_has_replicas(engineer: Engineer, name: str, namespace: str, count: int) -> None:
    """Wait until the Deployment has exactly so many ready replicas."""
    settle(engineer, "Deployment", namespace, name)
    engineer.sandbox.view().wait_replicas(namespace, name, count, _LIMIT_S)
    engineer.chain.tell()


@given(parsers.parse('ConfigMap "{name}" in "{namespace}" holds "{key}" as "{value}"'))
@then(parsers.parse('ConfigMap "{name}" in "{namespace}" holds "{key}" as "{value}"'))
def config_map_holds(engineer: Engineer, name: str, namespace: str, key: str, value: str) -> None:
    """Compare what a ConfigMap holds: this entry, and none beside it."""
    data = entries.of(settled(engineer, "ConfigMap", namespace, name))
    assert data == {key: value}, f"it holds {data}, expected {key} as {value!r} and nothing else"


@then(parsers.parse('Deployment "{name}" in "{namespace}" runs an image with tag "{tag}"'))
def deployment_runs_image(engineer: Engineer, name: str, namespace: str, tag: str) -> None:
    """Compare the image tags of the containers that its pods run, once the update is through."""
    settle(engineer, "Deployment", namespace, name)
    images = engineer.sandbox.view().images(namespace, name, _LIMIT_S)
    assert images, f"Deployment {namespace}/{name} has no pod"
    assert all(rollout.tag(image) == tag for image in images), f"it runs {images}"

"""Sentences about Services that are asked over HTTP: only real pods answer."""

from __future__ import annotations

import pytest
from pytest_bdd import given, parsers, then

from sandbox.service_client import ServiceClient
from steps.engineer import Engineer

_LIMIT_S = 60


@given(
    parsers.parse('a client keeps asking Service "{name}" in "{namespace}"'),
    target_fixture="client",
)
def a_client_keeps_asking(
    engineer: Engineer, name: str, namespace: str, request: pytest.FixtureRequest
) -> ServiceClient:
    """Somebody asks from now to the end of the scenario; the first answer is there."""
    client = ServiceClient(engineer.sandbox.cluster().kubeconfig, namespace, name).start()
    request.addfinalizer(client.stop)
    engineer.noted["pods"] = engineer.sandbox.view().pods(namespace)
    _wait_for_answer(engineer, client, engineer.noted["pods"])
    engineer.noted["namespace"] = namespace
    return client


@then(
    "every request of the client was answered, by the pods before the update and by those after it"
)
def every_request_was_answered(engineer: Engineer, client: ServiceClient) -> None:
    """No request failed, and pods of both times have answered."""
    now = engineer.sandbox.view().pods(engineer.noted["namespace"]) - engineer.noted["pods"]
    assert now, "no pod has changed"
    _wait_for_answer(engineer, client, now)
    client.stop()
    assert not client.failures, f"{len(client.failures)} failed, first: {client.failures[0]}"


def _wait_for_answer(engineer: Engineer, client: ServiceClient, pods: set[str]) -> None:
    def probe() -> tuple[bool | None, str]:
        count = f"{len(client.answers)} answers, {len(client.failures)} failures"
        by = sorted(pods.intersection(client.answers))
        return (True if by else None), f"{count}; of these pods by {', '.join(by) or 'none'}"

    engineer.sandbox.view().wait("an answer by one of the pods", probe, _LIMIT_S)

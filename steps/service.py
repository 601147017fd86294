"""Sentences about Services that are asked over HTTP: only real pods answer."""

from __future__ import annotations

from functools import partial

import pytest
from pytest_bdd import given, parsers, then

from sandbox.cluster.service_client import ServiceClient
from steps.engineer import Engineer

_LIMIT_S = 60
_ENOUGH = 50
"""Answers of the pods before the update, and again of those after it."""


@given(
    parsers.parse('clients in the cluster keep asking Service "{name}" in "{namespace}"'),
    target_fixture="client",
)
def clients_keep_asking(
    engineer: Engineer, name: str, namespace: str, request: pytest.FixtureRequest
) -> ServiceClient:
    """Ask the Service's own address from now to the end of the scenario."""
    sandbox = engineer.sandbox
    on_node = partial(sandbox.provider.on_node, sandbox.layout.first)
    client = ServiceClient(on_node, sandbox.view().service_url(namespace, name)).start()
    request.addfinalizer(client.stop)
    engineer.noted["namespace"] = namespace
    engineer.noted["pods"] = sandbox.view().pods(namespace)
    _wait_for_answers(engineer, client, engineer.noted["pods"])
    return client


@then(
    "every request of the clients was answered, by the pods before the update and by those after it"
)
def every_request_was_answered(engineer: Engineer, client: ServiceClient) -> None:
    """The pods before the update are gone, others have answered since, and no request failed."""
    view, namespace = engineer.sandbox.view(), engineer.noted["namespace"]
    before: set[str] = engineer.noted["pods"]

    def probe() -> tuple[bool | None, str]:
        left = sorted(before & view.pods(namespace))
        return (None if left else True), ", ".join(left) or "gone"

    view.wait("the pods before the update to be gone", probe, _LIMIT_S)
    now = view.pods(namespace)
    assert now, "no pod came after them"
    _wait_for_answers(engineer, client, now, len(client.answers))
    assert client.asks, f"the clients have ended by themselves: {client.failures[-1:]}"
    client.stop()
    assert not client.failures, f"{len(client.failures)} failed, first: {client.failures[0]}"


def _wait_for_answers(
    engineer: Engineer, client: ServiceClient, pods: set[str], since: int = 0
) -> None:
    def probe() -> tuple[bool | None, str]:
        by = sorted(pods.intersection(client.answers[since:]))
        enough = len(client.answers) >= since + _ENOUGH and bool(by)
        told = f"{len(client.answers)} answers, {len(client.failures)} failures"
        return (enough or None), f"{told}; lately by {', '.join(by) or 'none of them'}"

    engineer.sandbox.view().wait("answers by the pods", probe, _LIMIT_S)

"""Sentences about Secrets that Kustomize has named after what they hold."""

from __future__ import annotations

import re

from pytest_bdd import parsers, then

from steps.engineer import Engineer
from steps.pushed import settle


@then(
    parsers.re(
        r'one Secret in "(?P<namespace>[^"]+)" is called "(?P<stem>[^"]+)" with a hash behind it$'
    )
)
def one_secret_is_called(engineer: Engineer, namespace: str, stem: str) -> None:
    """There is a Secret of that name and a hash, and none is left of what it held before."""
    settle(engineer)
    listed = engineer.sandbox.view().api.list(f"/api/v1/namespaces/{namespace}/secrets")
    names = sorted(each["metadata"]["name"] for each in listed)
    found = [name for name in names if re.fullmatch(f"{re.escape(stem)}-[a-z0-9]{{10}}", name)]
    assert len(found) == 1, f"{len(found)} Secrets are: {', '.join(found) or names}"

"""The deploy key of the monorepo, where there is to be one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steps.engineer import Engineer


def only_deploy_key(engineer: Engineer) -> Mapping[str, Any]:
    """The one deploy key of the monorepo's project, as the API gives it; there are no others."""
    keys = engineer.sandbox.gitlab.deploy_keys(engineer.sandbox.layout.repository)
    assert len(keys) == 1, f"there are {len(keys)} deploy keys: {[key['title'] for key in keys]}"
    return keys[0]

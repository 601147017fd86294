"""Whether an API server still serves a version of a kind, and what it says about it by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.cluster.served import versions

State = Literal["served", "deprecated", "gone", "unasked"]
_WARNING = re.compile(r'299 [^ ]+ "((?:[^"\\]|\\.)*)"')
"""A warning in the header of an answer: https://kubernetes.io/blog/2020/09/03/warnings/."""


@dataclass(frozen=True)
class ApiVersion:
    """A version of a kind, and how the API server stands to it."""

    api_version: str
    kind: str
    state: State
    """gone: another version of its group is served; unasked: nobody serves the kind at all."""
    said: str
    """The API server's warning; of what is gone, the versions that are served instead."""


def look(api: KubernetesApi, wanted: Iterable[tuple[str, str]]) -> Iterator[ApiVersion]:
    """Ask for each apiVersion and kind. Raises ApiError.

    A kind of a definition that is not there yet (a scenario may bring it) is unasked.
    """
    served: dict[tuple[str, str], dict[str, str]] = {}
    for each in versions(api):
        served.setdefault((each.group, each.name), {})[each.version] = each.path
    for api_version, kind in wanted:
        group, _, version = api_version.rpartition("/")
        serving = served.get((group, kind))
        if not serving:
            yield ApiVersion(api_version, kind, "unasked", "nobody serves it")
        elif version in serving:
            said = "; ".join(_warnings(api, serving[version]))
            yield ApiVersion(api_version, kind, "deprecated" if said else "served", said)
        else:
            others = ", ".join("/".join(filter(None, (group, name))) for name in serving)
            yield ApiVersion(api_version, kind, "gone", f"{others} is served")


def _warnings(api: KubernetesApi, path: str) -> list[str]:
    """What the API server warns of whoever lists at this path."""
    headers = api.warnings(path, limit="1")
    found = (text for value in headers for text in _WARNING.findall(value))
    return [re.sub(r"\\(.)", r"\1", text) for text in found]

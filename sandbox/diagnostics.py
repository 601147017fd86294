"""The failure bundle: gathered before anything is cleaned up, so that the scene is preserved."""

from __future__ import annotations

import json
from collections.abc import Callable

import yaml

from sandbox.errors import SandboxError
from sandbox.sandbox import Sandbox

_TAIL_LINES = 400


def gather(sandbox: Sandbox, keep: Callable[[str, str], None]) -> None:
    """Have Flux objects, events, logs, Git refs and the server's journal kept.

    `keep` takes the name of a file and its text, secrets and all: nothing is written here. A part
    that cannot be had is replaced by the reason: a diagnosis must not hide the failure.
    """
    parts: dict[str, Callable[[], str]] = {
        "flux-objects.yaml": lambda: _objects(sandbox),
        "events.txt": lambda: _events(sandbox),
        "git-refs.json": lambda: json.dumps(sandbox.refs(), indent=1),
        "git-server.jsonl": lambda: "\n".join(json.dumps(each) for each in sandbox.gitlab.log()),
        "parts.txt": lambda: "\n".join(
            f"{part.state} {part.name} {part.detail}" for part in sandbox.status()
        ),
    }
    for cluster in sandbox.provider.clusters():
        for part in sandbox.provider.logs(cluster, "").split():
            parts[f"logs/{cluster}/{part}.log"] = lambda c=cluster, p=part: _tail(  # type: ignore[misc]
                sandbox.provider.logs(c, p)
            )
    for name, read in parts.items():
        try:
            text = read()
        except (SandboxError, OSError) as error:
            text = f"could not be had: {error}\n"
        keep(name, text)


def _objects(sandbox: Sandbox) -> str:
    informer = sandbox.view().informer
    items = informer.all(*informer.flux_kinds())
    for item in items:
        item["metadata"].pop("managedFields", None)
    return yaml.safe_dump_all(items)


def _events(sandbox: Sandbox) -> str:
    rows = []
    for each in sandbox.view().api.list("/api/v1/events"):
        what = f"{each['involvedObject']['kind']}/{each['involvedObject']['name']}"
        said = f"{each['type']} {each.get('reason') or ''} {what}: {each.get('message') or ''}"
        rows.append(f"{each.get('lastTimestamp')} {said}")
    return "\n".join(sorted(rows))


def _tail(text: str) -> str:
    return "\n".join(text.splitlines()[-_TAIL_LINES:])

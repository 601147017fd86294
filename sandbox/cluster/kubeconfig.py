"""One kubeconfig for several clusters: a context for each, by its name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

_NOWHERE = "nowhere"


def merge(own: Mapping[str, Path], current: str, path: Path) -> None:
    """Write what the kubeconfigs of clusters, by name, hold as one that only its owner may read.

    The context `current` is the one that counts unless another is asked for; where no cluster is
    called so it is the first.
    """
    lists: dict[str, list[dict[str, object]]] = {"clusters": [], "users": [], "contexts": []}
    for name, file in own.items():
        config = yaml.safe_load(file.read_text())
        for part, entries in lists.items():
            entries.append({**config[part][0], "name": name})
        lists["contexts"][-1]["context"] = {"cluster": name, "user": name}
    _write(current if current in own else next(iter(own), ""), lists, path)


def lead_nowhere(path: Path) -> None:
    """Write one whose only cluster answers nobody; without any, `kubectl` would look around."""
    entry: dict[str, object] = {"name": _NOWHERE}
    context = {"cluster": _NOWHERE, "user": _NOWHERE}
    lists = {
        "clusters": [entry | {"cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [entry | {"user": {}}],
        "contexts": [entry | {"context": context}],
    }
    _write(_NOWHERE, lists, path)


def _write(chosen: str, lists: Mapping[str, object], path: Path) -> None:
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(
        yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "current-context": chosen, **lists})
    )
    partial.replace(path)  # a link that somebody has put there is not followed, no right is kept

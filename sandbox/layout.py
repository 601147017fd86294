"""The monorepo of a sandbox: where it lies on the Git server, and how a cluster finds its part."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from sandbox.errors import UsageError

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
Start = Literal["bootstrapped", "cluster", "empty"]
Extra = Literal["sops", "stores"]
"""`sops`: programs that encrypt; `stores`: an OCI registry and buckets."""


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What whoever brings a sandbox up says about it; by itself the sandbox knows no names."""

    group: str = "team"
    project: str = "monorepo"
    branch: str = "main"
    path: str = "clusters/{cluster}"
    """The main entry of a cluster, with {cluster} for its name."""
    clusters: tuple[str, ...] = ("first",)
    """The clusters to begin with."""
    start: Start = "bootstrapped"
    """How far it comes up: Flux on the first cluster, clusters without Flux, or no cluster."""
    interval_s: int = 2
    """How often Flux looks at the repository here: `sandbox.flux.haste`. Told on the site."""
    charts: str = ""
    """A folder with further stand-in charts, or ''."""
    extras: tuple[Extra, ...] = ()
    """What it has beside what every sandbox has."""

    @property
    def repository(self) -> str:
        """The path of the project on the Git server."""
        return f"{self.group}/{self.project}"

    @property
    def first(self) -> str:
        """The cluster that is meant where none is named."""
        return self.clusters[0]

    def path_of(self, cluster: str) -> str:
        """The cluster's folder in the monorepo: gotk files land in `flux-system/` below it."""
        return self.path.replace("{cluster}", cluster)

    @classmethod
    def load(cls, value: Mapping[str, Any]) -> Layout:
        """From its JSON. Raises TypeError and ValueError where it is none."""
        lists = {"clusters": value["clusters"], "extras": value.get("extras") or ()}
        made = cls(**{**value, **{key: tuple(each) for key, each in lists.items()}})
        if not made.clusters or made.start not in get_args(Start):
            raise ValueError("no cluster is named, or the start is none")
        if unknown := set(made.extras) - set(get_args(Extra)):
            raise ValueError(f"{min(unknown)!r} is no extra")
        if trouble := trouble_with(made.clusters):
            raise ValueError(trouble)
        return made

    @classmethod
    def read(cls, path: Path) -> Layout:
        """From a file. Raises UsageError where it holds none."""
        try:
            return cls.load(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError) as error:
            known = ", ".join(each.name for each in fields(cls))
            cure = f"a JSON object with {known}"
            raise UsageError(f"{path} is no layout: {error}", cure=cure) from error


def trouble_with(clusters: Sequence[str]) -> str:
    """What is wrong with these names of clusters, or ''."""
    for number, name in enumerate(clusters):
        if not _NAME.fullmatch(name):
            return f"{name!r} is not a name for a cluster"
        if name in clusters[:number]:
            return f"cluster {name} is named twice"
    return ""

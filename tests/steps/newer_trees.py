"""In the place of the trees that go resolves, and what is offered for tomorrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from test_nightly import ROOT

from sandbox.errors import SandboxError
from sandbox.toolchain.newer.change import Change
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.pinned import Pinned
from sandbox.toolchain.newer.tree import NewerTree

HELM = Offer(Pinned("helm", "4.2.4", "helm.sh/helm/v4"), ("4.3.0", "4.3.1"))
KWOK = Offer(Pinned("kwok", "0.8.0", "sigs.k8s.io/kwok"), ("0.9.0",))
KIND = Offer(Pinned("kind", "0.33.0", "sigs.k8s.io/kind"), ("0.34.0",))
RICH = Offer(Pinned("rich", "14.0"), ("15.0", "15.1"))
CHANGES = [Change("rich", ("14.0",), ("15.1",)), Change("salt", (), ("1.0",))]


class Trees:
    """In the place of the trees that go resolves: which programs cannot be had, or do not fit."""

    def __init__(self) -> None:
        self.left_out: dict[str, str] = {}
        self.trouble = ""
        self.changes: list[Change] = []
        self.made: list[tuple[str, list[str]]] = []

    def make(self, tree: NewerTree, offers: Sequence[Offer]) -> dict[str, str]:
        names = [offer.pinned.name for offer in offers]
        self.made.append((tree.folder.as_posix(), names))
        if self.trouble:
            raise SandboxError(self.trouble)
        tree.files.mkdir(parents=True, exist_ok=True)
        for name in ("report", "guide", "books", "docs", "features", "requirements.lock"):
            link = tree.files / name
            if not link.exists():
                link.symlink_to(ROOT / name)
        tree.diff_file.write_text("+helm.sh/helm/v4 v4.3.1\n")
        return {name: why for name, why in self.left_out.items() if name in names}


@pytest.fixture
def trees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Trees:
    made = Trees()
    monkeypatch.setattr(NewerTree, "make", lambda tree, offers, *_: made.make(tree, offers))
    monkeypatch.setattr(NewerTree, "packages", lambda _: made.changes)
    monkeypatch.chdir(tmp_path)
    return made

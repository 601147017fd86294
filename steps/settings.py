"""What a run of the features was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from guide import Book
from sandbox.lifecycle import up
from sandbox.record import Owner
from sandbox.sandbox import Sandbox
from steps.book import layout


@dataclass(frozen=True)
class Settings:
    """Provider, name and first commit of the sandbox, and how long it stays."""

    provider: str
    sandbox: str
    book: Book
    """The guide that is proven."""
    seed: Path
    keep: bool
    """It stays up after the run."""
    owner: int
    """Id of the process that it stays up for, 0 where it goes with the run."""

    @classmethod
    def of(cls, config: pytest.Config) -> Settings:
        """The settings that the run's options give."""
        return cls(
            config.getoption("--provider"),
            config.getoption("--sandbox"),
            Book.read(Path(config.getoption("--book"))),
            Path(config.getoption("--seed")),
            config.getoption("--keep"),
            config.getoption("--owner"),
        )

    def bring_up(self) -> Sandbox:
        """The sandbox at the baseline."""
        owner = None if self.keep else Owner.of(self.owner) if self.owner else Owner.this()
        return up(
            self.sandbox,
            provider=self.provider,
            layout=layout(self.book),
            seed=self.seed,
            owner=owner,
            keep=self.keep,
            as_new=True,
        )

    def told(self, sandbox: Sandbox) -> dict[str, str]:
        """What has to be known of these programs: earlier controllers, and what is from PATH."""
        earlier = {
            name: f"{has} instead of {installs}, which is not served as a Go module"
            for name, (has, installs) in sandbox.toolchain.earlier.items()
        }
        return {**earlier, **sandbox.record.from_path.told}

    def versions(self, sandbox: Sandbox) -> dict[str, str]:
        """The versions that the evidence is about."""
        known = sandbox.toolchain.versions
        chosen = {name: known[name] for name in ("flux", "kustomize", "helm")}
        for cluster in sandbox.provider.clusters().values():
            return {**chosen, "kubernetes": cluster.kubernetes.removeprefix("v")}
        return chosen

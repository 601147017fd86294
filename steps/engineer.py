"""The platform engineer of the features: follows the edition in a sandbox.

What is written and typed comes from the edition's blocks and from nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from guide import Block, Edition
from sandbox.baseline import Baseline
from sandbox.chain import EvidenceChain
from sandbox.command import Completed
from sandbox.sandbox import Sandbox

_CONTINUED = re.compile(r"\\\n\s*")
ADDED = "added"
"""Class of a block whose documents come at the end of a file that is there."""


@dataclass(frozen=True)
class Engineer:
    """Somebody with the guide open beside a terminal."""

    sandbox: Sandbox
    edition: Edition
    chain: EvidenceChain
    baseline: Baseline
    values: dict[str, str]
    """What stands for the placeholders of the edition."""
    noted: dict[str, Any] = field(default_factory=dict)
    """What was seen earlier in the scenario: what a block printed, what a cluster held."""
    commit: str = ""
    """The block by which every chapter commits and pushes, where the book has one."""

    def follow(self, page: str, first: int, last: int, without: str = "") -> None:
        """Do the steps `first` to `last` of a page: write their files, type their commands."""
        for number in range(first, last + 1):
            for block in self.edition.blocks_of(self.edition.step(page, number).id):
                if block.id != without:
                    self._do(block)

    def _do(self, block: Block) -> None:
        if block.is_shell:
            done = self.run(block.id)
            assert done.exit_code == 0, f"`{done.line}` ended with {done.exit_code}: {done.output}"
        else:
            self.write(block.id)

    def write(self, block_id: str, **values: str) -> None:
        """Write the file that a block shows, or add what it shows at the end of the file."""
        block = self.edition.block(block_id)
        assert block.path, f'block "{block_id}" has no path in the repository'
        text = block.filled({**self.values, **values})
        if ADDED in block.classes:
            text = f"{self.sandbox.desk.read(block.path)}---\n{text}"
        self.sandbox.desk.write(block.path, text)

    def run(self, block_id: str, **values: str) -> Completed:
        """Type the lines of a block, one after the other, up to one that fails; the last one."""
        text = self.edition.block(block_id).filled({**self.values, **values})
        for line in _CONTINUED.sub(" ", text).strip().splitlines():
            done = self.sandbox.desk.type(line)
            if done.exit_code:
                break
        if block_id == self.commit:
            self.chain.pushed(self.sandbox.head())
        return done

    def do(self, block_id: str) -> Completed:
        """Type the lines of a block, none of which may fail."""
        done = self.run(block_id)
        assert done.exit_code == 0, f"`{done.line}` ended with {done.exit_code}: {done.output}"
        return done

    def push(self, message: str) -> None:
        """Commit everything and push it."""
        assert self.commit, "the book names no block that commits: layout: commit: in book.yaml"
        done = self.run(self.commit, **{"commit-message": message})
        assert done.exit_code == 0, f"`{done.line}` ended with {done.exit_code}: {done.output}"

"""The platform engineer of the features: follows the edition in a sandbox.

What is written and typed comes from the edition's blocks and from nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from guide import Block, Edition
from guide.commands import Command, commands_of
from guide.diff import DoesNotApply
from guide.shape import fits
from sandbox.baseline import Baseline
from sandbox.events import CommandRan
from sandbox.flux.chain import EvidenceChain
from sandbox.gitlab import GitLabRefused
from sandbox.sandbox import Sandbox
from sandbox.terminal import Terminal
from steps import moment
from steps.at_work import LIMIT_S, is_at_work
from steps.ran import Ran

_PUSH = "git push"
"""What a command holds after which there may be something new for Flux."""
BEFORE_TYPING = "before the last block was typed"
"""Under this name it is noted how far the clusters were then."""


class OtherOutput(AssertionError):
    """A command answered something else than the page shows."""

    def __init__(self, line: str, expected: str, actual: str) -> None:
        super().__init__(f"`{line}` answers something else than the page shows")
        self.expected = f"\n{expected.strip()}"
        self.actual = f"\n{actual.strip()}"


class NotApplied(AssertionError):
    """A block is a change, and the file is not what it changes."""

    def __init__(self, block: Block, refused: DoesNotApply) -> None:
        place = f"{block.file}:{block.line + 1 + refused.hunk.at}"
        super().__init__(f'block "{block.id}" ({place}): {refused.what}')
        self.expected = "\n" + "\n".join(refused.hunk.lines)
        self.actual = f"\n{refused.instead}"


@dataclass(frozen=True)
class Engineer:
    """Somebody with the guide open beside a terminal."""

    sandbox: Sandbox
    edition: Edition
    chain: EvidenceChain
    baseline: Baseline
    values: dict[str, str]
    """What stands for the placeholders of the edition."""
    terminal: Terminal
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
            self.do(block.id)
        else:
            self.write(block.id)

    def write(self, block_id: str, **values: str) -> None:
        """Write the file that a block shows, change it as the block says, or add at its end."""
        block = self.edition.block(block_id)
        assert block.path, f'block "{block_id}" has no path in the repository'
        desk = self.sandbox.desk
        before = ""
        if block.is_diff or block.is_added:
            what = f'block "{block_id}" changes {block.path}, which is not in the clone'
            assert (desk.clone / block.path).is_file(), what
            before = desk.read(block.path)
        try:
            desk.write(block.path, block.after(before, {**self.values, **values}))
        except DoesNotApply as refused:
            raise NotApplied(block, refused) from None

    def run(self, block_id: str, **values: str) -> Ran:
        """Type the commands of a block, one after the other, up to the first that fails."""
        block = self.edition.block(block_id)
        given = block.takes({**self.values, **values})
        for problem in block.unfilled(given):
            raise problem
        typed: list[CommandRan] = []
        commands = commands_of(block)
        self.noted[BEFORE_TYPING] = moment.of(self.sandbox)
        head = self._head()
        with self.sandbox.desk.showing_commits():
            for command in commands:
                typed.append(self._type(block, command, given))
                head = self._note_push(head)
                if typed[-1].exit_code:
                    break
        assert typed, f'block "{block_id}" holds no command ({block.file}:{block.line})'
        behind = commands[len(typed) :]
        done = Ran(tuple(typed), behind[0].text if behind else "")
        if any(_PUSH in each.line for each in typed):
            self._ask_for_push()
        return done

    def _note_push(self, before: str) -> str:
        """Whatever has moved the branch on the Git server: what stands there is pushed now."""
        now = self._head()
        if now not in ("", before):
            self.chain.pushed(now)
        return now

    def _head(self) -> str:
        """The commit of the branch on the Git server; "" where there is none, or no project."""
        try:
            refs = self.sandbox.refs()
        except GitLabRefused:
            return ""
        return refs.get(f"refs/heads/{self.sandbox.layout.branch}", "")

    def _ask_for_push(self) -> None:
        """Have Flux look in every cluster, as a hook of the Git server would."""
        for cluster in self.sandbox.provider.clusters():
            self.sandbox.view(cluster).ask_for_push(self.sandbox.layout.interval_s)

    def _type(self, block: Block, command: Command, values: dict[str, str]) -> CommandRan:
        where = f'"{block.id}" ({block.file}:{block.line + 1 + command.first})'
        assert command.finished, f"a command of block {where} has no end: `{command.text}`"
        line = command.filled(values)

        def probe() -> tuple[CommandRan | None, str]:
            done = self.terminal.type(line, block=block.id)
            if not command.output or fits(command.output, done.output):
                return done, done.output
            if is_at_work(done.output):
                return None, done.output.strip()
            raise OtherOutput(done.line, command.output, done.output)

        done, _ = probe()
        if done is not None:
            return done
        what = f"`{line}` to answer what the page shows, or what Flux has come to"
        return self.sandbox.view().wait(what, probe, LIMIT_S)

    def do(self, block_id: str, **values: str) -> Ran:
        """Type the commands of a block, none of which may fail."""
        done = self.run(block_id, **values)
        assert done.ended_well, done.failure
        return done

    def push(self, message: str) -> None:
        """Commit everything and push it."""
        assert self.commit, "the book names no block that commits: layout: commit: in book.yaml"
        self.do(self.commit, **{"commit-message": message})

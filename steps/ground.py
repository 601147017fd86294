"""The ground that scenarios stand on: a sandbox, and what it looked like when it was fresh."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox import events
from sandbox.baseline import Baseline, WrittenInto
from sandbox.errors import ProcessDied, SandboxError
from sandbox.sandbox import Sandbox


class LeftBehind(AssertionError):
    """A scenario left something: a baseline that did not come back, or a ref on the Git server.

    Where the baseline did not come back, the next scenario has a new sandbox.
    """


class LeftRunning(AssertionError):
    """Commands of a scenario left something running in the background; it was ended."""

    def __init__(self, left: Sequence[str]) -> None:
        super().__init__(
            f"left running in the background: {', '.join(left)}. "
            "Cure: end it where it is no longer needed, for example with `kill %1`"
        )


@dataclass
class Ground:
    """A sandbox that goes back to the baseline after each scenario."""

    sandbox: Sandbox
    baseline: Baseline
    bring_up: Callable[[], Sandbox]

    @classmethod
    def lay(cls, bring_up: Callable[[], Sandbox]) -> Ground:
        """Bring a sandbox up and note what it looks like."""
        sandbox = bring_up()
        return cls(sandbox, Baseline.of(sandbox), bring_up)

    def level(self) -> None:
        """Bring the baseline back.

        Where that fails, a new sandbox takes the place of the old one and LeftBehind says what
        was left, so that the scenario fails and the next one does not pay for it. So it is, without
        a failure, where only fields of objects that were there before are not put back: who changes
        something past Git may leave it, and the next one does not stand on it. A branch or tag
        that the scenario left on the Git server is taken away and told in the same way. Raises
        ProcessDied where the sandbox itself fell apart: nobody may go on then.
        """
        now = self.sandbox.gitlab.refs(self.sandbox.layout.repository)
        refs = set(now) - set(self.baseline.refs)
        try:
            self.baseline.restore(self.sandbox)
        except ProcessDied:
            raise
        except WrittenInto as left:
            self._renew()
            events.emit(events.Told(text=f"{left}: the next scenario has a new sandbox"))
        except SandboxError as left:
            self._renew()
            raise LeftBehind(f"the baseline did not come back: {left}") from left
        if refs:
            raise LeftBehind(f"left on the Git server: {', '.join(sorted(refs))}")

    def _renew(self) -> None:
        self.sandbox.check()
        self.sandbox.down()
        self.sandbox = self.bring_up()
        self.baseline = Baseline.of(self.sandbox)

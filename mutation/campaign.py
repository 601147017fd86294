"""A campaign: every mutant judged, every edit of wording tried, on several benches at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guide.mutant import Mutant
from mutation.controls import Control, Controls
from mutation.dressing import Dressed, Quiet, dress
from mutation.journal import Journal
from mutation.plan import Plan, refusal
from mutation.verdict import Verdict, judge, rewritten
from mutation.work import Place, edition_of, work_off

Say = Callable[[str], None]


class Campaign:
    """Takes the mutants off one queue, as many at once as there are benches."""

    def __init__(self, plan: Plan, benches: Sequence[Place], journal: Journal, say: Say) -> None:
        self._plan = plan
        self._benches = benches
        self._journal = journal
        self._say = say
        self._controls = Controls(plan.edition, plan.features, plan.basis, journal.controls)

    def run(self) -> None:
        """Judge everything; what is found is in the journal at once.

        Raises what a bench raised. On KeyboardInterrupt the benches are left empty, too.
        """
        jobs: list[Mutant | Dressed] = [*self._plan.mutants, *self._plan.dressed]
        jobs = [job for job in jobs if not self._journal.has(job)]
        work_off(jobs, self._benches, self._do)

    def _do(self, job: Mutant | Dressed, bench: Place) -> None:
        def control(scenario: str) -> Control | None:
            made = self._controls.of(scenario, bench.run)
            if made is not None and made.had_sandbox:
                self._journal.add_control(made)
            return made

        folder = edition_of(bench)
        plan, in_order = self._plan, self._controls.in_order
        text = job.page_text if isinstance(job, Mutant) else job.wording.text
        edition = rewritten(plan.book.edition, folder, {job.page: text})
        refused = refusal(plan.book, folder)
        found: Verdict | Quiet | None
        if isinstance(job, Mutant):
            found = judge(
                job, edition, in_order, control, bench.run, refused, plan.basis(*job.scenarios)
            )
        else:
            scenarios = in_order(job.scenarios)
            found = dress(job, edition, plan.edition, scenarios, control, bench.run, refused)
        if found is not None:
            self._journal.add(found)
            self._say(f"[{bench.name}] {found}")

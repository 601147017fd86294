"""Results of a run, and of the attempts after it, for whoever runs as a program: quick to load."""

from __future__ import annotations

from report.results import Results, Run, ScenarioResult, Status, StepResult


def results(states: dict[str, Status], bundle: str = "") -> Results:
    """A run of the scenarios a/a, a/b[1] and a/c; the others were not selected."""
    moment = "2026-11-28T01:00:00.000Z"
    run = Run("r1", moment, moment, 10.0, "embedded", {"flux": "v2"}, "e1", "Linux", exit_code=1)
    scenarios = []
    for name in ("a/a", "a/b[1]", "a/c"):
        status = states.get(name, "not_run")
        error = {"passed": "", "failed": f"{name} broke", "not_run": "not selected"}[status]
        step = StepResult("Then", "it holds", status, 1.0)
        kept = bundle if status == "failed" else ""
        scenarios.append(
            ScenarioResult(
                *(name, "features/a.feature", name, (), (), status),
                *(int(status != "not_run"), 1.0, error, (step,)),
                bundle=kept,
                content_hash="c1",
            )
        )
    return Results(run, tuple(scenarios))

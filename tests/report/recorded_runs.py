"""Runs to be recorded, and a line of a history as the first version wrote it."""

from dataclasses import replace

from report.evidence import Command, Wait
from report.results import Results, Run, ScenarioResult, Status, StepResult

OLD = (
    '{"book":"operational","command":"make e2e","commit":"c1","duration_s":60.0,'
    '"edition_hash":"e1","exit_code":1,"finished":"2026-11-21T10:01:00.000Z","id":"run-1",'
    '"provider":"embedded","scenarios":{"shop/opens":{"attempts":1,"content_hash":'
    '"0123456789abcdef","convergence_s":3.25,"duration_s":9.5,"reason":"no","status":"failed"},'
    '"shop/closes":{"attempts":1,"content_hash":"h2","convergence_s":0,"duration_s":1.0,'
    '"status":"passed"}},"simulated":["workload pods"],"started":"2026-11-21T10:00:00.000Z",'
    '"stopped":"","versions":{"flux":"v2.9.2"}}\n'
)


def results(name: str, status: Status = "passed") -> Results:
    run = Run(
        id=name,
        started=f"2026-11-2{name[-1]}T10:00:00.000Z",
        finished=f"2026-11-2{name[-1]}T10:01:00.000Z",
        duration_s=60.0,
        provider="embedded",
        versions={"flux": "v2.9.2"},
        edition_hash="e1",
        host="Linux",
        commit="c1",
        exit_code=0,
    )
    step = StepResult(
        "When",
        "someone pushes",
        status,
        9.5,
        commands=(Command("git push", ".", 0, "done", "", 0.5),),
        waits=(Wait("apps Ready", "True", 2.25), Wait("pods", "2", 1.0)),
    )
    scenario = ScenarioResult(
        "shop/opens", "features/shop.feature", "It opens", (), (), status, 1, 9.5, steps=(step,)
    )
    return Results(run, (replace(scenario, content_hash="h1"),))

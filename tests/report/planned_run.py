"""A run that has not begun, and its scenarios."""

from report.reasons import NOT_YET
from report.results import Run, ScenarioResult, StepResult

RUN = Run(
    "run-1", "2026-11-23T22:46:00.000Z", "2026-11-23T22:46:00.000Z", 0.0, "", {}, "e1", "Linux"
)


def planned(name: str, steps: int = 2) -> ScenarioResult:
    sentences = tuple(StepResult("When", f"step {number}") for number in range(steps))
    return ScenarioResult(
        f"shop/{name}", "shop.feature", name, (), (), error=NOT_YET, steps=sentences
    )

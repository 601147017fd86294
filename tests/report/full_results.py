"""Results that have something in every field."""

from report.evidence import ChainLink, Command, Commit, Condition, Evidence, Wait
from report.results import (
    ApiVersion,
    FailedAttempt,
    Phase,
    Results,
    Run,
    ScenarioResult,
    StepResult,
)

FULL = Results(
    Run(
        id="20261123T224600Z-a1b2c3",
        started="2026-11-23T22:46:00.000Z",
        finished="2026-11-23T22:47:00.000Z",
        duration_s=60.0,
        provider="embedded",
        versions={"flux": "2.9.5"},
        edition_hash="e1",
        host="Linux x86_64",
        units={"shop/step-1": "h1"},
        commit="c1",
        command="make e2e",
        settings={"interval": "2 s"},
        simulated=("workload pods",),
        api_versions=(
            ApiVersion("v1", "Till", "served", ("till",)),
            ApiVersion("v1beta1", "Till", "deprecated", ("old", "older"), "use v1 Till"),
        ),
        exit_code=0,
        stopped="because",
        phases=(Phase("etcd", 0.5),),
        setup=Evidence(waits=(Wait("Flux", "Ready", 1.0),)),
    ),
    (
        ScenarioResult(
            id="shop/row[2]",
            feature="features/shop.feature",
            name="Someone pays 5",
            tags=("id:row", "unit:shop/step-1"),
            units=("shop/step-1",),
            status="failed",
            attempts=2,
            duration_s=3.5,
            error="too much",
            steps=(
                StepResult(
                    "When",
                    "someone pays",
                    "failed",
                    1.5,
                    (Command("pay", ".", 1, "o", "e", 0.1, "outputs/ab.txt", "outputs/cd.txt"),),
                    (Commit("abc", "Pay", "+5", "outputs/ef.txt"),),
                    (Wait("the till", "closed", 1.0),),
                    (ChainLink("till", "main", "2026-11-23T22:46:30.000Z"),),
                    (Condition("Till/a", "Ready", "False", "Closed", "come back"),),
                    line=12,
                    table=(("block",), ("a",)),
                    doc_string="text",
                ),
            ),
            line=10,
            bundle="bundles/row",
            content_hash="h",
            example={"sum": "5"},
            failed_attempts=(FailedAttempt("no", 1.0),),
            clean_up=Evidence(commands=(Command("tidy", ".", 0, "", "", 0.1),)),
        ),
        ScenarioResult("shop/b", "features/shop.feature", "It opens", (), ()),
    ),
)

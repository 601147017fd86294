"""A small clone with results in every state, for the tests of the pages and for benchmarks."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import guide
from report.archive import Archive
from report.evidence import ChainLink, Command, Commit, Condition, Wait
from report.known.book import Book
from report.known.inputs import Inputs
from report.results import ApiVersion, FailedAttempt, Results, Run, ScenarioResult, StepResult
from report.site.site import Site
from sandbox.copying import working_copy

ROOT = Path(__file__).resolve().parents[2]
CLONE = Path(__file__).with_name("samples") / "clone"
END = datetime(2026, 11, 20, 3, 12, 40, tzinfo=UTC)

TOKEN = "glpat-LoremIpsumDolorSit0"
OVERLAY = "fleet/clusters/one/apps/shop/kustomization.yaml"
DIFF = """\
diff --git a/fleet/bases/shop/release.yaml b/fleet/bases/shop/release.yaml
new file mode 100644
--- /dev/null
+++ b/fleet/bases/shop/release.yaml
@@ -0,0 +1,4 @@
+apiVersion: helm.toolkit.fluxcd.io/v2
+kind: HelmRelease
+metadata:
+  name: shop
diff --git a/{overlay} b/{overlay}
--- a/{overlay}
+++ b/{overlay}
@@ -1,3 +1,3 @@
 kind: Kustomization
 resources:
-  - ../../../bases/shop
+  - ../../../../bases/shop
""".replace("{overlay}", OVERLAY)
LISTING = """\
NAMESPACE  NAME  REVISION  SUSPENDED  READY    MESSAGE
shop       shop  6.9.2     False      \x1b[32mTrue\x1b[0m     Helm install succeeded
"""


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def clone(folder: Path) -> Path:
    """A clone with the sample's chapters and the hand-written pages of the real one."""
    working_copy(CLONE, folder)
    for path in (ROOT / "docs").iterdir():
        if path.name == "assets":
            working_copy(path, folder / "docs" / "assets")
        elif path.is_file():
            shutil.copyfile(path, folder / "docs" / path.name)
    shutil.copyfile(ROOT / "mkdocs.yml", folder / "mkdocs.yml")
    return folder


def command(line: str, stdout: str = "", stderr: str = "", code: int = 0) -> Command:
    return Command(line, "flux-config", code, stdout, stderr, 0.42)


def did(scenario: guide.Scenario, step: guide.Step, at: datetime) -> dict[str, Any]:
    """What a sentence of the sample left."""
    if "follows steps" in step.text:
        return {
            "commits": (
                Commit("4be1f2a90c5d4b7781aa20f3c5f1f0a8d0c9e7b2", "Add shop\n\nWith care.", DIFF),
            ),
            "commands": (command("git push", "", "To ssh://git@127.0.0.1:2222/platform/fleet\n"),),
        }
    if "Ready at the pushed commit" in step.text:
        stages = ("commit", "GitRepository flux-system", "Kustomization apps", "HelmRelease shop")
        names = ("Kustomization apps", "HelmRelease shop")
        revision = "main@sha1:4be1f2a90c5d4b7781aa20f3c5f1f0a8d0c9e7b2"
        return {
            "waits": (Wait("every Flux object at 4be1f2a9", "HelmRelease shop: Ready=True", 9.1),),
            "chain": tuple(
                ChainLink(stage, revision, stamp(at + timedelta(seconds=seconds)))
                for stage, seconds in zip(stages, (0, 2, 5, 9), strict=True)
            ),
            "conditions": tuple(
                Condition(name, "Ready", "True", "Succeeded", f"Applied {revision}")
                for name in names
            ),
        }
    if 'block "shop-verify"' in step.text:
        return {"commands": (command("flux get helmreleases -A", LISTING),)}
    if "overlay-deep" in step.text:
        said = "Error: accumulating resources: evalsymlink failure: no such file or directory\n"
        return {"commands": (command("kustomize build apps/shop", "", said, 1),)}
    return {}


def rows(scenario: guide.Scenario) -> list[tuple[str, tuple[guide.Step, ...]]]:
    """The ids and sentences of a scenario's results: one, or one for each row of an outline."""
    if not scenario.examples:
        return [(scenario.id, scenario.steps)]
    size = len(scenario.steps)
    return [
        (f"{scenario.id}[{n + 1}]", scenario.expanded[size * n : size * (n + 1)])
        for n in range(len(scenario.examples))
    ]


def ran(scenario: guide.Scenario, ident: str, steps: tuple[guide.Step, ...]) -> ScenarioResult:
    """A scenario that passed."""
    done = tuple(
        StepResult(
            step.keyword,
            step.text,
            "passed",
            1.5,
            line=step.line,
            table=step.table,
            doc_string=step.doc_string,
            **did(scenario, step, END),
        )
        for step in steps
    )
    return ScenarioResult(
        id=ident,
        feature=f"features/{scenario.feature}.feature",
        name=scenario.name,
        tags=scenario.tags,
        units=scenario.units,
        status="passed",
        attempts=1,
        duration_s=1.5 * len(done),
        steps=done,
        line=scenario.line,
        content_hash="c0ffee",
        example=dict(scenario.examples[int(ident[-2]) - 1]) if scenario.examples else {},
    )


def deselected(results: Results, *kept: str) -> Results:
    """The same run, told to run only some scenarios, or rows of an outline."""
    return dataclasses.replace(
        results,
        scenarios=tuple(
            one
            if {one.id, one.base_id} & {*kept}
            else stopped(one, "not_run", "not selected (FEATURE=x)", attempts=0)
            for one in results.scenarios
        ),
    )


def stopped(
    scenario: ScenarioResult, status: Any, error: str, at: int = 0, **more: Any
) -> ScenarioResult:
    """The same scenario, which stopped at sentence `at` (counted from 0)."""
    steps = tuple(
        step
        if number < at
        else dataclasses.replace(
            step,
            status=status if number == at else "not_run" if status == "failed" else status,
            chain=(),
            waits=(),
            commits=(),
        )
        for number, step in enumerate(scenario.steps)
    )
    return dataclasses.replace(scenario, status=status, error=error, steps=steps, **more)


def green(root: Path, *, ident: str = "r1", provider: str = "embedded", **more: Any) -> Results:
    """Results in which every scenario passed."""
    edition = guide.Edition.read(root / "docs" / "guide")
    features = guide.Features.read(root / "features", edition)
    end = more.pop("end", END)
    run = Run(
        id=ident,
        started=stamp(end - timedelta(seconds=95)),
        finished=stamp(end),
        duration_s=95.0,
        provider=provider,
        versions={"flux": "2.9.0", "kubernetes": "1.36.3", "kustomize": "5.8.1", "helm": "4.0.1"},
        edition_hash=edition.content_hash,
        host="linux x86_64, 2 cores",
        units={unit.id: unit.content_hash for unit in edition.units.values()},
        commit="0f3c1d2e4b5a69788796a5b4c3d2e1f001122334",
        command=f"make e2e PROVIDER={provider}",
        simulated=("workload pods",) if provider == "embedded" else (),
        api_versions=(
            ApiVersion("apps/v1", "Deployment", "served", ("shop",)),
            ApiVersion("batch/v1beta1", "CronJob", "gone", ("shop",), "batch/v1 is served"),
        ),
        exit_code=0,
    )
    scenarios = tuple(
        ran(scenario, name, steps)
        for scenario in features.scenarios.values()
        for name, steps in rows(scenario)
    )
    return Results(dataclasses.replace(run, **more), scenarios)


def change(
    results: Results, ident: str, how: Callable[[ScenarioResult], ScenarioResult]
) -> Results:
    found = tuple(how(one) if one.id == ident else one for one in results.scenarios)
    return dataclasses.replace(results, scenarios=found)


def red(root: Path, **more: Any) -> Results:
    """Results with a unit in each state: failed, skipped, not run, stale, erratum, retried."""
    results = green(root, **{"ident": "r2", **more})
    units = {**results.run.units, "rotate-key/key-rights": "an older hash"}
    run = dataclasses.replace(results.run, units=units, exit_code=1)
    results = dataclasses.replace(results, run=run)
    error = (
        'the output does not name "shop" as Ready\n'
        "expected: shop with READY True\n"
        "actual:   shop with READY False, install retries exhausted"
    )
    results = change(
        results,
        "add_service/verify-shows-it",
        lambda one: stopped(
            *(one, "failed", error, 2),
            bundle="failures/verify-shows-it",
            attempts=2,
            failed_attempts=(FailedAttempt("timed out after 60 s", 61.0),),
        ),
    )
    results = change(
        results,
        "rotate_key/old-key-gone",
        lambda one: stopped(one, "skipped", "needs real containers, embedded simulates them"),
    )
    results = change(
        results,
        "rotate_key/new-key-works[2]",
        lambda one: stopped(one, "not_run", "the run was interrupted", attempts=0, duration_s=0.0),
    )
    ghost = dataclasses.replace(results.scenarios[0], id="add_service/retired", name="Gone since")
    return dataclasses.replace(results, scenarios=(*results.scenarios, ghost))


def inputs(root: Path, results: Path, history: Path) -> Inputs:
    book = guide.Book.read(root / "books" / "operational")
    return Inputs(root=root, book=book, results=results, history=history, now=END)


def build(folder: Path, results: Callable[..., Results] = red, past: int = 12) -> Inputs:
    """A whole clone with results and a history of `past` runs and one with kind."""
    root = clone(folder)
    build = root / "build"
    build.mkdir(exist_ok=True)
    (build / "junit.xml").write_text("<testsuites></testsuites>\n")
    archive = Archive(build / "history")
    for number in range(past):
        end = END - timedelta(days=past - number)
        make = red if number == past // 2 else green
        versions = {"flux": "2.8.5", "kubernetes": "1.36.3", "kustomize": "5.8.1", "helm": "4.0.1"}
        one = make(root, ident=f"p{number:03d}", end=end, versions=versions)
        one = dataclasses.replace(one, run=dataclasses.replace(one.run, duration_s=80.0 + number))
        archive.add(one, build)
    archive.add(green(root, ident="k1", provider="kind", end=END - timedelta(hours=5)), build)
    newest = results(root)
    newest.write(build / "results.json")
    bundle = build / "failures" / "verify-shows-it" / "logs"
    bundle.mkdir(parents=True)
    (bundle / "helm-controller.log").write_text(f"PRIVATE-TOKEN: {TOKEN}\n<script>x()</script>\n")
    archive.add(newest, build)
    archive.tidy()
    return inputs(root, build / "results.json", archive.folder)


def write(folder: Path, results: Callable[..., Results] = red, **changes: Any) -> tuple[Site, Book]:
    """Only the Markdown, for one variation of the sample."""
    inputs = build(folder / "clone", results, past=2)
    site = Site(dataclasses.replace(inputs, **changes), folder / "site")
    return site, site.write()


def everything(folder: Path) -> dict[str, bytes]:
    """All files below a folder, by their paths."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

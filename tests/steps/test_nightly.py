"""A night: every cell has its place in the history, whatever became of it, and one report."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from night_program import results

from report.history import History, PastRun
from sandbox.errors import UsageError
from sandbox.toolchain import pins
from sandbox.toolchain.flux import MODULE as FLUX_MODULE
from sandbox.toolchain.newer import asking
from sandbox.toolchain.newer.change import Change
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.pinned import Pinned
from sandbox.toolchain.newer.tree import NewerTree
from sandbox.toolchain.pins import KUBERNETES
from steps import cell_run, nightly

pytestmark = pytest.mark.integration

PROGRAM = Path(__file__).with_name("night_program.py")
ROOT = Path(__file__).parents[2]
MATRIX = """
- provider: [embedded, kind]
  kubernetes: [1.35.4]
- provider: [embedded]
  book: [operational, flux]
"""
PINNED, KIND = "operational-embedded-kubernetes-1.35", "operational-kind-kubernetes-1.35"
OWN, FLUX = "operational-embedded", "flux-embedded"
OLD_FLUX = "operational-embedded-flux-2.9.2"
BOTH = "operational-embedded-kubernetes-1.35-flux-2.9.2"
GREEN = {PINNED: "passed", KIND: "passed", OWN: "passed", FLUX: "passed"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a night runs; one version of each product is pinned."""
    for name, module in (("kubernetes-1.35.4", "k8s.io/kubernetes"), ("flux-2.9.2", FLUX_MODULE)):
        pinned = tmp_path / "pins" / name
        pinned.mkdir(parents=True)
        (pinned / "go.mod").write_text(f"require {module} v{name.rpartition('-')[2]}\n")
    (tmp_path / "nightly.yaml").write_text(MATRIX)
    monkeypatch.setattr(pins, "PINS", tmp_path / "pins")
    for product in pins.PRODUCTS:
        monkeypatch.delenv(product.variable, raising=False)
    monkeypatch.setattr(cell_run, "PYTHON", (sys.executable, str(PROGRAM)))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PROOFBOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def night(*words: str, **plan: str) -> int:
    os.environ["PLAN"] = json.dumps({**GREEN, **plan})
    return nightly.main(["--matrix=nightly.yaml", *words])


def runs(build: str = "build") -> dict[str, PastRun]:
    """The newest run of each cell."""
    return {run.cell: run for run in History.read(Path(build) / "history").runs}


def asked() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("asked").read_text().splitlines()]


def test_every_cell_runs_under_its_name_and_then_each_book_is_judged_once(folder: Path) -> None:
    (folder / "build/junit").mkdir(parents=True)
    for old in ("build/junit.xml", "build/junit/of-an-older-night.xml"):
        (folder / old).write_text("<testsuites/>")
    assert night("--workers=2", "--cells=*embedded*") == 0
    assert {file.stem for file in Path("build/junit").iterdir()} == {PINNED, OWN}
    assert set(runs()) == {PINNED, OWN}
    assert set(runs("build/books/flux")) == {FLUX}
    versions = {name: run.versions["kubernetes"] for name, run in runs().items()}
    assert versions == {PINNED: "1.35.4", OWN: "own"}
    words = [each["words"] for each in asked()]
    assert [each[:2] for each in words[-2:]] == [["report", "regression"]] * 2
    assert all("--workers=2" in each for each in words if each[0] == "steps")


def test_a_new_failure_is_told_of_its_own_cell_and_the_next_night_it_is_not_new(
    folder: Path,
) -> None:
    both = f"--cells={PINNED},{OWN}"
    night(both)
    assert night(both, **{PINNED: "failed"}) == 1
    report = (folder / "build/regression.md").read_text()
    pinned, own = sorted(report.split("\n## ")[1:], key=lambda part: not part.startswith(PINNED))
    assert "New failure" in pinned
    assert "New failure" not in own
    assert night(f"--cells={PINNED}", **{PINNED: "failed"}) == 0


@pytest.mark.parametrize(
    ("planned", "why"),
    [
        ("3", "ended with 3 before it had results"),
        ("2", "ended with 2"),
        ("kill", "was ended by SIGKILL ("),
    ],
)
def test_a_cell_that_cannot_run_is_not_run_and_stops_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, planned: str, why: str
) -> None:
    """Also where older results lie there: they are of another run."""
    monkeypatch.setenv("KUBERNETES", "")
    results("passed", 0).write(folder / "build/results.json")
    assert night(f"--cells={PINNED},{OWN}", **{PINNED: planned}) == 3
    run = runs()[PINNED]
    assert why in run.stopped
    assert {one.status for one in run.scenarios.values()} == {"not_run"}
    assert len(run.scenarios) > 50, "every scenario of the book is named"
    assert "KUBERNETES=1.35.4" in run.command
    assert runs()[OWN].exit_code == 0


def test_a_cell_of_which_all_was_skipped_is_told_as_that(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    only = f"--cells={PINNED},{OWN}"
    assert night(only, **{OWN: "skipped"}) == 3
    run = runs()[OWN]
    assert (run.exit_code, run.stopped) == (2, "")
    assert [one.status for one in run.scenarios.values()] == ["skipped"]
    why = "the run shows nothing: all that was asked for was skipped"
    assert f"✗ {why}" in capfd.readouterr().out
    page = (folder / "build/regression.md").read_text()
    assert "**The run shows nothing:** all that was asked for was skipped" in page


def test_a_version_that_the_provider_has_not_is_not_run_with_the_reason(folder: Path) -> None:
    assert night(f"--cells={KIND},{OWN}") == 3
    assert "kind has no Kubernetes 1.35.4" in runs()[KIND].stopped
    assert not [each for each in asked() if each["cell"] == KIND and each["words"][0] == "steps"], (
        "nothing was started for it"
    )
    assert runs()[OWN].exit_code == 0


def test_a_version_that_is_pinned_for_kind_runs_there_too(folder: Path) -> None:
    node = folder / "pins/kubernetes-1.35.4/node"
    node.mkdir()
    (node / "go.mod").write_text("require k8s.io/kubernetes v1.35.4\n")
    assert night(f"--cells={KIND},{OWN}") == 0
    [words] = [
        each["words"] for each in asked() if each["cell"] == KIND and each["words"][0] == "steps"
    ]
    assert "--provider=kind" in words
    assert runs()[KIND].versions["kubernetes"] == "1.35.4"
    assert runs()[OWN].exit_code == 0


@pytest.mark.parametrize(
    ("matrix", "line", "said"),
    [
        ("- {provider: [embedded], kubernetes: [1.30.1]}", 1, "1.30.1 is not pinned"),
        ("- {provider: [embedded], kubernetes: [newest]}", 1, "'newest' is no version"),
        ("- {provider: [embedded], flux: [2.8.5]}", 1, "Flux 2.8.5 is not pinned"),
        ("- {provider: [embedded], flux: [1.35.4]}", 1, "'1.35.4' is no version of Flux"),
        ("- {provider: [embedded], flux: [2.9.2, 2.9.2]}", 1, "two cells are equal"),
        ("- {provider: [embedded], book: [flax]}", 1, 'no book is called "flax"'),
        (
            f"- {{provider: [embedded], kubernetes: [own, {KUBERNETES.own()}]}}",
            1,
            "two cells are equal",
        ),
        ("- {provider: [embedded]}\n- {provider: [embedded]}", 2, "two cells are equal"),
        ("- {provider: [cloud]}", 1, "cloud"),
        ("- {kubernetes: [own]}", 1, 'has no "provider"'),
        ("- {provider: [embedded], kubernets: [own]}", 1, '"kubernets"'),
        ("[]", 1, "nightly.yaml"),
        ("- [", 1, "is no YAML"),
    ],
)
def test_what_is_wrong_with_a_matrix_is_one_line_and_nothing_runs(
    folder: Path, capfd: pytest.CaptureFixture[str], matrix: str, line: int, said: str
) -> None:
    (folder / "nightly.yaml").write_text(matrix)
    assert night() == 2
    [told] = capfd.readouterr().err.splitlines()
    assert told.startswith(f"nightly.yaml:{line}: ")
    assert said in told
    assert not Path("asked").exists()


def test_two_patches_of_one_minor_version_have_one_name(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = folder / "pins/kubernetes-1.35.5"
    other.mkdir()
    (other / "go.mod").write_text("require k8s.io/kubernetes v1.35.5\n")
    (folder / "nightly.yaml").write_text("- {provider: [embedded], kubernetes: [1.35.4, 1.35.5]}")
    assert night() == 2
    assert f"two cells are called {PINNED}: 1.35.4 and 1.35.5" in capfd.readouterr().err


def test_each_version_of_flux_is_a_cell_of_its_own(folder: Path) -> None:
    (folder / "nightly.yaml").write_text(
        "- {provider: [embedded], kubernetes: [own, 1.35.4], flux: [own, 2.9.2]}"
    )
    assert night(**{OLD_FLUX: "passed", BOTH: "2"}) == 3
    assert set(runs()) == {OWN, PINNED, OLD_FLUX, BOTH}
    told = {each["cell"]: each["flux"] for each in asked() if each["words"][0] == "steps"}
    assert told == {OWN: "", PINNED: "", OLD_FLUX: "2.9.2", BOTH: "2.9.2"}
    assert "KUBERNETES=1.35.4 FLUX=2.9.2" in runs()[BOTH].command


def test_a_cell_that_is_not_there_is_named(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert night("--cells=operational-embeded") == 2
    [told] = capfd.readouterr().err.splitlines()
    assert 'no cell is called "operational-embeded"' in told
    assert "did you mean operational-embedded" in told


@pytest.mark.parametrize(("left_out", "code"), [({}, 0), ({"helm": "nobody serves it"}, 3)])
def test_what_is_newer_is_said_before_the_cells_run(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    left_out: dict[str, str],
    code: int,
) -> None:
    helm = Offer(Pinned("helm", "4.2.4", "helm.sh/helm/v4"), ("4.3.0", "4.3.1"))
    same = Offer(Pinned("kind", "0.33.0", "sigs.k8s.io/kind"), ())
    package = Offer(Pinned("sh", "2.4.0"), ("2.5.0",))
    pinned: list[Sequence[Offer]] = []

    def make(_tree: NewerTree, offers: Sequence[Offer], *_: object) -> dict[str, str]:
        pinned.append(offers)
        return left_out

    change = Change("sh", ("2.4.0",), ("2.5.0",))
    monkeypatch.setattr(nightly.Tomorrow, "judge", lambda *_: ())
    monkeypatch.setattr(NewerTree, "make", make)
    monkeypatch.setattr(NewerTree, "packages", lambda _: [change])
    monkeypatch.setattr(asking, "everything", lambda: [helm, same, package])
    assert night("--next", f"--cells={OWN}") == code
    said = capfd.readouterr()
    assert "helm  4.2.4   4.3.1     4.3.0" in said.out
    assert said.out.index("helm") < said.out.index(f"cell 1 of 2: {OWN}")
    assert pinned == [[helm, package]]
    taken = "" if left_out else "helm 4.2.4 -> 4.3.1, "
    assert f"pins.diff takes up {taken}Python packages: sh 2.4.0 -> 2.5.0\n" in said.out
    assert ("helm 4.2.4 -> 4.3.1 is left out: nobody serves it" in said.err) == bool(left_out)
    assert runs()[OWN].exit_code == 0


def test_where_it_is_not_known_what_is_newer_nothing_runs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def everything() -> list[Offer]:
        raise UsageError("newer versions of helm are not known: refused", cure="look")

    monkeypatch.setattr(asking, "everything", everything)
    assert night("--next", f"--cells={OWN}") == 2
    assert capfd.readouterr().err == "newer versions of helm are not known: refused. Cure: look\n"
    assert not Path("asked").exists()


def test_a_night_without_next_has_no_such_cell(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert night(f"--cells={OWN}-next") == 2
    assert f'no cell is called "{OWN}-next"' in capfd.readouterr().err


def test_a_bisection_without_newer_versions_is_refused(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert night("--bisect") == 2
    assert capfd.readouterr().err.endswith("Cure: make nightly NEXT=1\n")


@pytest.mark.parametrize(("variable", "version"), [("KUBERNETES", "1.35.4"), ("FLUX", "2.9.2")])
def test_versions_of_a_night_are_named_by_the_matrix_alone(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    variable: str,
    version: str,
) -> None:
    monkeypatch.setenv(variable, version)
    assert night(f"--cells={OWN}") == 2
    [line] = capfd.readouterr().err.splitlines()
    assert line.startswith(f"{variable}={version} is not asked here: ")
    assert "Cure: " in line
    assert not Path("asked").exists()

"""The jobs that record a history share it: taken before, published afterwards, also when red.

make, the shell, git and `python -m report history-*` are real; what proves the guide is not.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from clean_clone import ROOT, clean_clone, environment, ran
from scripts import BRANCH, GITHUB, GITLAB, commands, github_steps, gitlab_jobs, ran_on_github, read

from report.past_run import PastRun
from report.regression import outbox, reported

pytestmark = pytest.mark.integration

SHARED = "proofbook-history"
JOBS = ("prove", "nightly")
# In the place of the project's Python: a run ends with $CODE and leaves what is in $LEFT.
PYTHON = """#!/bin/sh
case "$1" in */venv.py) echo "$0"; exit 0;; esac
case "$2 $3" in
"steps "*) exit "$CODE";;
"report after"*|"steps.nightly "*) mkdir -p build; cp -R "$LEFT/." build/; exit "$CODE";;
*) exec "{python}" "$@";;
esac
"""


def line(name: str, book: str) -> str:
    stamp = f"2026-11-0{len(name)}T10:00:00.000Z"
    return PastRun(*(name, stamp, stamp, 1.0, "embedded", {}, "e1", "c1", 0, {}), book=book).line()


def left(folder: Path, name: str) -> Path:
    """What a run leaves: a line for each book."""
    for place, book in (("history", "operational"), ("books/flux/history", "flux")):
        (folder / place).mkdir(parents=True)
        (folder / place / "runs.jsonl").write_text(line(f"{name}-{book}", book) + "\n")
    return folder


@dataclass(frozen=True)
class Project:
    """A repository, and the clone that a runner gets of it."""

    bare: Path
    clone: Path
    python: Path
    left: Path

    def variables(self, code: int) -> dict[str, str]:
        return {**BRANCH, "PYTHON": str(self.python), "LEFT": str(self.left), "CODE": str(code)}

    def run(self, service: str, job: str, code: int) -> tuple[object, str]:
        """How a job ends: GitLab's exit code, GitHub's green; and what it says."""
        if service == "GitHub":
            return ran_on_github(github_steps()[job], self.clone, self.variables(code))
        done = ran(gitlab_jobs()[job], self.clone, self.variables(code))
        return done.returncode, done.stderr

    def git(self, *words: str) -> str:
        """What git says of the repository; '' where it fails."""
        line = ["git", f"--git-dir={self.bare}", *words]
        done = subprocess.run(line, env=environment(), capture_output=True, text=True, timeout=60)
        return done.stdout

    def shared(self) -> str:
        return self.git("show", f"{SHARED}:history/runs.jsonl") + self.git(
            "show", f"{SHARED}:books/flux/history/runs.jsonl"
        )

    def refuse(self) -> None:
        hook = self.bare / "hooks/pre-receive"
        hook.write_text("#!/bin/sh\necho You may not push >&2\nexit 1\n")
        hook.chmod(0o755)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    clone, bare, python = clean_clone(tmp_path / "clone"), tmp_path / "bare", tmp_path / "python"
    python.write_text(PYTHON.format(python=sys.executable))
    python.chmod(0o755)
    for words in (
        ["init", "-q", "--bare", str(bare)],
        ["-C", str(clone), "push", "-q", str(bare), "HEAD:refs/heads/main"],
        ["-C", str(clone), "remote", "add", "origin", str(bare)],
    ):
        subprocess.run(["git", *words], env=environment(), check=True, timeout=60)
    return Project(bare, clone, python, left(tmp_path / "left", "own"))


@pytest.mark.parametrize(("service", "ends"), [("GitLab", (0, 2)), ("GitHub", (True, False))])
def test_a_history_is_taken_before_and_published_afterwards_also_when_red(
    project: Project, service: str, ends: tuple[object, object]
) -> None:
    for job, code, end in (("prove", 0, ends[0]), ("nightly", 1, ends[1])):
        (project.left / "history/runs.jsonl").write_text(line(job, "operational") + "\n")
        told = project.run(service, job, code)
        assert told[0] == end, told[1]
        assert f'"id":"{job}"' in project.shared()
    assert '"id":"own-flux"' in project.shared()
    assert '"id":"prove"' in project.shared()
    # A further clone has them all before it proves anything.
    (project.left / "history/runs.jsonl").unlink()
    (project.clone / "build").rename(project.clone.parent / "gone")
    project.run(service, "prove", 0)
    kept = (project.clone / "build/history/runs.jsonl").read_text()
    assert ['"id":"prove"' in kept, '"id":"nightly"' in kept] == [True, True]


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize(("service", "green", "red"), [("GitLab", 75, 2), ("GitHub", True, False)])
def test_a_history_that_cannot_be_published_is_seen_and_takes_no_evidence_away(
    *, project: Project, service: str, green: object, red: object, job: str
) -> None:
    project.refuse()
    for code, end in ((0, green), (1, red)):
        ended, said = project.run(service, job, code)
        assert ended == end, said
        assert "You may not push" in said
        assert "Cure: give whoever runs this the right to push" in said
        assert (project.clone / "build/history/runs.jsonl").is_file()


def test_a_history_that_cannot_be_taken_is_seen_and_the_guide_is_proven(project: Project) -> None:
    project.bare.rename(project.bare.with_name("away"))
    ended, said = project.run("GitLab", "prove", 0)
    assert ended == 75
    assert said.count("does not answer") == 2
    assert (project.clone / "build/history/runs.jsonl").is_file()


def test_another_branch_than_the_default_one_publishes_nothing(project: Project) -> None:
    variables = {**project.variables(0), "CI_COMMIT_BRANCH": "feature"}
    assert ran(gitlab_jobs()["prove"], project.clone, variables).returncode == 0
    assert project.shared() == ""


def kept(action: str, cache: str) -> list[dict[str, Any]]:
    """The steps of an action that take, or leave, a cache of that kind."""
    steps = read(ROOT / f".github/actions/{action}/action.yml")["runs"]["steps"]
    return [each for each in steps if each.get("with", {}).get("key", "").startswith(cache)]


@pytest.mark.parametrize("cache", ["history", "told"])
def test_what_a_feature_branch_recorded_is_not_there_for_the_default_branch(cache: str) -> None:
    """Both services name the branch that runs in the key of the history's cache."""
    assert read(GITLAB)[f".{cache}"]["key"] == f"{cache}-$CI_COMMIT_REF_SLUG"
    branch = f"{cache}-${{{{ github.ref_name }}}}-"
    [taken], [left_] = kept("prepare", cache), kept("keep", cache)
    assert taken["with"]["key"] == left_["with"]["key"]
    assert taken["with"]["key"].startswith(branch)
    assert taken["with"]["restore-keys"] == branch


def test_what_was_told_is_the_nights_alone_and_stands_before_the_history() -> None:
    """A job that began before a night and ends after it takes it back: told twice, or never."""
    jobs = {name: job for name, job in read(GITLAB).items() if name in gitlab_jobs()}
    caches = {name: job.get("cache", []) for name, job in jobs.items()}
    told, history = read(GITLAB)[".told"], read(GITLAB)[".history"]
    several = {name: each for name, each in caches.items() if isinstance(each, list)}
    assert [name for name, each in several.items() if told in each] == ["nightly"]
    assert caches["nightly"].index(history) < caches["nightly"].index(told)
    assert jobs["nightly"]["resource_group"] == "nightly"
    [taken], [left_] = kept("prepare", "told"), kept("keep", "told")
    assert left_["if"] == "github.event_name == 'schedule'"
    steps = read(ROOT / ".github/actions/prepare/action.yml")["runs"]["steps"]
    assert steps.index(kept("prepare", "history")[0]) < steps.index(taken)
    names = [reported.NAME, outbox.NAME, outbox.REFUSED]
    paths = [f"{place}/{name}" for place in history["paths"] for name in names]
    assert told["paths"] == paths
    assert [each["with"]["path"].split() for each in (taken, left_)] == [paths, paths]


def test_only_the_jobs_that_record_a_history_may_write_and_what_is_seen_is_a_warning() -> None:
    jobs = {name: job for name, job in read(GITLAB).items() if name in gitlab_jobs()}
    may = {name for name, job in jobs.items() if job.get("allow_failure") == {"exit_codes": [75]}}
    shares = {name for name, script in gitlab_jobs().items() if "history" in str(script)}
    workflow = read(GITHUB / "proof.yml")
    writes = {
        name
        for name, job in workflow["jobs"].items()
        if job.get("permissions", workflow["permissions"])["contents"] == "write"
    }
    assert may == shares == writes == set(JOBS)
    for name in JOBS:
        first, *_, last = commands(gitlab_jobs()[name])
        assert first == f"make history-merge FROM=origin/{SHARED} BOOK=all"
        assert last == "make history-publish BOOK=all"
        steps = github_steps()[name]
        assert [step.get("continue-on-error", False) for step in steps] == [True, False, True]
        assert steps[-1]["if"] == "always() && github.ref == 'refs/heads/main'"

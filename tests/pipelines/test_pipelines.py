"""The pipelines: their form, what they call, and that their scripts run in a clean clone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from clean_clone import ROOT, clean_clone, commit, environment, ran
from scripts import BRANCH, GITHUB, GITLAB, commands, github_steps, gitlab_jobs, read

pytestmark = pytest.mark.integration

FILES = {
    **{GITLAB: "gitlab-ci"},
    **dict.fromkeys(sorted(GITHUB.glob("*.yml")), "github-workflows"),
    **dict.fromkeys(sorted((ROOT / ".github/actions").glob("*/action.yml")), "github-actions"),
}
SETTING = re.compile(r"""[A-Z]+=("\$[A-Z]+"|[\w/-]+|'[\w*-]+')$""")
# The project's Python as it is here: it is not set up a second time for the clone.
REAL = """#!/bin/sh
case "$1" in */venv.py) echo "{python}";; *) exec "{python}" "$@";; esac
"""
# In the place of the project's Python: it writes down what it was asked, and succeeds.
FAKE = """#!/bin/sh
case "$1" in */venv.py) echo "$0"; exit 0;; esac
echo "$*" >> "$ASKED"
[ "$2" != steps.since ] || echo every-scenario
"""


JOBS = gitlab_jobs()


def problems(file: Path, schema: str) -> str:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run([*words, str(file)], capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout if done.returncode else ""


def test_the_files_have_the_form_that_the_services_ask_for() -> None:
    assert len(FILES) >= 4
    assert {
        str(file): found for file, schema in FILES.items() if (found := problems(file, schema))
    } == {}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ("gitlab-ci", "check: {stage: check, scripts: [make test]}"),
        ("github-workflows", "on: push\njobs: {check: {steps: [{run: make test}]}}"),
        ("github-actions", "name: x\nruns: {using: composite}"),
    ],
)
def test_another_form_is_told(tmp_path: Path, schema: str, text: str) -> None:
    file = tmp_path / "wrong.yml"
    file.write_text(text)
    assert problems(file, schema)


def test_both_services_have_the_same_jobs_with_the_same_scripts() -> None:
    steps = github_steps().items()
    assert {name: [each["run"] for each in job] for name, job in steps} == {
        name: commands(script) for name, script in JOBS.items() if name != "toolchain"
    }
    assert set(JOBS) == {"check", "changed", "prove", "nightly", "mutants", "toolchain", "pages"}


def test_scripts_are_documented_targets_and_nothing_else() -> None:
    listed = subprocess.run(
        ["make", "-C", str(ROOT)], capture_output=True, text=True, check=True, env=environment()
    )
    targets = set(re.findall(r"^  make ([a-z0-9-]+) ", listed.stdout, re.MULTILINE))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = "\n".join(line for line in readme.splitlines() if line.startswith("| `make "))
    in_readme = set(re.findall(r"`make ([a-z0-9-]+)", rows))
    for line in (line for script in JOBS.values() for line in commands(script)):
        words = line.split()
        assert words[0] == "make", line
        assert words[1] in targets & in_readme, line
        assert all(
            re.match(r"""[A-Z]+=("\$[A-Z]+"|[\w/-]+|'[\w*-]+')$""", word) for word in words[2:]
        ), line


def test_the_jobs_of_a_merge_request_a_schedule_and_the_pages() -> None:
    jobs = read(GITLAB)
    rules = {name: str(jobs[name].get("rules")) for name in JOBS}
    assert [name for name, rule in rules.items() if '== "merge_request_event"' in rule] == [
        "changed"
    ]
    assert [name for name, rule in rules.items() if '== "schedule"' in rule] == [
        "nightly",
        "mutants",
    ]
    assert all("SINCE=" in line for line in JOBS["changed"])
    assert jobs["changed"]["variables"]["GIT_DEPTH"] == 0
    assert {need["job"] for need in jobs["pages"]["needs"]} == {"prove", "nightly"}
    # A red proof, or a push that touches something else, keeps no key from being published.
    assert jobs["toolchain"]["needs"] == []
    assert all("changes" not in rule for rule in jobs["toolchain"]["rules"])
    for name in ("changed", "prove", "nightly"):
        kept = jobs[name]["artifacts"]
        assert kept["when"] == "always"
        assert kept["paths"] == ["build"]
        each = "build/junit/*.xml" if name == "nightly" else "build/junit.xml"
        assert each in kept["reports"]["junit"]
    steps = read(GITHUB / "proof.yml")["jobs"]["changed"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0


TOLD = {
    "nightly": {"WEBHOOK": "secrets.WEBHOOK", "WEBHOOK_FORM": "vars.WEBHOOK_FORM"},
    "pages": {"GUIDE": "vars.GUIDE"},
}
"""What people say to a job; a service that has it as no environment maps it."""


@pytest.mark.parametrize("job", JOBS)
def test_what_people_set_reaches_its_job_on_both_services(job: str) -> None:
    """GitLab's variables are environment, unless the file says another value."""
    told = TOLD.get(job, {})
    gitlab = read(GITLAB)
    for name in (name for names in TOLD.values() for name in names):
        assert name not in {**gitlab["variables"], **gitlab[job].get("variables", {})}
    if job != "toolchain":
        found = read(GITHUB / "proof.yml")["jobs"][job]
        mapped = {name: str(value) for name, value in (found.get("env") or {}).items()}
        assert {name: value for name, value in mapped.items() if name != "BASE"} == {
            name: f"${{{{ {value} }}}}" for name, value in told.items()
        }


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clean_clone(tmp_path_factory.mktemp("clean") / "a clone")


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("real") / "python"
    file.write_text(REAL.format(python=sys.executable))
    file.chmod(0o755)
    return str(file)


@pytest.mark.parametrize("name", JOBS)
def test_each_script_runs_in_a_clean_clone(tmp_path: Path, clone: Path, name: str) -> None:
    """make and the shell are the real ones; it is noted what the project's Python is asked."""
    fake, asked = tmp_path / "python", tmp_path / "asked"
    fake.write_text(FAKE)
    fake.chmod(0o755)
    variables = {**BRANCH, "PYTHON": str(fake), "ASKED": str(asked), "BASE": commit(clone)}
    done = ran(JOBS[name], clone, variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(asked.read_text().splitlines()) >= len(commands(JOBS[name]))
    assert not list(clone.glob("build")), "the fake made nothing, and nothing else may"


def test_a_merge_request_that_changes_nothing_runs_no_scenario(clone: Path, real: str) -> None:
    """Nothing is replaced here: with the commit itself as its base the whole script runs."""
    done = ran(JOBS["changed"], clone, {"BASE": commit(clone), "PYTHON": real})
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("nothing has changed for any scenario") == len(JOBS["changed"])


def test_a_merge_request_without_its_base_is_refused(clone: Path, real: str) -> None:
    done = ran(JOBS["changed"], clone, {"BASE": "0" * 40, "PYTHON": real})
    assert done.returncode == 2
    assert "is no commit of" in done.stderr


def test_the_pages_of_a_run_that_could_not_begin_are_published(tmp_path: Path, real: str) -> None:
    clone = clean_clone(tmp_path / "clone")
    words = [sys.executable, "-m", "report", "lost", "--code=3", "--why=no cluster came up"]
    words += ["--book-name=operational", "--features-folder=features", "--provider=embedded"]
    env = environment(PYTHONPATH=str(clone))
    lost = subprocess.run(words, cwd=clone, env=env, capture_output=True, text=True, timeout=120)
    assert (clone / "build/results.json").is_file(), lost.stderr
    done = ran(JOBS["pages"], clone, {"PYTHON": real})
    assert done.returncode == 0, done.stderr
    assert "no cluster came up" in (clone / "public/index.html").read_text(encoding="utf-8")

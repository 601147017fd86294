"""The jobs of both services: their scripts, and how a runner of each runs them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from clean_clone import ROOT, ran

GITLAB = ROOT / ".gitlab-ci.yml"
GITHUB = ROOT / ".github" / "workflows"
BESIDE_JOBS = {"stages", "workflow", "default", "variables"}
# What a runner of GitLab's says of the branch; without these a job publishes nothing.
BRANCH = {"CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main"}
# What stands around a command so that a history that cannot be shared does not end the job.
_AROUND = (
    'test "$CI_COMMIT_BRANCH" != "$CI_DEFAULT_BRANCH" || ',
    " || red=$?",
    " || alone=75",
    "exit ${red:-${alone:-0}}",
)


def read(file: Path) -> dict[str, Any]:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def gitlab_jobs() -> dict[str, list[str]]:
    """The script of each job."""
    return {
        name: job["script"]
        for name, job in read(GITLAB).items()
        if name not in BESIDE_JOBS and not name.startswith(".")
    }


def github_steps() -> dict[str, list[dict[str, Any]]]:
    """The steps of each job that run something."""
    return {
        name: [step for step in job["steps"] if "run" in step]
        for file in sorted(GITHUB.glob("*.yml"))
        for name, job in read(file)["jobs"].items()
    }


def commands(script: list[str]) -> list[str]:
    """What a script calls, without what stands around it."""
    bare = ["".join(re.split("|".join(map(re.escape, _AROUND)), line)) for line in script]
    return [line for line in bare if line]


def ran_on_github(
    steps: list[dict[str, Any]], clone: Path, variables: Mapping[str, str]
) -> tuple[bool, str]:
    """Whether the job is green, and all that its steps wrote to standard error."""
    green, said = True, ""
    for step in steps:
        if green or "always()" in step.get("if", ""):
            done = ran([step["run"]], clone, variables)
            said += done.stderr
            green = green and (done.returncode == 0 or step.get("continue-on-error") is True)
    return green, said

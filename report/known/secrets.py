"""Masking once more, before results reach a page: they may come from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from report.history import PastRun
from report.masking import mask
from report.results import Results

# Masking takes half a second for a megabyte; most texts hold nothing that it could find.
_HINT = re.compile(
    r"PRIVATE KEY|LS0tLS1C|H4sI|SDRzS|\.agekey|\.dockerconfigjson"
    r"|gl[a-z]{2,5}-|gh[pousr]_|github_pat_|AGE-SECRET|eyJ|-data\b"
    r"|authorization|token|passw|secret|identity|://[^\s/]*@",
    re.IGNORECASE,
)


def safe(text: str) -> str:
    """The text with every secret masked."""
    return mask(text) if _HINT.search(text) else text


def masked(results: Results) -> Results:
    """The same results with every text masked."""
    return Results.load(_walk(results.dump()))


def masked_past(run: PastRun) -> PastRun:
    """The same stored run with its free texts masked; scenario ids come from features."""
    versions = {name: safe(version) for name, version in run.versions.items()}
    scenarios = {
        name: one._replace(reason=safe(one.reason)) if one.reason else one
        for name, one in run.scenarios.items()
    }
    return replace(
        run,
        provider=safe(run.provider),
        commit=safe(run.commit),
        versions=versions,
        command=safe(run.command),
        simulated=tuple(map(safe, run.simulated)),
        stopped=safe(run.stopped),
        scenarios=scenarios,
    )


def _walk(value: Any) -> Any:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, dict):
        return {key: _walk(item) for key, item in value.items()}
    return [_walk(item) for item in value] if isinstance(value, list) else value

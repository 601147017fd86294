"""Ask go which versions of modules are served: what was retracted is not among them."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.errors import UsageError
from sandbox.toolchain import compiler
from sandbox.toolchain.golang import Go
from sandbox.toolchain.newer.pinned import Pinned
from sandbox.toolchain.progress import Clock

LIMIT_S: float = 600
"""Seconds that go may take: where a host hangs, git waits for as long as it does."""
_CURE = "check the network, or name a module proxy that answers with GOPROXY"


def served(asked: Sequence[Pinned], clock: Clock) -> Mapping[str, list[str]]:
    """The versions of each module, by its path.

    Raises UsageError for the first of which none is told, with what go says.
    """
    # A folder of its own, not the toolchain's: nobody who builds there is waited for.
    with tempfile.TemporaryDirectory(prefix="proofbook-newer-") as folder:
        work, empty = Path(folder) / "work", Path(folder) / "empty"
        work.mkdir()
        empty.mkdir()
        clock.tell("asking for newer versions")
        go = Go(compiler=compiler.find(work / "go"), work=work)
        try:
            done = subprocess.run(
                [go.compiler.program, *_words(asked)],
                cwd=empty,
                env=_env(go),
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
            )
        except subprocess.TimeoutExpired:
            why, who = f"no answer within {LIMIT_S:g} s", _named(asked)
            raise UsageError(f"newer versions of {who} are not known: {why}", cure=_CURE) from None
    answers = {str(each["Path"]): each for each in _objects(done.stdout)}
    return {each.module: _versions(each, answers, done.stderr) for each in asked}


def _named(asked: Sequence[Pinned]) -> str:
    return ", ".join(each.name for each in asked)


def _words(asked: Sequence[Pinned]) -> list[str]:
    # -e: what is wrong is told of each module, in its own object.
    return ["list", "-m", "-e", "-versions", "-json", *(each.module for each in asked)]


def _env(go: Go) -> dict[str, str]:
    """The person's own proxy and nothing before it: a cache knows only what was downloaded."""
    env = {**go.env, "GOFLAGS": "-mod=mod -modcacherw"}
    del env["GOPROXY"]
    return env | {name: os.environ[name] for name in ("GOPROXY",) if name in os.environ}


def _objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects of a text, one behind the other."""
    decoder, found = json.JSONDecoder(), []
    while text := text.lstrip():
        try:
            value, end = decoder.raw_decode(text)
        except ValueError:
            break  # go was cut off: the module that is missing is told of
        found.append(value)
        text = text[end:]
    return found


def _versions(asked: Pinned, answers: Mapping[str, dict[str, Any]], said: str) -> list[str]:
    answer = answers.get(asked.module, {})
    versions = [str(each) for each in answer.get("Versions", ())]
    if error := answer.get("Error"):
        why = " ".join(str(error.get("Err", error)).split())
        raise UsageError(f"newer versions of {asked.name} are not known: {why}", cure=_CURE)
    if not versions:
        why = " ".join(said.split()[-40:]) or f"the answer names no version of {asked.module}"
        raise UsageError(f"newer versions of {asked.name} are not known: {why}", cure=_CURE)
    return versions

"""A small suite that is run by workers which are real processes."""

import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tiny_suite import TinySuite

from report.results import Results
from steps import workers

FEATURE = """
    @shop
    Feature: Shop
      @id:a @unit:shop/opens @odd
      Scenario: A
        Given it opens
      @id:b @unit:shop/opens @even
      Scenario: B
        Given it opens
      @id:c @unit:shop/opens @odd
      Scenario: C
        Given it opens
      @id:d @unit:shop/opens @even
      Scenario: D
        Given it opens
"""
STEPS = """
    import trouble

    @given("it opens")
    def _(request): trouble.happens(request.node.name)
"""
WORKER = """
import argparse, os, subprocess, sys
parser = argparse.ArgumentParser()
for name in ("--share", "--sandbox-name", "--build"):
    parser.add_argument(name)
given = parser.parse_args()
print("share", given.share, "of", given.sandbox_name, flush=True)
import before
before.happens(given.share, given.build)
import pytest
files = ["--results", given.build + "/results.json", "--junit-xml", given.build + "/junit.xml"]
code = int(pytest.main([*{options}, "--share", given.share, *files]))
before.ends(given.share, given.build)
sys.exit(code)
"""
NOTHING = "def happens(*_): pass\ndef ends(*_): pass\n"
SELF = "import os, signal, sys, pathlib, select\n"


@dataclass
class Shop:
    """A suite of four scenarios in a folder of its own, for two workers."""

    folder: Path

    def run(self, *, count: int = 2, before: str = "", inside: str = "", **limits: float) -> int:
        """The exit code. `before` has happens and ends (share, build), `inside` happens (test)."""
        suite = TinySuite(
            self.folder,
            FEATURE,
            STEPS,
            trouble=SELF + (inside or NOTHING),
            before=SELF + NOTHING + before,
        )
        script = self.folder / "worker.py"
        options = [word for word in suite.command()[3:]]
        options = [one for one in options if one not in ("--results", "build/results.json")]
        script.write_text(WORKER.replace("{options}", repr(options)))
        plan = ["--features-folder=features", "--edition-folder=", "--again=make e2e"]
        return workers.run(
            [sys.executable, str(script)], count, "e2e", Path("build"), plan=plan, **limits
        )

    @property
    def results(self) -> Results:
        return Results.read(self.folder / "build/results.json")

    def statuses(self) -> str:
        return " ".join(one.status for one in self.results.scenarios)

    def error(self, name: str) -> str:
        return next(one.error for one in self.results.scenarios if one.id == f"shop/{name}")

    def junit(self) -> ElementTree.Element:
        return ElementTree.fromstring((self.folder / "build/junit.xml").read_bytes())

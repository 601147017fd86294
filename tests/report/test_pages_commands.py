"""Commands on a page: beside the unit of their block, with what they answered in its order."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide import Edition
from report.evidence import Command
from report.folder import Folder
from report.known.beside import Beside
from report.pages.evidence import RunEvidence
from report.pages.outputs import Outputs
from report.results import Run, ScenarioResult, StepResult

AT = "2026-11-20T03:12:40.000Z"
PAGE = """# Adding { #overview }

## Step 4: Bootstrap { #step-4 }

``` { .bash #make-key }
ssh-keygen -q -f <key-file>
```

``` { .bash #bootstrap }
flux bootstrap gitlab \\
  --hostname=<gitlab-host>
git pull
```

## Step 5: Commit and push { #step-5 }

``` { .bash #push }
git commit -m "<message>"
git pull
```
"""
RAN = (
    ("make-key", "ssh-keygen -q -f /keys/stg"),
    ("bootstrap", "flux bootstrap gitlab \\\n  --hostname=127.0.0.1"),
    ("bootstrap", "git pull"),
    ("push", 'git commit -m "Add it"'),
    ("push", "git pull"),
)


def shown(tmp_path: Path, commands: tuple[Command, ...], unit: str = "") -> str:
    pages = tmp_path / "pages"
    pages.mkdir(exist_ok=True)
    (pages / "adding.md").write_text(PAGE)
    text = 'the engineer follows steps 4 to 5 of "adding"'
    step = StepResult("When", text, "passed", 1.0, commands=commands)
    scenario = ScenarioResult(
        "a/b", "features/a.feature", "B", (), (), "passed", 1, 1.0, steps=(step,)
    )
    run = Run("r1", AT, AT, 1.0, "kind", {}, "", "")
    evidence = RunEvidence(run, Outputs(Folder(tmp_path)), "../", tmp_path)
    beside = Beside.of(unit, Edition.read(pages)) if unit else None
    return evidence.scenario(scenario, "one", beside=beside)


@pytest.mark.parametrize(
    ("unit", "there", "elsewhere", "count"),
    [
        ("adding/step-4", ("ssh-keygen -q -f /keys/stg", "--hostname=127.0.0.1"), "git commit", 3),
        ("adding/step-5", ("git commit -m &quot;Add it&quot;",), "ssh-keygen", 2),
    ],
)
def test_a_unit_has_all_commands_of_its_blocks_and_no_other(
    tmp_path: Path, unit: str, there: tuple[str, ...], elsewhere: str, count: int
) -> None:
    commands = tuple(Command(line, ".", 0, "", "", 0.1, block=block) for block, line in RAN)
    page = shown(tmp_path, commands, unit)
    for line in there:
        assert line in page
    assert elsewhere not in page
    assert page.count('class="pb-line"') == count


def test_both_streams_are_shown_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    page = shown(tmp_path, (Command("x", ".", 0, "a\nc\n", "b\n", 0.1, output="a\nb\nc\n"),))
    assert "a\nb\nc</code>" in page
    assert page.count('<pre class="pb-out"') == 1


def test_a_command_that_was_stopped_has_no_exit_code(tmp_path: Path) -> None:
    note = "stopped at its limit of 120 s"
    page = shown(tmp_path, (Command("x", ".", None, "a\n", "", 120.0, note=note),))
    assert '<span class="pb-exit pb-bad">stopped</span>' in page
    assert note in page
    assert "None" not in page

"""A page as it is published: a change is one that a reader can apply."""

from __future__ import annotations

import os
import re
import subprocess
from functools import partial
from pathlib import Path

import pytest

from guide import Page
from report.known.states import State
from report.pages.render import piece
from report.pages.weave import weave

PAGE = """# Lists

``` { .diff #two .variant title="team/list.yaml" }
%s@@ -2 +2,2 @@
   - one.yaml
+  - two.yaml
```
"""


@pytest.mark.parametrize("names", ["", "--- a/team/list.yaml\n+++ b/team/list.yaml\n"])
def test_a_change_can_be_copied_and_applied(tmp_path: Path, names: str) -> None:
    source = tmp_path / "lists.md"
    source.write_text(PAGE % names)
    page = Page.read(source)
    below = partial(piece, "chapter.under_block")
    shown = weave(page, "", lambda unit: "", lambda unit: "", lambda one: below(one, State.PROVEN))
    assert "``` { .diff #two .variant title=" in shown
    assert "A change of the file as it is at that moment." in shown
    block = re.search(r"^``` \{ \.diff.*\n((?:.*\n)*?)```$", shown, re.MULTILINE)
    assert block
    assert block[1].count("team/list.yaml") == 2
    (tmp_path / "team").mkdir()
    file = tmp_path / "team" / "list.yaml"
    file.write_text("resources:\n  - one.yaml\n")
    env = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "PATH": os.environ["PATH"]}
    subprocess.run(["git", "apply"], input=block[1].encode(), cwd=tmp_path, env=env, check=True)
    assert file.read_text() == "resources:\n  - one.yaml\n  - two.yaml\n"

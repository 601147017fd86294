"""Somebody at a terminal of their own with a page of blocks, and no cluster."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from guide import Edition
from sandbox.desk import Desk
from steps.engineer import Engineer


def typist(tmp_path: Path, blocks: Mapping[str, str], language: str = "bash") -> Engineer:
    """An engineer whose page has these blocks, by their ids, and whose clone has one commit."""
    names = {f"GIT_{who}_{what}": "somebody@example.com" for who in ("AUTHOR", "COMMITTER")
             for what in ("NAME", "EMAIL")}  # fmt: skip
    desk = Desk(tmp_path, {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **names})
    desk.clone.mkdir()
    desk.git("init", "--quiet", "--initial-branch=main")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    pages = tmp_path / "guide"
    pages.mkdir()
    page = "# A page\n\n## Step 1: Do it { #step-1 }\n"
    for name, text in blocks.items():
        page += f"\n``` {{ .{language} #{name} }}\n{text}```\n"
    (pages / "page.md").write_text(page)
    nobody: Any = None
    pushed: list[str] = []
    chain: Any = SimpleNamespace(pushed=pushed.append)
    layout = SimpleNamespace(branch="main")
    provider = SimpleNamespace(clusters=dict)
    sandbox: Any = SimpleNamespace(
        desk=desk, head=desk.head, layout=layout, refs=dict, provider=provider
    )
    edition = Edition.read(pages)
    values = {"name": "filled"}
    return Engineer(sandbox, edition, chain, nobody, values, desk.terminal())

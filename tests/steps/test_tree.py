"""Sentences about the monorepo as the Git server has it, whatever lies in the engineer's clone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.desk import Desk
from steps import tree
from steps.engineer import Engineer

DRAWN = """.
├── README.md
└── clusters/
    ├── one
    │   ├── flux-system
    │   │   └── sync.yaml
    │   └── app.yaml
    └── last.yaml
"""
PATHS = ["README.md", "clusters/one/flux-system/sync.yaml", "clusters/one/app.yaml"]
ALL = [*PATHS, "clusters/last.yaml"]


class World:
    """A server, the engineer's clone of it, and what somebody else does there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bare = folder / "server.git"
        names = {f"GIT_{who}_{what}": "me" for who in ("AUTHOR", "COMMITTER")
                 for what in ("NAME", "EMAIL")}  # fmt: skip
        plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        self.env = {"PATH": os.environ["PATH"], "HOME": str(folder), **plain, **names}
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        self.desk = Desk(folder / "desk", self.env)
        self.desk.folder.mkdir()
        self.git("clone", "--quiet", str(self.bare), str(self.desk.clone))
        for path in ALL:
            self.desk.write(path, "x\n")
        self.desk.git("add", ".")
        self.desk.git("commit", "--quiet", "--message", "first")
        self.desk.git("push", "--quiet", "origin", "HEAD:main")
        monorepo = Desk(self.bare.parent, self.env, self.bare.name)
        sandbox = SimpleNamespace(desk=self.desk, head=self.head, monorepo=monorepo)
        edition = SimpleNamespace(block=lambda _: SimpleNamespace(text=DRAWN))
        self.engineer = cast("Engineer", SimpleNamespace(sandbox=sandbox, edition=edition))

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], env=self.env, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def head(self) -> str:
        return self.git("-C", str(self.bare), "rev-parse", "main")

    def somebody_pushes(self, path: str, name: str = "Mallory") -> None:
        other = self.folder / name
        self.git("clone", "--quiet", str(self.bare), str(other))
        (other / path).write_text("y\n")
        self.git("-C", str(other), "add", ".")
        self.git("-C", str(other), "-c", f"user.name={name}", "commit", "--quiet", "-m", "more",
                 "--author", f"{name} <x@example.com>")  # fmt: skip
        self.git("-C", str(other), "push", "--quiet")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def table(*files: str) -> Any:
    return [["file"], *([each] for each in files)]


def test_what_lies_in_the_clone_alone_is_none_of_the_monorepo(world: World) -> None:
    world.desk.write("clusters/mine.yaml", "z\n")
    world.desk.git("add", ".")
    world.desk.git("commit", "--quiet", "--message", "not pushed")
    tree.has_file(world.engineer, "clusters/last.yaml")
    with pytest.raises(AssertionError, match=r"mine\.yaml is not among"):
        tree.has_file(world.engineer, "clusters/mine.yaml")
    tree.has_the_tree(world.engineer, "tree")


def test_what_others_pushed_is_seen_and_the_clone_stays_as_it_was(world: World) -> None:
    before = world.desk.git("for-each-ref"), world.desk.git("status", "--porcelain")
    first = world.desk.first_commit()
    world.somebody_pushes("stray.yaml")
    tree.has_file(world.engineer, "stray.yaml")
    with pytest.raises(AssertionError, match="not drawn"):
        tree.has_the_tree(world.engineer, "tree")
    with pytest.raises(AssertionError, match=r"changed by .*Mallory"):
        tree.changed_by(world.engineer, "Flux")
    tree.changed_by(world.engineer, "Mallory")
    tree.changed_files(world.engineer, table("stray.yaml"))
    with pytest.raises(AssertionError, match="these have changed"):
        tree.changed_files(world.engineer, table("clusters/last.yaml"))
    assert (world.desk.git("for-each-ref"), world.desk.git("status", "--porcelain")) == before
    assert world.desk.first_commit() == first


@pytest.mark.parametrize("folder", ["clusters", "clusters/", "./clusters/", "clusters/one/"])
def test_a_folder_with_files_has_something_however_it_is_written(world: World, folder: str) -> None:
    with pytest.raises(AssertionError, match=r"it has clusters/"):
        tree.has_nothing_below(world.engineer, folder)


@pytest.mark.parametrize(
    ("folder", "why"), [("/clusters", "none of a repository"), (".", "whole"), ("", "whole")]
)
def test_what_is_no_folder_of_a_repository_has_not_nothing(
    world: World, folder: str, why: str
) -> None:
    with pytest.raises(AssertionError, match=why):
        tree.has_nothing_below(world.engineer, folder)


def test_a_folder_whose_name_begins_like_another_has_nothing(world: World) -> None:
    tree.has_nothing_below(world.engineer, "cluster")
    tree.has_nothing_below(world.engineer, "clusters/on")


def test_a_drawn_tree_is_compared_with_the_files_of_the_branch(world: World) -> None:
    assert tree.drawn_paths(DRAWN) == ALL
    tree.has_the_tree(world.engineer, "tree")

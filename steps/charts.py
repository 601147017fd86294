"""Sentences about charts that lie on the Git server."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pytest_bdd import given, parsers

from sandbox.charts.repository import sources
from sandbox.copying import working_copy
from sandbox.desk import Desk, seed
from steps.engineer import Engineer


@given(parsers.parse('the public project "{project}" has the charts on branch "{branch}"'))
def project_has_the_charts(engineer: Engineer, project: str, branch: str) -> None:
    """A project of a group of its own: each chart below `charts/`.

    Both go with the return to the baseline; a sandbox that is kept keeps them.
    """
    sandbox = engineer.sandbox
    gitlab, layout = sandbox.gitlab, sandbox.layout
    group, _, name = project.rpartition("/")
    gitlab.create_group(group, visibility="public")
    gitlab.add_member(group, "engineer", "maintainer")
    gitlab.create_project(group, name, visibility="public", default_branch=branch)
    further = Path(layout.charts) if layout.charts else None
    with TemporaryDirectory() as work:
        tree = Path(work) / "tree"
        for chart in sources(sandbox.toolchain, further):
            working_copy(chart, tree / "charts" / chart.name)
        desk = Desk(Path(work), sandbox.desk.env, name)
        seed(desk, f"{gitlab.url}/{project}.git", branch, tree, {}, "Lay out the charts")

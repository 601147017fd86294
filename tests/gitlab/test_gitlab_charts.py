"""A public project with the sandbox's charts: whoever wants them clones it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gitlab
import pytest
from gitlab_live import Desk, Live

from sandbox.charts.repository import STAND_INS
from sandbox.desk import set_up
from sandbox.layout import Layout
from steps.charts import project_has_the_charts

pytestmark = pytest.mark.integration

PROJECT = "chart-makers/podinfo"


@pytest.fixture
def engineer(live: Live, root: gitlab.Gitlab, tmp_path: Path) -> Any:
    """One with charts of a book's own, who may do what an engineer of a sandbox may."""
    server = live.gitlab
    if not root.users.list(username="engineer"):
        server.create_user("engineer")
    for place in (tmp_path / "share" / "charts" / "podinfo", tmp_path / "more" / "ours"):
        place.mkdir(parents=True)
        (place / "Chart.yaml").write_text(f"name: {place.name}\nowner: <owner>\n")
    access = {
        "GITLAB_CA_FILE": str(server.ca_file),
        "GITLAB_TOKEN": server.create_token("engineer", ["api"]),
        "GIT_HTTPS_URL": f"{server.url}/x.git",
    }
    layout = Layout(charts=str(tmp_path / "more"))
    sandbox = SimpleNamespace(
        gitlab=server,
        layout=layout,
        toolchain=SimpleNamespace(share=tmp_path / "share"),
        desk=set_up(tmp_path / "desk", tmp_path, access, layout),
    )
    return SimpleNamespace(sandbox=sandbox)


def test_everybody_reads_the_charts_until_the_return_to_the_baseline(
    engineer: Any, live: Live, root: gitlab.Gitlab, tmp_path: Path
) -> None:
    before = live.gitlab.snapshot()
    project_has_the_charts(engineer, PROJECT, "master")
    reader = Desk(tmp_path / "reader", live)
    reader.folder.mkdir()
    url = f"{live.gitlab.url}/{PROJECT}.git"
    got = tmp_path / "got"
    reader.done("clone", "--quiet", url, str(got))
    assert reader.done("symbolic-ref", "--short", "HEAD", cwd=got) == "master"
    stand_ins = {path.parent.name for path in STAND_INS.glob("*/Chart.yaml")}
    assert stand_ins
    assert {path.name for path in (got / "charts").iterdir()} == {"podinfo", "ours", *stand_ins}
    # Nothing in angle brackets is filled: a chart is somebody else's text.
    assert (got / "charts/ours/Chart.yaml").read_text() == "name: ours\nowner: <owner>\n"
    live.gitlab.restore(before)
    with pytest.raises(gitlab.GitlabGetError, match="404"):
        root.groups.get("chart-makers")
    with pytest.raises(gitlab.GitlabGetError, match="404"):
        root.projects.get(PROJECT)

import queue
from pathlib import Path

import pytest
import site_sample as sample
import yaml

from report.__main__ import main
from report.site import serve
from report.site.site import Site

ROOT = Path(__file__).resolve().parents[2]


def test_the_pages_job_publishes_what_publish_makes():
    jobs = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
    assert jobs["pages"]["script"] == ["make publish"]
    assert jobs["pages"]["artifacts"]["paths"] == ["public"]


def test_the_theme_asks_no_other_host():
    text = (ROOT / "mkdocs.yml").read_text()
    assert "http" not in text
    assert yaml.safe_load(text)["theme"]["font"] is False
    assert "hooks" not in yaml.safe_load(text)


def test_changed_input_is_written_again_and_the_pages_themselves_are_no_input(tmp_path):
    site = Site(sample.build(tmp_path / "clone", past=0), tmp_path / "site")
    site.write()
    found: queue.Queue[str] = queue.Queue()
    found.put(str(site.source.resolve() / "index.md"))
    assert not serve.drained(found, site)
    found.put(str(site.inputs.root / "docs" / "try-it.md"))
    assert serve.drained(found, site)


def test_half_written_input_is_told_and_changes_nothing(tmp_path, capsys):
    site = Site(sample.build(tmp_path / "clone", past=0), tmp_path / "site")
    site.write()
    before = (site.source / "index.md").read_bytes()
    site.inputs.results.write_text("{")
    serve.again(site)
    assert "not rebuilt" in capsys.readouterr().err
    assert (site.source / "index.md").read_bytes() == before


@pytest.mark.parametrize("out", ["", ".", "/", ".."])
def test_a_site_has_a_folder_of_its_own(tmp_path, monkeypatch, capsys, out):
    monkeypatch.chdir(tmp_path)
    for command in ("site", "pages", "serve", "publish"):
        with pytest.raises(SystemExit) as ended:
            main([command, f"--out={out}"])
        assert ended.value.code == 2
        assert f"{out!r} names no folder of its own" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

"""The site is built from an input, or one line says why not; it is whole and always the same."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest
import site_sample as sample
from site_links import faults
from site_sample import everything

from report.__main__ import main
from report.site.site import Site

pytestmark = pytest.mark.integration


def test_every_link_and_anchor_resolves_and_nothing_is_loaded_from_elsewhere(site):
    assert faults(site.out) == []


def test_the_same_input_gives_the_same_bytes(site, tmp_path):
    again = Site(sample.build(tmp_path / "clone"), tmp_path / "site")
    again.build()
    assert everything(again.source) == everything(site.source)
    assert everything(again.out) == everything(site.out)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda p: p.write_text(json.dumps({"schema": 2, "run": {}, "scenarios": []})), "schema 1"),
        (lambda p: p.write_text(p.read_text()[:500]), "is no JSON"),
        (lambda p: p.write_bytes(b"\xff\xfe"), "is not UTF-8"),
        (lambda p: p.write_text("[]"), "breaks the results schema"),
        (lambda p: p.unlink(), "cannot be read"),
    ],
    ids=["other schema", "cut", "not UTF-8", "no object", "gone"],
)
def test_results_that_cannot_be_taken_are_one_line_and_exit_2(tmp_path, capsys, damage, said):
    inputs = sample.build(tmp_path / "clone", past=0)
    damage(inputs.results)
    arguments = ["site", "--root", str(inputs.root), "--results", str(inputs.results)]
    code = main([*arguments, "--history", str(inputs.history), "--out", str(tmp_path / "site")])
    error = capsys.readouterr().err
    assert code == 2
    assert said in error
    assert str(inputs.results) in error
    assert error.count("\n") == 1
    assert not (tmp_path / "site").exists()


def test_a_folder_that_is_not_ours_is_not_built_over(tmp_path, capsys):
    inputs = sample.build(tmp_path / "clone", past=0)
    precious = tmp_path / "mine"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")
    (tmp_path / "other-src").mkdir()
    (tmp_path / "other-src" / "code.py").write_text("years of work")
    arguments = ["site", "--root", str(inputs.root), "--results", str(inputs.results)]
    for out in (precious, tmp_path / "other"):
        assert main([*arguments, "--out", str(out)]) == 2
        assert "was not made by proofbook" in capsys.readouterr().err
    assert (precious / "thesis.txt").is_file()
    assert (tmp_path / "other-src" / "code.py").is_file()


@pytest.mark.parametrize("wrong", [["--now", "soon"], ["--builder", "make"], ["--port", "x"]])
def test_a_wrong_option_is_exit_2(wrong, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["serve" if "--port" in wrong else "site", *wrong])
    assert caught.value.code == 2
    capsys.readouterr()


def test_publish_makes_the_folder_for_pages(tmp_path, monkeypatch, capsys):
    inputs = sample.build(tmp_path / "clone", past=0)
    monkeypatch.chdir(tmp_path)
    arguments = ["--root", str(inputs.root), "--results", str(inputs.results)]
    assert main(["publish", *arguments, "--history", str(inputs.history)]) == 0
    assert (tmp_path / "public" / "index.html").is_file()
    assert main(["publish", *arguments, "--history", str(inputs.history)]) == 0
    assert "1 failed" in capsys.readouterr().out


@pytest.mark.skipif(
    find_spec("properdocs") is None and os.environ.get("CI") != "true",
    reason="properdocs is not installed",
)
def test_a_second_builder_takes_the_same_pages(tmp_path):
    inputs = sample.build(tmp_path / "clone", past=1)
    Site(inputs, tmp_path / "site").build("properdocs")
    assert "What broke" in (tmp_path / "site" / "index.html").read_text()


def test_the_builder_is_told_from_outside_that_something_is_wrong(tmp_path):
    inputs = sample.build(tmp_path / "clone", past=0)
    (inputs.docs / "try-it.md").write_text("# Try it\n\n[gone](nowhere.md)\n")
    arguments = ["--root", str(inputs.root), "--results", str(inputs.results)]
    done = subprocess.run(
        [sys.executable, "-m", "report", "site", *arguments, "--out", str(tmp_path / "site")],
        cwd=sample.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert "nowhere.md" in done.stderr
    assert "Traceback" not in done.stderr

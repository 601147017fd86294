import dataclasses
import gzip
from datetime import timedelta

import pytest
import site_sample as sample

from report import archive as module
from report.__main__ import main
from report.archive import Archive
from report.evidence import Command
from report.history import History
from report.site.site import Site


@pytest.fixture
def root(tmp_path):
    folder = sample.clone(tmp_path / "clone")
    (folder / "build" / "outputs").mkdir(parents=True)
    return folder


def with_output(results, file="outputs/0a1b.txt", line="flux logs"):
    """The same results; the first step ran a command whose whole output is in a file."""
    first = results.scenarios[0]
    ran = Command(line, ".", 0, "a part", "", 1.0, stdout_file=file)
    steps = (dataclasses.replace(first.steps[0], commands=(ran,)), *first.steps[1:])
    return dataclasses.replace(
        results, scenarios=(dataclasses.replace(first, steps=steps), *results.scenarios[1:])
    )


def bundled(one):
    return dataclasses.replace(one, bundle="failures/x")


def test_a_run_keeps_its_junit_its_whole_outputs_its_bundles_and_its_evidence(root):
    build = root / "build"
    (build / "junit.xml").write_text(f"<testsuites>{sample.TOKEN}</testsuites>")
    (build / "outputs" / "0a1b.txt").write_text("everything")
    (build / "outputs" / "beef.txt").write_text("of another run")
    (build / "failures" / "verify-shows-it").mkdir(parents=True)
    (build / "failures" / "verify-shows-it" / "events.txt").write_text("events")
    archive = Archive(build / "history")
    assert archive.add(with_output(sample.red(root)), build)
    assert archive.tidy() == []
    kept = build / "history" / "runs" / "r2"
    assert sorted(p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()) == [
        "evidence-1.html.gz",
        "failures/verify-shows-it/events.txt",
        "junit.xml",
        "outputs/0a1b.txt",
        "results.json.gz",
    ]
    assert sample.TOKEN not in (kept / "junit.xml").read_text()
    page = archive.page("r2").decode()
    assert "install retries exhausted" in page
    assert "+kind: HelmRelease" in page
    assert page.index('id="s-add-service--verify-shows-it" open') < page.index("whole-way")


def test_only_the_newest_runs_keep_more_than_their_results(root, monkeypatch):
    monkeypatch.setattr(module, "KEPT_RUNS", 2)
    build = root / "build"
    (build / "junit.xml").write_text("<testsuites/>")
    (build / "outputs" / "0a1b.txt").write_text("everything")
    (build / "failures" / "x").mkdir(parents=True)
    (build / "failures" / "x" / "events.txt").write_text("events")
    archive = Archive(build / "history")
    for number in range(3):
        end = sample.END + timedelta(hours=number)
        results = with_output(sample.green(root, ident=f"r{number}", end=end))
        results = sample.change(
            results,
            "add_service/whole-way",
            lambda one: dataclasses.replace(one, bundle="failures/x"),
        )
        archive.add(results, build)
        archive.tidy()
    names = [
        sorted(path.name for path in (build / "history" / "runs" / f"r{number}").iterdir())
        for number in range(3)
    ]
    everything = ["evidence-1.html.gz", "failures", "junit.xml", "outputs", "results.json.gz"]
    assert names == [["results.json.gz"], everything, everything]


def test_what_is_kept_of_a_run_has_a_limit(root, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 10)
    build = root / "build"
    (build / "outputs" / "0a1b.txt").write_text("eleven char")
    archive = Archive(build / "history")
    archive.add(with_output(sample.green(root)), build)
    assert not archive.file("r1", "outputs").exists()


def test_a_page_of_another_form_is_made_again_and_a_damaged_run_is_told(root, capsys):
    build = root / "build"
    archive = Archive(build / "history")
    for number in (1, 2):
        end = sample.END + timedelta(hours=number)
        results = sample.green(root, ident=f"r{number}", end=end)
        archive.add(results, build)
    archive.file("r1", "evidence-0.html.gz").write_bytes(b"old")
    archive.file("r2", "results.json.gz").write_bytes(b"no gzip")
    results.write(build / "results.json")
    arguments = ["--results", str(build / "results.json"), "--history", str(build / "history")]
    assert main(["record", *arguments]) == 0
    said = capsys.readouterr()
    assert "was in" in said.out
    assert "the results of run r2 cannot be read" in said.err
    assert not archive.file("r1", "evidence-0.html.gz").exists()
    assert archive.page("r1").startswith(b"<!doctype html>")
    assert archive.page("r2") == b""


def test_a_run_without_a_kept_page_says_so_and_a_damaged_page_is_no_traceback(root):
    build = root / "build"
    archive = Archive(build / "history")
    for number in (1, 2, 3):
        end = sample.END + timedelta(hours=number)
        results = sample.green(root, ident=f"r{number}", end=end)
        archive.add(results, build)
    archive.tidy()
    archive.file("r1", module.PAGE).write_bytes(gzip.compress(b"x" * 999)[:-9])
    archive.file("r2", module.PAGE).unlink()
    results.write(build / "results.json")
    inputs = sample.inputs(root, build / "results.json", build / "history")
    site = Site(inputs, root / "site")
    site.write()
    assert "cannot be read" in (site.source / "runs" / "r1.md").read_text()
    assert "not kept as a page" in (site.source / "runs" / "r2.md").read_text()


def test_a_line_whose_id_names_another_folder_is_no_run(root):
    archive = Archive(root / "build" / "history")
    archive.add(sample.green(root), root / "build")
    path = archive.folder / "runs.jsonl"
    path.write_text(path.read_text().replace('"id":"r1"', '"id":"../../../precious"'))
    assert History.read(archive.folder).runs == ()
    assert archive.tidy() == []

"""The pages of runs, newest and older, and of their history."""

import dataclasses

import site_sample as sample
from site_links import faults
from site_sample import write

from report.results import Results
from report.site.site import Site


def test_a_run_page_has_everything_and_keeps_ghosts_apart(site):
    page = (site.source / "runs" / "r2.md").read_text()
    assert "make e2e PROVIDER=embedded" in page
    assert 'href="../data/r2/results.json"' in page
    assert 'href="../data/r2/junit.xml"' in page
    assert page.index("## Results without a scenario") < page.index('id="g-add-service--retired"')
    assert page.count("pb-warn") == 1
    assert "batch/v1beta1 CronJob is gone: batch/v1 is served (in shop)" in page
    assert "Gone since" not in (site.source / "guide" / "add-service.md").read_text()
    stored = Results.read(site.source / "data" / "r2" / "results.json")
    assert stored.run.id == "r2"


def test_the_page_of_an_older_run_leads_to_everything_of_it(site):
    page = (site.source / "runs" / "p006.md").read_text()
    assert "1 failed" in page
    assert "make e2e PROVIDER=embedded" in page
    assert "workload pods simulated" in page
    assert "the output does not name &quot;shop&quot; as Ready" in page
    for name in ("evidence.html", "results.json.gz", "junit.xml"):
        assert f'href="../data/p006/{name}"' in page
        assert (site.out / "data" / "p006" / name).is_file()
    assert 'href="../data/p006/evidence.html#s-add-service--verify-shows-it"' in page
    evidence = (site.out / "data" / "p006" / "evidence.html").read_text()
    assert "To ssh://git@127.0.0.1:2222/platform/fleet" in evidence
    assert "needs real containers, embedded simulates them" in evidence
    assert "<script" not in evidence


def test_a_run_of_one_feature_does_not_spread_out_what_it_was_not_asked_for(tmp_path):
    def part(root):
        results = sample.green(root)
        return dataclasses.replace(
            results,
            scenarios=tuple(
                one
                if one.id.startswith("rotate_key/")
                else sample.stopped(one, "not_run", "not selected (FEATURE=rotate_key)", attempts=0)
                for one in results.scenarios
            ),
        )

    site, _ = write(tmp_path, part)
    page = (site.source / "runs" / "r1.md").read_text()
    assert "4 scenarios not selected (FEATURE=rotate_key)" in page
    assert "the output names" not in page
    home = (site.source / "index.md").read_text()
    assert "not run</span>" not in home.split("## Chapters")[0]


def test_history_shows_the_grid_the_turn_and_the_unsteady(site):
    page = (site.source / "history.md").read_text()
    assert page.count('class="pb-grid"') == 2
    assert "flux: 2.8.5 → 2.9.0" in page
    assert "Duration of a run, embedded" in page
    assert len((site.source / "data" / "history.jsonl").read_text().splitlines()) == 14


def test_a_history_line_cut_in_half_is_left_out_and_said(tmp_path):
    inputs = sample.build(tmp_path / "clone", past=2)
    path = inputs.history / "runs.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1][:100], *lines[2:]]) + "\n")
    site = Site(inputs, tmp_path / "site")
    book = site.write()
    assert len(book.history) == len(lines) - 1
    for page in ("index.md", "history.md"):
        assert "runs.jsonl:2: not a whole run" in (site.source / page).read_text()


def test_runs_before_the_shown_ones_are_listed(tmp_path):
    inputs = sample.build(tmp_path / "clone", past=0)
    path = inputs.history / "runs.jsonl"
    lines = path.read_text()
    old = [
        lines.splitlines()[0]
        .replace('"id":"k1"', f'"id":"old{n:03d}"')
        .replace("2026-11", "2026-01")
        for n in range(95)
    ]
    path.write_text("\n".join(old) + "\n" + lines)
    site = Site(inputs, tmp_path / "site")
    site.build()
    assert (
        '<a href="data/older-runs.html">7 older runs</a>' in (site.out / "history.html").read_text()
    )
    older = (site.out / "data" / "older-runs.html").read_text()
    assert older.count("<tr>") == 8
    assert ">old000<" in older
    assert not (site.out / "runs" / "old006.html").exists()
    assert (site.out / "runs" / "old007.html").exists()
    assert faults(site.out) == []

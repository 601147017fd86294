"""What the first page of the site says, above all of what broke."""

import dataclasses
import shutil

import site_sample as sample
from site_sample import write

from report.site.site import Site


def test_home_says_what_broke_where_and_since_when(site):
    home = (site.source / "index.md").read_text()
    assert "1 scenario fails: the guide does not hold as it stands" in home
    assert (
        'href="guide/add-service.html#s-add-service--verify-shows-it-embedded">The verification'
    ) in home
    assert "Adding a service, Step 4: Look at the result" in home
    assert "Changed since: flux 2.8.5 → 2.9.0" in home
    assert "3 of 4</td>" in home
    assert "make e2e" in home


def test_home_says_what_this_is_what_a_badge_means_and_where_to_begin(site):
    home = (site.source / "index.md").read_text()
    said = home.split('<p class="pb-welcome">')[1].split("</p>")[0]
    assert said.startswith("How a service is added and its key rotated: the commands were run")
    assert "proven</span> that it held" in said
    assert said.count(". ") == 1
    assert 'begin with <a href="guide/add-service.html">Adding a service</a>' in said


def test_a_section_with_nothing_in_it_is_not_shown(tmp_path):
    site, _ = write(tmp_path, sample.green)
    for name in ("index", "coverage", "history"):
        page = (site.source / f"{name}.md").read_text()
        for part in page.split("\n## ")[1:]:
            assert "<" in part or "```" in part, (name, part)
        assert "None" not in page


def test_what_embedded_cannot_run_is_marked_with_its_reason_wherever_it_stands(tmp_path):
    inputs = sample.build(tmp_path / "clone", past=0)
    shutil.rmtree(inputs.history)
    site = Site(inputs, tmp_path / "site")
    site.write()
    why = "with embedded: needs real containers, embedded simulates them"
    home = (site.source / "index.md").read_text()
    assert f"1 scenario {why}" in home
    key = (site.source / "guide" / "rotate-key.md").read_text()
    assert f"<span>{why}</span>" in key
    assert "<span>with embedded: the run was interrupted</span>" in key
    coverage = (site.source / "coverage.md").read_text()
    assert coverage.count(why) == 2
    run = (site.source / "runs" / "r2.md").read_text()
    assert "Why it was skipped" in run


def test_a_run_that_did_not_come_to_its_end_is_the_first_that_home_says(tmp_path):
    def stopped(root):
        results = sample.green(root)
        left = tuple(
            sample.stopped(one, "not_run", "the run did not come to it", attempts=0)
            for one in results.scenarios
        )
        run = dataclasses.replace(results.run, exit_code=3, stopped="no route to etcd <b>")
        return dataclasses.replace(results, run=run, scenarios=left)

    site, _ = write(tmp_path, stopped)
    home = (site.source / "index.md").read_text()
    assert "The last run did not come to its end" in home
    assert "ended early, with exit code 3: no route to etcd &lt;b&gt;" in home

"""What stands on the page of a chapter, beside each step."""

import dataclasses
from datetime import timedelta

import site_sample as sample
from site_links import pages
from site_sample import write

from report.evidence import Command


def test_a_failed_step_is_open_with_everything_a_maintainer_asks_for(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    start = page.index('id="s-add-service--verify-shows-it-embedded" open>')
    shown = page[start : page.index("</details></section>", start)]
    assert "expected</th><td><b>Then</b> the output names &quot;shop&quot; as Ready" in shown
    assert "actual:   shop with READY False, install retries exhausted" in shown
    assert "<code>docs/guide/add-service.md:47</code>" in shown
    assert "features/add_service.feature:13" in shown
    assert "build/failures/verify-shows-it" in shown
    assert "2 attempts" in page
    assert "attempt 1</span> failed after 61 s: timed out after 60 s" in page
    assert '<a href="../runs/p011.html">p011</a>, <time' in shown


def test_a_step_shows_commands_diffs_waits_conditions_and_the_chain(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    start = page.index('id="s-add-service--whole-way-embedded"')
    shown = page[start : page.index('id="step', start) if 'id="step' in page[start:] else None]
    for part in (
        "exit 0</span> · 0.4 s",
        '<span class="da">+kind: HelmRelease\n</span>',
        "waited</span> 9.1 s for every Flux object at 4be1f2a9",
        "Evidence chain, 9.0 s in all",
        "<td>Succeeded</td>",
        "To ssh://git@127.0.0.1:2222/platform/fleet",
    ):
        assert part in shown


def test_each_cluster_of_a_scenario_came_from_a_template_or_from_none(tmp_path):
    told = {}
    made = {"dev": "2026-11-20T03:00:00Z", "stg": ""}
    for name, templates in (("both", made), ("older", {})):

        def results(root, these=templates):
            return sample.change(
                sample.green(root),
                "add_service/whole-way",
                lambda one: dataclasses.replace(one, templates=these),
            )

        site, _ = write(tmp_path / name, results)
        page = (site.source / "guide" / "add-service.md").read_text()
        foot = page.split('id="s-add-service--whole-way-embedded"')[1].split('pb-foot">')[1]
        told[name] = foot.split("<a href")[0]
    assert (
        " · <code>dev</code> from a template of 2026-11-20T03:00:00Z · <code>stg</code>"
        in (told["both"])
    )
    assert told["both"].endswith(" from no template · ")
    assert "template" not in told["older"], "nobody knows"


def test_beside_another_step_stands_only_what_belongs_to_it(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    start = page.index('id="u-add-service--step-2-s-add-service--whole-way-embedded"')
    shown = page[start : page.index("Six levels up", start)]
    assert "fleet/clusters/one/apps/shop/kustomization.yaml" in shown
    assert "kind: HelmRelease" not in shown
    assert 'Everything it did is at <a href="#s-add-service--whole-way-embedded">' in shown


def test_beside_a_step_stand_the_versions_and_since_when_it_is_green(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    verdict = page.split("{ #step-2 }")[1].split("</p>")[0]
    assert "<span>flux 2.9.0, kubernetes 1.36.3</span>" in verdict
    assert '<span>green since <time datetime="2026-11-08T03:12:40.000Z">' in verdict
    assert "</time> with embedded</span>" in verdict
    verdict = page.split("{ #step-4 }")[1].split("</p>")[0]
    assert "green since" not in verdict


def test_a_chapter_begins_with_one_line_and_ends_with_where_to_read_on(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    line, folded = page.split("</summary>", 1)
    assert line.count("<table") == 0
    assert "<span>embedded, kind</span>" in line
    assert "<span>flux 2.9.0, kubernetes 1.36.3</span>" in line
    assert folded.index('class="pb-table pb-facts"') < folded.index("</details>")
    assert page.rstrip().endswith('Next: <a href="rotate-key.html">Rotating the key</a></p>')
    last = (site.source / "guide" / "rotate-key.md").read_text()
    assert 'Next: <a href="../errata.html">' in last.rstrip().split("\n")[-1]


def test_what_failed_stands_where_the_search_looks_at_the_step_that_shows_it(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    found = page.split('<details class="pb-io pb-messages">')
    assert len(found) == 2
    assert "evalsymlink failure: no such file or directory" in found[1].split("</details>")[0]
    assert "Six levels up" in found[1].split("<section")[1]


def test_states_differ_in_words_and_providers_are_told_apart(site):
    key = (site.source / "guide" / "rotate-key.md").read_text()
    assert "a message to people is nothing that a cluster shows" in key
    assert "no scenario claims this yet" in key
    assert "needs real containers, embedded simulates them" in key
    assert "the text changed after this run" in key
    assert "type: ecdsa" in key
    assert key.count("<b>embedded</b>") == key.count("<b>kind</b>") == 1
    assert "workload pods simulated" in key


def test_attributes_for_the_engine_do_not_reach_the_reader(site):
    for path in pages(site.out).values():
        text = path.read_text()
        assert "data-unused" not in text or "reference" in path.name
        assert "data-excused" not in text or "reference" in path.name
    page = (site.out / "guide" / "add-service.html").read_text()
    assert "This block is not run: it never ends" in page
    assert 'id="shop-release"' in page
    assert ">fleet/bases/shop/release.yaml</span>" in page
    assert "as the source guide writes it" in page


def test_the_failure_bundle_can_be_read_on_the_site_masked_and_as_text(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    path = "evidence/r2/add-service--verify-shows-it-bundle/logs/helm-controller.log.txt"
    assert f'href="../{path}"' in page
    text = (site.out / path).read_text()
    assert sample.TOKEN not in text
    assert "<script>" in text


def test_a_log_of_five_megabytes_is_cut_with_a_link_to_the_whole(tmp_path):
    def long(root):
        log = "".join(f"{number:07d} reconciled\n" for number in range(290_000))
        results = sample.green(root)
        step = dataclasses.replace(
            results.scenarios[0].steps[0], commands=(Command("logs", ".", 0, log, "", 1.0),)
        )
        first = dataclasses.replace(
            results.scenarios[0], steps=(step, *results.scenarios[0].steps[1:])
        )
        return dataclasses.replace(results, scenarios=(first, *results.scenarios[1:]))

    site, _ = write(tmp_path, long)
    page = (site.source / "guide" / "add-service.md").read_text()
    assert len(page) < 200_000
    [whole] = site.source.glob("evidence/r1/*.txt")
    assert whole.stat().st_size > 5_000_000
    assert f'href="../evidence/r1/{whole.name}"' in page


def test_a_changed_unit_is_stale_and_an_old_run_is(tmp_path):
    site, book = write(tmp_path, sample.green, now=sample.END + timedelta(days=9))
    assert "proven" not in {str(state) for state in book.counts()}
    assert "the run is older than 7 days" in (site.source / "guide/add-service.md").read_text()

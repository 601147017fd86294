import dataclasses
import gzip
import json
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from importlib.util import find_spec

import pytest
import site_sample as sample
from site_links import Links, faults, pages

from report.__main__ import main
from report.archive import Archive
from report.evidence import Command
from report.results import Results
from report.site.site import Site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site of a run with something in every state."""
    folder = tmp_path_factory.mktemp("red")
    made = Site(sample.build(folder / "clone"), folder / "site")
    made.build()
    return made


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write(folder, results=sample.red, **changes):
    """Only the Markdown, for one variation of the sample."""
    inputs = sample.build(folder / "clone", results, past=2)
    site = Site(dataclasses.replace(inputs, **changes), folder / "site")
    return site, site.write()


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


def test_states_differ_in_words_and_providers_are_told_apart(site):
    key = (site.source / "guide" / "rotate-key.md").read_text()
    assert "a message to people is nothing that a cluster shows" in key
    assert "no scenario claims this yet" in key
    assert "needs real containers, embedded simulates them" in key
    assert "the text changed after this run" in key
    assert "type: ecdsa" in key
    assert key.count("<b>embedded</b>") == key.count("<b>kind</b>") == 1
    assert "workload pods simulated" in key


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


def test_errata_show_claim_proof_correction_and_its_proof(site):
    page = (site.source / "errata.md").read_text()
    for part in (
        "An overlay reaches its base six levels up",
        "evalsymlink failure: no such file or directory",
        "Four levels up",
        "#s-add-service--right-path-embedded",
        '<span class="dd">-../../../../../../bases/shop\n</span>',
    ):
        assert part in page


def test_coverage_goes_both_ways(site):
    page = (site.source / "coverage.md").read_text()
    units, scenarios = page.split("## Scenarios and their units")
    assert "rotate-key/night" in units.split("## Excused")[0]
    assert 'data-state="erratum"' in units
    assert "<code>rotate_key/read-only</code>" in scenarios
    assert "rotate-key.html#key-rights" in scenarios


def test_the_fates_of_the_source_guide_are_listed_without_its_words(site):
    page = (site.source / "coverage.md").read_text()
    source = page.split("## The source guide")[1].split("## Units and")[0]
    assert source.count("<tr data-state=") == 3
    assert 'href="errata.html#overlay-depth"' in source
    assert "nothing to run" in source
    assert "add_service/whole-way" in source


def test_the_failure_bundle_can_be_read_on_the_site_masked_and_as_text(site):
    page = (site.source / "guide" / "add-service.md").read_text()
    path = "evidence/r2/add-service--verify-shows-it-bundle/logs/helm-controller.log.txt"
    assert f'href="../{path}"' in page
    text = (site.out / path).read_text()
    assert sample.TOKEN not in text
    assert "<script>" in text


def test_a_run_page_has_everything_and_keeps_ghosts_apart(site):
    page = (site.source / "runs" / "r2.md").read_text()
    assert "make e2e PROVIDER=embedded" in page
    assert 'href="../data/r2/results.json"' in page
    assert 'href="../data/r2/junit.xml"' in page
    assert page.index("## Results without a scenario") < page.index('id="g-add-service--retired"')
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


def test_every_link_and_anchor_resolves_and_nothing_is_loaded_from_elsewhere(site):
    assert faults(site.out) == []


def test_the_same_input_gives_the_same_bytes(site, tmp_path):
    again = Site(sample.build(tmp_path / "clone"), tmp_path / "site")
    again.build()
    assert everything(again.source) == everything(site.source)
    assert everything(again.out) == everything(site.out)


PLANTED = '<script>planted()</script><img src=x onerror="planted()">'
SECRETS = {
    "token": "glpat-AbCdEfGhIjKlMnOpQrSt",
    "key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n"
    "-----END OPENSSH PRIVATE KEY-----",
    "kubeconfig": "    client-key-data: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVF",
    "header": "Authorization: Bearer abcdef0123456789abcdef",
}


def plant(value, words):
    """The same value with `words` behind every text that a run can influence."""
    if isinstance(value, str):
        return f"{value}{words}"
    if isinstance(value, list):
        return [plant(item, words) for item in value]
    if isinstance(value, dict):
        free = ("name", "error", "text", "line", "cwd", "stdout", "stderr", "message", "diff")
        free += ("what", "last_seen", "stage", "revision", "object", "type", "reason", "host")
        free += ("command", "simulated", "versions", "stopped", "provider", "sha", "bundle")
        return {
            key: plant(item, words)
            if key in free and not isinstance(item, int)
            else item
            if isinstance(item, str)
            else plant_below(item, words)
            for key, item in value.items()
        }
    return value


def plant_below(value, words):
    if isinstance(value, list):
        return [plant_below(item, words) if not isinstance(item, str) else item for item in value]
    return plant(value, words) if isinstance(value, dict) else value


def planted(words):
    return lambda root: Results.load(plant(sample.red(root).dump(), words))


def test_html_from_a_run_is_inert_on_every_page(tmp_path):
    site = Site(sample.build(tmp_path / "clone", planted(PLANTED), past=1), tmp_path / "site")
    site.build()
    clean = Site(sample.build(tmp_path / "two", past=1), tmp_path / "clean")
    clean.build()
    seen = 0
    for name, path in pages(site.out).items():
        text = path.read_text()
        seen += text.count("planted()")
        assert PLANTED not in text, name
        assert "<img src=x" not in text, name
        if (clean.out / name).is_file():
            before = Links((clean.out / name).read_text()).scripts
            assert Links(text).scripts == before, name
    assert seen > 50
    assert PLANTED.encode() not in Archive(site.inputs.history).page("r2")


@pytest.mark.parametrize("kind", SECRETS)
def test_a_planted_secret_is_nowhere_on_the_site(tmp_path, kind):
    secret = planted(f"\n{SECRETS[kind]}\n")
    inputs = sample.build(tmp_path / "clone", secret, past=2)
    archive = Archive(inputs.history)
    older = secret(inputs.root)
    run = dataclasses.replace(
        older.run, id="older", started=sample.stamp(sample.END)[:4] + "-01-01T00:00:00Z"
    )
    (inputs.root / "build" / "junit.xml").write_text(SECRETS[kind])
    archive.add(dataclasses.replace(older, run=run), inputs.root / "build")
    archive.tidy()
    site = Site(inputs, tmp_path / "site")
    site.write()
    needle = SECRETS[kind].split("\n")[1 if kind == "key" else 0].split(" ")[-1].encode()
    found = [
        name
        for name, data in everything(site.source).items()
        if needle in (gzip.decompress(data) if name.endswith(".gz") else data)
    ]
    assert not found
    assert "data/older/evidence.html" in everything(site.source)


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


def test_the_sentences_stand_on_a_page_of_their_own(site):
    page = (site.source / "sentences.md").read_text()
    assert "## Repository { #repository }" in page
    assert "<td>Given</td><td><code>a sandbox at the baseline</code></td>" in page
    assert "<code>Given a sandbox at the baseline</code>" in page
    assert "used by no scenario" in page
    assert "sentences.md" in site.config.read_text()

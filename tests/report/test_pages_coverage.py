"""The pages that go over the whole book: coverage, errata, sentences."""


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


def test_the_sentences_stand_on_a_page_of_their_own(site):
    page = (site.source / "sentences.md").read_text()
    assert "## Repository { #repository }" in page
    assert "<td>Given</td><td><code>a sandbox at the baseline</code></td>" in page
    assert "<code>Given a sandbox at the baseline</code>" in page
    assert "used by no scenario" in page
    assert "sentences.md" in site.config.read_text()

"""Evidence of a run that stood on something else: the pages and `SINCE=` say the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import site_sample as sample

import guide
from guide.affected import Version, affected, everything
from report.history import PastRun
from report.known.book import Book
from report.known.states import State
from report.plan import plan
from report.results import Results
from steps import baseline_tree

SETTINGS, WAY, KEY = "books/operational/book.yaml", "docs/guide/add-service.md", "rotate-key"
OWNER = '``` { .yaml #owner title="fleet/owner.yaml" }\nowner: us\n```\n'
NIGHT = "A job looks at the age of every key.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A book whose chapters commit by one block and begin with what a page shows."""
    made = sample.clone(tmp_path / "clone")
    edit(made, f"docs/guide/{KEY}.md", NIGHT, f"{NIGHT}\n{OWNER}")
    more = f"  commit: shop-push\n  baseline: {{pages: [{KEY}]}}\n"
    more += "placeholders:\n  service-name: shop\n  key-file: key\n"
    settings = made / SETTINGS
    settings.write_text(settings.read_text() + more)
    return made


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new, 1))


def version(root: Path) -> Version:
    book = guide.Book.read(root / "books" / "operational")
    edition = guide.Edition.read(book.edition)
    features = guide.Features.read(book.features, edition)
    return Version(book, edition, features, baseline_tree.files(book, edition))


def run(root: Path, now: Version) -> Results:
    """What a run of today leaves, with what its plan notes."""
    noted = {one.id: one.stands_on for one in plan(now.features, now.edition, now.footing)}
    results = sample.green(root)
    assert all(noted.values())
    shown = {**now.edition.units, **now.edition.blocks}
    units = {name: each.content_hash for name, each in shown.items()}
    scenarios = tuple(replace(one, stands_on=noted[one.id]) for one in results.scenarios)
    return Results(replace(results.run, units=units), scenarios)


def known(now: Version, results: Results) -> Book:
    past = [PastRun.of(results)]
    return Book(now.edition, now.features, [results], past, sample.END, of=now.book)


def stale(made: Book) -> dict[str, str]:
    """The scenarios whose evidence does not count, each with the reason."""
    found = {}
    for scenario in made.features.scenarios.values():
        if made.scenario_state(scenario) is State.STALE:
            [why] = {proof.stale for proof in made.proofs(scenario)}
            found[scenario.id] = why
    return found


def since(before: Version, after: Version) -> set[str]:
    """The scenarios that SINCE takes."""
    if everything(before, after):
        return set(after.features.scenarios)
    return set(affected(before, after))


WHOLE, ALL = {"add_service/whole-way"}, None
CHANGES = [
    # what, in which file, as it was, as it is, whom it takes, why
    ("commit", WAY, "git push\n", "git push --force-with-lease\n", ALL, "commits changed"),
    ("first commit", f"docs/guide/{KEY}.md", "owner: us", "owner: them", ALL, "first commit"),
    ("its path", f"docs/guide/{KEY}.md", "fleet/owner", "fleet/own", ALL, "first commit"),
    ("placeholder", SETTINGS, "service-name: shop", "service-name: store", ALL, "placeholders"),
    ("start", SETTINGS, "layout:\n", "start: cluster\nlayout:\n", ALL, "start"),
    ("layout", SETTINGS, "group: platform", "group: team", ALL, "layout"),
    ("a block more", WAY, "## Step 4", '``` { .bash #more }\ngit status\n```\n\n## Step 4', WHOLE,
     "block"),
    ("a block less", WAY, "``` { .yaml #shop-overlay title",
     "``` { .yaml #shop-overlay .variant title", WHOLE | {"add_service/right-path"}, "block"),
    ("path of a block", WAY, "bases/shop/release.yaml", "bases/shop/r.yaml", WHOLE, "block"),
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=[change[0] for change in CHANGES])
def test_evidence_is_stale_where_what_ran_has_changed_as_since_says(
    root: Path, change: tuple[str, str, str, str, set[str] | None, str]
) -> None:
    _, name, old, new, whom, why = change
    before = version(root)
    results = run(root, before)
    assert stale(known(before, results)) == {}
    edit(root, name, old, new)
    after = version(root)
    found = stale(known(after, results))
    assert set(found) == (set(after.features.scenarios) if whom is None else whom)
    assert set(found) == since(before, after)
    # Where a unit's own text has changed as well, that is said first.
    assert all(why in said or said == "the text changed after this run" for said in found.values())
    made = known(after, results)
    units = {unit for one in found for unit in made.features.scenarios[one].units}
    assert {made.state(made.edition.units[unit]) for unit in units} == {State.STALE}


EARLY = "``` { .bash #early }\ngit status\n```\n\n"


@pytest.mark.parametrize(
    ("first", "then", "place"),
    [
        ('follows step 1 of "add-service"', 'follows step 2 of "add-service"', "Four levels"),
        ('runs block "early"', 'follows steps 1 to 2 of "add-service"', "A service needs"),
    ],
    ids=["by a later sentence", "once less"],
)
def test_a_block_that_another_sentence_runs_makes_evidence_stale(
    root: Path, first: str, then: str, place: str
) -> None:
    """It leaves a step that the scenario follows and does not prove; the order is as before."""
    edit(root, WAY, "## Step 2", f"{EARLY}## Step 2")
    runs = 'When the engineer runs block "shop-verify"'
    more = f"When the engineer {first}\n    And the engineer {then}\n    {runs}"
    edit(root, "features/add_service.feature", runs, more)
    before = version(root)
    results = run(root, before)
    assert stale(known(before, results)) == {}
    edit(root, WAY, EARLY, "")
    edit(root, WAY, place, f"{EARLY}{place}")
    after, name = version(root), "add_service/verify-shows-it"
    whole = [
        each.features.blocks_of(each.features.scenarios[name], each.edition)
        for each in (before, after)
    ]
    assert whole[0] == whole[1]
    assert "block" in stale(known(after, results))[name]
    assert name in since(before, after)


def test_the_first_commit_may_lie_in_a_folder(root: Path) -> None:
    edit(root, SETTINGS, f"pages: [{KEY}]", "folder: seed, literal: [a]")
    team = root / "books/operational/seed/team.yaml"
    team.parent.mkdir()
    team.write_text("team: <a>\n")
    before = version(root)
    results = run(root, before)
    assert stale(known(before, results)) == {}
    team.write_text("team: <a> b\n")
    after = version(root)
    why = "the first commit of the monorepo changed after this run"
    assert stale(known(after, results)) == dict.fromkeys(after.features.scenarios, why)
    assert since(before, after) == set(after.features.scenarios)


def test_dress_leaves_evidence_as_it_is(root: Path) -> None:
    before = version(root)
    results = run(root, before)
    edit(root, WAY, "git push\n", "# to all\n\ngit  push\n")
    edit(root, f"docs/guide/{KEY}.md", "owner: us", "owner: us  # and who comes")
    edit(root, SETTINGS, "title: ", "title: The ")
    assert stale(known(version(root), results)) == {}


def test_evidence_of_older_versions_is_held_against_what_it_noted(root: Path) -> None:
    results = run(root, version(root))
    older = tuple(replace(one, stands_on={}) for one in results.scenarios)
    results = replace(results, scenarios=older)
    edit(root, f"docs/guide/{KEY}.md", "owner: us", "owner: them")
    assert stale(known(version(root), results)) == {}
    edit(root, WAY, "flux get helmreleases -A\n", "flux get helmreleases\n")
    assert set(stale(known(version(root), results))) == {"add_service/verify-shows-it"}

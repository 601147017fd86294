"""Claims of the features that would be true for nothing, found without a cluster."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from guide import Book, Edition, Features
from guide.check import Check, hindrances
from guide.vain import claims_in_vain, vain

ROOT = Path(__file__).parents[2]
_NOTED = re.compile(r'block "([^"]+)" prints what was noted')
_OTHER = re.compile(
    r'block "([^"]+)" (?:prints (?:something else than was noted|a |the identity of )|tells of)'
)


@pytest.mark.parametrize("name", ["operational", "flux"])
def test_no_scenario_says_of_a_name_that_nobody_has_that_it_is_not_there(name: str) -> None:
    book = Book.read(ROOT / "books" / name)
    edition = Edition.read(book.edition)
    assert not list(vain(Features.read(book.features, edition), edition))


def unchanging(steps: Iterable[str]) -> set[str]:
    """Blocks that print what was noted, and of which nobody has seen that they say anything else.

    A command whose output never changes proves nothing by it.
    """
    told = list(steps)
    same = {found[1] for text in told if (found := _NOTED.match(text))}
    return same - {found[1] for text in told if (found := _OTHER.match(text))}


@pytest.mark.parametrize("name", ["operational", "flux"])
def test_what_prints_what_was_noted_is_seen_to_print_something_else(name: str) -> None:
    book = Book.read(ROOT / "books" / name)
    known = Features.read(book.features, Edition.read(book.edition)).scenarios.values()
    assert unchanging(each.text for scenario in known for each in scenario.expanded) == set()


def test_a_block_that_says_the_same_of_anything_is_found() -> None:
    same = 'block "a" prints what was noted'
    other = 'block "a" prints something else than was noted'
    assert unchanging([same, 'block "b" tells of "x"']) == {"a"}
    assert unchanging([same, other]) == set()


def test_such_sentences_are_found(tmp_path: Path) -> None:
    (tmp_path / "x.feature").write_text(
        """Feature: X
  @id:a @unit:x/y
  Scenario: A
    When this is done
    Then there is no ConfigMap "notes" in "x"
    And there is no Secret "sh.helm.release.v1.notes.v2" in "x"
    And there is no HelmChart "x-notes" in "flux-system"
    And Secret "login" in "x" goes away
    And Namespace "dev" goes away with all that was in it
    And Kustomization "apps" has not tried the pushed commit

  @id:b @unit:x/y
  Scenario: B
    Given Kustomization "apps" owns these and nothing else:
      | object           |
      | Secret x/login   |
      | ConfigMap x/told |
    And ConfigMap "m" in "dev" holds "a" as "b"
    Then there is no ConfigMap "note" in "x"
    And there is no ConfigMap "told" in "dev"
    And there is no Secret "sh.helm.release.v1.note.v2" in "x"
    And there is no HelmChart "x-note" in "flux-system"
    And Secret "login" in "x" goes away
    And Namespace "dev" goes away with all that was in it
    And Kustomization "apps" has not tried the pushed commit
""",
        encoding="utf-8",
    )
    found = Features.examine(tmp_path).scenarios
    assert len(list(claims_in_vain(found["x/a"], "name: note"))) == 6
    assert not list(claims_in_vain(found["x/b"], "name: note"))
    assert not list(claims_in_vain(found["x/b"], "name: <team>te"))
    assert len(list(claims_in_vain(found["x/b"], "name: <team>s"))) == 3


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ('there is no ConfigMap "note" in "team-a"', ""),
        ('there is no ConfigMap "note" in "team-aa"', "team-aa"),
        ('there is no ConfigMap "note" in "default"', ""),
        ('there is no ConfigMap "note" in "dev-b" of "b"', ""),
        ('there is no ConfigMap "note" in "stg-b"', ""),
        ('there is no ConfigMap "note" in "prd-b"', "prd-b"),
        ('there is no ConfigMap "notes" in "team-a" of "b"', "notes"),
        ('block "x" prints no ConfigMap named "note"', ""),
        ('block "x" prints no ConfigMap named "notes"', "notes"),
        ('block "x" says nothing of "note.yaml"', ""),
        ('block "x" says nothing of "flux-system"', ""),
        ('block "x" says nothing of "error"', ""),
        ('block "x" says nothing of "failed to find no-note"', ""),
        ('no message to "/hooks/a" has come', ""),
        ('no message to "/hooks" has come', "/hooks"),
        ('no message to "/hooks/b" tells of "x"', "/hooks/b"),
        ('the monorepo has nothing below "clusters/"', ""),
        ('the monorepo has nothing below "cluster"', "cluster"),
    ],
)
def test_what_is_not_there_is_something_that_the_scenario_names(
    tmp_path: Path, said: str, lacking: str
) -> None:
    (tmp_path / "x.feature").write_text(
        f"""Feature: X
  @id:a @unit:x/y
  Scenario: A
    When this is done
    Then {said}
    And there is no Secret "no-note" in "team-a"
""",
        encoding="utf-8",
    )
    scenario = Features.examine(tmp_path).scenarios["x/a"]
    written = "name: note\nnamespace: team-a\nnote.yaml\naddress: https://<inbox>/hooks/a\n"
    written += "namespace: dev-<team>\nkubectl get a -n stg-<team>"
    found = claims_in_vain(scenario, written, "flux-config/clusters/a.yaml")
    told = [why for step, why, _ in found if step.text == said]
    assert told == ([f"no block of the scenario names {lacking!r}"] if lacking else [])


@pytest.mark.parametrize(
    ("seen", "gone", "right"),
    [
        ('Secret "a" in "x" has these entries and no others:', 'Secret "a" in "x"', True),
        ('Secret "a" in "x" has these entries and no others:', 'Secret "a" in "y"', False),
        ('HelmChart "a" reports Ready as True', 'HelmChart "a" in "flux-system"', True),
        ('HelmChart "a" reports Ready as True', 'HelmChart "a" in "x"', False),
        ('HelmChart "a" in "x" reports Ready as True', 'HelmChart "a" in "flux-system"', False),
        ('there is no Secret "a" in "x"', 'Secret "a" in "x"', False),
        ('ConfigMap "m" in "dev" holds "a" as "b"', 'Namespace "dev"', True),
        ('ConfigMap "m" in "dev" holds "a" as "b"', 'Namespace "de"', False),
    ],
)
def test_what_goes_away_was_seen_in_its_namespace(
    tmp_path: Path, seen: str, gone: str, right: bool
) -> None:
    (tmp_path / "x.feature").write_text(
        f"""Feature: X
  @id:a @unit:x/y
  Scenario: A
    Given {seen}
    Then {gone} goes away
""",
        encoding="utf-8",
    )
    scenario = Features.examine(tmp_path).scenarios["x/a"]
    assert (list(claims_in_vain(scenario, "")) == []) is right


def test_a_misspelt_name_hinders_a_run_of_any_book_and_is_told_by_check(tmp_path: Path) -> None:
    own = ROOT / "books/flux"
    shutil.copytree(own, tmp_path / "flux", ignore=shutil.ignore_patterns("*.lock"))
    page = tmp_path / "flux/features/helm_sources.feature"
    right = 'there is no HelmChart "default-podinfo"'
    text = page.read_text(encoding="utf-8")
    assert text.count(right) == 1
    page.write_text(text.replace(right, right.replace("podinfo", "podinfi")), encoding="utf-8")
    book = Book.read(tmp_path / "flux")
    edition = Edition.read(book.edition)
    found = Check.of(book.edition, book.features, None, book.errata).problems
    for problems in (hindrances(book, edition), found):
        told = [str(each) for each in problems if "holds whatever happens" in str(each)]
        assert len(told) == 1
        assert "no block of the scenario names 'default-podinfi'" in told[0]

"""Faults in a change: each is a change that still applies, and brings one fault along."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from guide import Edition, Features
from guide.base import Bases
from guide.diff import Diff
from guide.mutant import Mutant
from guide.mutants import mutants

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PAGE = """# Team

``` { .yaml #note title="team/note.yaml" }
apiVersion: v1
kind: ConfigMap
metadata:
  name: note
  namespace: team
data:
  owner: web
  stage: dev
```

``` { .diff #owned .variant title="team/note.yaml" }
@@ -5,4 +5,6 @@ name: note
   namespace: team
 data:
-  owner: web
+  owner: shop
+  since: monday
   stage: dev
+  until: friday
```

``` { .diff #owned-longer .variant title="team/note.yaml" }
@@ -8,2 +8,2 @@
-  since: monday
+  since: sunday
   stage: dev
```
"""
FEATURE = """Feature: Team

  @id:note @unit:team/team
  Scenario: A note
    When block "note" is written
    Then it is there

  @id:owned @unit:team/team
  Scenario: An owner
    When blocks "note" and "owned" are written
    Then it is there

  @id:longer @unit:team/team
  Scenario: An owner from sunday on
    When blocks "note", "owned" and "owned-longer" are written
    Then it is there
"""


@pytest.fixture
def team(tmp_path: Path) -> Mapping[str, Mutant]:
    (tmp_path / "team.md").write_text(PAGE)
    (tmp_path / "team.feature").write_text(FEATURE)
    edition = Edition.read(tmp_path)
    found = mutants(edition, Features.read(tmp_path))
    assert len({each.id for each in found}) == len(found)
    return {each.id: each for each in found}


def test_only_what_a_change_adds_is_changed(team: Mapping[str, Mutant]) -> None:
    changed = {name: each for name, each in team.items() if each.block == "owned"}
    assert {each.line for each in changed.values()} == {19, 20, 22}
    assert sorted({each.operator for each in changed.values()}) == [
        "dropped-change", "further-entry", "further-object", "misspelt-field", "wrong-value"
    ]  # fmt: skip
    value = team["owned:wrong-value:5"]
    assert (value.what, value.line) == ("`owner: shop` becomes `owner: xshop`", 19)
    assert value.text == (
        "@@ -5,4 +5,6 @@\n   namespace: team\n data:\n-  owner: web\n+  owner: xshop\n"
        "+  since: monday\n   stage: dev\n+  until: friday\n"
    )
    assert "+  owner: xshop" in value.page_text
    assert value.page_text.count("+  since: monday") == 1


def test_one_of_several_changes_is_left_out(team: Mapping[str, Mutant]) -> None:
    dropped = team["owned:dropped-change:8"]
    assert (dropped.line, dropped.what) == (22, "the change of `until: friday` is left out")
    assert "until" not in dropped.text
    assert "+  owner: shop" in dropped.text
    assert not [name for name in team if name.startswith("owned-longer:dropped-change")]


def test_whoever_would_only_see_that_another_change_does_not_apply_is_no_judge(
    team: Mapping[str, Mutant],
) -> None:
    assert team["note:wrong-value:7"].scenarios == ("team/note",)
    assert team["note:wrong-name:4"].scenarios == ("team/note", "team/owned", "team/longer")
    assert team["owned:wrong-value:6"].scenarios == ("team/owned",)
    assert team["owned:wrong-value:5"].scenarios == ("team/owned", "team/longer")
    assert "note:wrong-value:8" in team


@pytest.mark.parametrize("pages", ["docs/guide", "books/flux/edition"])
def test_every_fault_in_a_change_of_the_editions_applies(pages: str) -> None:
    edition = Edition.read(ROOT / pages)
    features = Features.read(
        ROOT / (pages.replace("edition", "features") if "books" in pages else "features")
    )
    bases = Bases(edition, {})
    found = [each for each in mutants(edition, features) if each.block in bases.diffs]
    for each in found:
        path, before = edition.blocks[each.block].path, bases.of[each.block].text
        after = Diff.read(path, each.text).apply(before)
        assert after not in (before, edition.blocks[each.block].after(before)), each.id
    written = {name for name, block in bases.diffs.items() if not block.as_written}
    nothing = written - {each.block for each in found}
    # They only take away, or change the text of a script or what is a matter of taste.
    nothing -= {"shop-release-often"}  # how soon a controller asks again is a matter of taste
    nothing -= {"podinfo-oci-wide"}  # of a range of versions nothing is known to be wrong
    assert {bases.of[name].block for name in nothing} <= {
        "backup-script-own-variable", "cluster-issuers-entry", "mongodb", "podinfo-chart",
        "podinfo-git", "podinfo-repository-of-our-own", "sensitive-list",
        "twin-group-with-apps-note", "vault-entry",
    }  # fmt: skip

"""Mutants: every kind of fault, on the blocks that scenarios use, the same in every run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from mutant_page import FEATURE, PAGE

from guide import Edition, Features
from guide.mutant import Mutant
from guide.mutants import mutants


def test_every_kind_of_fault_is_there(found: list[Mutant]) -> None:
    assert set(Counter(mutant.operator for mutant in found)) == {
        "path-depth", "api-version", "kind", "misspelt-field", "wrong-value", "dropped-entry",
        "dropped-depends-on", "circular-depends-on", "wrong-depends-on", "wrong-namespace",
        "wrong-name", "wrong-version", "wrong-path", "dropped-document", "wrong-flag", "wrong-word",
        "dropped-command", "dropped-flag", "swapped-commands", "dropped-step", "swapped-steps",
        "more-rights", "wider-scope", "further-object", "further-entry", "further-command",
        "dropped-check",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mutant", "line", "what"),
    [
        ("overlay:path-depth:5", 10, "- ../../bases/my-app` becomes `- ../../../bases/my-app"),
        ("overlay:path-depth:5.2", 10, "- ../../bases/my-app` becomes `- ../bases/my-app"),
        ("overlay:wrong-namespace:3", 8, "namespace: my-app` becomes `namespace: my-app-x"),
        ("overlay:wrong-value:16", 21, "replicaCount: 2` becomes `replicaCount: 5"),
        ("overlay:misspelt-field:4", 9, "resources:` becomes `resourcse:"),
        ("overlay:kind:9", 14, "kind: HelmRelease` becomes `kind: HelmReleas"),
        ("overlay:wrong-path:6", 11, "- extra.yaml` becomes `- extrax.yaml"),
        ("overlay:dropped-entry:6", 11, "- extra.yaml` is left out"),
        ("overlay:dropped-entry:7", 12, "- target:` is left out"),
        ("entry:wrong-version:20", 44, 'version: "6.9.2"` becomes `version: "99.9.9"'),
        ("entry:wrong-depends-on:9", 33, "- name: namespaces` becomes `- name: namespace"),
        ("entry:circular-depends-on:9", 33, "apps` depends on itself"),
        ("entry:dropped-depends-on:8", 32, "dependsOn` is left out"),
        ("entry:wrong-value:22", 46, "logLevel: info` becomes `logLevel: xinfo"),
        ("entry:dropped-document:10", 34, "the object at line 11 is left out"),
        (
            "push:wrong-flag:1",
            71,
            'git commit --all -m "<commit-message>"` becomes `git commit --allx',
        ),
        ("push:wrong-word:2.3", 72, "git push origin main` becomes `git push origin mainx"),
        (
            "push:swapped-commands:1",
            71,
            'git push origin main` comes before `git commit --all -m "<c',
        ),
        ("bootstrap:dropped-command:1", 76, "flux bootstrap gitlab \\` is left out"),
        ("bootstrap:dropped-flag:2", 77, "--owner=platform` is left out"),
        ("bootstrap:dropped-flag:3", 78, "--path=clusters/dev` is left out"),
        ("bootstrap:swapped-commands:1", 76, "git pull --ff-only` comes before `flux boot"),
        ("adding/step-1:dropped-step:1", 3, "the step is skipped"),
        ("adding/step-1:swapped-steps:1", 3, "what adding/step-2 says comes first"),
    ],
)
def test_a_mutant_says_what_is_wrong_and_where(
    found: list[Mutant], mutant: str, line: int, what: str
) -> None:
    one = next(m for m in found if m.id == mutant)
    assert (one.line, one.scenarios) == (line, ("adding/followed",))
    assert one.what.strip("`").startswith(what)


def test_a_command_over_several_lines_is_one_command(found: list[Mutant]) -> None:
    texts = {mutant.id: mutant.text for mutant in found}
    assert texts["bootstrap:dropped-command:1"] == "git pull --ff-only\n"
    assert texts["bootstrap:dropped-flag:3"].splitlines()[2:] == [
        "  --interval=2s",
        "git pull --ff-only",
    ]
    assert [name for name in texts if name.startswith("bootstrap:swapped")] == [
        "bootstrap:swapped-commands:1"
    ]
    assert "bootstrap:dropped-flag:4" not in texts


def test_a_circle_is_no_fault_where_there_is_one(tmp_path: Path) -> None:
    page = PAGE.replace("    - name: namespaces\n", "    - name: apps\n")
    (tmp_path / "adding.md").write_text(page, encoding="utf-8")
    (tmp_path / "adding.feature").write_text(FEATURE, encoding="utf-8")
    edition = Edition.read(tmp_path)
    found = mutants(edition, Features.read(tmp_path, edition))
    assert not [mutant for mutant in found if mutant.operator == "circular-depends-on"]


def test_a_patch_that_sets_how_soon_a_controller_asks_again_is_taste(found: list[Mutant]) -> None:
    lines = {int(mutant.id.split(":")[2]) for mutant in found if mutant.block == "soon"}
    assert lines == {1, 2, 9, 10, 11, 12}


def test_manifests_stay_yaml_and_taste_is_left_alone(found: list[Mutant]) -> None:
    for mutant in found:
        if mutant.block in ("overlay", "entry"):
            assert any(yaml.safe_load_all(mutant.text))
            assert mutant.text.count("interval: 10m") == PAGE.count("interval: 10m") or (
                mutant.block == "overlay" or mutant.operator == "dropped-document"
            )


def test_blocks_that_are_wrong_on_purpose_or_unused_have_none(found: list[Mutant]) -> None:
    assert {mutant.block for mutant in found} == {
        "overlay",
        "entry",
        "soon",
        "push",
        "bootstrap",
        "rights",
        "tenant",
        "list",
        "access",
        "",
    }


def test_a_choice_is_even_and_the_same_for_the_same_seed(
    found: list[Mutant], tmp_path: Path
) -> None:
    edition = Edition.read(tmp_path)
    features = Features.read(tmp_path)
    some = mutants(edition, features, seed=7, count=21)
    assert some == mutants(edition, features, seed=7, count=21)
    assert some != mutants(edition, features, seed=8, count=21)
    assert len({mutant.operator for mutant in some}) == 21
    assert len({mutant.id for mutant in found}) == len(found)


def test_the_edition_gives_at_least_a_hundred() -> None:
    root = Path(__file__).parents[2]
    edition = Edition.read(root / "docs/guide")
    found = mutants(edition, Features.read(root / "features", edition), count=100)
    assert len(found) == 100
    assert all(mutant.scenarios for mutant in found)

"""Mutants: every kind of fault, on the blocks that scenarios use, the same in every run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from guide import Edition, Features
from guide.mutant import Mutant
from guide.mutants import mutants

PAGE = """# Adding { #top data-excused="the steps say it" }

## Step 1: Write { #step-1 }

``` { .yaml #overlay title="apps/my-app/kustomization.yaml" }
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: my-app
resources:
  - ../../bases/my-app
  - extra.yaml
patches:
  - target:
      kind: HelmRelease
    patch: |-
      kind: HelmRelease
      metadata:
        name: my-app
      spec:
        values:
          replicaCount: 2
```

``` { .yaml #entry title="kustomizations.yaml" }
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
spec:
  interval: 10m
  path: ./apps
  dependsOn:
    - name: namespaces
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: my-app
spec:
  interval: 5m
  chart:
    spec:
      chart: podinfo
      version: "6.9.2"
  values:
    logLevel: info
```

``` { .yaml #soon title="soon/kustomization.yaml" }
kind: Kustomization
patches:
  - target:
      kind: Deployment
    patch: |
      - op: add
        path: /args/-
        value: --requeue-dependency=1s
  - target:
      kind: GitRepository
    patch: |
      - op: add
```

``` { .yaml #wrong .as-written title="x.yaml" }
kind: Wrong
```

## Step 2: Push { #step-2 }

``` { .bash #push }
git commit --all -m "<commit-message>"
git push origin main
```

``` { .bash #bootstrap }
flux bootstrap gitlab \\
  --owner=platform \\
  --interval=2s \\
  --path=clusters/dev
git pull --ff-only
```

``` { .bash #never data-unused="shown only" }
flux get all -A
```

## Promises { #promises }

``` { .yaml #rights .variant title="rights.yaml" }
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: tenant
  namespace: tenant
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: tenant
  namespace: tenant
roleRef:
  kind: Role
  name: tenant
subjects:
  - kind: ServiceAccount
    namespace: tenant
```

``` { .yaml #tenant .variant title="tenant.yaml" }
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: tenant
  namespace: tenant
spec:
  serviceAccountName: tenant
  path: ./clusters/dev/tenant
  prune: true
  wait: true
```

``` { .yaml #list .variant title="list/kustomization.yaml" }
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - a.yaml
  - b.yaml
patches:
  - target:
      kind: ConfigMap
      name: a
    patch: |
      - op: add
```

``` { .bash #access .variant }
curl --cacert <ca-file> --data-urlencode "key=x" https://host/deploy_keys
chmod 600 key
flux bootstrap gitlab \\
  --owner=platform
kubectl delete secret x -n flux-system
flux get kustomizations -n flux-system
flux reconcile kustomization apps --with-source
kubectl auth can-i create pods --as=tenant
GIT_SSH_COMMAND="ssh -o UserKnownHostsFile=known-hosts" git ls-remote x
```
"""
FEATURE = """Feature: Adding
  @id:followed @unit:adding/step-1 @unit:adding/step-2
  Scenario: Following the steps
    When she follows steps 1 to 2 of "adding"

  @id:promises @unit:adding/promises
  Scenario: No more than was said
    When she writes blocks "rights", "tenant", "list" and "access"

  @id:wrong @unit:adding/step-1
  Scenario: What is wrong fails
    When block "wrong" is written
"""


@pytest.fixture
def found(tmp_path: Path) -> list[Mutant]:
    (tmp_path / "adding.md").write_text(PAGE, encoding="utf-8")
    (tmp_path / "adding.feature").write_text(FEATURE, encoding="utf-8")
    edition = Edition.read(tmp_path)
    return mutants(edition, Features.read(tmp_path, edition))


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


@pytest.mark.parametrize(
    ("mutant", "words"),
    [
        ("rights:more-rights:8", 'resources: ["*"]'),
        ("rights:more-rights:9", 'verbs: ["*"]'),
        ("tenant:more-rights:7", "serviceAccountName: tenant` is left out"),
        ("access:more-rights:1", "--data can_push=true --data-urlencode"),
        ("access:more-rights:2", "chmod 644 key"),
        ("access:more-rights:4", "--read-write-key=true"),
        ("access:more-rights:4.2", "--token-auth=true"),
        ("tenant:wider-scope:8", "path: ./clusters/dev`"),
        ("list:wider-scope:9", "name: a` of a target is left out"),
        ("access:wider-scope:5", "kubectl delete secret --all -n flux-system"),
        ("access:wider-scope:6", "flux get kustomizations -A"),
        ("push:wider-scope:2", "git push origin main main:further"),
        ("tenant:further-object:11", "an object comes with it"),
        ("entry:further-entry:22", "`values:` has an entry more"),
        ("access:further-command:10", "kubectl create configmap further"),
        ("tenant:dropped-check:9", "prune: false"),
        ("tenant:dropped-check:10", "wait: true` is left out"),
        ("entry:dropped-check:20", 'version: "6.9.2"` is left out'),
        ("access:dropped-check:1", "curl --insecure --data-urlencode"),
        ("access:dropped-check:7", "becomes `flux reconcile kustomization apps`"),
        ("access:dropped-check:8", "becomes `kubectl auth can-i create pods`"),
        ("access:dropped-check:9", "StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"),
    ],
)
def test_what_a_sentence_promises_is_broken_by_more_than_was_said(
    found: list[Mutant], mutant: str, words: str
) -> None:
    one = next(m for m in found if m.id == mutant)
    assert words in one.what


def test_rights_of_a_namespace_become_those_of_a_cluster(found: list[Mutant]) -> None:
    one = next(m for m in found if m.id == "rights:wider-scope:1")
    role, binding = yaml.safe_load_all(one.text)
    assert (role["kind"], role["metadata"]) == ("ClusterRole", {"name": "tenant"})
    assert (binding["kind"], binding["metadata"]) == ("ClusterRoleBinding", {"name": "tenant"})
    assert binding["roleRef"]["kind"] == "ClusterRole"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "namespace": "tenant"}]


def test_more_than_was_said_is_taken_by_kubernetes_as_it_is(found: list[Mutant]) -> None:
    further = {m.block: m.text for m in found if m.operator == "further-object"}
    assert set(further) == {"entry", "rights", "tenant"}
    for text in further.values():
        *_, last = yaml.safe_load_all(text)
        assert (last["kind"], last["metadata"]["name"]) == ("ConfigMap", "further")
    one = next(m for m in found if m.id == "access:more-rights:4")
    assert "flux bootstrap gitlab \\\n  --read-write-key=true \\\n  --owner=platform\n" in one.text


def test_the_page_of_a_mutant_differs_in_the_fault_alone(
    found: list[Mutant], tmp_path: Path
) -> None:
    before = Edition.read(tmp_path)
    for mutant in found:
        (tmp_path / "adding.md").write_text(mutant.page_text, encoding="utf-8")
        after = Edition.read(tmp_path)
        changed = [b.id for b in after.blocks.values() if b.text != before.block(b.id).text]
        assert changed == ([mutant.block] if mutant.block else []), mutant.id
        assert not mutant.block or after.block(mutant.block).text == mutant.text
        assert after.content_hash != before.content_hash or mutant.operator == "dropped-step"


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


def test_a_skipped_step_is_not_followed(found: list[Mutant], tmp_path: Path) -> None:
    mutant = next(m for m in found if m.id == "adding/step-1:dropped-step:1")
    (tmp_path / "adding.md").write_text(mutant.page_text, encoding="utf-8")
    edition = Edition.read(tmp_path)
    assert edition.blocks_of("adding/step-1") == []
    assert [block.id for block in edition.blocks_of("adding/step-2")] == ["push", "bootstrap"]


def test_swapped_steps_keep_their_places_and_trade_their_blocks(
    found: list[Mutant], tmp_path: Path
) -> None:
    mutant = next(m for m in found if m.id == "adding/step-1:swapped-steps:1")
    (tmp_path / "adding.md").write_text(mutant.page_text, encoding="utf-8")
    edition = Edition.read(tmp_path)
    assert [block.id for block in edition.blocks_of("adding/step-1")] == ["push", "bootstrap"]
    assert [block.id for block in edition.blocks_of("adding/step-2")][:2] == ["overlay", "entry"]


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

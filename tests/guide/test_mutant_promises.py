"""Mutants that do more than was said, or do it with more rights."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from guide import Edition
from guide.mutant import Mutant
from guide.promise_faults import further_object


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
        ("access:further-command:11", "kubectl create configmap further"),
        ("tenant:dropped-check:9", "prune: false"),
        ("tenant:dropped-check:10", "wait: true` is left out"),
        ("entry:dropped-check:20", 'version: "6.9.2"` is left out'),
        ("access:dropped-check:1", "curl --insecure --data-urlencode"),
        ("access:dropped-check:7", "becomes `flux reconcile kustomization apps`"),
        ("access:dropped-check:8", "becomes `kubectl auth can-i create pods`"),
        ("access:dropped-check:9", "StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"),
        ("access:dropped-check:9.2", "ssh -oStrictHostKeyChecking=off"),
        ("access:dropped-check:10", "git -c http.sslVerify=no ls-remote https://x"),
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


def test_what_has_no_kind_is_no_object_that_another_one_comes_with(tmp_path: Path) -> None:
    block = '``` { .yaml #%s title="%s" }\napiVersion: v2\n%sname: till\n```\n'
    page = block % ("chart", "Chart.yaml", "") + block % ("note", "note.yaml", "kind: Note\n")
    (tmp_path / "page.md").write_text(f"# Page\n\n## Till {{ #till }}\n\n{page}", encoding="utf-8")
    edition = Edition.read(tmp_path)
    assert not list(further_object(edition.block("chart")))
    assert list(further_object(edition.block("note")))

"""Words that a text says: a longer name or number is another one."""

from __future__ import annotations

import pytest

from sandbox.words import says


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Helm upgrade succeeded for release my-app/my-app.v3 with chart podinfo@6.9.2", "6.9.2"),
        ("rolled back to shop.v1.", "shop.v1"),
        ("no such\n  file or directory", "no such file or directory"),
        ('namespaces "my-app" not found', 'namespaces "my-app" not found'),
        ("(patch clusterissuers.cert-manager.io x)", "resource (patch clusterissuers."[9:]),
        ("no\n", "no"),
        ("2026 error Kustomization/apps.flux-system - x", "error Kustomization/"),
        ("name: flux-system", "name: flux-system"),
    ],
)
def test_words_are_found(text: str, words: str) -> None:
    assert says(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rolled back to shop.v12", "shop.v1"),
        ("podinfo@6.9.2-rc.1", "podinfo@6.9.2"),
        ("podinfo@16.9.2", "6.9.2"),
        ("error: unknown flag: --asx", "no"),
        ("name: flux-system-x", "name: flux-system"),
        ("my-apps is Ready", "my-app"),
        ("the old-apps are", "apps"),
        ("anything", ""),
        ("anything", "  "),
    ],
)
def test_a_longer_name_and_no_words_at_all_are_not(text: str, words: str) -> None:
    assert not says(text, words)

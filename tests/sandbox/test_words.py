"""Words that a text says: a longer name or number is another one."""

from __future__ import annotations

import pytest

from sandbox.words import mentions, prints, says, unsaid


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
        ("upgrade succeeded for release dev/shop.v2 with chart x", "shop.v2"),
        ("stored artifact: revision 'main@sha1:0a1b'", "main@sha1:"),
        ("stored artifact: revision 'main@sha1:0a1b'", "stored artifact"),
        (r"secrets \"login\" not found\n", "not found"),
        ("error Kustomization/apps.flux-system - x", "error Kustomization"),
        ("path: ./apps", "./apps"),
        ("path:./apps.", "./apps"),
        ("offset -1, 2", "-1"),
        ("offset -1, 2", "2"),
        ("[a,500]", "500"),
        ('{"message":"hello"}', '"message":"hello"'),
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
        ("path: ../apps", "./apps"),
        ("error Kustomizations/apps - x", "error Kustomization"),
        ("offset -1", "1"),
        ("ready 0/1", "1"),
        ("chart podinfo@6.9.2+patched", "podinfo@6.9.2"),
        ("10% of them", "10"),
        ("path infra/apps/web", "apps/web"),
        ("infra/apps/web: no", "apps"),
        ("a=--wide", "-wide"),
        ("half~1", "half"),
        ("1,500 of them", "500"),
        ("anything", ""),
        ("anything", "  "),
    ],
)
def test_a_longer_name_and_no_words_at_all_are_not(text: str, words: str) -> None:
    assert not says(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("shop-podinfo-7d9f 1/1 Running", "shop"),
        ("shop-podinfo-7d9f 1/1 Running", "shop-podinfo"),
        ("an unknown\n  error occurred", "known error"),
        ("a -> b", "->"),
    ],
)
def test_what_must_not_be_there_is_found_inside_a_longer_name(text: str, words: str) -> None:
    assert mentions(text, words)


def test_what_a_command_prints_stands_in_one_line() -> None:
    table = "NAME    READY\nteam-a\nReady   False\n"
    assert says(table, "team-a Ready")
    assert not prints(table, "team-a Ready")
    assert prints(table, "Ready False")
    assert not prints(table, " ")
    assert unsaid(table, "team-a Ready").endswith("in one line")
    assert unsaid(table, "team").endswith("inside a longer name or number")


def test_what_is_not_there_is_not_mentioned() -> None:
    assert not mentions("web-5c6d 1/1 Running", "shop")
    assert not mentions("web-5c6d 1/1 Running", " ")

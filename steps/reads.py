"""Sentences about who reads the monorepo when a command is typed."""

from __future__ import annotations

from pytest_bdd import parsers, then

from steps.engineer import Engineer

_FLUX = "Go"
"""What source-controller's SSH library calls itself: the default of golang.org/x/crypto/ssh."""


@then(parsers.re(r'block "(?P<block>[^"]+)" reads the monorepo with the deploy key$'))
def reads_with_deploy_key(engineer: Engineer, block: str) -> None:
    """While the command ran, a deploy key has fetched over SSH, and nobody in another way.

    What Flux fetches meanwhile is neither: it always has a deploy key.
    """
    gitlab = engineer.sandbox.gitlab
    before = len(gitlab.log())
    done = engineer.do(block)
    fetched = [
        entry
        for entry in gitlab.log()[before:]
        if "fetch" in entry["operation"] and entry.get("client") != _FLUX
    ]
    by = sorted({f"{entry['operation']} by {entry['actor']}" for entry in fetched})
    assert by, f"the Git server knows of no fetch while `{done.line}` ran"
    others = [each for each in by if not each.startswith("SSH fetch by deploy key ")]
    assert not others, f"while `{done.line}` ran, the Git server was asked for: {', '.join(by)}"
    refused = sorted({entry["result"] for entry in fetched} - {"ok"})
    assert not refused, f"while `{done.line}` ran, a fetch was {', '.join(refused)}"

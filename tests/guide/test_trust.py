"""A command that switches off the check of who answers is refused, unless the page says why."""

from __future__ import annotations

import pytest

from guide.block import Block
from guide.command_promise_faults import dropped_check
from guide.mutant import lines_of
from guide.trust import unasked

SAFE = """\
curl --cacert ca.pem --header "PRIVATE-TOKEN: $GITLAB_TOKEN" https://git.example/api
GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=accept-new" git ls-remote ssh://git@git.example/x
GIT_SSH_COMMAND="ssh -o UserKnownHostsFile=known-hosts" git ls-remote ssh://git@git.example/x
"""


def block(text: str, *classes: str, **more: str) -> Block:
    unused = more.get("unused", "")
    unchecked = more.get("unchecked", "")
    return Block(
        "b", "bash", "", "", text, "page.md", 7, classes, unused, "", "", unchecked=unchecked
    )


@pytest.mark.parametrize(
    ("typed", "off"),
    [
        ("curl --insecure https://git.example", "--insecure"),
        ("curl --fail -sSk https://git.example", "-sSk"),
        ("kubectl get pods --insecure-skip-tls-verify=true", "--insecure-skip-tls-verify=true"),
        ("kubectl get pods --insecure-skip-tls-verify", "--insecure-skip-tls-verify"),
        ("wget --no-check-certificate https://git.example", "--no-check-certificate"),
        ("ssh -o StrictHostKeyChecking=no git@git.example", "StrictHostKeyChecking=no"),
        ("ssh -o UserKnownHostsFile=/dev/null git@x", "UserKnownHostsFile=/dev/null"),
        ("GIT_SSL_NO_VERIFY=1 git clone https://git.example/x", "GIT_SSL_NO_VERIFY=1"),
        ("git -c http.sslVerify=false clone https://git.example/x", "http.sslVerify=false"),
    ],
)
def test_who_does_not_look_who_answers_is_refused_with_the_line(typed: str, off: str) -> None:
    [problem] = unasked(block(f"{SAFE}{typed}\n"))
    assert str(problem).startswith(f'page.md:11: block "b" does not check who answers: {off}. Cure')
    assert not list(unasked(block(f"{typed}\n", "as-written")))
    assert not list(unasked(block(f"{typed}\n", unused="shown only")))
    assert not list(unasked(block(f"{typed}\n", unchecked="the lab has no certificate")))


def test_who_looks_is_not_refused_and_needs_no_reason() -> None:
    others = "kubectl get pods -k x\ncurl -K config https://x | sort -k 2\n# curl -k\n"
    assert not list(unasked(block(SAFE + others)))
    [problem] = unasked(block(SAFE, unchecked="no time"))
    assert "take data-unchecked away" in str(problem)


def test_no_fault_that_leaves_this_check_out_gets_through() -> None:
    safe = block(SAFE)
    faults = [edit for edit in dropped_check(safe) if "accept-new" not in "".join(edit.new)]
    assert len(faults) == 3
    for edit in faults:
        wrong = "\n".join(edit.apply(lines_of(safe))) + "\n"
        assert len(list(unasked(block(wrong)))) >= 1, edit.what

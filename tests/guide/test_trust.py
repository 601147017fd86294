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
        ("git -c http.sslVerify=no clone https://git.example/x", "http.sslVerify=no"),
        ("git config http.sslVerify off", "http.sslVerify off"),
        ("git -c http.sslverify=0 fetch", "http.sslverify=0"),
        ("git -c http.sslVerify= fetch", "http.sslVerify="),
        (
            "git -c http.https://git.example/.sslVerify=false fetch",
            "http.https://git.example/.sslVerify=false",
        ),
        ("GIT_SSL_NO_VERIFY= git fetch", "GIT_SSL_NO_VERIFY="),
        ("helm pull x --verify=false", "--verify=false"),
        (
            "ssh-keyscan git.example 2>/dev/null > ./hosts\n"
            "kubectl create secret generic x --from-file=known_hosts=hosts",
            "ssh-keyscan git.example 2>/dev/null > ./hosts",
        ),
        (
            "kubectl create secret generic x --from-file=known_hosts=<(ssh-keyscan git.example)",
            "known_hosts=<(ssh-keyscan",
        ),
        (
            "ssh-keyscan git.example | kubectl create secret generic x"
            " --from-file=known_hosts=/dev/stdin",
            "ssh-keyscan git.example | kubectl create secret generic x"
            " --from-file=known_hosts=/dev/stdin",
        ),
        ("ssh -o StrictHostKeyChecking=off git@x", "StrictHostKeyChecking=off"),
        ("ssh -oStrictHostKeyChecking=no git@x", "-oStrictHostKeyChecking=no"),
        ("ssh -o stricthostkeychecking=no git@x", "stricthostkeychecking=no"),
        ("ssh -o 'StrictHostKeyChecking no' git@x", "StrictHostKeyChecking no"),
        ("ssh -o StrictHostKeyChecking=false git@x", "StrictHostKeyChecking=false"),
        ("ssh -o userknownhostsfile=/dev/null git@x", "userknownhostsfile=/dev/null"),
        (
            "ssh -o NoHostAuthenticationForLocalhost=yes git@localhost",
            "NoHostAuthenticationForLocalhost=yes",
        ),
        ("kubectl get pods --insecure-skip-tls-verify=1", "--insecure-skip-tls-verify=1"),
        ("kubectl get pods --insecure-skip-tls-verify=True;", "--insecure-skip-tls-verify=True"),
        (
            "kubectl config set clusters.dev.insecure-skip-tls-verify true",
            "clusters.dev.insecure-skip-tls-verify true",
        ),
        ("glab config set skip_tls_verify true", "skip_tls_verify true"),
        ("x --skip-tls-verify=true", "--skip-tls-verify=true"),
        ("helm list --kube-insecure-skip-tls-verify", "--kube-insecure-skip-tls-verify"),
        ("skopeo copy --src-tls-verify=false a b", "--src-tls-verify=false"),
        ("wget --no-check-cert https://git.example", "--no-check-cert"),
        ("aws s3 ls --no-verify-ssl", "--no-verify-ssl"),
        ("NODE_TLS_REJECT_UNAUTHORIZED=0 npx x", "NODE_TLS_REJECT_UNAUTHORIZED=0"),
        ("PYTHONHTTPSVERIFY=0 python3 x.py", "PYTHONHTTPSVERIFY=0"),
        ("VAULT_SKIP_VERIFY=true vault status", "VAULT_SKIP_VERIFY=true"),
        ("ssh-keyscan git.example > known-hosts", "ssh-keyscan git.example > known-hosts"),
        ("ssh-keyscan x 2>/dev/null >>~/.ssh/known_hosts", "ssh-keyscan x 2>/dev/null >>~/.ssh/kn"),
        ("ssh-keyscan x | tee -a known_hosts", "ssh-keyscan x | tee -a known_hosts"),
        ('x --from-literal=known_hosts="$(ssh-keyscan x)"', 'known_hosts="$(ssh-keyscan'),
        ('answer="$(curl -k https://git.example)"', "-k"),
        ('curl "https://git.example?a=1&b=2" -k', "-k"),
        ("test -n x && curl --insecure; true", "--insecure"),
    ],
)
def test_who_does_not_look_who_answers_is_refused_with_the_line(typed: str, off: str) -> None:
    [problem] = unasked(block(f"{SAFE}{typed}\n"))
    assert str(problem).startswith(f'page.md:11: block "b" does not check who answers: {off}')
    assert not list(unasked(block(f"{typed}\n", "as-written")))
    assert not list(unasked(block(f"{typed}\n", unused="shown only")))
    assert not list(unasked(block(f"{typed}\n", unchecked="the lab has no certificate")))


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("curl --fail \\\n  -k \\\n  https://git.example\n", 9),
        ("kubectl get pods \\\n  --insecure-skip-tls-verify\n", 9),
        ("cat > ssh-config <<END\nHost *\n  StrictHostKeyChecking no\nEND\n", 10),
        ("cat > gitconfig <<END\n[http]\n\tsslVerify = false\nEND\n", 10),
    ],
)
def test_it_may_stand_in_a_later_line_of_the_command(typed: str, line: int) -> None:
    [problem] = unasked(block(typed))
    assert str(problem).startswith(f"page.md:{line}: ")


@pytest.mark.parametrize(
    "typed",
    [
        "kubectl get pods -k x",
        "curl -K config https://x | sort -k 2",
        "# curl -k",
        "for each in a b; do\ncurl https://x\n# curl -k\nsort -k 2\ndone",
        'curl --header "X: -k 1" https://x',
        "git config http.sslVerify true",
        "git config --unset http.sslVerify",
        "git commit --no-verify -m x",
        "ssh -o StrictHostKeyChecking=yes git@x",
        "ssh -o GlobalKnownHostsFile=/dev/null git@x",
        "kubectl get pods --insecure-skip-tls-verify=false",
        "skopeo copy --src-tls-verify=true a b",
        "ssh-keyscan x 2>/dev/null | diff - known-hosts",
        "diff <(ssh-keyscan x 2>/dev/null) known-hosts",
        "ssh-keyscan x | ssh-keygen -lf -",
        "ssh-keyscan x | grep -Fxf - known_hosts",
        "ssh-keyscan x > asked\nkubectl create secret generic x --from-file=known_hosts=asked-x",
        "helm pull x --verify\nhelm pull x --verify=true",
        "NODE_TLS_REJECT_UNAUTHORIZED=1 npx x",
        "x install --skip-cert-manager-crds --skip-schema-validation --skip-crds",
    ],
)
def test_who_looks_is_not_refused(typed: str) -> None:
    assert not list(unasked(block(f"{SAFE}{typed}\n")))


def test_who_looks_needs_no_reason() -> None:
    [problem] = unasked(block(SAFE, unchecked="no time"))
    assert "take data-unchecked away" in str(problem)


def test_no_fault_that_leaves_this_check_out_gets_through() -> None:
    safe = block(f"{SAFE}git ls-remote https://git.example/x\n")
    faults = [edit for edit in dropped_check(safe) if "accept-new" not in "".join(edit.new)]
    assert len(faults) == 6
    for edit in faults:
        wrong = "\n".join(edit.apply(lines_of(safe))) + "\n"
        assert len(list(unasked(block(wrong)))) >= 1, edit.what

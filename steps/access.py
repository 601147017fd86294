"""Sentences about access to the repository: token, deploy key, and where they lie."""

from __future__ import annotations

import base64

from pytest_bdd import given, parsers, then, when

from report.disguises import Disguises
from sandbox.cluster.search import holders
from sandbox.gitlab.public_key import public_half
from steps.engineer import Engineer
from steps.fetches import since_push
from steps.only_key import only_deploy_key
from steps.pushed import settle
from steps.table import column

_WHOLE = ("-m", "--pretty=raw", "--text", "--no-textconv", "--no-ext-diff", "--no-renames")
"""Show who made a commit with which words, and each change of it against each of its parents."""


@given("the bootstrap token is revoked and the engineer goes on with a token for repositories")
def revoke_bootstrap_token(engineer: Engineer) -> None:
    """GitLab refuses the token from now on; the engineer's git has one that opens no API."""
    gitlab, desk = engineer.sandbox.gitlab, engineer.sandbox.desk
    gitlab.revoke_token(desk.env["GITLAB_TOKEN"])
    desk.log_in(gitlab.create_token("engineer", ["write_repository"]))


@given(parsers.re(r"the bootstrap token (?P<end>was revoked|has expired)$"))
def end_bootstrap_token(engineer: Engineer, end: str) -> None:
    """GitLab knows the token as revoked, or its last day was yesterday."""
    gitlab, token = engineer.sandbox.gitlab, engineer.sandbox.desk.env["GITLAB_TOKEN"]
    if end == "was revoked":
        gitlab.revoke_token(token)
    else:
        gitlab.expire_token(token)


@given(parsers.parse('the engineer gets a new token with scope "{scope}"'))
@when(parsers.parse('the engineer gets a new token with scope "{scope}"'))
def new_token(engineer: Engineer, scope: str) -> None:
    """A token of the engineer's beside the one there is; git logs in with it from now on."""
    token = engineer.sandbox.gitlab.create_token("engineer", [scope])
    engineer.values["new-access-token"] = token
    engineer.sandbox.desk.log_in(token)


@given(parsers.parse('nobody may push to branch "{branch}"'))
def nobody_may_push(engineer: Engineer, branch: str) -> None:
    """The branch is protected from everybody, whatever their role."""
    gitlab, repository = engineer.sandbox.gitlab, engineer.sandbox.layout.repository
    # Its default branch has a rule already.
    if branch in [each["name"] for each in gitlab.protected_branches(repository)]:
        gitlab.unprotect_branch(repository, branch)
    gitlab.protect_branch(repository, branch, push_access_level=0)


@given("the deploy key of the project may push")
def deploy_key_may_push(engineer: Engineer) -> None:
    """Give the one deploy key that there is the right to push."""
    repository, key = engineer.sandbox.layout.repository, only_deploy_key(engineer)
    engineer.sandbox.gitlab.set_can_push(repository, key["id"], True)


@then("everything fetched since the push was fetched over SSH with the deploy key")
def fetched_with_deploy_key(engineer: Engineer) -> None:
    """The server's journal knows of no other fetch since then, and of at least one."""
    fetches = {(each["operation"], each["actor"]) for each in since_push(engineer)}
    assert len(fetches) == 1, fetches
    assert all(how == "SSH fetch" and who.startswith("deploy key") for how, who in fetches), fetches


@then("the private key is in these objects of the cluster and in no other:")
def private_key_is_in(engineer: Engineer, datatable: list[list[str]]) -> None:
    """Look for a line of the key in every object of every kind, however it is encoded."""
    settle(engineer)
    line = engineer.sandbox.private_key.read_text().splitlines()[2]
    found = holders(engineer.sandbox.view().api, Disguises([line]).are_in)
    assert found == sorted(column(datatable, "object")), f"it is in {found}"


@then("the bootstrap token is in no object of the cluster")
def token_is_in_no_object(engineer: Engineer) -> None:
    """Look for the token in every object of every kind, however it is encoded."""
    settle(engineer)
    token = engineer.sandbox.desk.env["GITLAB_TOKEN"]
    found = holders(engineer.sandbox.view().api, Disguises([token]).are_in)
    assert not found, f"it is in {found}"


@then("the bootstrap token is in no commit of the monorepo")
def token_is_in_no_commit(engineer: Engineer) -> None:
    """Look for the token in every commit of every ref of the Git server, however it is encoded."""
    token = Disguises([engineer.sandbox.desk.env["GITLAB_TOKEN"]])
    git = engineer.sandbox.monorepo.git
    refs = git("for-each-ref", "--format=%(refname) %(contents)")
    assert not token.are_in(refs), "it is in the name or the words of a ref"
    listed = git("rev-list", "--all").split()
    shown = {each: git("show", *_WHOLE, each) for each in listed}
    assert any("kind: GitRepository" in each for each in shown.values()), "nothing is found at all"
    found = [each for each in listed if token.are_in(shown[each])]
    assert not found, f"it is in {', '.join(found)}"


@given("the deploy key of the project may not push")
@then("the deploy key of the project may not push")
def deploy_key_may_not_push(engineer: Engineer) -> None:
    """There is one deploy key, and GitLab knows it as read-only."""
    keys = engineer.sandbox.gitlab.deploy_keys(engineer.sandbox.layout.repository)
    assert [key["can_push"] for key in keys] == [False], keys


@then(
    parsers.parse('the deploy key of the project is the public half of the key in Secret "{name}"')
)
def deploy_key_is_public_half(engineer: Engineer, name: str) -> None:
    """Compare GitLab's deploy key with the half that belongs to the private key, comments apart."""
    secret = engineer.sandbox.view().find("Secret", "flux-system", name)
    assert secret is not None, f"there is no Secret {name}"
    half = public_half(base64.b64decode(secret["data"]["identity"]).decode())
    keys = engineer.sandbox.gitlab.deploy_keys(engineer.sandbox.layout.repository)
    found = [" ".join(key["key"].split()[:2]) for key in keys]
    assert found == [half], f"GitLab has {found}, the key in the Secret belongs to {half}"
    told = base64.b64decode(secret["data"]["identity.pub"]).decode().split()[:2]
    assert " ".join(told) == half, f"the Secret says of itself that it is {told}"

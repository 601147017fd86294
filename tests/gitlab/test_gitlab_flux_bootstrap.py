"""Flux, unmodified: every mode of bootstrap, and why it cannot."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from flux_live import COMPONENTS, PATH, Flux
from gitlab_live import Key, World

pytestmark = pytest.mark.toolchain


def test_bootstrap_with_a_deploy_key(flux: Flux, shared: World) -> None:
    title = f"flux-system-main-flux-system-./{PATH}"
    # Other tests of the module add keys of their own, before or after.
    [key] = [key for key in shared.gitlab.deploy_keys(shared.project) if key["title"] == title]
    assert key["can_push"] is False
    shared.desk.done(
        "pull",
        "--quiet",
        shared.live.https(shared.project, shared.token),
        "main",
        cwd=shared.tree,
    )
    assert (shared.tree / PATH / "flux-system" / "gotk-sync.yaml").exists()


def test_bootstrap_again_changes_nothing(flux: Flux, followed: World, key: Key) -> None:
    before = followed.refs()
    words = f"--private-key-file={key.private}"
    done = flux.bootstrap(followed, followed.group, "flux-config", words)
    assert done.returncode == 0, done.stderr
    assert "sync manifests are up to date" in done.stderr
    assert followed.refs() == before


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--token-auth"], id="token-auth"),
        pytest.param(["--deploy-token-auth"], id="deploy-token-auth"),
        pytest.param(["--token-auth", "--reconcile"], id="reconcile"),
    ],
)
def test_bootstrap_over_https_into_a_project_that_is_not_there(
    flux: Flux, shared: World, words: list[str]
) -> None:
    name = f"new-{uuid.uuid4().hex[:6]}"
    done = flux.bootstrap(shared, shared.group, name, *words)
    assert done.returncode == 0, done.stderr
    project = shared.gitlab.project(f"{shared.group}/{name}")
    assert (project["visibility"], project["default_branch"]) == ("private", "main")
    flux.wait("flux-system", shared.gitlab.refs(f"{shared.group}/{name}")["refs/heads/main"])
    tokens = shared.gitlab.deploy_tokens(f"{shared.group}/{name}")
    assert len(tokens) == (1 if "--deploy-token-auth" in words else 0)
    assert all("token" not in each for each in tokens)


def test_bootstrap_into_a_sub_group_with_dots_in_names(
    flux: Flux, shared: World, tmp_path: Path
) -> None:
    shared.gitlab.create_group(f"{shared.group}/sub.group")
    owner = f"{shared.group}/sub.group"
    key = Key.make(tmp_path, "ecdsa-sha2-nistp384")
    done = flux.bootstrap(
        shared, owner, "flux.config", f"--private-key-file={key.private}", "--read-write-key"
    )
    assert done.returncode == 0, done.stderr
    [row] = shared.gitlab.deploy_keys(f"{owner}/flux.config")
    assert row["can_push"] is True


def test_bootstrap_for_a_person_and_a_team(flux: Flux, shared: World) -> None:
    token = shared.gitlab.create_token(shared.maintainer, ["api"])
    done = flux.bootstrap(
        shared, shared.maintainer, "mine", "--personal", "--token-auth", token=token
    )
    assert done.returncode == 0, done.stderr
    assert shared.gitlab.project(f"{shared.maintainer}/mine")["owner"]["username"] == (
        shared.maintainer
    )
    wrong = flux.bootstrap(shared, "someone-else", "mine", "--personal", "--token-auth")
    assert "doesn't match the identity associated with the given token" in wrong.stderr
    team = f"team-{uuid.uuid4().hex[:6]}"
    shared.gitlab.create_group(team)
    shared.gitlab.add_member(team, shared.maintainer, "developer")
    done = flux.bootstrap(
        shared, shared.group, "flux-config", "--token-auth", f"--team={team}", token=token
    )
    assert done.returncode == 0, done.stderr
    shares = shared.gitlab.project(shared.project)["shared_with_groups"]
    assert [(each["group_full_path"], each["group_access_level"]) for each in shares] == [
        (team, 40)
    ]


def test_bootstrap_git_over_ssh_and_https(flux: Flux, shared: World) -> None:
    key, number = shared.deploy_key(can_push=True)
    words = ["--branch=main", f"--path={PATH}", "--interval=2s", "--timeout=2m", "--silent"]
    words += [f"--components={COMPONENTS}"]
    ssh = [f"--url={shared.live.ssh(shared.project)}", f"--private-key-file={key.private}"]
    done = flux.run("flux", "bootstrap", "git", *ssh, *words)
    assert done.returncode == 0, done.stderr
    https = [
        f"--url={shared.gitlab.url}/{shared.project}.git",
        "--token-auth",
        f"--password={shared.token}",
        f"--ca-file={shared.gitlab.ca_file}",
    ]
    done = flux.run("flux", "bootstrap", "git", *https, *words)
    assert done.returncode == 0, done.stderr
    shared.gitlab.set_can_push(shared.project, number, False)
    done = flux.run("flux", "bootstrap", "git", *ssh, *words[:1], "--path=clusters/b", *words[2:])
    assert done.returncode == 1
    assert "ERROR: This deploy key does not have write access to this project." in done.stderr


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        ("wrong", "401 {message: 401 Unauthorized}"),
        ("revoked", "401 {error: invalid_token}"),
        ("read_repository", "403 {error: insufficient_scope}"),
        ("developer", "deploy_keys: 403 {message: 403 Forbidden}"),
        ("no ca", "x509: certificate signed by unknown authority"),
        ("no token", "could not read token: could not read from stdin: EOF"),
        ("no group", "404 Not Found"),
        ("protected", "pre-receive hook declined"),
    ],
)
def test_bootstrap_says_why_it_can_not(
    flux: Flux, shared: World, tmp_path: Path, prepare: str, said: str
) -> None:
    key = Key.make(tmp_path)
    words = [f"--private-key-file={key.private}"]
    owner, token = shared.group, shared.token
    if prepare == "wrong":
        token = "glpat-" + "x" * 20
    elif prepare == "revoked":
        token = shared.token_of("maintainer")
        shared.gitlab.revoke_token(token)
    elif prepare == "read_repository":
        token = shared.token_of("maintainer", "read_repository")
    elif prepare in ("developer", "protected"):
        token = shared.token_of("developer")
    elif prepare == "no ca":
        words.append("--ca-file=")
    elif prepare == "no token":
        token = ""
    elif prepare == "no group":
        owner = "nowhere"
    if prepare == "protected":
        shared.gitlab.protect_branch(shared.project, "main")
        words.append("--path=clusters/another")
    done = flux.bootstrap(shared, owner, "flux-config", *words, token=token)
    if prepare == "protected":
        shared.gitlab.unprotect_branch(shared.project, "main")
    assert done.returncode == 1
    assert said in done.stderr

"""Flux, unmodified: every mode of bootstrap, and its words for each fault of a Git server."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from gitlab_live import Key, Live, World, make_world, seen_in_log

from sandbox.gitlab.certificates import Certificates
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.providers.embedded.control_plane import ControlPlane
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import Toolchain, ensure
from sandbox.toolchain.toolchain import is_built
from sandbox.waiting import wait_until

pytestmark = pytest.mark.toolchain

LIMIT_S = 180
PATH = "clusters/test"
COMPONENTS = "source-controller,kustomize-controller,notification-controller"


@dataclass
class Flux:
    """A cluster in which Flux runs, and the programs to speak to it."""

    toolchain: Toolchain
    kubeconfig: Path
    receiver_port: int

    def run(
        self, program: str, *words: str, token: str = "", limit: float = LIMIT_S, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        home = str(self.kubeconfig.parent)
        env = {"KUBECONFIG": str(self.kubeconfig), "PATH": os.environ["PATH"], "HOME": home}
        if token:
            env["GITLAB_TOKEN"] = token
        return subprocess.run(
            [str(self.toolchain.bin / program), *words],
            env=env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=limit,
        )

    def kubectl(self, *words: str, stdin: str = "") -> str:
        done = self.run("kubectl", *words, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def bootstrap(
        self, world: World, owner: str, repository: str, *words: str, token: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        gitlab = world.gitlab
        return self.run(
            "flux",
            "bootstrap",
            "gitlab",
            f"--hostname={gitlab.url.removeprefix('https://')}",
            f"--ssh-hostname={gitlab.ssh_host}:{gitlab.ssh_port}",
            f"--ca-file={gitlab.ca_file}",
            f"--owner={owner}",
            f"--repository={repository}",
            "--branch=main",
            f"--path={PATH}",
            "--interval=2s",
            "--timeout=2m",
            f"--components={COMPONENTS}",
            *words,
            token=world.token if token is None else token,
        )

    def condition(self, name: str) -> tuple[str, str]:
        """Reason and message of Ready of a GitRepository."""
        found = json.loads(
            self.kubectl("-n", "flux-system", "get", "gitrepository", name, "-o", "json")
        )
        for each in found.get("status", {}).get("conditions", []):
            if each["type"] == "Ready":
                return each["reason"], each["message"]
        return "", ""

    def wait(self, name: str, words: str) -> None:
        """Wait until Ready of a GitRepository says these words."""

        def probe() -> tuple[bool | None, str]:
            reason, message = self.condition(name)
            return (True if words in f"{reason} {message}" else None), f"{reason}: {message}"

        wait_until(f"GitRepository {name} to say {words!r}", probe, LIMIT_S, every=0.3)

    def source(self, name: str, **spec: Any) -> None:
        """A GitRepository that is looked at every two seconds."""
        manifest = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "GitRepository",
            "metadata": {"name": name, "namespace": "flux-system"},
            "spec": {"interval": "2s", "timeout": "20s", "ref": {"branch": "main"}, **spec},
        }
        self.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))

    def secret(self, name: str, **data: str) -> None:
        manifest = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": "flux-system"},
            "stringData": data,
        }
        self.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))


@pytest.fixture(scope="module")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flux]:
    if not is_built() and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built (`make e2e` builds it)")
    toolchain = ensure()
    folder = tmp_path_factory.mktemp("flux")
    supervisor = SupervisorClient(folder)
    supervisor.launch(owner=os.getpid())
    try:
        cluster = Embedded("test", folder, toolchain).create("test")
        plane = ControlPlane.read(folder / "clusters" / cluster.name)
        yield Flux(toolchain, cluster.kubeconfig, plane.ports.receiver)
    finally:
        supervisor.shutdown()


@pytest.fixture(scope="module")
def shared(live: Live, flux: Flux, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project to which Flux has been bootstrapped with an SSH deploy key."""
    folder = tmp_path_factory.mktemp("desk")
    world = make_world(live, folder)
    key = Key.make(folder)
    done = flux.bootstrap(world, world.group, "flux-config", f"--private-key-file={key.private}")
    assert done.returncode == 0, done.stderr
    assert "all components are healthy" in done.stderr
    return world


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


def test_bootstrap_again_changes_nothing(flux: Flux, shared: World, tmp_path: Path) -> None:
    # Another test may have bootstrapped the cluster from its own project meanwhile.
    key = f"--private-key-file={Key.make(tmp_path).private}"
    done = flux.bootstrap(shared, shared.group, "flux-config", key)
    assert done.returncode == 0, done.stderr
    before = shared.refs()
    flux.wait("flux-system", before["refs/heads/main"])
    done = flux.bootstrap(shared, shared.group, "flux-config", key)
    assert done.returncode == 0, done.stderr
    assert "sync manifests are up to date" in done.stderr
    assert shared.refs() == before


def test_source_controller_names_each_fault(flux: Flux, shared: World, tmp_path: Path) -> None:
    key, number = shared.deploy_key()
    gitlab = shared.gitlab
    scan = subprocess.run(
        ["ssh-keyscan", "-t", "ecdsa", "-p", str(gitlab.ssh_port), "127.0.0.1"],
        capture_output=True,
        text=True,
        timeout=30,
    ).stdout
    words = {"identity": key.private.read_text(), "identity.pub": key.public, "known_hosts": scan}
    flux.secret("ssh", **words)
    url = shared.live.ssh(shared.project)
    flux.source("ssh", url=url, secretRef={"name": "ssh"})
    flux.wait("ssh", "stored artifact")

    gitlab.delete_deploy_key(shared.project, number)
    flux.wait(
        "ssh",
        f"GitOperationFailed failed to checkout and determine revision: unable to list remote for "
        f"'{url}': ssh: handshake failed: ssh: unable to authenticate, attempted methods "
        "[none publickey], no supported methods remain",
    )
    gitlab.create_project(shared.group, f"other-{uuid.uuid4().hex[:6]}")
    other = next(
        row["path_with_namespace"]
        for row in gitlab.control.list(f"/groups/{shared.group}/projects")
        if row["path"].startswith("other-")
    )
    gitlab.add_deploy_key(other, "elsewhere", key.public)
    flux.wait("ssh", f"unable to list remote for '{url}': repository not found")

    gitlab.add_deploy_key(shared.project, "again", key.public)
    flux.wait("ssh", "stored artifact")
    before = gitlab.snapshot()
    gitlab.faults.rotate_host_key()
    flux.wait("ssh", "ssh: handshake failed: knownhosts: key mismatch")
    gitlab.restore(before)
    flux.wait("ssh", "stored artifact")

    gitlab.faults.refuse_connections("ssh")
    flux.wait("ssh", "connect: connection refused")
    gitlab.faults.clear()
    flux.wait("ssh", "stored artifact")

    flux.source("ssh", url=url, secretRef={"name": "ssh"}, ref={"branch": "nowhere"})
    flux.wait("ssh", """couldn't find remote ref "refs/heads/nowhere\"""")
    flux.kubectl("-n", "flux-system", "delete", "gitrepository", "ssh")


def other_ca(folder: Path) -> str:
    """A CA that signed nothing here."""
    made = Certificates(folder)
    made.ensure(["127.0.0.1"])
    return made.ca.read_text()


def test_source_controller_names_each_fault_over_https(
    flux: Flux, shared: World, tmp_path: Path
) -> None:
    gitlab = shared.gitlab
    token = shared.token_of("reporter", "read_repository")
    ca = gitlab.ca_file.read_text()
    flux.secret("https", username="git", password=token, **{"ca.crt": ca})
    url = f"{gitlab.url}/{shared.project}.git"
    flux.source("https", url=url, secretRef={"name": "https"})
    flux.wait("https", "stored artifact")

    gitlab.faults.answer(500)
    flux.wait("https", "status code: 500")
    gitlab.faults.clear()
    flux.wait("https", "stored artifact")

    gitlab.revoke_token(token)
    flux.wait("https", "authentication required: HTTP Basic: Access denied.")
    stranger = shared.token_of(None, "read_repository")
    flux.secret("https", username="git", password=stranger, **{"ca.crt": ca})
    flux.wait("https", f"unable to list remote for '{url}': repository not found")
    guest = shared.token_of("guest", "read_repository")
    flux.secret("https", username="git", password=guest, **{"ca.crt": ca})
    flux.wait("https", "authorization failed: You are not allowed to download code")
    flux.secret("https", username="git", password=guest, **{"ca.crt": other_ca(tmp_path)})
    flux.wait("https", "certificate signed by unknown authority")
    flux.kubectl("-n", "flux-system", "delete", "gitrepository", "https")


def test_a_push_reaches_a_receiver_and_is_fetched_at_once(flux: Flux, shared: World) -> None:
    gitlab = shared.gitlab
    token = shared.token_of("reporter", "read_repository")
    flux.secret("hooked", username="git", password=token, **{"ca.crt": gitlab.ca_file.read_text()})
    url = f"{gitlab.url}/{shared.project}.git"
    flux.source("hooked", url=url, secretRef={"name": "hooked"}, interval="1h")
    flux.wait("hooked", "stored artifact")
    flux.secret("hook-token", token="the-word-between-the-two")
    manifest = {
        "apiVersion": "notification.toolkit.fluxcd.io/v1",
        "kind": "Receiver",
        "metadata": {"name": "gitlab", "namespace": "flux-system"},
        "spec": {
            "type": "gitlab",
            "events": ["Push Hook"],
            "secretRef": {"name": "hook-token"},
            "resources": [{"kind": "GitRepository", "name": "hooked"}],
        },
    }
    flux.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))

    def probe() -> tuple[str | None, str]:
        path = flux.kubectl(
            *("-n", "flux-system", "get", "receiver", "gitlab"),
            *("-o", "jsonpath={.status.webhookPath}"),
        )
        return path or None, f"webhookPath is {path!r}"

    path = wait_until("the Receiver's path", probe, LIMIT_S)
    hook = gitlab.add_project_hook(
        shared.project,
        f"http://127.0.0.1:{flux.receiver_port}{path}",
        token="the-word-between-the-two",
    )
    where = shared.live.https(shared.project, shared.token)
    shared.desk.done("pull", "--quiet", "--rebase", where, "main", cwd=shared.tree)
    sha = shared.desk.commit(shared.tree, {"hooked.txt": "x"})
    shared.desk.done("push", "--quiet", where, "HEAD:main", cwd=shared.tree)
    seen_in_log(shared.live, operation="push hook", via=f"hook {hook['id']}", result="200")
    # The interval is an hour: without the hook this would never come in time.
    flux.wait("hooked", sha)
    gitlab.delete_project_hook(shared.project, hook["id"])
    flux.kubectl("-n", "flux-system", "delete", "gitrepository/hooked", "receiver/gitlab")


def test_notification_controller_gives_a_commit_its_status(flux: Flux, shared: World) -> None:
    gitlab = shared.gitlab
    token = shared.token_of("developer")
    flux.secret("status-token", token=token)
    flux.secret("status-ca", **{"ca.crt": gitlab.ca_file.read_text()})
    named = {"name": "status", "namespace": "flux-system"}
    group = "notification.toolkit.fluxcd.io/v1beta3"
    provider = {
        "type": "gitlab",
        "address": f"{gitlab.url}/{shared.project}",
        "secretRef": {"name": "status-token"},
        "certSecretRef": {"name": "status-ca"},
    }
    alert = {
        "providerRef": {"name": "status"},
        "eventSeverity": "info",
        "eventSources": [{"kind": "Kustomization", "name": "flux-system"}],
    }
    for kind, spec in (("Provider", provider), ("Alert", alert)):
        manifest = {"apiVersion": group, "kind": kind, "metadata": named, "spec": spec}
        flux.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
    where = shared.live.https(shared.project, shared.token)
    shared.desk.done("pull", "--quiet", "--rebase", where, "main", cwd=shared.tree)
    note = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note, namespace: default}\n"
    sha = shared.desk.commit(shared.tree, {f"{PATH}/note.yaml": note})
    shared.desk.done("push", "--quiet", where, "HEAD:main", cwd=shared.tree)

    def probe() -> tuple[bool | None, str]:
        statuses = gitlab.commit_statuses(shared.project, sha)
        good = any(each["status"] == "success" for each in statuses)
        return (True if good else None), json.dumps(statuses)

    wait_until("a status of the commit", probe, LIMIT_S, every=0.3)
    [status] = gitlab.commit_statuses(shared.project, sha)
    assert status["name"].startswith("kustomization/flux-system/")
    assert status["description"] == "reconciliation succeeded"
    assert status["ref"] == "main"
    flux.kubectl("-n", "flux-system", "delete", "alert/status", "provider/status")


def test_create_source_git(flux: Flux, shared: World) -> None:
    token = shared.token_of("reporter", "read_repository")
    done = flux.run(
        "flux",
        "create",
        "source",
        "git",
        "made",
        f"--url={shared.gitlab.url}/{shared.project}.git",
        "--branch=main",
        "--username=git",
        f"--password={token}",
        f"--ca-file={shared.gitlab.ca_file}",
        "--timeout=1m",
        "--silent",
    )
    assert done.returncode == 0, done.stderr
    assert f"fetched revision: main@sha1:{shared.refs()['refs/heads/main']}" in done.stderr
    flux.kubectl("-n", "flux-system", "delete", "gitrepository", "made")


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

"""Flux, unmodified: its words for each fault of a Git server."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

import pytest
from flux_live import Flux
from gitlab_live import World, seen_in_log

from sandbox.gitlab.certificates import Certificates

pytestmark = pytest.mark.toolchain


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
    seen_in_log(shared.live, operation="SSH fetch", via=f"key {number}", client="Go")

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

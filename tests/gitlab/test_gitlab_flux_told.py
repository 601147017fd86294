"""Flux, unmodified: it is told of a push, and tells what became of a commit."""

from __future__ import annotations

import json

import pytest
from flux_live import LIMIT_S, PATH, Flux
from gitlab_live import World, seen_in_log

from sandbox.waiting import wait_until

pytestmark = pytest.mark.toolchain


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


def test_notification_controller_gives_a_commit_its_status(flux: Flux, followed: World) -> None:
    gitlab = followed.gitlab
    token = followed.token_of("developer")
    flux.secret("status-token", token=token)
    flux.secret("status-ca", **{"ca.crt": gitlab.ca_file.read_text()})
    named = {"name": "status", "namespace": "flux-system"}
    group = "notification.toolkit.fluxcd.io/v1beta3"
    provider = {
        "type": "gitlab",
        "address": f"{gitlab.url}/{followed.project}",
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
    where = followed.live.https(followed.project, followed.token)
    followed.desk.done("pull", "--quiet", "--rebase", where, "main", cwd=followed.tree)
    note = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note, namespace: default}\n"
    sha = followed.desk.commit(followed.tree, {f"{PATH}/note.yaml": note})
    followed.desk.done("push", "--quiet", where, "HEAD:main", cwd=followed.tree)

    def probe() -> tuple[bool | None, str]:
        statuses = gitlab.commit_statuses(followed.project, sha)
        good = any(each["status"] == "success" for each in statuses)
        return (True if good else None), json.dumps(statuses)

    wait_until("a status of the commit", probe, LIMIT_S, every=0.3)
    [status] = gitlab.commit_statuses(followed.project, sha)
    assert status["name"].startswith("kustomization/flux-system/")
    assert status["description"] == "reconciliation succeeded"
    assert status["ref"] == "main"
    flux.kubectl("-n", "flux-system", "delete", "alert/status", "provider/status")

"""A live cluster of the embedded provider, in which Flux is installed, and how tests look at it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.processes import leftovers
from sandbox.providers.embedded.provider import Embedded
from sandbox.waiting import wait_until

LIMIT_S = 60
PLANTED = {
    "SOPS_AGE_KEY": "AGE-SECRET-KEY-1PLANTED",
    "SOPS_AGE_KEY_FILE": "planted",
    "AWS_ACCESS_KEY_ID": "planted",
    "AZURE_CLIENT_ID": "planted",
    "GOOGLE_APPLICATION_CREDENTIALS": "planted",
    "VAULT_TOKEN": "planted",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "KUBECONFIG": "/planted",
    "GNUPGHOME": "/planted",
    "ETCD_NAME": "planted",
    "KUBERNETES_SERVICE_HOST": "planted.invalid",
}


@dataclass
class Live:
    """A cluster in which Flux is installed."""

    provider: Embedded
    folder: Path
    kubeconfig: Path
    flux: Path
    kubectl: Path
    api: KubernetesApi
    home: Path
    """The home of the user who started it."""

    @property
    def env(self) -> dict[str, str]:
        path = os.environ["PATH"]
        return {"KUBECONFIG": str(self.kubeconfig), "PATH": path, "HOME": str(self.home)}

    def run(self, *words: str | Path, stdin: str = "") -> str:
        done = subprocess.run(
            words, env=self.env, input=stdin, capture_output=True, text=True, timeout=LIMIT_S
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def apply(self, *manifests: dict[str, Any]) -> None:
        for each in manifests:
            self.run(self.kubectl, "apply", "-f", "-", stdin=json.dumps(each))

    def wait(self, what: str, look: Callable[[], Any], seen: Callable[[], Any] = lambda: "") -> Any:
        return wait_until(what, lambda: (look() or None, str(seen())), LIMIT_S)

    def pods(self, namespace: str, app: str) -> list[dict[str, Any]]:
        return self.api.list(f"/api/v1/namespaces/{namespace}/pods", labelSelector=f"app={app}")


def statuses(live: Live, namespace: str, app: str) -> list[str]:
    """What `kubectl get pods` shows of each pod, in its own words."""
    words = ["get", "pods", "-n", namespace, "-l", f"app={app}", "--no-headers"]
    return [" ".join(line.split()[1:3]) for line in live.run(live.kubectl, *words).splitlines()]


def deployment(name: str) -> str:
    return f"/apis/apps/v1/namespaces/flux-system/deployments/{name}"


def pids(live: Live, program: str) -> set[int]:
    return {each.pid for each in leftovers.marked(live.folder) if each.name()[:15] == program[:15]}


def add_flag(live: Live, name: str, *flags: str) -> None:
    spec = live.api.get(deployment(name))["spec"]["template"]["spec"]
    container = {"name": "manager", "args": [*spec["containers"][0]["args"], *flags]}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    live.run(
        live.kubectl, "-n", "flux-system", "patch", "deployment", name, "-p", json.dumps(patch)
    )


def workload(name: str, **spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "app", "image": "example.com/app:1"}], **spec},
            },
        },
    }


def reasons(live: Live, app: str) -> set[str]:
    names = {each["metadata"]["name"] for each in live.pods("default", app)}
    return {
        f"{each['reason']}: {each['message']}"
        for each in live.api.list("/api/v1/namespaces/default/events")
        if each["involvedObject"]["name"] in names
    }

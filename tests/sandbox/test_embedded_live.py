"""The embedded provider, for real: a control plane and Flux's controllers as processes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from sandbox import leftovers
from sandbox.kubernetes import KubernetesApi, field
from sandbox.providers.embedded.provider import Embedded
from sandbox.supervisor_client import SupervisorClient
from sandbox.toolchain import ensure
from sandbox.toolchain.toolchain import is_built
from sandbox.waiting import wait_until

pytestmark = pytest.mark.toolchain

LIMIT_S = 120
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

    folder: Path
    kubeconfig: Path
    flux: Path
    kubectl: Path
    api: KubernetesApi
    home: Path
    """The home of the user who started it."""

    def run(self, *words: str | Path, stdin: str = "") -> str:
        env = {"KUBECONFIG": str(self.kubeconfig), "PATH": os.environ["PATH"], "HOME": "/nowhere"}
        done = subprocess.run(
            words, env=env, input=stdin, capture_output=True, text=True, timeout=LIMIT_S
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


def ready(pod: dict[str, Any]) -> bool:
    conditions = field(pod, "status", "conditions", default=())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    if not is_built() and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built (`make e2e` builds it)")
    toolchain = ensure()
    folder = tmp_path_factory.mktemp("live")
    home = tmp_path_factory.mktemp("user")
    (home / ".config/sops/age").mkdir(parents=True)
    (home / ".config/sops/age/keys.txt").write_text(PLANTED["SOPS_AGE_KEY"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
        for name, value in PLANTED.items():
            patch.setenv(name, value)
        supervisor = SupervisorClient(folder)
        supervisor.launch(owner=os.getpid())
        try:
            cluster = Embedded("test", folder, toolchain).create("test")
            api = KubernetesApi(cluster.kubeconfig)
            made = Live(
                folder,
                cluster.kubeconfig,
                toolchain.bin / "flux",
                toolchain.bin / "kubectl",
                api,
                home,
            )
            made.run(made.flux, "install", "--timeout=2m")
            yield made
            api.close()
        finally:
            supervisor.shutdown()


def test_no_program_of_a_cluster_sees_the_user(live: Live) -> None:
    supervisor = psutil.Process(SupervisorClient(live.folder).children()[0]["pid"]).ppid()
    programs = [each for each in leftovers.marked(live.folder) if each.pid != supervisor]
    names = {each.name()[:15] for each in programs}
    assert {"etcd", "kube-apiserver", "kwok", "helm-controller"} <= names
    for program in programs:
        env = program.environ()
        assert not {*PLANTED, "XDG_CONFIG_HOME"} & set(env) - {"KUBECONFIG"}, program.name()
        assert "planted" not in json.dumps(env).lower(), program.name()
        assert str(live.home) not in json.dumps(env), program.name()
        assert Path(env["HOME"]).is_relative_to(live.folder)
        assert Path(env["TMPDIR"]).is_relative_to(live.folder)


def test_controllers_do_not_share_a_home(live: Live) -> None:
    homes = [
        each.environ()["HOME"]
        for each in leftovers.marked(live.folder)
        if each.name().endswith("controller") and "kube" not in each.name()
    ]
    assert len(homes) >= 3
    assert len(set(homes)) == len(homes)

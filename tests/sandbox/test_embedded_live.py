"""The embedded provider, for real: a control plane and Flux's controllers as processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from sandbox.cluster import census
from sandbox.cluster.informer import Informer
from sandbox.cluster.kubernetes import KubernetesApi, field
from sandbox.cluster.secret_history import SecretHistory
from sandbox.cluster.secret_values import secret_values
from sandbox.errors import SandboxError
from sandbox.processes import leftovers
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import ensure
from sandbox.toolchain.toolchain import is_built
from sandbox.waiting import wait_until

pytestmark = pytest.mark.toolchain

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
            provider = Embedded("test", folder, toolchain)
            cluster = provider.create("test")
            api = KubernetesApi(cluster.kubeconfig)
            made = Live(
                provider,
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


def test_a_wrong_flag_leaves_the_old_controller_at_work_until_it_is_corrected(live: Live) -> None:
    name = "kustomize-controller"
    [old] = live.pods("flux-system", name)
    before = pids(live, name)
    assert len(before) == 1
    add_flag(live, name, "--requeue-dependncy=1s")
    live.wait(
        "the new pod in CrashLoopBackOff",
        lambda: (
            sorted(statuses(live, "flux-system", name)) == ["0/1 CrashLoopBackOff", "1/1 Running"]
        ),
        lambda: statuses(live, "flux-system", name),
    )
    assert before <= pids(live, name)
    [new] = [
        each
        for each in live.pods("flux-system", name)
        if each["metadata"]["uid"] != old["metadata"]["uid"]
    ]
    [container] = new["status"]["containerStatuses"]
    assert container["restartCount"] >= 1
    assert container["lastState"]["terminated"]["exitCode"] != 0
    assert "restarting failed container=manager" in container["state"]["waiting"]["message"]
    assert new["status"]["phase"] == "Running"
    shown = live.run(live.kubectl, "-n", "flux-system", "logs", new["metadata"]["name"])
    assert "requeue-dependncy" in shown
    assert "starting manager" in live.run(live.flux, "logs", "-A")
    live.run(live.kubectl, "-n", "flux-system", "rollout", "undo", f"deployment/{name}")
    live.wait(
        "one pod that works",
        lambda: statuses(live, "flux-system", name) == ["1/1 Running"],
        lambda: statuses(live, "flux-system", name),
    )
    assert before == pids(live, name)


def test_a_controller_that_ends_by_itself_is_started_again_and_told(live: Live) -> None:
    name = "notification-controller"
    live.provider.audit()
    [before] = pids(live, name)
    psutil.Process(before).kill()
    live.wait("another process", lambda: pids(live, name) - {before}, lambda: pids(live, name))
    live.wait("a Ready pod", lambda: statuses(live, "flux-system", name) == ["1/1 Running"])
    live.provider.check()
    with pytest.raises(SandboxError, match=r"notification-controller-.* was restarted 1 times"):
        live.provider.audit()
    live.run(live.kubectl, "-n", "flux-system", "rollout", "restart", f"deployment/{name}")
    live.run(live.kubectl, "-n", "flux-system", "rollout", "status", f"deployment/{name}")
    live.wait("the old pod's end", lambda: len(live.pods("flux-system", name)) == 1)
    live.provider.audit()


def test_a_new_pod_takes_over_and_two_processes_do_not_stay(live: Live) -> None:
    name = "notification-controller"
    before = pids(live, name)
    add_flag(live, name, "--log-level=debug")
    live.run(live.kubectl, "-n", "flux-system", "rollout", "status", f"deployment/{name}")
    live.wait("one process", lambda: len(pids(live, name)) == 1, lambda: pids(live, name))
    assert not before & pids(live, name)
    [argv] = [psutil.Process(pid).cmdline() for pid in pids(live, name)]
    assert "--log-level=debug" in argv


def test_a_controller_that_is_recreated_ends_before_the_next_one_starts(live: Live) -> None:
    name = "source-controller"
    assert live.api.get(deployment(name))["spec"]["strategy"]["type"] == "Recreate"
    before = pids(live, name)
    add_flag(live, name, "--no-such-flag")
    live.wait(
        "its pod in CrashLoopBackOff",
        lambda: statuses(live, "flux-system", name) == ["0/1 CrashLoopBackOff"],
        lambda: statuses(live, "flux-system", name),
    )
    assert not before & pids(live, name)
    live.run(live.kubectl, "-n", "flux-system", "rollout", "undo", f"deployment/{name}")
    live.run(live.kubectl, "-n", "flux-system", "rollout", "status", f"deployment/{name}")


def test_a_controller_that_is_scaled_to_zero_stops_and_starts_again(live: Live) -> None:
    name = "helm-controller"
    live.run(live.kubectl, "-n", "flux-system", "scale", "deployment", name, "--replicas=0")
    live.wait("no process", lambda: not pids(live, name), lambda: pids(live, name))
    assert live.pods("flux-system", name) == []
    live.run(live.kubectl, "-n", "flux-system", "scale", "deployment", name, "--replicas=1")
    live.run(live.kubectl, "-n", "flux-system", "rollout", "status", f"deployment/{name}")
    assert len(pids(live, name)) == 1


def test_an_image_that_was_not_built_is_not_run_as_another(live: Live) -> None:
    name = "helm-controller"
    [before] = pids(live, name)
    image = ["set", "image", f"deployment/{name}", "manager=ghcr.io/fluxcd/helm-controller:v0.0.1"]
    live.run(live.kubectl, "-n", "flux-system", *image)
    live.wait(
        "the new pod in ImagePullBackOff",
        lambda: "0/1 ImagePullBackOff" in statuses(live, "flux-system", name),
        lambda: statuses(live, "flux-system", name),
    )
    assert pids(live, name) == {before}
    live.run(live.kubectl, "-n", "flux-system", "rollout", "undo", f"deployment/{name}")
    live.run(live.kubectl, "-n", "flux-system", "rollout", "status", f"deployment/{name}")


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


def test_a_pod_waits_for_its_secret(live: Live) -> None:
    variable = {"secretKeyRef": {"name": "login", "key": "password"}}
    container = {
        "name": "app",
        "image": "example.com/app:1",
        "env": [{"name": "PASSWORD", "valueFrom": variable}],
    }
    live.apply(workload("waits", containers=[container]))
    live.wait(
        "the error",
        lambda: statuses(live, "default", "waits") == ["0/1 CreateContainerConfigError"],
        lambda: statuses(live, "default", "waits"),
    )
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login", "namespace": "default"},
        "stringData": {"password": "open sesame"},
    }
    live.apply(secret)
    live.run(live.kubectl, "rollout", "status", "deployment/waits")
    assert "restarts" not in json.dumps(live.pods("default", "waits")[0]["status"])


@pytest.mark.parametrize(
    ("name", "spec", "words"),
    [
        (
            "huge",
            {
                "containers": [
                    {
                        "name": "app",
                        "image": "example.com/app:1",
                        "resources": {"requests": {"cpu": "900"}},
                    }
                ]
            },
            "Insufficient cpu",
        ),
        ("picky", {"nodeSelector": {"disk": "gold"}}, "didn't match Pod's node affinity/selector"),
    ],
)
def test_a_pod_that_fits_nowhere_is_pending(
    live: Live, name: str, spec: dict[str, Any], words: str
) -> None:
    live.apply(workload(name, **spec))
    live.wait(
        "FailedScheduling",
        lambda: any("FailedScheduling" in each and words in each for each in reasons(live, name)),
        lambda: reasons(live, name),
    )
    assert statuses(live, "default", name) == ["0/1 Pending"]


def test_a_job_completes_and_one_that_is_told_to_fails(live: Live) -> None:
    def job(name: str, annotations: dict[str, str]) -> dict[str, Any]:
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "backoffLimit": 0,
                "template": {
                    "metadata": {"annotations": annotations, "labels": {"app": name}},
                    "spec": {
                        "restartPolicy": "Never",
                        "containers": [{"name": "app", "image": "example.com/app:1"}],
                    },
                },
            },
        }

    live.apply(job("good", {}), job("bad", {"kubelet.proofbook.dev/fails": "app"}))
    wait = ["wait", "--timeout=50s", "--for"]
    live.run(live.kubectl, *wait, "condition=Complete", "job/good")
    live.run(live.kubectl, *wait, "condition=Failed", "job/bad")
    assert statuses(live, "default", "good") == ["0/1 Completed"]
    assert statuses(live, "default", "bad") == ["0/1 Error"]
    live.run(live.kubectl, "delete", "job", "good", "bad", "--wait")
    live.wait("no pod", lambda: not live.pods("default", "good") + live.pods("default", "bad"))


def test_a_namespace_with_pods_goes_away(live: Live) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "passing"}}
    guest = workload("guest")
    guest["metadata"]["namespace"] = "passing"
    live.apply(namespace, guest)
    live.run(live.kubectl, "-n", "passing", "rollout", "status", "deployment/guest")
    live.run(live.kubectl, "delete", "namespace", "passing", "--timeout=50s")


def test_a_claim_without_a_class_is_bound_for_its_first_pod_and_its_volume_goes(
    live: Live,
) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "default"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    path = "/api/v1/namespaces/default/persistentvolumeclaims/data"
    live.apply(claim)
    live.wait(
        "the claim to wait for a pod",
        lambda: any(
            each["reason"] == "WaitForFirstConsumer"
            for each in live.api.list("/api/v1/namespaces/default/events")
        ),
    )
    assert live.api.get(path)["status"]["phase"] == "Pending"
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    live.apply(workload("keeper", volumes=[volume]))
    live.run(live.kubectl, "rollout", "status", "deployment/keeper")
    bound = live.api.get(path)
    assert bound["status"]["phase"] == "Bound"
    assert bound["spec"]["storageClassName"] == "standard"
    live.run(live.kubectl, "delete", "deployment/keeper", "pvc/data", "--timeout=50s")
    live.wait("no volume", lambda: not live.api.list("/api/v1/persistentvolumes"))


def test_every_kind_of_flux_is_followed_from_the_moment_it_is_served(live: Live) -> None:
    informer = Informer(live.kubeconfig).start()
    try:
        live.wait(
            "Flux's kinds",
            lambda: (
                {"Bucket", "OCIRepository", "Receiver", "ExternalArtifact"}
                <= set(informer.flux_kinds())
            ),
            informer.flux_kinds,
        )
        mute = {each.name for each in informer.kinds() if not each.reports}
        assert mute == {"Alert", "Provider"}
        bucket = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "Bucket",
            "metadata": {"name": "late", "namespace": "flux-system"},
            "spec": {"interval": "1h", "bucketName": "b", "endpoint": "bucket.invalid"},
        }
        live.apply(bucket)
        live.wait("the bucket", lambda: informer.get("Bucket", "flux-system", "late"))
        assert any(name == "Bucket flux-system/late" for name in census.take(live.api))
        live.run(live.kubectl, "-n", "flux-system", "delete", "bucket", "late")
        live.wait("its end", lambda: informer.get("Bucket", "flux-system", "late") is None)
    finally:
        informer.stop()


def test_a_controller_that_is_not_in_the_sandbox_is_not_pretended(live: Live) -> None:
    other = workload(
        "other", containers=[{"name": "manager", "image": "ghcr.io/fluxcd/source-watcher:v0.0.1"}]
    )
    live.apply(other)
    live.wait(
        "its pod in ImagePullBackOff",
        lambda: statuses(live, "default", "other") == ["0/1 ImagePullBackOff"],
        lambda: statuses(live, "default", "other"),
    )
    live.run(live.kubectl, "delete", "deployment/other")


def test_a_secret_that_came_and_went_since_the_last_look_is_told(live: Live) -> None:
    history = SecretHistory(live.api)
    history.look()
    live.run(live.kubectl, "create", "secret", "generic", "brief", "--from-literal=word=hidden")
    live.run(live.kubectl, "delete", "secret", "brief")
    found = [each for each in history.look() if each["metadata"]["name"] == "brief"]
    assert set().union(*map(secret_values, found)) == {"hidden"}
    assert history.look() == []
    assert not any("proofbook-mark" in name for name in census.take(live.api))


def test_a_pod_that_nobody_owns_and_a_volume_are_left_behind(live: Live) -> None:
    before = census.take(live.api)
    live.run(live.kubectl, "run", "lonely", "--image=app")
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "lonely"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": "/nowhere"},
        },
    }
    live.apply(volume)
    assert census.come(before, census.take(live.api)) == [
        "PersistentVolume lonely",
        "Pod default/lonely",
    ]
    for path in census.made_by_hand(live.api, before):
        live.api.delete(path)
    live.wait(
        "both to go away",
        lambda: not census.come(before, census.take(live.api)),
        lambda: census.come(before, census.take(live.api)),
    )


def test_a_port_is_forwarded_to_the_webhook_receiver_and_to_nothing_else(live: Live) -> None:
    def forwarded(target: str, port: int) -> str:
        words = (live.kubectl, "--namespace=flux-system", "port-forward", target, f":{port}")
        with subprocess.Popen(words, env=live.env, stdout=subprocess.PIPE, text=True) as forward:
            try:
                assert forward.stdout is not None
                [here] = re.findall(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())
                answer = httpx.get(
                    f"http://127.0.0.1:{here}/hook/none", timeout=LIMIT_S, trust_env=False
                )
                return str(answer.status_code)
            except httpx.TransportError:
                return "nobody"
            finally:
                forward.terminate()

    assert forwarded("service/webhook-receiver", 80) == "404"
    assert forwarded("service/notification-controller", 80) == "nobody"

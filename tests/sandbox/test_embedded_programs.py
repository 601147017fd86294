"""The programs of an embedded cluster, for real: what they see of the user, who may reach them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import httpx
import psutil
import pytest
from embedded_live import LIMIT_S, PLANTED, Live, pids, statuses

from sandbox.cluster import flux_kinds
from sandbox.processes import leftovers
from sandbox.processes.supervisor_client import SupervisorClient

pytestmark = pytest.mark.toolchain


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


def test_extra_components_are_installed_and_run(live: Live) -> None:
    extra = ("image-reflector-controller", "image-automation-controller", "source-watcher")
    live.run(live.flux, "install", f"--components-extra={','.join(extra)}", "--timeout=2m")
    for name in extra:
        live.wait(
            f"{name} at work",
            lambda name=name: statuses(live, "flux-system", name) == ["1/1 Running"],  # type: ignore[misc]
            lambda name=name: statuses(live, "flux-system", name),  # type: ignore[misc]
        )
        assert len(pids(live, name)) == 1
    kinds = {kind.name for kind in flux_kinds.served(live.api)}
    assert {
        "ImageRepository",
        "ImagePolicy",
        "ImageUpdateAutomation",
        "ArtifactGenerator",
    } <= kinds

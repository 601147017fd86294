"""Flux's controllers in an embedded cluster, for real: replaced, restarted, scaled, not there."""

from __future__ import annotations

import psutil
import pytest
from embedded_live import Live, add_flag, deployment, pids, statuses, workload

from sandbox.errors import SandboxError

pytestmark = pytest.mark.toolchain


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
    # The process ends first, then its pod is taken away.
    live.wait(
        "no pod",
        lambda: not live.pods("flux-system", name),
        lambda: statuses(live, "flux-system", name),
    )
    assert not pids(live, name)
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


def test_a_version_of_a_controller_that_is_not_in_the_sandbox_is_not_pretended(live: Live) -> None:
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

"""A sandbox makes Flux quick by itself: nothing of it stands in the repository or on a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from guide import Edition
from sandbox import waiting
from sandbox.errors import NotReady, SandboxError
from sandbox.flux import haste

ROOT = Path(__file__).parents[2]


class Api:
    """An API server that follows the policies from the n-th Deployment on."""

    def __init__(self, slow: int, served: str = "v1") -> None:
        self.slow, self.served = slow, served
        self.paths: list[str] = []
        self.made: list[dict[str, Any]] = []

    def find(self, path: str) -> dict[str, Any] | None:
        group, _, version = path.rpartition("/")
        assert group == "/apis/admissionregistration.k8s.io"
        if version not in ("v1", self.served):
            return None
        names = ["validatingadmissionpolicies"]
        names += ["mutatingadmissionpolicies"] if version == self.served else []
        return {"resources": [{"name": name} for name in names]}

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if "deployments" not in path:
            self.paths.append(path)
            self.made.append(body)
            return body
        assert path.endswith("?dryRun=All"), "nobody may keep what is only tried"
        self.slow -= 1
        if self.slow < 0:
            args = body["spec"]["template"]["spec"]["containers"][0]["args"]
            args.append("--rate-limit-interval=1000ms")
        return body


def hurry(api: Any, interval_s: int) -> None:
    haste.put(api, interval_s)
    haste.wait(api)


def test_the_settings_are_changed_as_they_come_in_and_waited_for() -> None:
    api: Any = Api(slow=2)
    hurry(api, 7)
    policies, bindings = api.made[::2], api.made[1::2]
    names = [each["metadata"]["name"] for each in policies]
    assert [each["spec"]["policyName"] for each in bindings] == names
    git, *flags = policies
    given = [each["spec"]["mutations"][0]["jsonPatch"]["expression"] for each in flags]
    assert ["'--requeue-dependency=250ms'" in each for each in given] == [True, False]
    assert ["'--rate-limit-interval=1000ms'" in each for each in given] == [False, True]
    meant = [each["spec"]["matchConditions"][0]["expression"] for each in flags]
    assert 'name in ["kustomize-controller", "helm-controller"]' in meant[0]
    assert 'name in ["notification-controller"]' in meant[1]
    [patch] = git["spec"]["mutations"]
    assert "value: '7s'" in patch["jsonPatch"]["expression"]
    [condition] = git["spec"]["matchConditions"]
    assert condition["expression"].endswith("duration(object.spec.interval) == duration('1m')")
    assert api.slow < 0


@pytest.mark.parametrize("served", ["v1", "v1beta1"])
def test_the_version_that_the_api_server_has_is_taken(served: str) -> None:
    api: Any = Api(slow=0, served=served)
    hurry(api, 7)
    group = f"/apis/admissionregistration.k8s.io/{served}"
    kinds = ["mutatingadmissionpolicies", "mutatingadmissionpolicybindings"]
    assert api.paths == [f"{group}/{kind}" for kind in kinds] * 3


def test_an_api_server_without_such_policies_is_told() -> None:
    api: Any = Api(slow=0, served="v1alpha1")
    with pytest.raises(SandboxError, match=r"use Kubernetes 1\.34 or newer"):
        hurry(api, 7)
    assert api.made == []


def test_what_a_person_makes_is_left_to_the_first_touch_by_flux() -> None:
    """The server refuses to change an object whose kind is a second old: bootstrap ended there."""
    api: Any = Api(slow=0)
    hurry(api, 7)
    [condition] = api.made[0]["spec"]["matchConditions"]
    who, _ = condition["expression"].split(" && ")
    assert who == (
        "(request.operation == 'UPDATE' || "
        "request.userInfo.username.startsWith('system:serviceaccount:'))"
    )


def test_a_server_that_does_not_follow_is_no_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_longest", 0.0)
    api: Any = Api(slow=1000)
    with pytest.raises(NotReady, match="quick"):
        hurry(api, 2)


def test_the_facts_of_a_run_say_what_is_quicker() -> None:
    assert haste.told(2) == {
        "GitRepository interval": "2 s instead of the default of 1m",
        "pushed commit": "each Ready GitRepository with that interval is asked to fetch it at once",
        "--requeue-dependency": "0.25 s instead of the default of 30 s",
        "--rate-limit-interval": "1 s instead of the default of 5m",
    }


def test_no_page_carries_the_haste_of_the_sandbox() -> None:
    blocks = Edition.read(ROOT / "docs/guide").blocks.values()
    for words in ("--requeue-dependency", "--rate-limit", "--interval=", "retryInterval: 3s"):
        assert not [block.id for block in blocks if words in block.text]

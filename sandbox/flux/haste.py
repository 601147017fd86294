"""Make Flux quick in the clusters of a sandbox, with no word of it in the repository.

A guide shows what a team uses: Flux's defaults, with which a change takes a minute to be noticed.
So the API server of a sandbox changes some settings as they come in, whoever writes them. What Git
says and what is applied are the same to Flux: its comparison goes through the same API server.

One of them is not about waiting: Flux does not tell the same twice in five minutes, and what the
scenario before was told would be missing in the next one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import httpx

from sandbox.cluster.kubernetes import ApiError, KubernetesApi, Object, field
from sandbox.errors import SandboxError
from sandbox.waiting import wait_until

_GROUP = "/apis/admissionregistration.k8s.io"
_POLICIES, _BINDINGS = "mutatingadmissionpolicies", "mutatingadmissionpolicybindings"
_DEFAULT = "1m"
"""How often a GitRepository looks at its server where nobody says otherwise."""
_LATER = (
    "(request.operation == 'UPDATE' || "
    "request.userInfo.username.startsWith('system:serviceaccount:'))"
)
"""Not the object that a person makes, but its first touch by Flux, which follows at once.

Until the API server has read the schema of a new kind it answers 503 to whatever it is to change,
failurePolicy or not: `flux bootstrap`, which makes kind and object within a second, would end.
Controllers ask again, people do not.
"""


@dataclass(frozen=True, kw_only=True)
class _Flag:
    """A flag that controllers get where nobody has given it to them."""

    policy: str
    name: str
    milliseconds: int
    default: str
    controllers: tuple[str, ...]


_FLAGS = (
    _Flag(
        policy="requeue",
        name="--requeue-dependency",
        milliseconds=250,
        default="30 s",
        controllers=("kustomize-controller", "helm-controller"),
    ),
    _Flag(
        policy="repeat",
        name="--rate-limit-interval",
        milliseconds=1000,
        default="5m",
        controllers=("notification-controller",),
    ),
)
_LABEL = "app.kubernetes.io/part-of"
_ARGS = "spec.template.spec.containers[0].args"
_LIMIT_S = 60


def told(interval_s: int) -> dict[str, str]:
    """What is quicker here than the pages show, for the facts of a run."""
    return {
        "GitRepository interval": f"{interval_s} s instead of the default of {_DEFAULT}",
        "pushed commit": "each Ready GitRepository with that interval is asked to fetch it at once",
        **{
            each.name: f"{each.milliseconds / 1000:g} s instead of the default of {each.default}"
            for each in _FLAGS
        },
    }


def put(api: KubernetesApi, interval_s: int) -> None:
    """Tell the API server which settings to change. Raises ApiError."""
    served = _served(api)
    for policy in policies(interval_s):
        api.create(f"{served}/{_POLICIES}", policy)
        name = policy["metadata"]["name"]
        binding = {"metadata": {"name": name}, "spec": {"policyName": name}}
        api.create(f"{served}/{_BINDINGS}", binding)


def wait(api: KubernetesApi) -> None:
    """Wait until the API server changes what comes in. Raises ApiError and NotReady."""
    # The one made last is the last to be followed.
    wait_until("the API server to make Flux quick", lambda: _tried(api), _LIMIT_S)


def policies(interval_s: int) -> list[Object]:
    """What it is told: a policy for each setting."""
    git = _policy(
        "interval",
        ("source.toolkit.fluxcd.io", "gitrepositories"),
        f"{_LATER} && duration(object.spec.interval) == duration('{_DEFAULT}')",
        f"JSONPatch{{op: 'replace', path: '/spec/interval', value: '{interval_s}s'}}",
    )
    flags = [
        _policy(
            flag.policy,
            ("apps", "deployments"),
            "has(object.metadata.labels)"
            f" && object.metadata.labels[?'{_LABEL}'] == optional.of('flux')"
            f" && object.metadata.name in {json.dumps(flag.controllers)}"
            f" && !object.{_ARGS}.exists(each, each.startsWith('{flag.name}'))",
            "JSONPatch{op: 'add', path: '/spec/template/spec/containers/0/args/-', "
            f"value: '{flag.name}={flag.milliseconds}ms'}}",
        )
        for flag in _FLAGS
    ]
    return [git, *flags]


def _served(api: KubernetesApi) -> str:
    """Where the policies are served: before Kubernetes 1.36 as a beta, if they are asked for."""
    for version in ("v1", "v1beta1"):
        found = api.find(f"{_GROUP}/{version}")
        if any(each["name"] == _POLICIES for each in field(found, "resources", default=())):
            return f"{_GROUP}/{version}"
    raise SandboxError(
        "the API server knows no MutatingAdmissionPolicy, with which a sandbox makes Flux quick",
        phase="cluster",
        cure="use Kubernetes 1.34 or newer",
    )


def _policy(name: str, of: tuple[str, str], where: str, patch: str) -> Object:
    group, resource = of
    rule = {
        "apiGroups": [group],
        "apiVersions": ["v1"],
        "operations": ["CREATE", "UPDATE"],
        "resources": [resource],
    }
    return {
        "metadata": {"name": f"sandbox-haste-{name}"},
        "spec": {
            "matchConstraints": {"resourceRules": [rule]},
            "matchConditions": [{"name": "meant", "expression": where}],
            "failurePolicy": "Fail",
            "reinvocationPolicy": "Never",
            "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": f"[{patch}]"}}],
        },
    }


def _tried(api: KubernetesApi) -> tuple[bool | None, str]:
    """Whether a Deployment that nobody keeps comes back with the flag of the last policy."""
    flag = _FLAGS[-1]
    name = flag.controllers[0]
    labels = {"app": name}
    container = {"name": "manager", "image": "x", "args": ["--log-level=info"]}
    body = {
        "metadata": {"name": name, "labels": {_LABEL: "flux"}},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }
    try:
        made = api.create("/apis/apps/v1/namespaces/default/deployments?dryRun=All", body)
    except ApiError as error:
        if error.status != httpx.codes.NOT_FOUND:
            raise
        return None, str(error)  # not even the namespace is there yet
    args = made["spec"]["template"]["spec"]["containers"][0]["args"]
    return (any(each.startswith(flag.name) for each in args) or None), f"arguments are {args}"

"""What a pod refers to and needs before its containers can start, in a kubelet's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sandbox.cluster.kubernetes import Object, field
from sandbox.providers.embedded import image_reference

_OPEN = ("ghcr.io", "docker.io")
"""Registries that give Flux's images to anybody."""

Held = Mapping[tuple[str, str, str], frozenset[str]]
"""`Secret` or `ConfigMap`, namespace and name → the keys of its data, of those that exist."""


def keys_of(item: Object) -> frozenset[str]:
    """The keys of a Secret or a ConfigMap."""
    parts = (field(item, part, default={}) for part in ("data", "binaryData"))
    return frozenset(key for part in parts for key in part)


def unmounted(pod: Object, held: Held) -> list[str]:
    """Why volumes of the pod cannot be mounted, one sentence for each that cannot."""
    namespace = pod["metadata"]["namespace"]
    found = []
    for volume in field(pod, "spec", "volumes", default=()):
        for cause in _volume(volume, namespace, held):
            found.append(f'MountVolume.SetUp failed for volume "{volume["name"]}" : {cause}')
    return found


def _volume(volume: Object, namespace: str, held: Held) -> Iterator[str]:
    sources = [volume, *field(volume, "projected", "sources", default=())]
    for source in sources:
        for part, kind in (("secret", "Secret"), ("configMap", "ConfigMap")):
            wanted = source.get(part)
            if wanted is None or wanted.get("optional"):
                continue
            name = wanted.get("secretName") or wanted.get("name")
            there = held.get((kind, namespace, name))
            if there is None:
                yield f'{kind.lower()} "{name}" not found'
                continue
            word = "secret" if kind == "Secret" else "config"
            for item in field(wanted, "items", default=()):
                if item["key"] not in there:
                    yield f"references non-existent {word} key: {item['key']}"
    if driver := field(volume, "csi", "driver"):
        yield (
            "kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name "
            f"{driver} not found in the list of registered CSI drivers"
        )


def unpulled(pod: Object, held: Held) -> list[str]:
    """What is said of Secrets for registries that do not exist; the pull is tried all the same."""
    names = [each.get("name") for each in field(pod, "spec", "imagePullSecrets", default=())]
    namespace = pod["metadata"]["namespace"]
    missing = [name for name in names if name and ("Secret", namespace, name) not in held]
    if not missing:
        return []
    return [
        f"Unable to retrieve some image pull secrets ({', '.join(missing)}); "
        "attempting to pull the image may not succeed."
    ]


def denied(pod: Object, image: str, held: Held) -> str:
    """Why a registry refuses an image to a pod; "" where it gives it.

    Flux's own registries give it to anybody; another one wants a Secret that the pod names.
    """
    names = [each.get("name") for each in field(pod, "spec", "imagePullSecrets", default=())]
    namespace = pod["metadata"]["namespace"]
    known = not names or any(("Secret", namespace, name) in held for name in names)
    if known or image_reference.host(image) in _OPEN:
        return ""
    return (
        f"failed to resolve image: {image}: pull access denied, repository does not exist "
        "or may require authorization"
    )


def unset(container: Object, namespace: str, held: Held) -> str:
    """Why the environment of a container cannot be made; "" where it can."""
    for source in field(container, "envFrom", default=()):
        for part, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
            wanted = source.get(part)
            if wanted is None or wanted.get("optional"):
                continue
            if (kind, namespace, wanted["name"]) not in held:
                return f'{kind.lower()} "{wanted["name"]}" not found'
    for variable in field(container, "env", default=()):
        for part, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            wanted = field(variable, "valueFrom", part)
            if wanted is None or wanted.get("optional"):
                continue
            there = held.get((kind, namespace, wanted["name"]))
            if there is None:
                return f'{kind.lower()} "{wanted["name"]}" not found'
            if wanted["key"] not in there:
                return f"couldn't find key {wanted['key']} in {kind} {namespace}/{wanted['name']}"
    return ""

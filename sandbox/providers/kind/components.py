"""The images that a local node carries: Kubernetes' own, Flux's, podinfo's, from the toolchain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.providers.kind.archive import Image
from sandbox.toolchain import Toolchain

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PODINFO_TAGS = ("6.9.2", "6.9.1")
"""The chart's own tag, and an earlier one of the same program so that an update can be shown."""
_CONTROL_PLANE = (
    "coredns",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
)
_PODINFO = ("podinfo", "podcli")

_FLUX_IMAGE = re.compile(r"^\s*image: (\S+/)?(?P<name>[\w-]+):(?P<tag>\S+)$", re.M)
_FLUX_REGISTRY = "ghcr.io/fluxcd"
"""Where `flux bootstrap` looks for its images unless it is told otherwise."""
_FLUX_USER = "65534:65534"
"""The manifests say runAsNonRoot: the image itself has to name a user."""


def flux_images(share: Path) -> dict[str, str]:
    """Controller → full image name, as the manifests of `flux bootstrap` name it.

    Raises SandboxError where the manifests name none.
    """
    found = {}
    for manifest in sorted((share / "flux-manifests").glob("*.yaml")):
        for match in _FLUX_IMAGE.finditer(manifest.read_text()):
            found[match["name"]] = f"{_FLUX_REGISTRY}/{match['name']}:{match['tag']}"
    if not found:
        raise SandboxError(
            "Flux's manifests name no controller image",
            phase="node image",
            cure="rebuild the toolchain: python -m sandbox.toolchain --prune",
        )
    return found


def programs(toolchain: Toolchain) -> list[str]:
    """The toolchain's programs that the images hold."""
    return [*_CONTROL_PLANE, *flux_images(toolchain.share), *_PODINFO]


def kubernetes_images(listed: Sequence[str], toolchain: Toolchain, base: Path) -> list[Image]:
    """Images for the names that `kubeadm config images list` printed.

    `base`: folder with the files of the node base: `catatonit`, `proxy.tar`. Raises SandboxError
    for a name that is none of the programs here.
    """
    images = []
    for tag in listed:
        name = tag.rsplit(":", 1)[0].rsplit("/", 1)[-1]
        match name:
            case "pause":
                # catatonit -P only waits and reaps, which is all that a pause container does.
                files = {"pause": base / "catatonit"}
                images.append(Image(tags=[tag], files=files, entrypoint=["/pause", "-P"]))
            case "kube-proxy":
                files = {"usr/local/bin/kube-proxy": toolchain.bin / name}
                images.append(Image(tags=[tag], files=files, below=base / "proxy.tar"))
            case "coredns":
                files = {"coredns": toolchain.bin / name}
                images.append(Image(tags=[tag], files=files, entrypoint=["/coredns"]))
            case _ if name in _CONTROL_PLANE:
                files = {f"usr/local/bin/{name}": toolchain.bin / name}
                images.append(Image(tags=[tag], files=files))
            case _:
                raise SandboxError(
                    f"kubeadm lists {tag}, which the toolchain does not build",
                    phase="node image",
                    cure="add the program to the toolchain and to components.py, or take a "
                    "Kubernetes version that is pinned here",
                )
    return images


def workload_images(toolchain: Toolchain, certificates: Path = CERTIFICATES) -> list[Image]:
    """Flux's controllers and podinfo."""
    trusted = {"etc/ssl/certs/ca-certificates.crt": certificates} if certificates.exists() else {}
    images = [
        Image(
            tags=[tag],
            files={f"usr/local/bin/{name}": toolchain.bin / name, **trusted},
            entrypoint=[f"/usr/local/bin/{name}"],
            user=_FLUX_USER,
        )
        for name, tag in flux_images(toolchain.share).items()
    ]
    images += [
        Image(
            tags=[f"ghcr.io/stefanprodan/podinfo:{tag}"],
            files={
                "home/app/podinfo": toolchain.bin / "podinfo",
                "usr/local/bin/podcli": toolchain.bin / "podcli",
                **trusted,
            },
            command=["./podinfo"],
            user="100:101",
            folder="/home/app",
        )
        for tag in PODINFO_TAGS
    ]
    return images

"""The node image for machines that reach no registry: built from the toolchain, nothing pulled.

Kept in the engine under a tag that is its version of Kubernetes and the hash of its inputs, and
given only to what is complete: an image half-built by a killed run is never found. Where the engine
lost it, it is built again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

import requests
from docker.errors import APIError
from docker.models.containers import Container
from docker.types import Mount

from sandbox import command
from sandbox.errors import SandboxError
from sandbox.providers.kind import archive, cache, components, node_base, node_files
from sandbox.providers.kind.connection import told
from sandbox.providers.kind.engine import Engine
from sandbox.toolchain import Toolchain, pins
from sandbox.toolchain.modules import go_platform
from sandbox.waiting import wait_until

REPOSITORY = "proofbook/node"
BUILD_LABEL = "dev.proofbook.build"
"""Says of containers and images that they come from a build."""
_CONTAINER, _IMAGE = "container", "image"
"""Its values. A node inherits that of its image, so only the first one marks a leftover."""
DISK_GIB = 6.0
"""Free disk that a build needs at its height, in the cache and in the engine's folder (measured:
1.1 GiB of files here, 2.3 GiB there; doubled)."""
_BUILD = "building the node image"
_READY_LIMIT_S = 60
_LIMIT_S = 900
"""For one request of a build: importing and committing write gigabytes."""
_SOURCES = (archive, components, node_base, node_files)

_PREPARE = r"""
set -euo pipefail
tar -C / --no-same-owner -xf /in/files.tar
# Only what a node in a container needs may start; the sets follow kind's own base image.
units=/lib/systemd/system
rm -f $units/sysinit.target.wants/systemd-tmpfiles-setup.service \
  $units/{multi-user,local-fs,basic}.target.wants/* \
  $units/sockets.target.wants/*{udev,initctl}* /etc/systemd/system/*.wants/*
echo ReadKMsg=no >> /etc/systemd/journald.conf
ln -sf /usr/lib/systemd/systemd /sbin/init
systemctl -q enable kubelet.service containerd.service undo-mount-hacks.service
systemctl -q mask systemd-binfmt.service
mkdir -p /etc/kubernetes/manifests
hook='{"path": "/kind/bin/mount-product-files.sh"}'
ctr oci spec | jq ".hooks.createContainer += [$hook] | del(.process.rlimits)" \
  > /etc/containerd/cri-base.json
printf 'version = 2\nroot = "/mnt/root"\nstate = "/mnt/state"\n' > /mnt/config.toml
"""
_IMPORT = r"""
set -euo pipefail
ctr --namespace k8s.io images import --local --discard-unpacked-layers \
  --label io.cri-containerd.pinned=pinned /in/images.tar
# Deleting a lease with --sync collects the layers that are unpacked by now.
ctr --namespace k8s.io leases create --id unpacked
ctr --namespace k8s.io leases delete --sync unpacked
"""
_FINISH = r"""
set -euo pipefail
ctr --namespace k8s.io images list -q | sort > /kind/images
pkill -x containerd
while pgrep -x containerd > /dev/null; do :; done
mkdir -p /var/lib/containerd
cp -a /mnt/root/. /var/lib/containerd/
rm -rf /var/lib/apt/lists/* /var/cache/apt/*
"""


def key(toolchain: Toolchain) -> str:
    """Hash of everything that decides what the image holds.

    Of the toolchain's programs that is those that are put in: what a book needs beside them, a
    registry say, leaves the image as it is, so books that are run by turns share one.
    """
    parts: list[str | bytes] = [Path(__file__).read_bytes()]
    for name in sorted({*components.programs(toolchain), *node_files.PROGRAMS}):
        seen = (toolchain.bin / name).stat()
        parts.append(f"{name} {seen.st_size} {seen.st_mtime_ns}")
    parts += [f"{name} {tag}" for name, tag in components.flux_images(toolchain.share).items()]
    for name, file in node_files.kinds_own(toolchain):
        parts += [name, file.read_bytes()]
    parts += [Path(str(module.__file__)).read_bytes() for module in _SOURCES]
    return cache.key_of(parts)


def tag_of(toolchain: Toolchain) -> str:
    """What the complete image of these programs is called."""
    return f"{REPOSITORY}:{toolchain.versions['kubernetes']}-{key(toolchain)}"


def ensure(engine: Engine, toolchain: Toolchain, tell: Callable[[str], None]) -> str:
    """The tag of a complete node image, built now where the engine has none.

    Raises SandboxError with phase, cause and cure; nothing half-built stays.
    """
    tag = tag_of(toolchain)
    if engine.image_id(tag):
        return tag
    with cache.building() as scratch:
        _sweep(engine)
        if engine.image_id(tag):  # somebody else built it while we waited
            return tag
        cache.need_disk(DISK_GIB, _BUILD, scratch, *local(engine.root))
        try:
            _build(Engine(_LIMIT_S), toolchain, scratch, tag, tell)
        finally:
            _sweep(engine)
        _remove_old(engine, tag)
    return tag


def local(folder: Path) -> list[Path]:
    """The folder where it is one of this machine (the engine may be on another one)."""
    return [folder] if folder.exists() else []


def _build(
    engine: Engine, toolchain: Toolchain, scratch: Path, tag: str, tell: Callable[[str], None]
) -> None:
    tell("fetching Debian packages for the node's base (once, about 90 s)")
    base = node_base.ensure(scratch)
    tell("writing the images of Kubernetes, Flux and podinfo")
    names = _kubeadm_images(toolchain)
    pause = next(name for name in names if "/pause:" in name)
    images = components.kubernetes_images(names, toolchain, base)
    images += components.workload_images(toolchain, base / "ca-certificates.crt")
    archive.write(images, scratch / "images.tar", go_platform()[1])
    node_files.write(scratch / "files.tar", toolchain, pause)
    tell("unpacking them into the node image")
    base_tag = f"{REPOSITORY}-base:{base.name.removeprefix('base-')}"
    with told(_BUILD):
        if not engine.image_id(base_tag):
            engine.client.api.import_image_from_file(str(base / "base.tar"), *base_tag.split(":"))
        container = engine.client.containers.run(
            base_tag,
            ["sleep", "infinity"],
            detach=True,
            privileged=True,  # unpacking mounts
            stop_signal="SIGRTMIN+3",  # systemd's; the image inherits it
            network_mode="none",
            labels={BUILD_LABEL: _CONTAINER},
            mounts=[
                Mount("/in", str(scratch), type="bind", read_only=True),
                # Not the container's own overlay: containerd's overlayfs can't lie on one.
                Mount("/mnt", None, type="volume"),
            ],
            tmpfs={"/run": "", "/tmp": ""},
        )
        _fill(engine, container)
        tell("keeping the node image")
        repository, version = tag.split(":")
        container.commit(
            repository,
            version,
            changes=[
                'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]',
                "ENV container=docker",
                f"LABEL {BUILD_LABEL}={_IMAGE}",
            ],
        )


def _fill(engine: Engine, container: Container) -> None:
    name = str(container.name)
    engine.execute(name, ["bash", "-c", _PREPARE])
    with told(_BUILD):
        container.exec_run(["containerd", "--config", "/mnt/config.toml"], detach=True)
    wait_until(
        "containerd in the build container",
        lambda: _answers(container),
        _READY_LIMIT_S,
        phase="node image",
    )
    engine.execute(name, ["bash", "-c", _IMPORT])
    engine.execute(name, ["bash", "-c", _FINISH])


def _answers(container: Container) -> tuple[bool | None, str]:
    with told(_BUILD):
        exit_code, output = container.exec_run(["ctr", "version"])
    return (exit_code == 0 or None), cast(bytes, output).decode(errors="replace")[-200:]


def _kubeadm_images(toolchain: Toolchain) -> list[str]:
    version = f"v{toolchain.versions['kubernetes']}"
    listed = command.run(
        [toolchain.bin / "kubeadm", "config", "images", "list", "--kubernetes-version", version]
    ).stdout.split()
    if not any("/pause:" in name for name in listed):
        raise SandboxError(f"kubeadm names no pause image: {' '.join(listed)}", phase="node image")
    return listed


def _sweep(engine: Engine) -> None:
    """Remove what a build left; to be called while the lock of builds is held."""
    engine.remove_containers({BUILD_LABEL: _CONTAINER})


def outdated(tags: Iterable[str], made: str) -> list[str]:
    """The tags that nobody will ask for any more, now that an image was made.

    The last one of every other version that can be asked for stays: cells of two versions that run
    by turns would build each other's image again.
    """
    others = {*pins.KUBERNETES.there()} - {_version(made)}
    return [tag for tag in tags if tag != made and _version(tag) not in others]


def _version(tag: str) -> str:
    """The version of Kubernetes that a tag names; '' for one of the form that named none."""
    return tag.rpartition(":")[2].rpartition("-")[0]


def _remove_old(engine: Engine, made: str) -> None:
    """Remove node images of former inputs, as far as no container uses them."""
    with told("removing old node images"):
        for image in engine.client.images.list(name=REPOSITORY):
            for old in outdated(image.tags, made):
                try:
                    engine.client.images.remove(old)
                except APIError as error:
                    if error.status_code != requests.codes.conflict:
                        raise  # a conflict: a cluster still runs from it

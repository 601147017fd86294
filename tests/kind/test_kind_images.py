"""Images without an engine and without a registry: what is in them, what decides their key."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import tarfile
from pathlib import Path

import pytest

from sandbox.errors import SandboxError, UsageError
from sandbox.providers.kind import archive, cache, components, images, node_files, node_image
from sandbox.toolchain import Toolchain

KUBEADM = [
    "registry.k8s.io/kube-apiserver:v1.36.3",
    "registry.k8s.io/kube-proxy:v1.36.3",
    "registry.k8s.io/coredns/coredns:v1.14.2",
    "registry.k8s.io/pause:3.10.2",
]
REST = ("etcd", "kube-controller-manager", "kube-scheduler")
PROGRAMS = (
    "kind kube-apiserver kube-controller-manager kube-scheduler kube-proxy etcd coredns "
    "source-controller podinfo podcli kubelet kubeadm kubectl containerd ctr "
    "containerd-shim-runc-v2 ptp host-local loopback portmap"
)


@pytest.fixture
def toolchain(tmp_path: Path) -> Toolchain:
    programs, share = tmp_path / "bin", tmp_path / "share"
    programs.mkdir()
    for name in PROGRAMS.split():
        (programs / name).write_text(f"program {name}")
    manifests = share / "flux-manifests"
    manifests.mkdir(parents=True)
    (manifests / "source-controller.yaml").write_text(
        "spec:\n        image: fluxcd/source-controller:v1.9.5\n"
    )
    files = share / "kind-images-base" / "files"
    for name, text in (
        ("etc/containerd/config.toml", 'a = 1\n  sandbox_image = "registry.k8s.io/pause:3.10"\n'),
        ("usr/local/bin/entrypoint", "#!/bin/bash\n"),
        ("kind/bin/hook.sh", "#!/bin/sh\n"),
        ("etc/crictl.yaml", "x: 1\n"),
    ):
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(text)
    return Toolchain(bin=programs, share=share, versions={"kubernetes": "1.36.3"})


def contents(image: archive.Image, folder: Path) -> tuple[dict[str, object], list[str]]:
    """Write one image; its config and the paths of its layer, every digest checked."""
    target = folder / "images.tar"
    archive.write([image], target, "amd64")
    with tarfile.open(target) as whole:
        [entry] = json.load(whole.extractfile("manifest.json"))
        config_bytes = whole.extractfile(entry["Config"]).read()
        assert entry["Config"] == hashlib.sha256(config_bytes).hexdigest() + ".json"
        config = json.loads(config_bytes)
        [layer] = entry["Layers"]
        layer_bytes = whole.extractfile(layer).read()
        assert config["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(layer_bytes).hexdigest()]
        with tarfile.open(fileobj=whole.extractfile(layer)) as inner:
            names = inner.getnames()
    assert entry["RepoTags"] == list(image.tags)
    return config["config"], names


def test_flux_images_have_the_names_of_the_manifests_and_a_user(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    certificates = tmp_path / "ca.crt"
    certificates.write_text("trusted")
    flux, podinfo, earlier = components.workload_images(toolchain, certificates)
    assert flux.tags == ["ghcr.io/fluxcd/source-controller:v1.9.5"]
    config, names = contents(flux, tmp_path)
    assert config["User"] == "65534:65534"
    assert config["Entrypoint"] == ["/usr/local/bin/source-controller"]
    assert "etc/ssl/certs/ca-certificates.crt" in names
    config, names = contents(podinfo, tmp_path)
    assert {"home/app/podinfo", "usr/local/bin/podcli"} <= set(names)
    assert config["WorkingDir"] == "/home/app"
    assert podinfo.tags != earlier.tags


def test_manifests_without_images_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="name no controller image"):
        components.flux_images(tmp_path)


def test_kubernetes_images_follow_what_kubeadm_lists(toolchain: Toolchain, tmp_path: Path) -> None:
    (tmp_path / "catatonit").write_text("waits")
    below = tmp_path / "nft"
    below.write_text("nft")
    with tarfile.open(tmp_path / "proxy.tar", "w") as proxy:
        proxy.add(below, "usr/sbin/nft")
    made = components.kubernetes_images(KUBEADM, toolchain, tmp_path)
    assert [image.tags[0] for image in made] == KUBEADM
    names = {image.tags[0].rsplit("/", 1)[-1]: contents(image, tmp_path)[1] for image in made}
    assert {"usr/sbin/nft", "usr/local/bin/kube-proxy"} <= set(names["kube-proxy:v1.36.3"])
    assert "pause" in names["pause:3.10.2"]
    assert "coredns" in names["coredns:v1.14.2"]


def test_node_files_name_kubeadms_pause_image_and_close_every_registry(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    target = tmp_path / "files.tar"
    node_files.write(target, toolchain, "registry.k8s.io/pause:3.10.2")
    with tarfile.open(target) as files:
        modes = {entry.name: entry.mode for entry in files}
        containerd = files.extractfile("etc/containerd/config.toml").read().decode()
        hosts = files.extractfile("etc/containerd/certs.d/_default/hosts.toml").read().decode()
        conflist = json.load(files.extractfile("etc/cni/net.d/10-pods.conflist"))
        assert files.extractfile("kind/version").read() == b"v1.36.3"
    assert 'sandbox_image = "registry.k8s.io/pause:3.10.2"' in containerd
    assert 'pause:3.10"' not in containerd
    assert "127.0.0.1:1" in hosts
    assert modes["usr/local/bin/entrypoint"] == modes["kind/bin/hook.sh"] == 0o755
    assert modes["etc/crictl.yaml"] == 0o644
    assert {plugin["type"] for plugin in conflist["plugins"]} <= set(PROGRAMS.split())


def test_an_image_that_the_toolchain_has_no_program_for_is_an_error(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    (toolchain.bin / "kube-new").write_text("a program that nobody put into the key")
    listed = "registry.k8s.io/kube-new:v1.36.3"
    with pytest.raises(SandboxError, match=re.escape(f"kubeadm lists {listed}, which")):
        components.kubernetes_images([listed], toolchain, tmp_path)


def put_in(toolchain: Toolchain, folder: Path) -> set[str]:
    """The programs of the toolchain that images and node files were written from."""
    folder.mkdir()
    for name in ("catatonit", "proxy.tar"):
        (folder / name).write_text("of the base")
    listed = [*KUBEADM, *(f"registry.k8s.io/{name}:v1.36.3" for name in REST)]
    made = components.kubernetes_images(listed, toolchain, folder)
    made += components.workload_images(toolchain, folder / "none")
    read = {file for image in made for file in image.files.values()}
    target = folder / "files.tar"
    node_files.write(target, toolchain, "registry.k8s.io/pause:3.10.2")
    with tarfile.open(target) as files:
        names = {Path(name).name for name in files.getnames()}
    return {path.name for path in toolchain.bin.iterdir() if path in read or path.name in names}


def test_key_changes_with_what_is_put_in_and_with_nothing_else(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    inside = put_in(toolchain, tmp_path / "base")
    assert {"kubelet", "etcd", "source-controller", "podcli", "ptp"} <= inside
    before = node_image.key(toolchain)
    assert node_image.key(toolchain) == before
    changes = set()
    for program in sorted(toolchain.bin.iterdir()):
        was = program.stat()
        text = program.read_text()
        program.write_text(f"another {text}")
        if node_image.key(toolchain) != before:
            changes.add(program.name)
        program.write_text(text)
        os.utime(program, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert changes == inside
    for other in ("registry", "sops"):  # of a book that has an OCI registry, and SOPS
        (toolchain.bin / other).write_text("a program beside")
    assert node_image.key(toolchain) == before


@pytest.mark.parametrize("file", ["kind-images-base/files/kind/bin/hook.sh", "flux-manifests"])
def test_key_changes_with_the_files_beside(toolchain: Toolchain, file: str) -> None:
    before = node_image.key(toolchain)
    changed = toolchain.share / file
    if changed.is_dir():
        changed /= "source-controller.yaml"
        changed.write_text("spec:\n        image: fluxcd/source-controller:v1.9.6\n")
    else:
        changed.write_text("#!/bin/sh\ntrue\n")
    assert node_image.key(toolchain) != before


def test_kinds_default_image_is_read_from_the_program(toolchain: Toolchain) -> None:
    digest = "a" * 64
    (toolchain.bin / "kind").write_bytes(
        b"\0xkindest/node:v1.37.0@sha256:" + digest.encode() + b"rest"
    )
    assert images.kinds_default(toolchain) == f"kindest/node:v1.37.0@sha256:{digest}"
    (toolchain.bin / "kind").write_bytes(b"nothing")
    with pytest.raises(SandboxError, match="IMAGES=local"):
        images.kinds_default(toolchain)


def test_unknown_source_of_images_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGES", "cloud")
    with pytest.raises(UsageError, match="IMAGES=cloud is unknown"):
        images.asked()
    monkeypatch.delenv("IMAGES")
    assert images.asked() == "auto"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROOFBOOK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "images"


def test_what_a_killed_build_left_is_never_used(home: Path) -> None:
    left = home / "work" / "base-1"
    left.mkdir(parents=True)
    (left / "half").touch()

    def fill(folder: Path) -> None:
        assert not list(folder.iterdir())
        (folder / "whole").touch()

    with cache.building() as scratch:
        made = cache.complete("base-1", scratch, fill)
    assert [path.name for path in made.iterdir()] == ["whole"]
    assert not (home / "work").exists()


def test_failed_fill_leaves_nothing(home: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "half").touch()
        raise SandboxError("no mirror")

    with pytest.raises(SandboxError, match="no mirror"), cache.building() as scratch:
        cache.complete("base-1", scratch, fill)
    assert [path.name for path in home.iterdir()] == ["build.lock"]


def test_full_disk_is_told_with_its_cure(home: Path) -> None:
    with (
        pytest.raises(SandboxError, match="the disk is full") as failure,
        cache.building(),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert failure.value.phase == "node image"
    assert "PROOFBOOK_CACHE" in failure.value.cure


def test_too_little_disk_is_told_before_anything_is_built(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match=r"needs 1000000\.0 GiB of disk"):
        cache.need_disk(1e6, "a build", tmp_path / "not" / "there")

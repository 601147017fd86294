"""The Go modules of this folder as values: what each builds, from which versions, and its key."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sandbox.errors import SandboxError, UsageError

HERE = Path(__file__).resolve().parent

GO_MINOR = "1.26"
"""The only Go that builds a working API server: with 1.27 its OpenAPI handler fails."""

BUILDER_VERSION = "1"
"""Part of every key: raise it when the builder makes other files from the same modules."""

DATA_MODULE = "data"
"""The folder whose go.sum holds the checksums of modules that are only copied."""


@dataclass(frozen=True, kw_only=True, eq=False)
class GoModule:
    """One folder with go.mod and go.sum: a tool block names the main packages that are built."""

    name: str
    folder: Path
    binaries: Mapping[str, str]
    """Name of each program, and its main package; in the order in which they are built."""
    disk_gib: float
    """Free disk that its build needs at its height, GiB (measured, rounded up)."""
    kept_gib: float
    """What its programs take afterwards, GiB (measured, rounded up)."""
    minutes: float
    """How long its build takes from nothing on 2 cores (measured, rounded up)."""
    copies_data: bool = False
    """Whether its build takes files from modules that are only copied."""
    tags: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    """The modules whose version it decides; none named: all that go.mod has."""
    stamps: Mapping[str, str] | None = None
    """Go variables that are set when linking; `{module path}` stands for its version."""

    @cached_property
    def versions(self) -> Mapping[str, str]:
        """Version by module path, as go.mod requires it."""
        text = (self.folder / "go.mod").read_text()
        return dict(re.findall(r"^(?:require )?\s*([\w.\-/~]+) (v[\w.+\-]+)", text, re.MULTILINE))

    @property
    def ldflags(self) -> str:
        """Flags of the linker: no symbol tables, and the versions that programs report."""
        words = ["-s", "-w"]
        for variable, value in (self.stamps or {}).items():
            words += ["-X", f"{variable}={self._filled(value)}"]
        return " ".join(words)

    @cached_property
    def key(self) -> str:
        """Hash of everything that decides what is built on this machine."""
        return self.key_on(go_platform())

    def key_on(self, system: tuple[str, str]) -> str:
        """The same for a machine of this GOOS and GOARCH."""
        digest = hashlib.sha256()
        for part in (BUILDER_VERSION, GO_MINOR, *system, self.ldflags, *self.tags):
            digest.update(part.encode() + b"\0")
        for program, package in self.binaries.items():
            digest.update(f"{program}={package}".encode() + b"\0")
        for folder in (self.folder, HERE / DATA_MODULE) if self.copies_data else (self.folder,):
            for name in ("go.mod", "go.sum"):
                digest.update((folder / name).read_bytes() + b"\0")
        return digest.hexdigest()[:16]

    def _filled(self, value: str) -> str:
        if not value.startswith("{"):
            return value
        path, _, form = value[1:].partition("}")
        version = self.versions[path]
        if form == "minor":
            return version.split(".")[1]
        return version.removeprefix("v") if form == "bare" else version


_KUBERNETES = "k8s.io/kubernetes"
_KUBERNETES_STAMPS = {
    "k8s.io/component-base/version.gitVersion": f"{{{_KUBERNETES}}}",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": f"{{{_KUBERNETES}}}minor",
    "k8s.io/client-go/pkg/version.gitVersion": f"{{{_KUBERNETES}}}",
}
_CNI = "github.com/containernetworking/plugins"
_CONTAINERD = "github.com/containerd/containerd/v2"

EMBEDDED = GoModule(
    name="embedded",
    folder=HERE / "embedded",
    binaries={
        "kustomize": "sigs.k8s.io/kustomize/kustomize/v5",
        "etcd": "go.etcd.io/etcd/server/v3",
        "kwok": "sigs.k8s.io/kwok/cmd/kwok",
        "kubectl": "k8s.io/kubernetes/cmd/kubectl",
        "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
        "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
        "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
        "helm": "helm.sh/helm/v4/cmd/helm",
        "kustomize-controller": "github.com/fluxcd/kustomize-controller",
        "helm-controller": "github.com/fluxcd/helm-controller",
        "source-controller": "github.com/fluxcd/source-controller",
        "notification-controller": "github.com/fluxcd/notification-controller",
        "image-reflector-controller": "github.com/fluxcd/image-reflector-controller",
        "image-automation-controller": "github.com/fluxcd/image-automation-controller",
        "source-watcher": "github.com/fluxcd/source-watcher/v2/cmd",
        "flux": "github.com/fluxcd/flux2/v2/cmd/flux",
    },
    stamps=_KUBERNETES_STAMPS
    | {
        "helm.sh/helm/v4/internal/version.version": "{helm.sh/helm/v4}",
        "main.VERSION": "{github.com/fluxcd/flux2/v2}bare",  # no other main package has it
    },
    copies_data=True,
    disk_gib=13.0,
    kept_gib=1.1,
    minutes=10,
)
KIND = GoModule(
    name="kind",
    folder=HERE / "kind",
    binaries={
        "kind": "sigs.k8s.io/kind",
        "bridge": f"{_CNI}/plugins/main/bridge",
        "ptp": f"{_CNI}/plugins/main/ptp",
        "loopback": f"{_CNI}/plugins/main/loopback",
        "host-local": f"{_CNI}/plugins/ipam/host-local",
        "portmap": f"{_CNI}/plugins/meta/portmap",
        "kube-proxy": f"{_KUBERNETES}/cmd/kube-proxy",
        "kubeadm": f"{_KUBERNETES}/cmd/kubeadm",
        "kubelet": f"{_KUBERNETES}/cmd/kubelet",
        "coredns": "github.com/coredns/coredns",
    },
    stamps=_KUBERNETES_STAMPS,
    disk_gib=8.0,
    kept_gib=0.4,
    minutes=6,
)
CONTAINERD = GoModule(
    name="containerd",
    folder=HERE / "containerd",
    binaries={
        "ctr": f"{_CONTAINERD}/cmd/ctr",
        "containerd-shim-runc-v2": f"{_CONTAINERD}/cmd/containerd-shim-runc-v2",
        "containerd": f"{_CONTAINERD}/cmd/containerd",
    },
    tags=("no_aufs", "no_zfs", "no_btrfs", "no_devmapper"),
    stamps={f"{_CONTAINERD}/version.Version": f"{{{_CONTAINERD}}}"},
    disk_gib=1.5,
    kept_gib=0.1,
    minutes=1.5,
)
APPS = GoModule(
    name="apps",
    folder=HERE / "apps",
    binaries={
        "podinfo": "github.com/stefanprodan/podinfo/cmd/podinfo",
        "podcli": "github.com/stefanprodan/podinfo/cmd/podcli",
    },
    copies_data=True,
    disk_gib=1.0,
    kept_gib=0.1,
    minutes=1,
)
STORES = GoModule(
    name="stores",
    folder=HERE / "stores",
    binaries={
        "registry": "github.com/google/go-containerregistry/cmd/registry",
        "gofakes3": "github.com/johannesboyne/gofakes3/cmd/gofakes3",
    },
    disk_gib=0.5,
    kept_gib=0.1,
    minutes=1,
)
SOPS = GoModule(
    name="sops",
    folder=HERE / "sops",
    binaries={
        "sops": "github.com/getsops/sops/v3/cmd/sops",
        "age-keygen": "filippo.io/age/cmd/age-keygen",
    },
    disk_gib=3.0,
    kept_gib=0.1,
    minutes=2.5,
)

SETS: Mapping[str, tuple[GoModule, ...]] = {
    "embedded": (EMBEDDED, APPS),
    "kind": (KIND, CONTAINERD, APPS),
    "stores": (STORES,),
    "sops": (SOPS,),
}
"""What each provider needs (`kind` is what kind needs beside `embedded`), and further sets that are
built only for the books that ask for them."""


def modules_of(sets: tuple[str, ...]) -> tuple[GoModule, ...]:
    """The modules of these sets, each once. Raises UsageError on a set that does not exist."""
    unknown = [name for name in sets if name not in SETS]
    if unknown or not sets:
        known = ", ".join(SETS)
        raise UsageError(
            f"there is no toolchain set {unknown[0]!r}" if unknown else "no toolchain set is named",
            cure=f"the sets are {known}",
        )
    return tuple(dict.fromkeys(module for name in sorted(sets) for module in SETS[name]))


def data_version(path: str) -> str:
    """Version of a module that is only copied. Raises SandboxError if go.mod does not have it."""
    text = (HERE / DATA_MODULE / "go.mod").read_text()
    found = re.search(rf"^\s*{re.escape(path)} (v\S+)$", text, re.MULTILINE)
    if not found:
        raise SandboxError(f"{DATA_MODULE}/go.mod does not name {path}", phase="toolchain")
    return found[1]


PLATFORMS = (("linux", "amd64"), ("linux", "arm64"))
"""GOOS and GOARCH of the machines for which something is built."""


def go_platform() -> tuple[str, str]:
    """GOOS and GOARCH of this machine. Raises SandboxError where nothing can be built."""
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower()
    )
    if platform.system() != "Linux" or machine is None:
        raise SandboxError(
            f"the programs are built for Linux on x86-64 or arm64, this is {platform.system()} on "
            f"{platform.machine()}",
            phase="toolchain",
            cure="use a Linux machine or a virtual machine",
        )
    return "linux", machine

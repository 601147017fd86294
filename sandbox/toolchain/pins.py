"""Further versions of Kubernetes and Flux: a folder each with go.mod and go.sum.

They lie over the shared toolchain: only what the version changes is built, and it takes the place
of the toolchain's own programs. What only a node of kind needs of a Kubernetes has a folder of its
own in that folder, and is built for kind only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import UsageError
from sandbox.toolchain import flux
from sandbox.toolchain.modules import EMBEDDED, HERE, GoModule

PINS = HERE / "pins"
NODE = "node"
"""The folder of what a node of kind needs, in the folder of a version of Kubernetes."""


@dataclass(frozen=True, kw_only=True)
class Product:
    """One product of which further versions can be pinned."""

    name: str
    """As people call it; in small letters its folders begin with it."""
    variable: str
    """The setting of make, and of the environment, that names a version."""
    module: str
    """The Go module whose version is the product's."""
    form: re.Pattern[str]
    """What a version looks like."""
    example: str
    binaries: Mapping[str, str]
    """The programs that a version changes, and their packages."""
    stamps: Mapping[str, str]
    gives: tuple[str, ...]
    disk_gib: float
    kept_gib: float
    minutes: float

    @property
    def prefix(self) -> str:
        """What stands before the version in the names of folders, and where both are meant."""
        return f"{self.name.lower()}-"

    def own(self) -> str:
        """The version that the toolchain has without a pin."""
        return EMBEDDED.versions[self.module].removeprefix("v")

    def known(self) -> dict[str, GoModule]:
        """What is pinned, by version, the oldest first."""
        files = PINS.glob(f"{self.prefix}*/go.mod")
        found = {path.parent.name.removeprefix(self.prefix) for path in files}
        versions = sorted(found, key=numbers)
        return {version: self.pinned(self.folder_of(version)) for version in versions}

    def folder_of(self, version: str) -> Path:
        """Where the go.mod and go.sum of a version are, or will be."""
        return PINS / f"{self.prefix}{version}"

    def asked(self, env: Mapping[str, str] = os.environ) -> str:
        """The pinned version that the variable names; '' for that of the toolchain.

        Raises UsageError where it names none.
        """
        return self.version_of(env.get(self.variable, ""))

    def version_of(self, text: str) -> str:
        """A version that is pinned; '' for the toolchain's own. Raises UsageError on any other."""
        if text in ("", self.own()):
            return ""
        self.checked(text)
        if text not in self.known():
            raise UsageError(
                f"{self.name} {text} is not pinned; there are {', '.join(self.there())}",
                cure=f"make pin {self.variable}={text}",
            )
        return text

    def there(self) -> list[str]:
        """Every version that can be asked for, the toolchain's own first."""
        return [self.own(), *self.known()]

    def checked(self, text: str) -> str:
        """A text that is a version of it. Raises UsageError where it is none."""
        if not self.form.fullmatch(text):
            raise UsageError(
                f"{text!r} is no version of {self.name}", cure=f"such as {self.example}"
            )
        return text

    def pinned(self, folder: Path) -> GoModule:
        """The module in a folder: the programs of one version."""
        return GoModule(
            name=folder.name,
            folder=folder,
            binaries=self.binaries,
            stamps=self.stamps,
            gives=self.gives,
            disk_gib=self.disk_gib,
            kept_gib=self.kept_gib,
            minutes=self.minutes,
        )


_KUBERNETES = "k8s.io/kubernetes"
_STAMPED = "k8s.io/component-base/version"
NODE_PROGRAMS = ("kube-proxy", "kubeadm", "kubelet")
"""What a node of kind needs of a version of Kubernetes beside its programs."""


def _commands(*programs: str) -> dict[str, str]:
    return {name: f"{_KUBERNETES}/cmd/{name}" for name in programs}


KUBERNETES = Product(
    name="Kubernetes",
    variable="KUBERNETES",
    module=_KUBERNETES,
    form=re.compile(r"1\.\d{1,3}\.\d{1,3}"),
    example="1.35.4",
    binaries=_commands("kubectl", "kube-scheduler", "kube-apiserver", "kube-controller-manager"),
    stamps={
        f"{_STAMPED}.gitVersion": f"{{{_KUBERNETES}}}",
        f"{_STAMPED}.gitMajor": "1",
        f"{_STAMPED}.gitMinor": f"{{{_KUBERNETES}}}minor",
        "k8s.io/client-go/pkg/version.gitVersion": f"{{{_KUBERNETES}}}",
    },
    gives=(_KUBERNETES,),
    disk_gib=7.0,
    kept_gib=0.4,
    minutes=6,
)
FLUX = Product(
    name="Flux",
    variable="FLUX",
    module=flux.MODULE,
    form=re.compile(r"2\.\d{1,3}\.\d{1,3}"),
    example="2.9.2",
    binaries={name: EMBEDDED.binaries[name] for name in flux.PROGRAMS},
    stamps=flux.STAMPS,
    gives=(flux.MODULE, *flux.CONTROLLERS.values()),
    disk_gib=7.0,
    kept_gib=0.7,
    minutes=6,
)
PRODUCTS = (KUBERNETES, FLUX)


@dataclass(frozen=True)
class Versions:
    """A pinned version of each product, '' for the toolchain's own."""

    kubernetes: str = ""
    flux: str = ""

    @classmethod
    def asked(cls, env: Mapping[str, str] = os.environ) -> Versions:
        """What KUBERNETES and FLUX name. Raises UsageError where one names none."""
        return cls(KUBERNETES.asked(env), FLUX.asked(env))

    def of(self, product: Product) -> str:
        """The version of one product."""
        return self.kubernetes if product is KUBERNETES else self.flux

    @property
    def env(self) -> dict[str, str]:
        """The variables that ask for them."""
        return {product.variable: self.of(product) for product in PRODUCTS}

    @property
    def settings(self) -> list[str]:
        """What is said to make where they are not the toolchain's own."""
        return [f"{name}={version}" for name, version in self.env.items() if version]

    def others_than(self, asked: Versions) -> list[str]:
        """Which are not as asked, in words."""
        return [
            f"{each.name} {self.of(each) or each.own()}, not {asked.of(each) or each.own()}"
            for each in PRODUCTS
            if self.of(each) != asked.of(each)
        ]


def of(kubernetes: str = "", flux: str = "", *, node: bool = False) -> tuple[GoModule, ...]:
    """The modules of pinned versions, none for the toolchain's own. Raises UsageError on others.

    `node`: with the programs of a node, which only kind needs; UsageError where none is pinned.
    """
    return (*_of_kubernetes(kubernetes, node), *_of(FLUX, flux))


def _of_kubernetes(version: str, node: bool) -> tuple[GoModule, ...]:
    found = _of(KUBERNETES, version)
    if not (found and node):
        return found
    if not has_node(version):
        raise UsageError(
            f"kind has no Kubernetes {version}: its pin has no {NODE}/ folder",
            cure=f"make pin KUBERNETES={version} adds it, or PROVIDER=embedded",
        )
    return (*found, node_of(found[0].folder))


def _of(product: Product, version: str) -> tuple[GoModule, ...]:
    named = product.version_of(version)
    return (product.known()[named],) if named else ()


def has_node(kubernetes: str) -> bool:
    """Whether a version is pinned for kind too ('': the toolchain's own, which always is)."""
    return not kubernetes or (KUBERNETES.folder_of(kubernetes) / NODE / "go.mod").exists()


def node_of(folder: Path) -> GoModule:
    """What a node of kind needs of a version beside that: a module of its own in the pin's folder.

    So the programs that every provider needs are there without these, and keep their key.
    """
    return GoModule(
        name=f"{folder.name}-{NODE}",
        folder=folder / NODE,
        binaries=_commands(*NODE_PROGRAMS),
        stamps=KUBERNETES.stamps,
        gives=KUBERNETES.gives,
        disk_gib=5.0,
        kept_gib=0.3,
        minutes=5,
    )


def in_the_place_of_own(modules: Sequence[GoModule]) -> list[GoModule]:
    """Those of the modules that hold a product's programs in a pinned version, by product."""
    return [
        module
        for product in PRODUCTS
        for module in modules
        if product.module in module.gives and module.binaries == product.binaries
    ]


def numbers(version: str) -> tuple[int, ...]:
    """A version as what it is sorted by."""
    return tuple(int(part) for part in version.split("."))

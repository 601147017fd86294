"""The programs of Flux's controllers: what each needs, and how it runs outside of a pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.providers.embedded.control_plane import HOST, Ports

_STORAGES = {
    "source-controller": "source_storage",
    "source-watcher": "watcher_storage",
    "image-reflector-controller": "",
}
"""Who keeps files, and the fixed port behind which others fetch them ("" where nobody does)."""
_SOURCES = ("gitrepositories", "buckets", "ocirepositories")


@dataclass(frozen=True)
class Listening:
    """Ports on loopback that the process of one pod listens on, as far as it needs them."""

    health: int
    storage: int
    events: int
    receiver: int


@dataclass(frozen=True, kw_only=True)
class Program:
    """One controller's program."""

    name: str
    folder: Path
    """Where it lies, beside the other programs of its toolchain."""
    needs: tuple[str, ...]
    """CRDs without which it exits at start."""
    version: str = ""
    """The version that was built."""
    built: bool = True
    """Whether it was built at all."""

    def lacking(self, image: str) -> str:
        """Why an image cannot be had here; "" where its program was built."""
        if not self.built:
            return f"{self.name} is not in this sandbox"
        if "@" in image:
            return f"digests of {self.name} are not known in this sandbox"
        tag = image.rsplit("/", 1)[-1].partition(":")[2]
        if not self.version or not tag or tag.removeprefix("v") == self.version:
            return ""
        return f"only version {self.version} of {self.name} is in this sandbox"

    def arguments(self, given: list[str], fixed: Ports, own: Listening, folder: Path) -> list[str]:
        """The pod's arguments, with addresses and folders of this machine.

        What others know it by is a fixed address, behind which the pod that works is found; the
        process itself listens on its pod's own ports.
        """
        flags = {
            "--events-addr": f"http://{HOST}:{fixed.events}/",
            "--metrics-addr": "0",
            "--health-addr": f"{HOST}:{own.health}",
        }
        if self.name in _STORAGES:
            data = folder / "data"
            data.mkdir(parents=True, exist_ok=True)
            flags["--storage-path"] = str(data)
        if served := _STORAGES.get(self.name):
            flags["--storage-addr"] = f"{HOST}:{own.storage}"
            flags["--storage-adv-addr"] = f"{HOST}:{getattr(fixed, served)}"
        if self.name == "notification-controller":
            flags["--events-addr"] = f"{HOST}:{own.events}"
            flags["--receiverAddr"] = f"{HOST}:{own.receiver}"
        replaced = {*flags, "--enable-leader-election"}
        kept = [word for word in given if word.split("=", 1)[0] not in replaced]
        return [*kept, *(f"{flag}={value}" for flag, value in flags.items())]


_NEEDS: Mapping[str, tuple[str, ...]] = {
    "source-controller": (*_SOURCES, "helmrepositories", "helmcharts"),
    "kustomize-controller": ("kustomizations", *_SOURCES),
    "helm-controller": ("helmreleases", "helmcharts", "ocirepositories"),
    "notification-controller": ("providers", "alerts", "receivers"),
    "image-reflector-controller": ("imagerepositories", "imagepolicies"),
    "image-automation-controller": ("imageupdateautomations", "imagepolicies", "gitrepositories"),
    "source-watcher": ("artifactgenerators", "externalartifacts", *_SOURCES),
}


def program_of(image: str, programs: Path, versions: Mapping[str, str]) -> Program | None:
    """The controller that an image holds, built or not; None where it is no controller of Flux."""
    name = image.rsplit("/", 1)[-1].partition("@")[0].partition(":")[0]
    if name not in _NEEDS:
        return None
    return Program(
        name=name,
        folder=programs,
        needs=_NEEDS[name],
        version=versions.get(name, ""),
        built=(programs / name).exists(),
    )

"""The root file system under a local node image: Debian packages, fetched by debootstrap.

What is in it follows images/base/Dockerfile of kind's own module: systemd as the first process,
and the programs that kubelet, kube-proxy, containerd and kind's entrypoint call.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from sandbox.errors import MissingTool, SandboxError
from sandbox.providers.kind import cache

SUITE = "bookworm"
_PACKAGES = (
    "bash ca-certificates catatonit conntrack curl e2fsprogs ethtool iproute2 iptables jq kmod "
    "libseccomp2 mount nftables pigz procps runc systemd util-linux"
)
PACKAGES = tuple(_PACKAGES.split())
MIRROR = "PROOFBOOK_DEBIAN_MIRROR"
"""Environment variable: URL of a Debian mirror, where the default one can't be reached."""
DISK_GIB = 1.5
_LIMIT_S = 900

_PROXY_TAR = r"""
set -euo pipefail
programs=$(ls /usr/sbin/{iptables,ip6tables}{,-save,-restore} /usr/sbin/{nft,conntrack})
plugins=$(ls /usr/lib/*/xtables/*.so)
libraries=$(ldd $programs $plugins | grep -o '/lib[^ :]*' | sort -u)
tar --dereference -C / -cf /proxy.tar $(printf '%s\n' $programs $plugins $libraries |
  sort -u | sed 's,^/,,')
"""
"""What kube-proxy calls, with the libraries of each: everything that its image needs."""

_NOT_NEEDED = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man")


def ensure(scratch: Path) -> Path:
    """The folder with base.tar, proxy.tar, catatonit and ca-certificates.crt.

    Made once (about 90 s), needs root. Raises SandboxError with cause and cure.
    """
    mirror = os.environ.get(MIRROR, "")
    key = cache.key_of([SUITE, *PACKAGES, _PROXY_TAR, mirror])
    return cache.complete(f"base-{key}", scratch, lambda folder: _fill(folder, mirror))


def _fill(folder: Path, mirror: str) -> None:
    if shutil.which("debootstrap") is None:
        raise MissingTool("debootstrap", cure="`apt-get install debootstrap`, or IMAGES=registry")
    if os.geteuid() != 0:
        raise SandboxError(
            "building node images without a registry needs root (debootstrap)",
            phase="node image",
            cure="run it as root once, or use IMAGES=registry, or PROVIDER=embedded",
        )
    cache.need_disk(DISK_GIB, "the base of node images", folder)
    root = folder / "root"
    packages = ",".join(PACKAGES)
    _run(
        ["debootstrap", "--variant=minbase", f"--include={packages}", SUITE, root, *mirror.split()],
        "reach a Debian mirror (PROOFBOOK_DEBIAN_MIRROR names another one), or IMAGES=registry",
    )
    _run(["chroot", root, "bash", "-c", _PROXY_TAR], "")
    (root / "proxy.tar").rename(folder / "proxy.tar")
    shutil.copy(root / "usr/bin/catatonit", folder)
    shutil.copy(root / "etc/ssl/certs/ca-certificates.crt", folder)
    left_out = [f"--exclude=./{path}/*" for path in _NOT_NEEDED]
    _run(
        ["tar", "--numeric-owner", "-C", root, "-cf", folder / "base.tar", *left_out, "."],
        "free space in the cache folder",
    )
    shutil.rmtree(root)


def _run(command: list[str | Path], cure: str) -> None:
    env = {**os.environ, "LC_ALL": "C", "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=_LIMIT_S)
    if done.returncode:
        lines = (done.stderr.strip() or done.stdout.strip() or "it printed nothing").splitlines()
        errors = [line for line in lines if line.startswith("E:")] or lines[-2:]
        raise SandboxError(
            f"{command[0]} failed: {' '.join(errors)}", phase="node image", cure=cure
        )

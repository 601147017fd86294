"""Facts of the host, found and not assumed: what containers may do here."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

from sandbox.providers.kind import inotify

_NAMES = (
    "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE "
    "NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO "
    "SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME "
    "SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG "
    "WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
)
CAPABILITIES = tuple(_NAMES.split())
"""Names by number, from Linux's include/uapi/linux/capability.h."""
GIB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Host:
    """What this machine gives to containers."""

    missing_capabilities: tuple[str, ...]
    """Capabilities that the kernel knows and the engine may never have here."""
    inotify_instances: int
    """`fs.inotify.max_user_instances`; systemd, kubelet and containerd of each node take some."""
    inotify_watches: int
    memory_gib: float
    """Memory that is free to use, GiB."""
    disk_gib: float
    """Free disk where the engine keeps its data, GiB."""

    @classmethod
    def look(cls, engine_root: Path) -> Host:
        """Look at this machine; `engine_root` is the folder of the engine's data."""
        return cls(
            missing_capabilities=missing(_bounding_set(), _last_capability()),
            inotify_instances=inotify.limit(),
            inotify_watches=inotify.limit(inotify.WATCHES),
            memory_gib=psutil.virtual_memory().available / GIB,
            disk_gib=shutil.disk_usage(_existing(engine_root)).free / GIB,
        )


def missing(bounding_set: int, last: int) -> tuple[str, ...]:
    """Names of the capabilities 0 to `last` that are not in the bounding set."""
    return tuple(
        CAPABILITIES[number] if number < len(CAPABILITIES) else f"number {number}"
        for number in range(last + 1)
        if not bounding_set >> number & 1
    )


def _bounding_set() -> int:
    # The engine's own set counts; it may be less or more than that of this process.
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == "dockerd":
            return _bounding_set_of(f"/proc/{process.pid}/status")
    return _bounding_set_of("/proc/self/status")


def _bounding_set_of(status: str) -> int:
    text = Path(status).read_text()
    return int(text.split("CapBnd:")[1].split()[0], 16)


def _last_capability() -> int:
    return _number("/proc/sys/kernel/cap_last_cap")


def _number(file: str) -> int:
    return int(Path(file).read_text())


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path

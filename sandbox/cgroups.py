"""What a container may use of this machine, as its control group says (version 2 or 1)."""

from __future__ import annotations

from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def cores(cgroup: Path = ROOT) -> float:
    """The cores that a container may use: version 2 of cgroups, then version 1."""
    quota, _, period = _said(cgroup / "cpu.max").partition(" ")
    if not quota:
        quota = _said(cgroup / "cpu" / "cpu.cfs_quota_us")
        period = _said(cgroup / "cpu" / "cpu.cfs_period_us")
    if not quota.isdecimal() or not period.isdecimal():  # "max", -1, or no such file
        return float("inf")
    return int(quota) / int(period)


def memory(cgroup: Path = ROOT) -> float:
    """The bytes that a container may still take."""
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        most, now = _said(cgroup / limit), _said(cgroup / used)
        if most.isdecimal() and now.isdecimal():
            return max(0, int(most) - int(now))
    return float("inf")


def _said(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""

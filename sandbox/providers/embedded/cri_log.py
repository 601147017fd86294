"""Logs in the form in which container runtimes write them, which `kubectl logs` needs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path


async def copy(lines: asyncio.StreamReader, log: Path) -> None:
    """Write each line to `log` as `<RFC 3339 time> stdout F <line>` until there are no more.

    https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
    """
    with log.open("ab") as file:
        async for line in lines:
            stamp = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
            file.write(f"{stamp} stdout F ".encode() + line)
            file.flush()

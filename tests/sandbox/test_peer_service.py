"""A service of a sandbox says where it answers, and listens there on every address."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from sandbox.processes.listening import Peers
from sandbox.processes.peer_server import PeerService, serve
from sandbox.processes.reach import Reach


class Started:
    """Stands for a supervisor: keeps what it is asked to start."""

    def __init__(self) -> None:
        self.parts: dict[str, list[str]] = {}
        self.logs: list[Path] = []

    def start(self, name: str, line: list[str], **given: Any) -> None:
        self.parts[name] = line
        self.logs.append(given["log"])


def test_it_listens_on_one_port_of_each_address_and_tells_it(tmp_path: Path) -> None:
    started: Any = Started()
    reach = Reach(host="gateway", listen=("127.0.0.1", "127.0.0.2"), peers=("127.0.0.0/30",))
    service = PeerService(tmp_path)
    service.start("mail", "sandbox.mail", "folder", started, reach)
    port = service.url.removeprefix("http://gateway:")
    assert int(port) > 0
    assert started.parts == {
        f"mail/{address}": [
            *(sys.executable, "-m", "sandbox.mail", "folder", port, address, "127.0.0.0/30")
        ]
        for address in reach.listen
    }
    assert len(set(started.logs)) == 2


def test_its_program_reads_what_it_is_started_with() -> None:
    seen: list[Any] = []

    class Served:
        def __init__(self, *given: Any) -> None:
            seen.append(given)

        def __enter__(self) -> Served:
            return self

        def __exit__(self, *_: object) -> None:
            seen.append("closed")

        def serve_forever(self) -> None:
            seen.append("served")

    made: Any = Served
    assert serve(["folder", "80", "127.0.0.1", "127.0.0.0/30"], made) == 0
    peers = Peers.of(["127.0.0.0/30"])
    assert seen == [("folder", ("127.0.0.1", 80), peers), "served", "closed"]

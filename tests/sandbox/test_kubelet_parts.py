"""Parts of the stand-in for the kubelet: logs, Flux's programs, the way to the pod that works."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sandbox.processes.ports import free_ports
from sandbox.providers.embedded import cri_log
from sandbox.providers.embedded.control_plane import HOST, Ports
from sandbox.providers.embedded.flux_programs import Listening, program_of
from sandbox.providers.embedded.parts import restarts
from sandbox.providers.embedded.service_proxy import ServiceProxy, _close


def test_a_log_has_time_and_stream(tmp_path: Path) -> None:
    async def write() -> None:
        lines = asyncio.StreamReader()
        lines.feed_data(b"one\ntwo\n")
        lines.feed_eof()
        await cri_log.copy(lines, tmp_path / "log")

    asyncio.run(write())
    stamp, stream, tag, word = (tmp_path / "log").read_text().splitlines()[1].split()
    assert stamp.endswith("Z")
    assert (stream, tag, word) == ("stdout", "F", "two")


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    (tmp_path / "source-controller").touch()
    (tmp_path / "notification-controller").touch()
    return tmp_path


@pytest.mark.parametrize("image", ["example.com/app:1", "etcd", "kwok:v1"])
def test_other_images_hold_no_controller(programs: Path, image: str) -> None:
    assert program_of(image, programs, {}) is None


@pytest.mark.parametrize(
    ("image", "there"),
    [
        ("ghcr.io/fluxcd/source-controller:v1.9.5", True),
        ("registry.local:5000/fluxcd/source-controller:v1.9.5", True),
        ("registry.local:5000/fluxcd/source-controller:v1.9.5@sha256:abc", False),
        ("ghcr.io/fluxcd/source-controller", True),
        ("ghcr.io/fluxcd/source-controller:v1.9.6", False),
        ("ghcr.io/fluxcd/source-controller:latest", False),
    ],
)
def test_only_the_version_that_was_built_is_there(programs: Path, image: str, there: bool) -> None:
    program = program_of(image, programs, {"source-controller": "1.9.5"})
    assert program is not None
    assert (program.lacking(image) == "") is there


@pytest.mark.parametrize("name", ["image-reflector-controller", "source-watcher"])
def test_a_controller_that_was_not_built_is_not_there_rather_than_simulated(
    programs: Path, name: str
) -> None:
    program = program_of(f"ghcr.io/fluxcd/{name}:v1.2.4", programs, {})
    assert program is not None
    assert program.lacking(f"ghcr.io/fluxcd/{name}:v1.2.4") == f"{name} is not in this sandbox"


def test_who_keeps_files_keeps_them_in_a_folder_of_its_pod(programs: Path, tmp_path: Path) -> None:
    program = program_of("fluxcd/image-reflector-controller", programs, {})
    assert program is not None
    made = program.arguments(
        ["--storage-path=/data"], Ports.choose(), Listening(1, 2, 3, 4), tmp_path
    )
    assert f"--storage-path={tmp_path / 'data'}" in made
    assert not [word for word in made if "storage-addr" in word]


def test_two_pods_of_a_controller_listen_apart_and_are_known_by_one_address(
    programs: Path, tmp_path: Path
) -> None:
    fixed = Ports.choose()
    program = program_of("fluxcd/source-controller:v1.9.5", programs, {})
    assert program is not None
    given = ["--log-level=info", "--enable-leader-election", "--storage-adv-addr=source"]
    made = [
        program.arguments(given, fixed, Listening(*free_ports(4, HOST)), tmp_path / name)
        for name in ("one", "two")
    ]
    assert all("--log-level=info" in each for each in made)
    known = f"--storage-adv-addr={HOST}:{fixed.source_storage}"
    assert [word for word in made[0] if word in made[1]] == [
        "--log-level=info",
        f"--events-addr=http://{HOST}:{fixed.events}/",
        "--metrics-addr=0",
        known,
    ]


def test_a_controller_that_was_restarted_is_told() -> None:
    def pod(name: str, *counts: int) -> dict[str, object]:
        statuses = [{"restartCount": count} for count in counts] or None
        return {"metadata": {"name": name}, "status": {"containerStatuses": statuses}}

    pods = [pod("source", 0), pod("helm", 0, 2), pod("new")]
    assert restarts(pods) == ["helm was restarted 2 times"]


def test_a_connection_reaches_the_pod_that_works_now() -> None:
    async def answer(word: bytes) -> asyncio.Server:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked = await reader.read()  # until the client has said all
            writer.write(word + b" " + asked)
            writer.close()
            await writer.wait_closed()

        return await asyncio.start_server(serve, HOST, 0)

    async def ask(port: int) -> bytes:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            writer.write(b"hello")
            writer.write_eof()
            return await reader.read()
        except ConnectionError:
            return b"hung up"
        finally:
            await _close(writer)

    async def play() -> list[bytes]:
        old, new = await answer(b"old"), await answer(b"new")
        behind: list[int | None] = [old.sockets[0].getsockname()[1]]
        [port] = free_ports(1, HOST)
        proxy = await ServiceProxy(port, lambda: behind[-1]).start()
        said = [await ask(port)]
        behind.append(new.sockets[0].getsockname()[1])
        said.append(await ask(port))
        behind.append(None)
        said.append(await ask(port))
        for each in (proxy, old, new):
            each.close()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
        return said

    assert asyncio.run(play()) == [b"old hello", b"new hello", b"hung up"]

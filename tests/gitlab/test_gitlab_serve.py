"""The process: its arguments, its one line, and what a restart keeps."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from gitlab_live import LIMIT_S, ROOT, Live, make_world

from sandbox.errors import SandboxError
from sandbox.gitlab.datadir import DataDir
from sandbox.processes.ports import free_ports
from sandbox.waiting import wait_until

pytestmark = pytest.mark.integration


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox.gitlab", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--data"),
        (["--data", "x", "--port", "70000"], "is no port"),
        (["--data", "x", "--ssh-port", "-1"], "is no port"),
        (["--data", "x", "--listen", "0.0.0.0"], "would open the server to everyone"),
        (["--data", "x", "--listen", "::"], "would open the server to everyone"),
        (["--data", "x", "--listen", "localhost"], "is no IP address"),
        (["--data", "x", "--name", "a b"], "is no host name"),
        (["--data", "x", "--host", "a/b"], "is no host name"),
        (["--data", "x", "--peers", "172.18.0.1/16"], "is no network"),
        (["--data", "/dev/null"], "is no folder"),
    ],
)
def test_wrong_use_is_one_clear_line(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("--data", tmp_path / "d", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 3
    assert "can't listen on port" in done.stderr
    assert "Cure: give a free port" in done.stderr
    assert not (tmp_path / "d" / "ready.json").exists()


def test_an_address_that_is_not_this_machines(tmp_path: Path) -> None:
    done = run("--data", tmp_path / "d", "--listen", "192.0.2.7")
    assert done.returncode == 3
    assert "can't listen" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_one_line_and_a_second_server(tmp_path: Path) -> None:
    live = Live(tmp_path / "d").start()
    assert set(live.printed) == {"url", "ca_file", "ssh_host", "ssh_port", "token"}
    ready = live.data / "ready.json"
    assert json.loads(ready.read_text()) == live.printed
    assert ready.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SandboxError, match="another server runs"):
        DataDir(live.data).claim(0.1)
    assert live.stop() == 0
    assert not ready.exists()
    assert not (live.data / "control.sock").exists()
    assert live.errors() == ""


def test_a_restart_is_the_same_server(tmp_path: Path) -> None:
    live = Live(tmp_path / "d").start()
    world = make_world(live, tmp_path)
    key, number = world.deploy_key()
    desk = world.with_key(key)
    desk.done("ls-remote", live.ssh(world.project))
    files = [live.data / "certificates" / "ca.crt", live.data / "host-keys" / "ecdsa"]
    before, printed = [file.read_bytes() for file in files], live.printed
    assert live.stop() == 0
    live.start()
    assert live.printed == printed
    assert [file.read_bytes() for file in files] == before
    assert world.refs() == {"refs/heads/main": world.head}
    desk.done("ls-remote", live.ssh(world.project))
    desk.done("ls-remote", live.https(world.project, world.token))
    live.stop()
    https, ssh = free_ports(2)
    live.arguments = ("--port", str(https), "--ssh-port", str(ssh))
    live.start()
    assert (live.gitlab.url, live.gitlab.ssh_port) == (f"https://127.0.0.1:{https}", ssh)
    assert [each["id"] for each in world.gitlab.deploy_keys(world.project)] == [number]
    live.stop()


def test_each_address_is_bound_and_named_and_no_other(tmp_path: Path) -> None:
    live = Live(
        tmp_path / "d",
        *("--listen", "127.0.0.1", "--listen", "127.0.0.2", "--name", "git.example.com"),
    ).start()
    port = int(live.gitlab.url.rpartition(":")[2])
    assert live.gitlab.url.startswith("https://127.0.0.1:")
    context = ssl.create_default_context(cafile=str(live.gitlab.ca_file))
    for address, name in (
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.2", "127.0.0.2"),
        ("127.0.0.1", "localhost"),
        ("127.0.0.1", "git.example.com"),
    ):
        with (
            socket.create_connection((address, port), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname=name),
        ):
            pass
        with socket.create_connection((address, live.gitlab.ssh_port), timeout=30) as plain:
            assert plain.recv(7) == b"SSH-2.0"
    for other in (port, live.gitlab.ssh_port):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.3", other), timeout=30)
    assert live.process is not None
    listening = {
        line.split()[1]
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{live.process.pid}/net/{table}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].rpartition(":")[2], 16) == port
    }
    assert listening == {f"0100007F:{port:04X}", f"0200007F:{port:04X}"}
    live.stop()


def test_only_peers_are_answered_and_strangers_are_in_the_journal(tmp_path: Path) -> None:
    live = Live(
        tmp_path / "d", *("--host", "git.example.com"), *("--peers", "127.0.0.0/30")
    ).start()
    assert live.printed["ssh_host"] == "git.example.com"
    assert live.gitlab.url.startswith("https://git.example.com:")
    https, ssh = int(live.gitlab.url.rpartition(":")[2]), live.gitlab.ssh_port
    for port in (https, ssh):
        with (
            pytest.raises(ConnectionResetError),  # while it connects, or after that
            socket.create_connection(("127.0.0.1", port), 30, ("127.0.9.9", 0)) as stranger,
        ):
            stranger.recv(1)
    with socket.create_connection(("127.0.0.1", ssh), 30, ("127.0.0.2", 0)) as peer:
        assert peer.recv(7) == b"SSH-2.0"
    refused = [e for e in live.gitlab.log() if e["result"] == "refused: no peer"]
    assert [(e["operation"], e["address"]) for e in refused] == [
        ("https connection", "127.0.9.9"),
        ("ssh connection", "127.0.9.9"),
    ]
    live.stop()


def test_what_a_killed_server_leaves_is_swept(tmp_path: Path) -> None:
    live = Live(tmp_path / "d").start()
    world = make_world(live, tmp_path)
    live.kill()
    repository = live.data / "repositories" / f"{world.gitlab_id}.git"
    (repository / "refs" / "heads" / "main.lock").touch()
    (repository / "objects" / "tmp_objdir-incoming-abc").mkdir()
    (live.data / "repositories" / "77.partial").mkdir()
    (live.data / "pushes" / "left").touch()
    live.start()
    assert not (repository / "refs" / "heads" / "main.lock").exists()
    assert not (live.data / "repositories" / "77.partial").exists()
    world.desk.commit(world.tree, {"x": "y"})
    url = live.https(world.project, world.token)
    world.desk.done("push", "--quiet", url, "main", cwd=world.tree)
    live.stop()
    live.fsck()


def test_nothing_of_the_machines_git_settings_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text("[receive]\n\tdenyCreates = nonsense\n[broken\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "broken")
    live = Live(tmp_path / "d").start()
    for name in ("GIT_DIR", "GIT_CONFIG_COUNT"):
        monkeypatch.delenv(name)
    world = make_world(live, tmp_path)
    assert "broken" not in os.environ.get("GIT_CONFIG_COUNT", "")
    assert world.refs() == {"refs/heads/main": world.head}
    live.stop()


def test_a_server_of_the_tests_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    # As a worker of pytest does that was interrupted, and whose test went on for too long.
    script = (
        "import os, sys; from pathlib import Path; from gitlab_live import Live;"
        "live = Live(Path(sys.argv[1])).start(); print(live.process.pid, flush=True); os._exit(1)"
    )
    paths = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "d"],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 1, done.stderr
    server = int(done.stdout)
    try:
        wait_until(
            f"server {server} to end",
            lambda: (True if not psutil.pid_exists(server) else None, "there"),
            LIMIT_S,
        )
    finally:
        if psutil.pid_exists(server):
            os.kill(server, signal.SIGKILL)

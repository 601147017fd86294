"""The GitLab-compatible server against OpenSSH's sshd and git's http-backend behind plain CGI.

Both sides serve the same bare repository in the same run, one after the other, several times; the
ratios are of medians. sshd is left out, and said so, where openssh-server is not installed.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncssh
import psutil

from benchmarks._plain_servers import cgi, sshd
from sandbox.gitlab import GitLab
from sandbox.processes.ports import free_ports
from sandbox.waiting import wait_until

ROOT = Path(__file__).parents[1]
FILES, COMMITS = 2000, 500
ROUNDS, TOGETHER = 7, 32


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-gitlab-") as name:
        _measure(Path(name))


def _measure(folder: Path) -> None:
    _start_times(folder)
    with _server(folder / "data") as (gitlab, process, first_line):
        first_line()
        git = _Git(folder, gitlab)
        repository = git.fill()
        print(f"repository: {FILES} files, {COMMITS} commits, {_size(repository) / 1e6:.1f} MB")
        ours_ssh = f"ssh://git@127.0.0.1:{gitlab.ssh_port}/bench/repo"
        ours_https = gitlab.url.replace("://", f"://x:{gitlab.token}@") + "/bench/repo.git"
        with cgi(folder, repository) as plain_https:
            _compare("clone over HTTPS / plain CGI", 1.3, git, ours_https, plain_https)
        with sshd(folder, repository, git.key) as plain_ssh:
            if plain_ssh is None:
                print("clone over SSH: not measured, openssh-server is not installed")
                _together(git, ours_ssh, None)
            else:
                _compare("clone over SSH / sshd", 1.3, git, ours_ssh, plain_ssh)
                _together(git, ours_ssh, plain_ssh)
        memory = psutil.Process(process.pid).memory_info().rss / 2**20
        print(f"resident memory after {TOGETHER} clones: {memory:.0f} MiB (reach: 150)")


def _start_times(folder: Path) -> None:
    """From the start of the process to an answer of the API, and to the line that says ready."""
    answered, ready = [], []
    for _ in range(7):
        [port] = free_ports(1)
        started = time.monotonic()
        with _server(folder / "start", "--port", str(port)) as (_, _, first_line):
            wait_until("an answer of the API", _answers_https(port), 30, every=0.005)
            answered.append(time.monotonic() - started)
            first_line()
            ready.append(time.monotonic() - started)
    print(
        f"start to first answered request: {statistics.median(answered):.2f} s (reach: 0.5); "
        f"to the ready line, SSH too: {statistics.median(ready):.2f} s"
    )


def _answers_https(port: int) -> Callable[[], tuple[bool | None, str]]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def probe() -> tuple[bool | None, str]:
        try:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
                context.wrap_socket(plain) as link,
            ):
                link.sendall(b"GET /api/v4/user HTTP/1.1\r\nHost: x\r\n\r\n")
                status = link.recv(12)
        except OSError as error:
            return None, str(error)
        return (True if status.endswith(b"401") else None), status.decode()

    return probe


@contextlib.contextmanager
def _server(
    data: Path, *arguments: str
) -> Iterator[tuple[GitLab, subprocess.Popen[bytes], Callable[[], bytes]]]:
    command = [sys.executable, "-m", "sandbox.gitlab", "--data", str(data), *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield GitLab.at(data), process, process.stdout.readline
        finally:
            process.terminate()


class _Git:
    """The client: the same for both sides."""

    def __init__(self, folder: Path, gitlab: GitLab) -> None:
        self.folder, self.gitlab = folder, gitlab
        self.key = folder / "key"
        made = asyncssh.generate_private_key("ssh-ed25519")
        self.key.write_bytes(made.export_private_key())
        self.key.chmod(0o600)
        self.public = made.export_public_key().decode()
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_SSL_NO_VERIFY": "1",
            "GIT_SSH_COMMAND": f"ssh -F /dev/null -i {self.key} -o IdentitiesOnly=yes "
            "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR",
        }

    def run(self, *words: str, stdin: bytes | None = None) -> None:
        subprocess.run(
            ["git", *words], env=self.env, check=True, input=stdin, stdout=subprocess.DEVNULL
        )

    def fill(self) -> Path:
        """The repository: each commit adds files and changes one."""
        self.gitlab.create_group("bench")
        number = self.gitlab.create_project("bench", "repo")["id"]
        self.gitlab.add_deploy_key("bench/repo", "bench", self.public, can_push=True)
        stream = []
        chance = random.Random(1)
        for commit in range(COMMITS):
            stream.append(
                "commit refs/heads/main\n"
                f"committer B <b@example.com> {1_700_000_000 + commit} +0000\n"
                f"data 6\nChange\n"
            )
            for index in range(FILES // COMMITS):
                text = "".join(f"key{line}: {chance.random()}\n" for line in range(60))
                stream.append(
                    f"M 644 inline apps/{commit % 50}/f{commit}-{index}.yaml\n"
                    f"data {len(text)}\n{text}\n"
                )
        source = self.folder / "source.git"
        self.run("init", "--quiet", "--bare", str(source))
        self.run(f"--git-dir={source}", "fast-import", "--quiet", stdin="".join(stream).encode())
        url = f"ssh://git@127.0.0.1:{self.gitlab.ssh_port}/bench/repo"
        self.run(f"--git-dir={source}", "push", "--quiet", url, "main")
        return self.gitlab.data.repositories / f"{number}.git"

    def clone(self, url: str) -> float:
        """Seconds for one clone."""
        with tempfile.TemporaryDirectory(dir=self.folder) as target:
            started = time.monotonic()
            self.run("clone", "--quiet", "--bare", url, target)
            return time.monotonic() - started


def _compare(what: str, reach: float, git: _Git, ours: str, plain: str) -> None:
    pairs = [(git.clone(ours), git.clone(plain)) for _ in range(ROUNDS)]
    mine, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(
        f"{what}: {mine * 1000:.0f} ms / {theirs * 1000:.0f} ms = {mine / theirs:.2f} "
        f"(reach: {reach})"
    )


def _together(git: _Git, ours: str, plain: str | None) -> None:
    def all_at_once(url: str) -> float:
        started = time.monotonic()
        with ThreadPoolExecutor(TOGETHER) as threads:
            list(threads.map(git.clone, [url] * TOGETHER))
        return TOGETHER / (time.monotonic() - started)

    rounds = [(all_at_once(ours), all_at_once(plain) if plain else 0.0) for _ in range(3)]
    mine, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
    print(f"{TOGETHER} clones at once over SSH: none failed, {mine:.1f} clones/s")
    if theirs:
        print(f"  sshd: {theirs:.1f} clones/s; ratio {mine / theirs:.2f} (reach: 0.8 or more)")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()

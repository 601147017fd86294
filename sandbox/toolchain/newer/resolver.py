"""The resolver that writes the lock of Python packages: uv, in an environment of its own."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.toolchain import venv
from sandbox.toolchain.newer.lock import Lock

PINNED = Path(__file__).with_name("resolver.txt")
"""Its version, with the hashes of its files."""
LIMIT_S: float = 600
"""Seconds that uv may resolve, and pip look for its settings."""
_WAY = frozenset(
    {
        *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
        *("UV_CACHE_DIR", "UV_NO_CACHE", "UV_SYSTEM_CERTS", "UV_NATIVE_TLS", "UV_INSECURE_HOST"),
        *("UV_KEYRING_PROVIDER", "UV_CREDENTIALS_DIR"),
        *("UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES", "UV_OFFLINE"),
    }
)
"""What a user may say to it of the way to the package index."""
_OF_PIP = (
    ("index-url", " ", ("UV_DEFAULT_INDEX",)),
    ("extra-index-url", " ", ("UV_INDEX",)),
    ("find-links", ",", ("UV_FIND_LINKS",)),
    ("cert", " ", ("SSL_CERT_FILE",)),
    ("proxy", " ", ("HTTP_PROXY", "HTTPS_PROXY")),
    ("trusted-host", " ", ("UV_INSECURE_HOST",)),
)
"""What pip's settings of the way to the index are called there, and what stands between several."""
_STRATEGY = "unsafe-best-match"
_YES = ("1", "true", "yes", "on")
_SECTIONS = ("global", "install", ":env:")
"""Where pip has a setting from, the strongest last."""
_KEEP_OFF = ("--no-build", "--no-python-downloads", "--color=never", "--quiet")
"""Nothing of a package is run, and no other Python is fetched, to find out what it needs."""


@dataclass(frozen=True)
class Resolver:
    """The program, and how it is told of the index."""

    program: Path
    options: tuple[str, ...]
    env: Mapping[str, str]

    @classmethod
    def of_user(cls) -> Resolver:
        """One that asks the index that pip asks. Raises SandboxError where it cannot be had."""
        said = _of_pip()
        without = ("--no-index",) if _setting(said, "no-index").lower() in _YES else ()
        options = (f"--python={sys.executable}", *_KEEP_OFF, *without)
        return cls(program(), options, _environment(said))

    def write(self, lock: Path, words: Sequence[str]) -> str:
        """Write a lock with its own command and some more words; why not, in one line, else ''."""
        has = Lock(lock.read_text(encoding="utf-8"))
        command = [str(self.program), *has.words, *self.options, *words]
        env = {**self.env, "UV_CUSTOM_COMPILE_COMMAND": has.command}
        try:
            done = subprocess.run(
                command, cwd=lock.parent, env=env, capture_output=True, text=True, timeout=LIMIT_S
            )
        except subprocess.TimeoutExpired:
            return f"uv gave no answer within {LIMIT_S:g} s"
        return _line(done.stderr) if done.returncode else ""


def program() -> Path:
    """Where it lies; it is installed at the first use. Raises SandboxError where it cannot be."""
    try:
        return venv.made(PINNED, "import uv").with_name("uv").absolute()
    except venv.NotMade as error:
        raise SandboxError(f"uv cannot be installed: {error}", cure=error.cure) from None


def _environment(said: Mapping[str, str]) -> dict[str, str]:
    """The environment in which it asks the index that pip asks."""
    env = venv.environment()
    own = {name: value for name, value in env.items() if name in _WAY}
    env = {name: value for name, value in env.items() if not name.startswith("UV_")}
    # Every index is as good as the other, as pip has it.
    env["UV_INDEX_STRATEGY"] = _STRATEGY
    # It looks for credentials where an index refuses, and makes a folder for them in the home.
    cache = venv.cache_home().absolute() / "uv"
    env |= {"UV_CACHE_DIR": str(cache), "UV_CREDENTIALS_DIR": str(cache / "credentials")}
    for setting, between, names in _OF_PIP:
        if told := _setting(said, setting).split():
            env |= dict.fromkeys(names, between.join(told))
    return {**env, **own}


def _of_pip() -> Mapping[str, str]:
    """Pip's settings, with the section before each."""
    words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    env = venv.environment()
    cannot, cure = "pip's settings cannot be read", "see `pip config list`"
    try:
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        raise SandboxError(f"{cannot}: no answer within {LIMIT_S:g} s", cure=cure) from None
    if done.returncode:
        raise SandboxError(f"{cannot}: {_line(done.stderr)}", cure=cure)
    lines = (line.partition("=") for line in done.stdout.splitlines())
    return {name: str(ast.literal_eval(value)) for name, _, value in lines if value}


def _setting(said: Mapping[str, str], name: str) -> str:
    found = [said[key] for section in _SECTIONS if (key := f"{section}.{name}") in said]
    return found[-1] if found else ""


def _line(said: str) -> str:
    """What it says, on one line."""
    words = " ".join(said.split())
    return words.removeprefix("error: ").replace(" cause: ", ": ") or "it said nothing"

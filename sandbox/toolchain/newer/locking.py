"""Take newer Python packages into the lock of a tree: the newest that resolve together."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.toolchain import venv
from sandbox.toolchain.newer.change import changes
from sandbox.toolchain.newer.lock import Lock, plain
from sandbox.toolchain.newer.offer import Offer, order
from sandbox.toolchain.newer.resolver import Resolver

FILES = (Path("pyproject.toml"), Path("requirements.lock"))
"""What is written; the first only where it names one version and no other."""

_LIMIT_S = 1800
"""Seconds that pip may take for all of them."""


@dataclass(frozen=True)
class Locking:
    """The lock in the folder of a tree."""

    tree: Path

    def take(self, offers: Sequence[Offer]) -> dict[str, str]:
        """Take the newest version of each, and of what they need; the others, with the reason.

        A package of which the newest does not go with the others is taken as new as it goes.
        """
        try:
            attempt = partial(self._attempt, Resolver.of_user())
        except SandboxError as error:
            return dict.fromkeys((offer.pinned.name for offer in offers), str(error))
        # Those of which one version is named may not go with each other.
        if attempt(["--upgrade"], offers):
            attempt(["--upgrade"], ())
        left_out = {}
        for offer in offers:
            word = f"--upgrade-package={offer.pinned.name}=={offer.newest}"
            if not self._has(offer) and (why := attempt([word], [offer], offer)):
                left_out[offer.pinned.name] = why
        return left_out

    def _attempt(
        self,
        resolver: Resolver,
        words: Sequence[str],
        raised: Iterable[Offer],
        wanted: Offer | None = None,
    ) -> str:
        """Write the lock; why it could not be used, else ''. Then both files are as before."""
        texts = {name: (self.tree / name).read_text(encoding="utf-8") for name in FILES}
        try:
            self._raise(raised)
            why = resolver.write(self.tree / FILES[1], words) or self._fault(texts[FILES[1]])
        except SandboxError as error:
            why = str(error)
        if not why and wanted and not self._has(wanted):
            told = " and ".join(self._versions(wanted)) or "none"
            why = f"of {wanted.pinned.name} {told} would be taken"
        if why:
            for name, text in texts.items():
                (self.tree / name).write_text(text, encoding="utf-8")
        return why

    def _raise(self, offers: Iterable[Offer]) -> None:
        """What the project names in one version only is named in the newest."""
        file = self.tree / FILES[0]
        text = file.read_text(encoding="utf-8")
        for offer in offers:
            name = offer.pinned.name
            text = text.replace(f'"{name}=={offer.pinned.version}"', f'"{name}=={offer.newest}"')
        file.write_text(text, encoding="utf-8")

    def _fault(self, before: str) -> str:
        """Why what is now in the lock cannot be taken; '' where it can."""
        lock = Lock((self.tree / FILES[1]).read_text(encoding="utf-8"))
        found = list(changes(Lock(before), lock))
        for change in found:
            if change.is_older:
                return f"an older version would go with it: {change}"
        return _cannot_be_had([entry for each in found for entry in lock.entries(each.name)])

    def _has(self, offer: Offer) -> bool:
        found = self._versions(offer)
        return bool(found) and all(order(each) >= order(offer.newest) for each in found)

    def _versions(self, offer: Offer) -> tuple[str, ...]:
        lock = Lock((self.tree / FILES[1]).read_text(encoding="utf-8"))
        return lock.versions.get(plain(offer.pinned.name), ())


def _cannot_be_had(entries: Sequence[str]) -> str:
    """What pip says where it does not get the files of all these for here, with these hashes."""
    if not entries:
        return ""
    with tempfile.TemporaryDirectory(prefix="proofbook-lock-") as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text("\n".join([*entries, ""]), encoding="utf-8")
        words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        words += ["--require-hashes", "--only-binary=:all:", "--disable-pip-version-check"]
        words += ["--progress-bar=off", f"--dest={scratch}/files", f"--requirement={wanted}"]
        env = venv.environment()
        try:
            done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=_LIMIT_S)
        except subprocess.TimeoutExpired:
            return f"pip did not have their files within {_LIMIT_S} s"
    if not done.returncode:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["pip does not say why"])[0]

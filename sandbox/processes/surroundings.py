"""What a program of a cluster finds around it: as in its image, nothing of who started it.

A controller that sees the user's home decrypts with the user's keys, and one that sees the user's
environment logs in with the user's cloud account: what then works here works in no cluster.
"""

from __future__ import annotations

from pathlib import Path

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where images have their programs: kustomize-controller looks for gpg here."""


def environment(programs: Path, folder: Path) -> dict[str, str]:
    """The whole environment of a program: the toolchain, and an own home and temp folder.

    Both are made in `folder`.
    """
    home, temporary = folder / "home", folder / "tmp"
    for each in (home, temporary):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {"PATH": f"{programs}:{SYSTEM_PATH}", "HOME": str(home), "TMPDIR": str(temporary)}

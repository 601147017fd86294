"""`flux bootstrap gitlab` for the baseline, as an engineer would type it."""

from __future__ import annotations

from pathlib import Path

from sandbox import command
from sandbox.desk import Desk
from sandbox.layout import Layout
from sandbox.waiting import patient

_LIMIT_S = 300


def bootstrap(desk: Desk, layout: Layout, cluster: str, private_key: Path) -> command.Completed:
    """Bootstrap Flux on the cluster. Raises CommandFailed with Flux's own words."""
    env = desk.env
    limit = patient(_LIMIT_S)
    return command.run(
        [
            "flux",
            "bootstrap",
            "gitlab",
            f"--context={cluster}",
            f"--hostname={env['GITLAB_HOST']}",
            f"--ssh-hostname={env['GITLAB_SSH_HOST']}",
            f"--ca-file={env['GITLAB_CA_FILE']}",
            f"--owner={layout.group}",
            f"--repository={layout.project}",
            f"--branch={layout.branch}",
            f"--path={layout.path_of(cluster)}",
            f"--private-key-file={private_key}",
            f"--timeout={limit:.0f}s",
        ],
        env=env,
        cwd=desk.folder,
        limit=limit + 30,
    )

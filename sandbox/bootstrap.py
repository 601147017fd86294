"""`flux bootstrap gitlab` for the baseline, as an engineer would type it."""

from __future__ import annotations

from pathlib import Path

from sandbox import command
from sandbox.engineer import BRANCH, GROUP, PROJECT, Desk
from sandbox.waiting import patient

_LIMIT_S = 180
INTERVAL_S = 2
"""How often Flux looks at the repository here; its default is 60 s. Told on the site."""


def path_of(cluster: str) -> str:
    """The cluster's folder in the monorepo: gotk files land in `flux-system/` below it."""
    return f"flux-config/clusters/{cluster}"


def bootstrap(desk: Desk, cluster: str, private_key: Path) -> command.Completed:
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
            f"--owner={GROUP}",
            f"--repository={PROJECT}",
            f"--branch={BRANCH}",
            f"--path={path_of(cluster)}",
            f"--private-key-file={private_key}",
            f"--interval={INTERVAL_S}s",
            f"--timeout={limit:.0f}s",
        ],
        env=env,
        cwd=desk.folder,
        limit=limit + 30,
    )

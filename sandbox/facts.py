"""The facts of a sandbox that whoever uses it may put into texts: name → value."""

from __future__ import annotations

from sandbox.sandbox import Sandbox


def facts(sandbox: Sandbox) -> dict[str, str]:
    """Addresses and files; each is known once the Git server and the chart repository answer.

    What belongs to an extra that the sandbox has not is ''.
    """
    access, (user, password) = sandbox.access(), sandbox.charts.login
    return {
        "buckets-host": access.get("BUCKETS_HOST", ""),
        "ca-file": access["GITLAB_CA_FILE"],
        "cert-manager-crds": str(sandbox.toolchain.share / "cert-manager-crds"),
        "chart-repository-password": password,
        "chart-repository-private-url": sandbox.charts.private_url,
        "chart-repository-url": access["CHARTS_URL"],
        "chart-repository-user": user,
        "clone": access["CLONE"],
        "git-https-url": access["GIT_HTTPS_URL"],
        "git-ssh-url": access["GIT_SSH_URL"],
        "gitlab-host": access["GITLAB_HOST"],
        "gitlab-ssh-host": access["GITLAB_SSH_HOST"],
        "gitlab-url": access["GITLAB_URL"],
        "inbox-url": access["INBOX_URL"],
        "kubeconfig": access["KUBECONFIG"],
        "private-key-file": access["PRIVATE_KEY_FILE"],
        "registry-host": access.get("REGISTRY_HOST", ""),
    }

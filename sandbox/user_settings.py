"""What a user may have set that wins over what the sandbox sets, or changes what programs answer.

A proxy, a certificate file, another kubeconfig, another language: with them a command of the guide
does on one machine what it does on no other.
"""

from __future__ import annotations

from collections.abc import Mapping

LOCALE = "C.UTF-8"
"""Programs answer in English, and names are in UTF-8: their output is read."""

PROXIES = frozenset(
    {
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    }
)
_FAMILIES = (
    *("GIT_", "KUBE", "FLUX_", "HELM_", "KUSTOMIZE_", "KIND_", "SOPS_", "GITLAB_"),
    *("SSH_A", "LC_", "CURL_", "BASH_FUNC_"),  # SSH_A: the agent and who is asked for a password
)
_NAMES = PROXIES | {
    *("LANG", "LANGUAGE", "GNUPGHOME", "NETRC", "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG"),
    *("BASH_ENV", "ENV", "CDPATH", "GLOBIGNORE", "POSIXLY_CORRECT", "GREP_OPTIONS"),
    *("FORCE_COLOR", "CLICOLOR_FORCE"),
}
_PYTHON_KEEPS = frozenset({"PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"})


def wins(name: str) -> bool:
    """Whether a variable of this name could win over the sandbox's settings."""
    return name.startswith(_FAMILIES) or name in _NAMES


def without(environment: Mapping[str, str]) -> dict[str, str]:
    """What a program of the sandbox's own gets of the user's environment."""
    kept = {
        name: value
        for name, value in environment.items()
        if not wins(name) and (not name.startswith("PYTHON") or name in _PYTHON_KEEPS)
    }
    return {**kept, "LC_ALL": LOCALE, "PYTHONUTF8": "1"}

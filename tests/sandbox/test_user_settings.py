"""Nothing that a user has set changes what is typed at the desk or in a shell that `env` set up."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

import sandbox.sandbox
from sandbox import command, user_settings
from sandbox.__main__ import main
from sandbox.desk import Desk, set_up
from sandbox.layout import Layout

PLANTED = [
    *("GIT_SSL_CAINFO", "GIT_SSH_COMMAND", "GIT_SSH", "GIT_DIR", "GIT_WORK_TREE", "GIT_EDITOR"),
    *("GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_GLOBAL", "GIT_PROXY_COMMAND"),
    *("GIT_AUTHOR_NAME", "GIT_INDEX_FILE", "GIT_TEMPLATE_DIR", "GIT_ASKPASS", "GIT_TRACE"),
    *(
        "SSH_AUTH_SOCK",
        "SSH_ASKPASS",
        "KUBECONFIG",
        "KUBERC",
        "KUBE_EDITOR",
        "KUBECTL_KUBERC",
    ),
    *("FLUX_SYSTEM_NAMESPACE", "FLUX_NS_FOLLOW_KUBE_CONTEXT", "HELM_NAMESPACE", "HELM_PLUGINS"),
    *("HELM_KUBECONTEXT", "HELM_CONFIG_HOME", "HELM_REGISTRY_CONFIG", "KUSTOMIZE_PLUGIN_HOME"),
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    *("NO_PROXY", "no_proxy", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "GNUPGHOME"),
    *("SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "DOCKER_CONFIG", "BASH_ENV", "ENV", "CDPATH"),
    *("GITLAB_TOKEN", "GITLAB_HOST", "CURL_HOME", "NETRC", "FORCE_COLOR"),
]
"""What could win; each is either the desk's own or not there."""

OTHERS = ["PYTHONPATH", "PYTHONOPTIMIZE", "PYTHONSAFEPATH", "XDG_CONFIG_HOME", "EDITOR", "PAGER"]
"""What stays a person's own in their shell, and is not at the desk."""


def access(folder: Path) -> dict[str, str]:
    return {
        "KUBECONFIG": str(folder / "kubeconfig"),
        "GITLAB_TOKEN": "glpat-of-the-desk",
        "GITLAB_HOST": "127.0.0.1:1",
        "GITLAB_CA_FILE": str(folder / "ca.pem"),
        "GIT_HTTPS_URL": "https://127.0.0.1:1/group/project.git",
    }


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk in a folder that needs quotes, of a user who has set everything."""
    for name in (*PLANTED, *OTHERS):
        monkeypatch.setenv(name, f"/planted/{name}")
    folder = tmp_path / "ü b; #x 'y' \"z\" \\w"
    made = set_up(folder, Path("/tools"), access(folder), Layout())
    made.clone.mkdir()
    return made


@pytest.mark.parametrize("name", [*PLANTED, *OTHERS])
def test_nothing_of_the_users_is_at_the_desk(desk: Desk, name: str) -> None:
    assert desk.env.get(name) != f"/planted/{name}"


def test_what_a_command_leaves_that_is_killed_goes_with_the_desk(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `flux bootstrap` does, which clones the repository into a temporary folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    here = set_up(desk.folder, Path("/usr/bin"), access(desk.folder), Layout())
    made = command.run(["mktemp", "-d"], env=here.env).stdout.strip()
    assert Path(made).is_relative_to(desk.folder)
    assert Path(made).parent.stat().st_mode & 0o077 == 0, "nobody else looks into it"


@pytest.fixture
def shell(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(sandbox.sandbox, "Sandbox", lambda _name: SimpleNamespace(desk=desk))
    assert main(["env"]) == 0
    return capsys.readouterr().out


def test_a_shell_is_set_up_as_the_desk_is(desk: Desk, shell: str) -> None:
    # bash itself would read BASH_ENV, before it comes to what is evaluated.
    here = {name: value for name, value in os.environ.items() if name != "BASH_ENV"}
    done = subprocess.run(
        ["/bin/bash", "-c", f"{shell}\n/usr/bin/env -0"],
        env=here,
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
    for name in PLANTED:
        assert found.get(name) == desk.env.get(name), name
    for name in OTHERS:
        assert found[name] == f"/planted/{name}"
    for name, value in desk.env.items():
        assert name in ("HOME", "TMPDIR") or found[name] == value, name


def test_json_tells_what_is_unset(
    shell: str, capsys: pytest.CaptureFixture[str], desk: Desk
) -> None:
    assert main(["env", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["GIT_SSL_CAINFO"] is None
    assert told["KUBECONFIG"] == desk.env["KUBECONFIG"]
    assert not told.keys() & {"HOME", "TMPDIR"}


def test_an_exported_function_is_unset(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BASH_FUNC_git%%", "() { echo mine; }")
    monkeypatch.setattr(sandbox.sandbox, "Sandbox", lambda _name: SimpleNamespace(desk=desk))
    assert main(["env"]) == 0
    assert "unset -f git\n" in capsys.readouterr().out


def test_git_reads_its_settings_from_a_folder_that_needs_quotes(desk: Desk) -> None:
    env = {**desk.env, "PATH": os.defpath}
    here = Desk(desk.folder, env)
    here.clone.mkdir(exist_ok=True)
    assert here.git("config", "http.sslCAInfo") == f"{desk.env['GITLAB_CA_FILE']}\n"
    asked = command.run(
        ["git", "credential", "fill"], env=env, stdin="protocol=https\nhost=127.0.0.1:1\n\n"
    )
    assert "password=glpat-of-the-desk\n" in asked.stdout


def test_a_file_that_the_user_never_commits_is_committed(desk: Desk, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("*.yaml\n")
    here = Desk(desk.folder, {**desk.env, "PATH": os.defpath, "HOME": str(home)})
    here.git("init", "--quiet")
    here.write("a.yaml", "a: 1\n")
    assert here.git("status", "--porcelain") == "?? a.yaml\n"


@pytest.mark.parametrize("name", [*PLANTED, "PYTHONPATH", "PYTHONOPTIMIZE", "PYTHONSAFEPATH"])
def test_programs_of_the_sandbox_get_none_of_it(desk: Desk, name: str) -> None:
    assert user_settings.without(os.environ).get(name) != f"/planted/{name}"
    seen = command.run(["/usr/bin/env", "-0"]).stdout
    assert f"/planted/{name}\0" not in seen


def test_what_the_project_needs_stays() -> None:
    given = {name: "x" for name in ("PATH", "HOME", "PROOFBOOK_STATE", "XDG_CACHE_HOME", "TMPDIR",
                                    "DOCKER_HOST", "PYTHONPYCACHEPREFIX")}  # fmt: skip
    assert user_settings.without(given).items() >= given.items()

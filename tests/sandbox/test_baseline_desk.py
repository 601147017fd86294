"""After a scenario the engineer's desk is what it was: home, clone, kubeconfig."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import yaml

from sandbox import desk as desk_module
from sandbox.baseline import Baseline
from sandbox.cluster import kubeconfig
from sandbox.errors import SandboxError
from sandbox.layout import Layout

pytestmark = pytest.mark.integration

REPOSITORY = "platform/flux-config"


def own_config(folder: Path) -> Path:
    made = folder / "own"
    made.write_text(
        yaml.safe_dump(
            {
                "clusters": [{"name": "x", "cluster": {"server": "https://127.0.0.1:1"}}],
                "users": [{"name": "x", "user": {"token": "word"}}],
                "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}],
            }
        )
    )
    return made


@pytest.fixture
def sandbox(tmp_path: Path) -> Mock:
    """One without a cluster: its desk, its clone and the repository on the server are real."""
    layout = Layout(group="platform", project="flux-config", start="empty")
    bare = tmp_path / "server.git"
    subprocess.run(["git", "init", "--quiet", "--bare", bare], check=True)
    access = dict.fromkeys(("GITLAB_TOKEN", "GITLAB_CA_FILE"), "word")
    access |= {"GIT_HTTPS_URL": "https://127.0.0.1/x", "KUBECONFIG": str(tmp_path / "kubeconfig")}
    made = Mock(folder=tmp_path, layout=layout, stores=[])
    made.desk = desk_module.set_up(tmp_path / "desk", tmp_path, access, layout)
    desk_module.seed(made.desk, str(bare), "main", None, {})
    (tmp_path / "desk/tmp/of-the-start").touch()
    own = own_config(tmp_path)
    made.write_kubeconfig.side_effect = lambda: kubeconfig.merge(
        {"dev": own}, "dev", tmp_path / "kubeconfig"
    )
    made.write_kubeconfig()
    made.provider.clusters.return_value = {}
    made.gitlab.snapshot.return_value, made.gitlab.restore.return_value = 1, []

    def refs() -> dict[str, str]:
        told = subprocess.check_output(["git", "ls-remote", bare, "refs/*"], text=True)
        return {line.split("\t")[1]: line.split("\t")[0] for line in told.splitlines()}

    made.refs.side_effect = refs
    made.head.side_effect = lambda: refs()["refs/heads/main"]
    return made


def typed(sandbox: Mock, *lines: str) -> None:
    for line in lines:
        done = subprocess.run(
            ["bash", "-ec", line],
            cwd=sandbox.desk.clone,
            env={**sandbox.desk.env, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{line}: {done.stderr}"


def seen(sandbox: Mock) -> dict[str, Any]:
    """What of the desk somebody would notice, by where it is; the clone as git tells it."""
    desk = sandbox.desk
    found: dict[str, Any] = {
        str(path.relative_to(desk.folder)): path.read_bytes() if path.is_file() else ""
        for path in desk.folder.rglob("*")
        if not path.match("*/.git/index")  # which notes times
    }
    for line in ("status --porcelain --ignored", "diff-index HEAD", "for-each-ref", "stash list"):
        found[line] = desk.git(*line.split())
    return {**found, "kubeconfig": Path(desk.env["KUBECONFIG"]).read_text()}


LEFT = {
    "home": (
        'mkdir -p "$HELM_CONFIG_HOME" && echo "repositories: []" >"$HELM_CONFIG_HOME/r.yaml"',
        'mkdir -p ~/.docker ~/.config/sops/age ~/.gnupg && touch ~/.docker/config.json ~/.gnupg/x',
        "git config --global alias.x status && echo key >~/known_hosts && rm ~/git-credentials",
        'touch "$(mktemp -d)/x" ~/note && rm "$TMPDIR/of-the-start"',
    ),
    "beside the clone": ("cd .. && git clone --quiet flux-config other",),
    "refs of the clone": (
        "git tag t && git branch b && git checkout -q -b c && git commit -q --allow-empty -m x",
        "git remote add other ../other && git config user.name Somebody",
        "echo '#!/bin/sh' >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit",
        "echo x >>README.md && git stash --quiet && echo x >>README.md && git add -A",
    ),
    "a repository in the clone": (
        "git init --quiet inner && git -C inner commit --quiet --allow-empty -m x",
        "echo ignored >.git/info/exclude && touch ignored new && mkdir empty",
    ),
    "a commit on the server": (
        "echo x >new && rm README.md && git add -A && git commit -q -m x && git push -q",
    ),
    "no clone": ('cd .. && rm -rf flux-config && mkdir flux-config',),
    "a git that was killed": ("touch .git/index.lock .git/refs/heads/main.lock",),
    "objects that nothing needs": ("git commit -q --amend -m x && git gc -q --prune=now",),
    "the kubeconfig": (
        "sed -i 's/current-context: dev/current-context: other/' \"$KUBECONFIG\"",
        'chmod 644 "$KUBECONFIG" && ln -s "$KUBECONFIG" ~/config',
    ),
}  # fmt: skip


@pytest.mark.parametrize("lines", LEFT.values(), ids=LEFT)
def test_nothing_of_a_scenario_is_left(sandbox: Mock, lines: tuple[str, ...]) -> None:
    before, at = seen(sandbox), sandbox.head()
    baseline = Baseline.of(sandbox)
    bare = sandbox.folder / "server.git"
    sandbox.gitlab.put_refs.side_effect = lambda _, refs: [
        subprocess.run(["git", "-C", bare, "update-ref", ref, sha], check=True)
        for ref, sha in refs.items()
    ]
    for _ in range(2):
        typed(sandbox, *lines)
        baseline.restore(sandbox)
        assert seen(sandbox) == before
        assert sandbox.head() == at
        assert Path(sandbox.desk.env["KUBECONFIG"]).stat().st_mode & 0o777 == 0o600
    # And it can be worked with.
    typed(sandbox, "echo y >y && git add y && git commit --quiet -m y && git push --quiet")


def test_a_desk_that_cannot_be_put_back_is_told(
    sandbox: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline = Baseline.of(sandbox)
    (sandbox.desk.folder / "note").touch()

    def refused(_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", "note")

    sandbox.write_kubeconfig.side_effect = None
    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(SandboxError, match=r"the desk cannot be put back: .*denied.*note"):
        baseline.restore(sandbox)


def test_a_copy_of_the_desk_lies_outside_of_it(sandbox: Mock) -> None:
    Baseline.of(sandbox)
    assert not list(sandbox.desk.folder.rglob("*baseline*"))
    shutil.rmtree(sandbox.desk.folder)
    assert sandbox.folder.exists()

"""The extra sops, for real: a key is made, a file is encrypted with it and comes back."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from sandbox.toolchain import ensure, is_built

pytestmark = pytest.mark.toolchain

SETS = ("embedded", "sops")
PLAIN = "password: not-for-everybody\n"


def test_what_was_encrypted_is_read_with_the_key_and_without_it_by_nobody(tmp_path: Path) -> None:
    if not is_built(SETS) and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built (a book with the extra sops builds it)")
    base = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    env = ensure(SETS).path_env(base)

    def run(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=tmp_path, env=env | more, capture_output=True, text=True, timeout=120
        )

    assert run("age-keygen", "-o", "age.agekey").returncode == 0
    [recipient] = re.findall(r"public key: (\S+)", (tmp_path / "age.agekey").read_text())
    (tmp_path / "plain.yaml").write_text(PLAIN)
    done = run("sops", "--age", recipient, "--encrypt", "plain.yaml")
    assert done.returncode == 0, done.stderr
    assert "not-for-everybody" not in done.stdout
    (tmp_path / "secret.yaml").write_text(done.stdout)
    key = str(tmp_path / "age.agekey")
    assert run("sops", "--decrypt", "secret.yaml", SOPS_AGE_KEY_FILE=key).stdout == PLAIN
    refused = run("sops", "--decrypt", "secret.yaml")
    assert refused.returncode != 0
    assert "Failed to get the data key" in refused.stderr

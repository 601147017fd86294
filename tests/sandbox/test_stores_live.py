"""The stores, for real: what helm, flux and curl put into them they get back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.stores.store import Store, stores_in
from sandbox.toolchain import Toolchain, ensure, is_built

pytestmark = pytest.mark.toolchain

SETS = ("embedded", "stores")
Run = Callable[..., str]


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    if not is_built(SETS) and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built (a book with the extra stores builds it)")
    return ensure(SETS)


@pytest.fixture
def stores(toolchain: Toolchain, supervisor: SupervisorClient, tmp_path: Path) -> list[Store]:
    made = stores_in(tmp_path)
    for store in made:
        reach = Reach(host="127.0.0.1", listen=("127.0.0.1",), peers=("127.0.0.0/8",))
        store.serve(supervisor, reach, toolchain.bin)
    return made


@pytest.fixture
def run(toolchain: Toolchain, tmp_path: Path) -> Run:
    """Run a command that may not fail, or one that has to and says why."""

    def run(*words: str | Path, fails: str = "") -> str:
        env = toolchain.path_env({"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
        done = subprocess.run(
            words, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )
        said = done.stdout + done.stderr
        assert bool(done.returncode) == bool(fails), said
        assert fails in said
        return said

    return run


def test_the_registry_takes_charts_of_helm_and_artifacts_of_flux(
    stores: list[Store],
    supervisor: SupervisorClient,
    toolchain: Toolchain,
    run: Run,
    tmp_path: Path,
) -> None:
    registry, _ = stores
    charts = f"oci://{registry.host}/charts"
    run("helm", "package", toolchain.share / "charts" / "podinfo", "--version", "1.2.3")
    run("helm", "push", "podinfo-1.2.3.tgz", charts, "--plain-http")
    pull = ("helm", "pull", f"{charts}/podinfo", "--plain-http", "--destination", "got")
    (tmp_path / "got").mkdir()
    run(*pull, "--version", "^1.0.0")
    packed, got = (tmp_path / place / "podinfo-1.2.3.tgz" for place in (".", "got"))
    assert got.read_bytes() == packed.read_bytes()
    run(*pull, "--version", "2.0.0", fails="charts/podinfo:2.0.0: not found")

    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "note.yaml").write_text("owner: team-one\n")
    notes = f"oci://{registry.host}/notes:one"
    run("flux", "push", "artifact", notes, "--path=notes", "--source=here", "--revision=one")
    run("flux", "pull", "artifact", notes, "--output=got")
    assert (tmp_path / "got" / "note.yaml").read_text() == "owner: team-one\n"

    registry.empty(supervisor)
    run(*pull, "--version", "1.2.3", fails="charts/podinfo:1.2.3: not found")
    run("flux", "pull", "artifact", notes, "--output=got", fails="NAME_UNKNOWN")


def test_a_bucket_is_there_once_something_was_put_into_it(
    stores: list[Store], supervisor: SupervisorClient, run: Run, tmp_path: Path
) -> None:
    _, buckets = stores
    (tmp_path / "note.yaml").write_text("owner: team-one\n")
    url = f"{buckets.url}/shop/notes/note.yaml"
    ask = ("curl", "--silent", "--show-error", "--fail", "--noproxy", "*")
    run(*ask, url, fails="error: 404")
    run(*ask, "--upload-file", "note.yaml", url)
    assert run(*ask, url) == "owner: team-one\n"
    assert "<Key>notes/note.yaml</Key>" in run(*ask, f"{buckets.url}/shop?list-type=2")
    buckets.empty(supervisor)
    run(*ask, url, fails="error: 404")

"""A cluster that comes from a template holds what one from nothing holds, for real."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.beginning import with_flux, without_flux
from sandbox.cluster import census
from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.errors import SandboxError
from sandbox.processes import leftovers
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.providers import Cluster
from sandbox.providers.embedded import template
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import ensure, is_built

pytestmark = [pytest.mark.toolchain, pytest.mark.slow]


@pytest.fixture
def provider(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Embedded]:
    if not is_built() and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built (`make e2e` builds it)")
    toolchain = ensure()
    # Short, for a socket lies in it; and two deep: logs that an error names are kept above it.
    folder = tmp_path_factory.mktemp("t") / "s" / "t"
    folder.mkdir(parents=True)
    shelf = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr(template, "cache_home", lambda: shelf)
    supervisor = SupervisorClient(folder)
    supervisor.launch(owner=os.getpid())
    yield Embedded("test", folder, toolchain)
    supervisor.shutdown()
    leftovers.end_all(folder)


def held(cluster: Cluster) -> frozenset[str]:
    with KubernetesApi(cluster.kubeconfig) as api:
        return census.take(api)


def test_it_holds_the_same_and_one_that_does_not_come_up_is_thrown_away(
    provider: Embedded, told: list[str]
) -> None:
    beginning = without_flux(7)
    first = provider.create("first", beginning)
    assert first.template == ""
    second = provider.create("second", beginning)
    assert second.template
    assert any(text == f"second comes from a template of {second.template}" for text in told)
    assert held(second) == held(first)
    assert provider.create("other", without_flux(8)).template == "", "it begins with something else"

    kept, _ = template.origin_of(provider._home("second"))
    assert kept
    _break(kept.folder)
    third = provider.create("third", beginning)
    assert third.template == ""
    assert [text for text in told if "thrown away: third did not come up from it" in text]
    assert held(third) == held(first)
    fourth = provider.create("fourth", beginning)
    assert fourth.template
    provider.check()


def test_flux_is_the_same_in_it(provider: Embedded) -> None:
    beginning = with_flux(7, provider.toolchain, None)
    first, second = (provider.create(name, beginning) for name in ("first", "second"))
    assert (bool(first.template), bool(second.template)) == (False, True)
    assert held(second) == held(first)
    assert flux(second) == flux(first)
    provider.distrust("second", SandboxError("its controllers do not come up"))
    assert provider.create("third", beginning).template == ""


def flux(cluster: Cluster) -> dict[str, object]:
    """The specs of Flux's Deployments, as the API server has them."""
    with KubernetesApi(cluster.kubeconfig) as api:
        found = api.list("/apis/apps/v1/namespaces/flux-system/deployments")
    assert len(found) == 4
    return {each["metadata"]["name"]: each["spec"] for each in found}


def _break(kept: Path) -> None:
    """Leave a template of which every byte is as noted, and whose store nobody can read."""
    [journal] = kept.glob("etcd/member/wal/*.wal")
    journal.write_bytes(b"x" * 4096)
    note = kept / "template.json"
    copy = kept.with_name("copy")
    digest = template._copy(kept / "etcd", copy)
    shutil.rmtree(copy)
    note.write_text(json.dumps({**json.loads(note.read_text()), "digest": digest}))

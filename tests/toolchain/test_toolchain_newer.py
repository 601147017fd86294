"""Newer versions: what registries serve of what is pinned, and what is never taken for newer."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from registries import Registry, registry
from toolchain_fakes import Told

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import compiler, resolving
from sandbox.toolchain.modules import GO_MINOR
from sandbox.toolchain.newer import module_proxy, package_index, resolver
from sandbox.toolchain.newer.asking import ask
from sandbox.toolchain.newer.offer import Offer, table
from sandbox.toolchain.newer.pinned import Pinned, packages, programs
from sandbox.toolchain.store import Store

pytestmark = pytest.mark.integration

HELM = Pinned("helm", "4.2.4", "helm.sh/helm/v4")
KIND = Pinned("kind", "0.33.0", "sigs.k8s.io/kind")
STEADY = Pinned("steady-package", "1.4")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The module proxy that go is told of."""
    _no_other_way(monkeypatch)
    with registry() as served:
        monkeypatch.setenv("GOPROXY", served.address)
        monkeypatch.setenv("GOSUMDB", "off")
        yield served


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The index that pip is told of."""
    _no_other_way(monkeypatch)
    with registry() as served:
        monkeypatch.setenv("PIP_INDEX_URL", served.address)
        yield served


def _no_other_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("GOENV", "off")


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.toolchain)])
def any_go(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The fake go, and the real one where the machine has it."""
    if request.param == "fake":
        request.getfixturevalue("go")
        return
    found = shutil.which("go")
    version = compiler.version_of(Path(found)) if found else None
    if version is None or not version.startswith(f"{GO_MINOR}."):
        pytest.skip(f"there is no Go {GO_MINOR} on PATH")


def asked(*things: Pinned) -> list[Offer]:
    return ask(things, Told().clock)


@pytest.mark.usefixtures("any_go")
def test_what_the_proxy_serves_is_put_beside_the_pin(proxy: Registry) -> None:
    proxy.serves_module(HELM.module, "v4.3.0", "v4.10.0", "v4.2.3", "v4.2.4", "v4.11.0-rc.1")
    proxy.serves_module(KIND.module, "v0.32.0", "v0.33.0")
    helm, kind = asked(HELM, KIND)
    assert (helm.newest, helm.newer) == ("4.10.0", ("4.3.0", "4.10.0"))
    assert (kind.newest, kind.newer) == ("0.33.0", ())
    assert table([helm, kind]).splitlines() == [
        "      pinned  newest    between",
        "helm  4.2.4   4.10.0    4.3.0",
        "kind  0.33.0  the same",
    ]


@pytest.mark.usefixtures("any_go")
def test_what_the_own_cache_has_is_not_taken_for_all_that_is_served(
    proxy: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cache of modules is a proxy too, one that knows only what was downloaded before."""
    own = tmp_path / "modules/cache/download" / HELM.module / "@v"
    own.mkdir(parents=True)
    (own / "list").write_text("v4.2.4\n")
    monkeypatch.setenv("GOMODCACHE", str(tmp_path / "modules"))
    proxy.serves_module(HELM.module, "v4.2.4", "v4.3.0")
    [helm] = asked(HELM)
    assert helm.newest == "4.3.0"


@pytest.mark.usefixtures("any_go")
@pytest.mark.parametrize("trouble", ["down", "broken", "unserved", "malformed", "pre-releases"])
def test_a_proxy_that_does_not_say_is_one_line_and_never_nothing_newer(
    proxy: Registry, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    proxy.serves_module(KIND.module, "v0.33.0")
    if trouble == "down":
        monkeypatch.setenv("GOPROXY", "http://127.0.0.1:1")
    elif trouble == "malformed":
        proxy.texts[f"/{HELM.module}/@v/list"] = "<html>welcome</html>"
    elif trouble == "pre-releases":
        proxy.serves_module(HELM.module, "v4.3.0-rc.1")
    proxy.broken = trouble == "broken"
    with pytest.raises(UsageError) as error:
        asked(HELM, KIND)
    assert str(error.value).startswith("newer versions of helm are not known: ")
    assert "Cure: " in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.toolchain
@pytest.mark.parametrize("any_go", ["real"], indirect=True)
def test_a_version_that_was_retracted_is_not_newer(any_go: None, proxy: Registry) -> None:
    newest = f"module {HELM.module}\n\nretract v4.3.0\n"
    proxy.serves_module(HELM.module, "v4.2.4", "v4.3.0", "v4.3.1", files={"v4.3.1": newest})
    [helm] = asked(HELM)
    assert helm.newer == ("4.3.1",)


def test_what_the_index_serves_is_put_beside_the_pin(index: Registry) -> None:
    index.serves_package("steady-package", "1.3", "1.4", "1.4.post1", "1.5", "1.10.0", "2.0rc1")
    [offer] = asked(STEADY)
    assert offer.newer == ("1.4.post1", "1.5", "1.10.0")


def test_a_trailing_zero_is_no_newer_version(index: Registry) -> None:
    index.serves_package("steady-package", "1.4.0")
    [offer] = asked(STEADY)
    assert (offer.newer, offer.newest) == ((), "1.4")


@pytest.mark.parametrize("trouble", ["down", "broken", "unserved", "malformed"])
def test_an_index_that_does_not_say_is_one_line(
    index: Registry, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "down":
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1")
    elif trouble == "malformed":
        index.texts["/steady-package/"] = "{half"
    index.broken = trouble == "broken"
    with pytest.raises(UsageError) as error:
        asked(STEADY)
    assert str(error.value).startswith("newer versions of steady-package are not known: ")
    assert "\n" not in str(error.value)


def test_after_a_pinned_pre_release_comes_its_release() -> None:
    offer = Offer.of(Pinned("kubernetes", "1.38.0-beta.0"), ["v1.37.2", "v1.38.0", "v1.38.1"])
    assert offer is not None
    assert offer.newer == ("1.38.0", "1.38.1")


def test_every_program_and_every_package_of_a_run_is_pinned_in_the_tree() -> None:
    names = ["flux", "kubernetes", "helm", "kustomize", "kwok", "kind"]
    assert [each.name for each in programs()] == names
    by_name = {each.name: each.version for each in packages()}
    assert by_name["pytest-bdd"] == "9.0.1"
    assert "pyyaml" in by_name
    assert "ruff" not in by_name, "a tool of the tests is none of a run"


def test_a_package_that_the_lock_lacks_is_named(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["Py_YAML>=6"]\n')
    lock = tmp_path / "requirements.lock"
    lock.write_text("py-yaml==6.0 ; python_version > '3'\\\n    --hash=sha256:00\n")
    assert packages(tmp_path / "pyproject.toml", lock) == [Pinned("Py_YAML", "6.0")]
    lock.write_text("other==6.0\n")
    with pytest.raises(SandboxError, match=r"requirements\.lock does not have Py_YAML"):
        packages(tmp_path / "pyproject.toml", lock)


@pytest.mark.usefixtures("go")
def test_a_registry_that_never_answers_is_one_line(
    proxy: Registry, index: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No program is up within that limit."""
    for asking in (module_proxy, package_index):
        monkeypatch.setattr(asking, "LIMIT_S", 0.001)
    for thing in (HELM, STEADY):
        with pytest.raises(UsageError) as error:
            asked(thing)
        why = f"newer versions of {thing.name} are not known: no answer within 0.001 s. Cure: "
        assert str(error.value).startswith(why)


@pytest.mark.usefixtures("go", "cache")
def test_go_that_never_answers_while_modules_are_resolved_is_one_line(
    proxy: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = resolving.Resolver.of(Store.of_user(), Told().clock, "helm 4.3.0")
    monkeypatch.setattr(resolving, "LIMIT_S", 0.001)
    with pytest.raises(SandboxError, match=r"resolving helm 4\.3\.0: go gave no answer within"):
        go.module(tmp_path, HELM.module, "4.3.0")


def test_pip_that_never_tells_its_settings_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "LIMIT_S", 0.001)
    with pytest.raises(SandboxError, match="pip's settings cannot be read: no answer within"):
        resolver.Resolver.of_user()

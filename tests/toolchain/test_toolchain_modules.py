"""The modules as values, and the go.mod files that they stand for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.copying import working_copy
from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain import modules
from sandbox.toolchain.golang import checksum
from sandbox.toolchain.modules import (
    APPS,
    CONTAINERD,
    DATA_MODULE,
    EMBEDDED,
    HERE,
    KIND,
    SOPS,
    STORES,
    GoModule,
    data_version,
    modules_of,
)
from sandbox.toolchain.share import SHARED

ALL = (EMBEDDED, KIND, CONTAINERD, APPS, STORES, SOPS)


def copy_of(module: GoModule, folder: Path) -> GoModule:
    working_copy(module.folder, folder)
    return replace(module, folder=folder)


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.name)
def test_the_tool_block_names_exactly_the_programs(module: GoModule) -> None:
    text = (module.folder / "go.mod").read_text()
    block = re.search(r"^tool \(\n(.*?)^\)", text, re.MULTILINE | re.DOTALL)
    assert block
    assert sorted(block[1].split()) == sorted(module.binaries.values())


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.name)
def test_go_mod_pins_the_minor_version_of_go(module: GoModule) -> None:
    assert re.search(
        rf"^go {re.escape(modules.GO_MINOR)}\.\d+$",
        (module.folder / "go.mod").read_text(),
        re.MULTILINE,
    )


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.name)
def test_go_sum_has_the_files_of_every_copied_module(module: GoModule) -> None:
    for item in SHARED.get(module.name, ()):
        folder = HERE / DATA_MODULE if item.from_data else module.folder
        version = data_version(item.module) if item.from_data else module.versions[item.module]
        assert checksum(folder / "go.sum", item.module, version).startswith("h1:")


def test_flux_is_the_same_version_where_it_is_copied_and_where_it_is_built() -> None:
    path = "github.com/fluxcd/flux2/v2"
    assert data_version(path) == EMBEDDED.versions[path]


def test_both_sets_have_the_same_kubernetes() -> None:
    assert KIND.versions["k8s.io/kubernetes"] == EMBEDDED.versions["k8s.io/kubernetes"]


def test_the_linker_stamps_the_versions_of_go_mod() -> None:
    kubernetes = EMBEDDED.versions["k8s.io/kubernetes"]
    assert f"component-base/version.gitVersion={kubernetes}" in EMBEDDED.ldflags
    flux = EMBEDDED.versions["github.com/fluxcd/flux2/v2"].removeprefix("v")
    assert f"main.VERSION={flux}" in EMBEDDED.ldflags
    assert f"gitMinor={kubernetes.split('.')[1]}" in EMBEDDED.ldflags


@pytest.mark.parametrize("file", ["go.mod", "go.sum"])
def test_the_key_changes_with_the_module_files(file: str, tmp_path: Path) -> None:
    copied = copy_of(APPS, tmp_path / "apps")
    assert copied.key == APPS.key
    text = (copied.folder / file).read_text()
    (copied.folder / file).write_text(f"{text}\n")
    assert replace(copied).key != APPS.key


@pytest.mark.parametrize(
    ("name", "value"),
    [("BUILDER_VERSION", "other"), ("GO_MINOR", "1.28"), ("go_platform", lambda: ("linux", "x"))],
)
def test_the_key_changes_with_the_builder_and_the_platform(
    name: str, value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = APPS.key
    monkeypatch.setattr(modules, name, value)
    assert replace(APPS).key != before


@pytest.mark.parametrize(
    "change", [{"stamps": {"a.b": "c"}}, {"tags": ("t",)}, {"binaries": {"podinfo": "x"}}]
)
def test_the_key_changes_with_flags_tags_and_programs(change: dict[str, object]) -> None:
    assert replace(APPS, **change).key != APPS.key


def test_only_modules_with_copied_files_depend_on_their_checksums(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    working_copy(HERE / DATA_MODULE, tmp_path / DATA_MODULE)
    (tmp_path / DATA_MODULE / "go.sum").write_text("other\n")
    before = {module.name: module.key for module in ALL}
    monkeypatch.setattr(modules, "HERE", tmp_path)
    changed = [module.name for module in ALL if replace(module).key != before[module.name]]
    assert changed == ["embedded", "apps"]


def test_apps_belong_to_every_set_and_come_once() -> None:
    assert modules_of(("embedded",)) == (EMBEDDED, APPS)
    assert modules_of(("kind",)) == (KIND, CONTAINERD, APPS)
    assert modules_of(("embedded", "stores")) == (EMBEDDED, APPS, STORES)
    assert modules_of(("kind", "embedded")) == (EMBEDDED, APPS, KIND, CONTAINERD)


@pytest.mark.parametrize(
    ("sets", "text"),
    [
        (
            ("k3s",),
            "there is no toolchain set 'k3s'",
        ),
        ((), "no toolchain set is named"),
    ],
)
def test_an_unknown_set_is_wrong_use(sets: tuple[str, ...], text: str) -> None:
    with pytest.raises(UsageError) as raised:
        modules_of(sets)
    assert str(raised.value) == f"{text}. Cure: the sets are embedded, kind, stores, sops"
    assert raised.value.exit_code == 2


def test_a_platform_without_programs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr("platform.machine", lambda: "arm64")
    with pytest.raises(SandboxError, match=r"this is Darwin on arm64\. Cure: use a Linux machine"):
        modules.go_platform()

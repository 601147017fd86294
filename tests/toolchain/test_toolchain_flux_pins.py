"""Further versions of Flux: what is built for them, what takes the place of what is not served."""

from __future__ import annotations

from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, Told

from sandbox.errors import SandboxError, UsageError
from sandbox.providers import choice
from sandbox.toolchain import builder, ensure, flux, pinning, pins
from sandbox.toolchain.modules import APPS, EMBEDDED
from sandbox.toolchain.store import Store

pytestmark = pytest.mark.integration

DOCS = Path(__file__).parents[2] / "docs"
NOTIFIER = "notification-controller"


@pytest.fixture(autouse=True)
def installs(go: FakeGo) -> None:
    """Every controller that Flux is published with here is of this version."""
    (go.folder / "installs").write_text("v1.9.3")


def pin(version: str = "2.9.2", kubernetes: str = "") -> str:
    return pinning.pin(kubernetes, version, Store.of_user(), Told().clock)


def unserved(go: FakeGo, *versions: str) -> None:
    module = flux.CONTROLLERS[NOTIFIER]
    (go.folder / "unserved").write_text(" ".join(f"{module}@v{each}" for each in versions))


def test_only_the_programs_of_flux_are_built(tree: Path, proofs: list[Path], go: FakeGo) -> None:
    before = len(go.calls("build"))
    assert "pins Flux 2.9.2" in pin()
    [build] = go.calls("build")[before:]
    assert build.split()[-8:] == list(pins.FLUX.binaries.values())
    assert "-X main.VERSION=2.9.2 " in build
    assert len(proofs) == 1, "what was built is proven once"


def test_the_pinned_programs_and_manifests_take_the_place_of_the_toolchains_own(
    tree: Path, proofs: list[Path]
) -> None:
    before = (EMBEDDED.key, APPS.key, ensure().bin)
    pin()
    own, pinned, store = ensure(), ensure(flux="2.9.2"), Store.of_user()
    module = pins.FLUX.known()["2.9.2"]
    for name in EMBEDDED.binaries:
        there = module if name in pins.FLUX.binaries else EMBEDDED
        assert (pinned.bin / name).samefile(store.folder(there) / "bin" / name)
    manifest = Path("share/flux-manifests/source-controller.yaml")
    assert (pinned.share.parent / manifest).samefile(store.folder(module) / manifest)
    assert (own.share.parent / manifest).samefile(store.folder(EMBEDDED) / manifest)
    changed = {name for name in own.versions if own.versions[name] != pinned.versions[name]}
    assert changed <= {*flux.CONTROLLERS, "flux"}
    assert (pinned.versions["flux"], pinned.versions[NOTIFIER]) == ("2.9.2", "1.9.3")
    assert proofs == [pinned.bin]
    assert (EMBEDDED.key, APPS.key, own.bin) == before


def test_the_pin_names_what_flux_installs_and_holds_back(
    tree: Path, proofs: list[Path], go: FakeGo
) -> None:
    needs = go.folder / "needs"
    needs.mkdir()
    for name, version in (("source-controller", "v1.0.1-0.2022-a"), ("helm-controller", "v1.2.0")):
        path = flux.CONTROLLERS[name]
        text = f"replace {path}/api => ./api\nreplace a.b/digest => a.b/digest {version}\n"
        (needs / path.replace("/", "_")).write_text(text)
    pin()
    folder = tree / "flux-2.9.2"
    text = (folder / "go.mod").read_text()
    assert f"\t{flux.MODULE} v2.9.2\n" in text
    assert all(f"\t{path} v1.9.3\n" in text for path in flux.CONTROLLERS.values())
    assert f"\t{flux.MODULE} => ./flux2\n\ta.b/digest => a.b/digest v1.2.0\n)" in text
    assert f"{flux.MODULE} v2.9.2 h1:" in (folder / "go.sum").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["go.mod", "go.sum"]


def test_what_one_uses_as_v0_is_held_back_where_others_bring_it_to_v1(
    tree: Path, proofs: list[Path], go: FakeGo
) -> None:
    needs = go.folder / "needs"
    needs.mkdir()
    text = "require (\n\ta.b/table v0.0.5\n\ta.b/other v0.1.0 // indirect\n\ta.b/same v0.2.0\n)\n"
    (needs / flux.MODULE.replace("/", "_")).write_text(text)
    (go.folder / "resolved").write_text("a.b/table v1.1.4\na.b/other v1.0.0\na.b/same v0.3.0\n")
    pin()
    text = (tree / "flux-2.9.2/go.mod").read_text()
    assert f"replace (\n\t{flux.MODULE} => ./flux2\n\ta.b/table => a.b/table v0.0.5\n)" in text
    assert "a.b/table v1.1.4 // indirect" in text


def test_both_products_are_pinned_side_by_side_and_proven_together_once(
    tree: Path, proofs: list[Path], told: Told
) -> None:
    pin()
    pin("", "1.35.4")
    proofs.clear()
    both = ensure(kubernetes="1.35.4", flux="2.9.2")
    assert ensure(kubernetes="1.35.4", flux="2.9.2") == both
    assert proofs == [both.bin]
    assert (both.versions["kubernetes"], both.versions["flux"]) == ("1.35.4", "2.9.2")
    assert ensure(flux="2.9.2").versions["kubernetes"] == pins.KUBERNETES.own()
    assert ensure(("embedded", "kind"), kubernetes="1.35.4", flux="2.9.2").versions["kind"]
    assert builder.prune(Store.of_user(), told.clock) == []


def test_the_nearest_earlier_patch_takes_the_place_of_one_that_is_not_served(
    tree: Path, proofs: list[Path], go: FakeGo
) -> None:
    unserved(go, "1.9.3", "1.9.2")
    told = Told()
    pinning.pin("", "2.9.2", Store.of_user(), told.clock)
    assert "notification-controller v1.9.3 is not served: v1.9.1 takes its place" in told.text
    assert ensure(flux="2.9.2").versions[NOTIFIER] == "1.9.1"


def test_a_controller_of_which_nothing_is_served_is_named_and_nothing_is_pinned(
    tree: Path, proofs: list[Path], go: FakeGo
) -> None:
    unserved(go, *(f"1.9.{patch}" for patch in range(4)))
    with pytest.raises(UsageError) as error:
        pin()
    assert "notification-controller v1.9.3, which Flux 2.9.2 installs," in str(error.value)
    assert not tree.exists() or not list(tree.iterdir())


def test_a_flux_without_one_of_the_controllers_is_named_and_not_pinned(
    tree: Path, proofs: list[Path], go: FakeGo
) -> None:
    (go.folder / "no-bases").touch()
    with pytest.raises(UsageError, match=r"Flux 2\.9\.2 has no source-controller, .*which a"):
        pin()


@pytest.mark.parametrize("trouble", ["unserved", "fail-list", "fail-build"])
def test_what_cannot_be_had_or_built_changes_nothing_in_the_tree(
    tree: Path, proofs: list[Path], go: FakeGo, trouble: str
) -> None:
    (go.folder / trouble).write_text("it does not compile")
    with pytest.raises(SandboxError) as error:
        pin()
    assert error.value.exit_code == (2 if trouble == "unserved" else 3)
    assert "\n" not in str(error.value)
    assert not tree.exists() or not list(tree.iterdir())


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("2.9", "'2.9' is no version of Flux"),
        ("v2.9.2", "'v2.9.2' is no version"),
        ("1.35.4", "'1.35.4' is no version"),
        ("../2.9.2", "is no version"),
        (pins.FLUX.own(), "is what the toolchain has"),
    ],
)
def test_what_is_no_version_is_refused_on_one_line(
    tree: Path, capsys: pytest.CaptureFixture[str], version: str, said: str
) -> None:
    assert pinning.main(["--flux", version]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert said in line
    assert "Cure: " in line


def test_a_version_that_is_not_pinned_is_named_with_its_cure(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLUX", "2.8.1")
    with pytest.raises(UsageError, match=r"Flux 2\.8\.1 is not pinned") as error:
        choice.choose("embedded")
    assert error.value.cure == "make pin FLUX=2.8.1"


def test_what_is_asked_for_is_told_as_settings_and_where_it_is_otherwise() -> None:
    asked, there = pins.Versions("1.35.4", "2.9.2"), pins.Versions("1.35.4")
    assert asked.settings == ["KUBERNETES=1.35.4", "FLUX=2.9.2"]
    assert asked.env == {"KUBERNETES": "1.35.4", "FLUX": "2.9.2"}
    assert there.others_than(asked) == [f"Flux {pins.FLUX.own()}, not 2.9.2"]
    assert pins.Versions().settings == []


def test_a_controller_of_an_earlier_patch_is_seen_by_the_kinds_that_flux_requires() -> None:
    kinds = "github.com/fluxcd/source-watcher/api/v2"
    versions = {flux.CONTROLLERS["source-watcher"]: "v2.2.9", kinds: "v2.2.10"}
    assert flux.earlier(versions) == {"source-watcher": ("2.2.9", "2.2.10")}
    assert flux.earlier({**versions, kinds: "v2.2.9"}) == {}


@pytest.mark.parametrize("version", pins.FLUX.known())
def test_the_pins_of_the_tree_are_of_their_version(version: str) -> None:
    [module] = pins.of("", version)
    assert module.versions[flux.MODULE] == f"v{version}"
    assert f"{flux.MODULE} v{version} h1:" in (module.folder / "go.sum").read_text()
    text = (module.folder / "go.mod").read_text()
    assert all(f"\t{package}\n" in text for package in module.binaries.values())


@pytest.mark.parametrize("version", ["", *pins.FLUX.known()])
def test_the_pages_name_every_controller_of_an_earlier_patch(version: str) -> None:
    [module] = pins.of("", version) or (EMBEDDED,)
    text = " ".join((DOCS / "reference.md").read_text().split())
    for name, (has, installs) in flux.earlier(module.versions).items():
        assert f"{name} {has} ({installs})" in text

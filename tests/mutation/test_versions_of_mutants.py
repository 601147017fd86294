"""On which versions mutants are judged: those that the sandboxes will run."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutation import __main__ as mutation
from sandbox.errors import SandboxError
from sandbox.toolchain.pins import PRODUCTS, Product

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for product in PRODUCTS:
        monkeypatch.delenv(product.variable, raising=False)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.name)
def test_what_is_built_beforehand_is_the_version_that_is_asked_for(
    product: Product, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    built: dict[str, str] = {}

    def ensure(sets: tuple[str, ...], **versions: str) -> None:
        built.update(versions)
        raise SandboxError("enough is known")

    monkeypatch.setattr(mutation, "ensure", ensure)
    version = list(product.known())[-1]
    monkeypatch.setenv(product.variable, version)
    assert mutation.main(["--build=out"]) == 3
    assert "enough is known" in capsys.readouterr().err
    assert built[product.name.lower()] == version


def test_a_version_that_is_not_pinned_is_refused_before_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutation, "Campaign", None)  # were it not refused, none would begin
    monkeypatch.setenv("KUBERNETES", "1.30.1")
    assert mutation.main(["--build=out"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "Kubernetes 1.30.1 is not pinned" in line
    assert not Path("out/mutants.json").exists()


def test_what_cannot_be_asked_of_path_is_refused_before_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mutation, "Campaign", None)
    monkeypatch.setenv("TOOLCHAIN_FROM_PATH", "yes")
    assert mutation.main(["--build=out"]) == 2
    assert "TOOLCHAIN_FROM_PATH=yes says neither" in capsys.readouterr().err
    assert not Path("out/mutants.json").exists()

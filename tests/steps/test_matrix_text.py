"""A version that the toolchain takes up goes from the matrix: same cells, each once, comments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sandbox.toolchain import pins
from steps.matrix import FILE, Matrix
from steps.matrix_text import taken_up

KUBERNETES, FLUX = ("1.36.3", "1.37.2"), ("2.9.5", "2.10.0")
PINNED = ("kubernetes-1.34.4", "kubernetes-1.35.4", "kubernetes-1.37.2", "flux-2.10.0")
BOOKS = "book: [operational, flux]"
OTHERS = f"- {{provider: [embedded], {BOOKS}}}\n"
FAST, KIND = "- provider: [embedded]\n", "- provider: [kind]\n"
ADDED = "provider: [kind], kubernetes: [own], flux: [own], book: [flux]"


def cells(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, now: int) -> list[str]:
    """The cells before (0) and after (1) the toolchain takes the newer versions up."""
    for name in PINNED:
        (folder / "pins" / name).mkdir(parents=True, exist_ok=True)
        (folder / "pins" / name / "go.mod").touch()
    monkeypatch.setattr(pins, "PINS", folder / "pins")
    own = {pins.KUBERNETES.name: KUBERNETES[now], pins.FLUX.name: FLUX[now]}
    monkeypatch.setattr(pins.Product, "own", lambda product: own[product.name])
    (folder / "nightly.yaml").write_text(text)
    return [cell.name for cell in Matrix.read(folder / "nightly.yaml").cells]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (  # as the matrix is: the own version has a cell of that book already
            f"# the\n{FAST}  kubernetes: [1.35.4, 1.37.2]  # newest\n{OTHERS}",
            f"# the\n{FAST}  kubernetes: [1.35.4]  # newest\n{OTHERS}",
        ),
        (
            f"- {{provider: [embedded], kubernetes: [1.37.2, 1.35.4]}}\n{OTHERS}",
            f"- {{provider: [embedded], kubernetes: [1.35.4]}}\n{OTHERS}",
        ),
        (  # nothing is left of a product
            f"- provider: [embedded]  # a\n  # b\n  kubernetes: [1.37.2]\n# c\n{OTHERS}",
            f"# a\n# b\n# c\n{OTHERS}",
        ),
        # no other cell is on the own version
        (f"{KIND}  kubernetes: [1.34.4, 1.37.2]\n", f"{KIND}  kubernetes: [1.34.4, own]\n"),
        # by name, also the version that is given up
        (f"{KIND}  kubernetes: [1.36.3, 1.37.2]\n", f"{KIND}  kubernetes: [own]\n"),
        (
            f"{KIND}  kubernetes:\n    - own  # a\n    - 1.37.2  # b\n    - 1.34.4\n",
            f"{KIND}  kubernetes:\n    - own  # a\n    # b\n    - 1.34.4\n",
        ),
        (
            f"{KIND}  kubernetes: [\n    own,  # a\n    1.37.2,  # b\n    1.35.4,\n  ]\n",
            f"{KIND}  kubernetes: [\n    own,  # a\n    # b\n    1.35.4,\n  ]\n",
        ),
        (
            f"{KIND}  kubernetes: [\n    own,\n    1.37.2,\n  ]\n",
            f"{KIND}  kubernetes: [\n    own,\n  ]\n",
        ),
        (  # only one of two books has that cell already
            f"{KIND}{KIND}  kubernetes: [1.35.4, 1.37.2]\n  {BOOKS}",
            f"{KIND}{KIND}  kubernetes: [1.35.4]\n  {BOOKS}\n- {{{ADDED}}}\n",
        ),
        (
            f"[{{provider: [kind]}}, {{provider: [kind], kubernetes: [1.37.2], {BOOKS}}}]",
            f"[{{provider: [kind]}}, {{{ADDED}}}]",
        ),
        (  # both are taken up
            f"- {{provider: [embedded], kubernetes: [1.37.2], flux: [2.10.0]}}\n{OTHERS}",
            OTHERS,
        ),
        (
            f"{KIND}  kubernetes: [1.35.4, 1.37.2]\n  flux: [2.9.5, 2.10.0]\n",
            f"{KIND}  kubernetes: [1.35.4, own]\n  flux: [own]\n",
        ),
        (f"{KIND}  kubernetes: [own, 1.35.4]", f"{KIND}  kubernetes: [own, 1.35.4]"),
    ],
)
def test_the_cells_stay_each_once_and_so_do_comments(
    before: str, after: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert taken_up(before, {"kubernetes": KUBERNETES, "flux": FLUX}) == after
    had = cells(before, tmp_path, monkeypatch, now=0)
    own = [re.sub("-kubernetes-1.37|-flux-2.10.0", "", name) for name in had]
    assert sorted(cells(after, tmp_path, monkeypatch, now=1)) == sorted(set(own))
    assert re.findall("#.*", after) == re.findall("#.*", before)


def test_a_product_that_stays_as_it_is_may_be_named_by_its_own_version() -> None:
    text = "- provider: [kind]\n  flux: [2.9.5]\n  kubernetes: [1.37.2]\n"
    told = taken_up(text, {"kubernetes": KUBERNETES, "flux": ("2.9.5", "2.9.5")})
    assert told == text.replace("1.37.2", "own")


def test_nothing_is_taken_up_and_nothing_changes() -> None:
    own = {each.name.lower(): (each.own(), each.own()) for each in pins.PRODUCTS}
    assert taken_up(FILE.read_text(), own) == FILE.read_text()

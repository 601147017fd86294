"""Reading objects: a field that is there and null reads as one that is not there."""

import ast
from pathlib import Path
from typing import Any

import pytest

from sandbox import flux
from sandbox.cluster.kubernetes import field
from sandbox.flux import chain

ROOT = Path(__file__).parents[2]
READERS = [
    *(ROOT / "steps").rglob("*.py"),
    *(
        path
        for path in (ROOT / "sandbox").rglob("*.py")
        if not {"gitlab", "toolchain"} & set(path.parts)
    ),
]


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"status": None},
        {"status": {}},
        {"status": {"conditions": None}},
    ],
)
def test_null_and_missing_read_alike(item: dict[str, Any] | None) -> None:
    assert field(item, "status", "conditions", default=()) == ()
    assert field(item, "status", "conditions") is None


def test_what_is_there_is_read_whole() -> None:
    item = {"status": {"conditions": [1], "replicas": 0, "ready": False, "message": ""}}
    assert field(item, "status", "conditions", default=()) == [1]
    assert field(item, "status", "replicas", default=1) == 0
    assert field(item, "status", "ready", default=True) is False
    assert field(item, "status", "message", default="none") == ""


@pytest.mark.parametrize("status", [None, {}, {"conditions": None, "inventory": None}])
@pytest.mark.parametrize("kind", ["Kustomization", "HelmRelease", "GitRepository"])
def test_an_object_with_nulls_is_one_without_a_word(kind: str, status: Any) -> None:
    item = {
        "kind": kind,
        "metadata": {"namespace": "flux-system", "name": "apps", "generation": 1},
        "spec": {"sourceRef": {"kind": "GitRepository", "name": "flux-system"}},
        "status": status,
    }
    assert flux.condition(item) is None
    assert flux.revision(item) == ""
    assert flux.inventory(item) == []
    assert not flux.is_current(item)
    assert chain._settled({**item, "kind": "HelmRelease"}) == ""


def test_nobody_reads_objects_with_a_default_that_null_passes_by() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in READERS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and len(node.args) == 2
        and isinstance(node.args[1], ast.List | ast.Dict | ast.Tuple)
    ]
    assert found == [], "`.get(name, [])` gives None where the field is null: use field()"

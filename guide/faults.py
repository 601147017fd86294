"""The operators for manifests: each finds the places in a block where one kind of fault can be put.

Every fault is one that a reader could make or a guide could have; none is a mere change of taste
(intervals and time-outs stay), so that a mutant which survives is a gap in the scenarios.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import yaml

from guide.block import Block
from guide.command_faults import COMMAND_FAULTS
from guide.manifest import MANIFEST_LANGUAGES
from guide.manifest_lines import (
    ENTRY,
    FIELD,
    KEY,
    LITERAL,
    fields,
    in_literal,
    indent_of,
    item_end,
    with_value,
)
from guide.mutant import TASTE, Edit, Operator, lines_of, replaced
from guide.promise_faults import PROMISE_FAULTS


def about_taste(block: Block) -> set[int]:
    """The lines of patches that set how soon a controller asks again."""
    lines = lines_of(block)
    inside = in_literal(lines)
    found: set[int] = set()
    for index, line in enumerate(lines):
        if "--requeue-" in line:
            first = max(i for i in range(index) if ENTRY.match(lines[i]) and not inside[i])
            found.update(range(first, item_end(lines, first)))
    return found


def path_depth(block: Block) -> Iterator[Edit]:
    """One level too many, and one too few."""
    for index, line in enumerate(lines_of(block)):
        if "../" in line:
            yield replaced(index, line, line.replace("../", "../../", 1))
            yield replaced(index, line, line.replace("../", "", 1))


def api_version(block: Block) -> Iterator[Edit]:
    """A version that the server does not know. In a patch with a target it would not matter."""
    for index, found in fields(block, "apiVersion"):
        group, _, _ = found["value"].rpartition("/")
        yield with_value(found, index, f"{group}/v1alpha9" if group else "v9")


def kind(block: Block) -> Iterator[Edit]:
    """A kind with a letter too few."""
    for index, found in fields(block, "kind"):
        yield with_value(found, index, found["value"][:-1])


def misspelt_field(block: Block) -> Iterator[Edit]:
    """A field with its last two letters swapped, or one more where they are equal."""
    for index, line in enumerate(lines_of(block)):
        found = KEY.match(line)
        if not found or found["key"] in TASTE | {"apiVersion", "kind"} or len(found["key"]) < 3:
            continue
        key = found["key"]
        wrong = key + key[-1] if key[-1] == key[-2] else key[:-2] + key[-1] + key[-2]
        yield replaced(index, line, f"{found['head']}{wrong}:{found['rest']}")


def wrong_value(block: Block) -> Iterator[Edit]:
    """Another number or text among the values of a release, the data of a map or in a patch."""
    lines = lines_of(block)
    inside = in_literal(lines)
    depth = -1
    for index, line in enumerate(lines):
        if line.strip() and indent_of(line) <= depth:
            depth = -1
        found = FIELD.match(line)
        if found and (depth >= 0 or inside[index]) and not LITERAL.match(line):
            value = _other(found["value"])
            if value and found["key"] not in TASTE | {"apiVersion", "kind", "name", "namespace"}:
                yield with_value(found, index, value)
        if re.match(r"^\s*(values|data|stringData|acme):\s*$", line) and depth < 0:
            depth = indent_of(line)


def _other(value: str) -> str:
    if re.fullmatch(r"\d+", value):
        return str(int(value) + 3)
    if re.fullmatch(r"\"?(true|false)\"?", value):
        return value.replace("true", "no").replace("false", "true").replace("no", "false")
    if re.fullmatch(r"[\w.@-][\w .@:/-]*", value):
        return f"x{value}"
    return ""


def dropped_entry(block: Block) -> Iterator[Edit]:
    """A list without one of its entries."""
    lines = lines_of(block)
    inside = in_literal(lines)
    for index, line in enumerate(lines):
        if ENTRY.match(line) and not inside[index]:
            end = item_end(lines, index)
            alone = indent_of(lines[index - 1]) < indent_of(line) and (
                end >= len(lines) or not ENTRY.match(lines[end])
            )
            # A list that held nothing else goes as a whole, or the manifest would not be one.
            first = index - 1 if alone and lines[index - 1].rstrip().endswith(":") else index
            yield Edit(first, end - first, (), f"`{line.strip()}` is left out")


def dropped_depends_on(block: Block) -> Iterator[Edit]:
    """A Kustomization that waits for nobody."""
    lines = lines_of(block)
    for index, line in enumerate(lines):
        if line.strip() == "dependsOn:":
            end = index + 1
            while end < len(lines) and (
                indent_of(lines[end]) > indent_of(line)
                or (ENTRY.match(lines[end]) and indent_of(lines[end]) == indent_of(line))
            ):
                end += 1
            yield Edit(index, end - index, (), "`dependsOn` is left out")


def circular_depends_on(block: Block) -> Iterator[Edit]:
    """A Kustomization that waits for itself; one that does so already is no other for it."""
    lines = lines_of(block)
    dependants = [i for i, line in enumerate(lines) if line.strip() == "dependsOn:"]
    waits = _waits(block) if dependants else {}
    names = {i: f["value"] for i, f in fields(block, "name") if f["head"].strip() == ""}
    for index in dependants:
        own = [name for i, name in names.items() if i < index and indent_of(lines[i]) == 2]
        if own and own[-1] not in _reached(own[-1], waits):
            indent = " " * indent_of(lines[index])
            new = (f"{indent}  - name: {own[-1]}",)
            yield Edit(index + 1, 0, new, f"`{own[-1]}` depends on itself")


def _waits(block: Block) -> dict[str, list[str]]:
    """Whom each object of a block waits for, by name."""
    return {
        each["metadata"]["name"]: [other["name"] for other in each["spec"].get("dependsOn", ())]
        for each in yaml.safe_load_all(block.text)
        if isinstance(each, dict) and "spec" in each
    }


def _reached(name: str, waits: Mapping[str, list[str]]) -> set[str]:
    """Everybody whom `name` waits for, by way of others too."""
    found: set[str] = set()
    ahead = [*waits.get(name, ())]
    while ahead:
        other = ahead.pop()
        if other not in found:
            found.add(other)
            ahead += waits.get(other, ())
    return found


def wrong_depends_on(block: Block) -> Iterator[Edit]:
    """A dependency that does not exist."""
    lines = lines_of(block)
    for index, line in enumerate(lines):
        found = re.match(r"^(\s*- name: )([\w-]+)$", line)
        above = next((x for x in reversed(lines[:index]) if not ENTRY.match(x)), "")
        if found and above.strip() == "dependsOn:":
            yield replaced(index, line, f"{found[1]}{found[2][:-1]}")


def wrong_namespace(block: Block) -> Iterator[Edit]:
    """A namespace that is not there."""
    for index, found in fields(block, "namespace"):
        yield with_value(found, index, f"{found['value']}-x")


def wrong_name(block: Block) -> Iterator[Edit]:
    """An object, a reference or a target by another name."""
    for index, found in fields(block, "name", "chart", "releaseName"):
        if found["head"].strip() == "" and not found["value"].startswith(("(", "<")):
            yield with_value(found, index, f"{found['value']}-x")


def wrong_version(block: Block) -> Iterator[Edit]:
    """A chart version that does not exist."""
    for index, found in fields(block, "version"):
        # Elsewhere a version says who wrote a file (sops): nobody reads it.
        if any(line.strip() == "chart:" for line in lines_of(block)[:index]):
            yield with_value(found, index, '"99.9.9"')


def wrong_path(block: Block) -> Iterator[Edit]:
    """A folder or a file whose name lacks its last letter."""
    lines = lines_of(block)
    for index, found in fields(block, "path"):
        yield with_value(found, index, found["value"][:-1])
    for index, line in enumerate(lines):
        entry = re.match(r"^\s*- (?:\./)?[\w-]+(?:\.ya?ml)?$", line)
        if entry and "dependsOn" not in lines[index - 1]:
            yield replaced(index, line, re.sub(r"(\w)((?:\.ya?ml)?)$", r"\1x\2", line))


def dropped_document(block: Block) -> Iterator[Edit]:
    """A file with several objects without one of them."""
    lines = lines_of(block)
    marks = [-1, *(i for i, line in enumerate(lines) if line.rstrip() == "---"), len(lines)]
    if len(marks) > 2:
        for before, after in pairwise(marks):
            first, end = (before, after) if before >= 0 else (0, after + 1)
            yield Edit(first, end - first, (), f"the object at line {before + 2} is left out")


MANIFEST_FAULTS: Mapping[str, Operator] = {
    "path-depth": path_depth,
    "api-version": api_version,
    "kind": kind,
    "misspelt-field": misspelt_field,
    "wrong-value": wrong_value,
    "dropped-depends-on": dropped_depends_on,
    "dropped-entry": dropped_entry,
    "circular-depends-on": circular_depends_on,
    "wrong-depends-on": wrong_depends_on,
    "wrong-namespace": wrong_namespace,
    "wrong-name": wrong_name,
    "wrong-version": wrong_version,
    "wrong-path": wrong_path,
    "dropped-document": dropped_document,
    **PROMISE_FAULTS,
}


def faults_of(block: Block) -> Mapping[str, Operator]:
    """The operators that fit a block."""
    if block.is_shell:
        return COMMAND_FAULTS
    return MANIFEST_FAULTS if block.language in MANIFEST_LANGUAGES else {}

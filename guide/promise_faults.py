"""Faults against what a sentence promises: everything works, and more happens than was said.

More rights, a wider scope, a further effect, a check that is left out: the manifest is valid, the
cluster takes it, and whoever looks only at what should be there sees nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guide.block import Block
from guide.manifest_lines import FIELD, KEY, fields, in_literal, indent_of, item_end, with_value
from guide.mutant import Edit, Operator, lines_of, replaced

_RBAC = "rbac.authorization.k8s.io"
_BUILD = "kustomize.config.k8s.io"
_WIDER = {"Role": "ClusterRole", "RoleBinding": "ClusterRoleBinding"}
_FURTHER = "further"
"""Name of what nobody has asked for."""


def more_rights(block: Block) -> Iterator[Edit]:
    """Every verb, every resource; an account that would have limited them is left out."""
    for index, found in fields(block, "verbs", "resources"):
        if _RBAC in block.text and found["value"].startswith("["):
            yield with_value(found, index, '["*"]')
    for index, found in fields(block, "serviceAccountName"):
        if "kustomize.toolkit.fluxcd.io" in block.text:
            yield Edit(index, 1, (), f"`{found.string.strip()}` is left out")


def wider_scope(block: Block) -> Iterator[Edit]:
    """Rights in all namespaces, the folder above, a patch for every object of the kind."""
    lines = lines_of(block)
    if _RBAC in block.text and re.search(r"^kind: Role(Binding)?$", block.text, re.MULTILINE):
        yield Edit(0, len(lines), tuple(_cluster_wide(lines)), "the rights are those of a cluster")
    for index, found in fields(block, "path"):
        above = found["value"].rstrip("/").rpartition("/")[0]
        if "kustomize.toolkit.fluxcd.io" in block.text and above.count("/") > 1:
            yield with_value(found, index, above)
    inside = in_literal(lines)
    # Where the folder has one member, a patch without a name can reach nothing else.
    members = sum(1 for line in _under(lines, "resources:") if line.lstrip().startswith("- "))
    for index, line in enumerate(lines):
        if line.strip() in ("- target:", "target:") and not inside[index] and members > 1:
            for each in range(index + 1, item_end(lines, index)):
                if re.match(r"^\s+name:", lines[each]) and not inside[each]:
                    yield Edit(each, 1, (), f"`{lines[each].strip()}` of a target is left out")


def _cluster_wide(lines: list[str]) -> Iterator[str]:
    """The manifests with roles and bindings that know no namespace."""
    kind = ""
    for line in lines:
        found = FIELD.match(line)
        if found and found["key"] == "kind" and found["value"] in _WIDER:
            yield f"{found['head']}kind: {_WIDER[found['value']]}"
            kind = found["value"] if indent_of(line) == 0 else kind
        elif found and found["key"] == "kind" and indent_of(line) == 0:
            kind = ""
            yield line
        elif not (kind and re.match(r"^  namespace:", line)):
            yield line


def _under(lines: list[str], head: str) -> list[str]:
    """The lines below a field that begins in the first column."""
    if head not in lines:
        return []
    first = lines.index(head) + 1
    end = next((i for i in range(first, len(lines)) if KEY.match(lines[i][:1] + ":")), len(lines))
    return [line for line in lines[first:end] if line.startswith(("-", " "))]


def further_object(block: Block) -> Iterator[Edit]:
    """One more object in a file of objects."""
    lines = lines_of(block)
    # What has no kind is none, such as a Chart.yaml.
    heads = {line.partition(":")[0] for line in lines}
    if _BUILD in block.text or not {"apiVersion", "kind"} <= heads:
        return
    namespace = next((found["value"] for _, found in fields(block, "namespace")), "default")
    new = (
        "---",
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata:",
        f"  name: {_FURTHER}",
        f"  namespace: {namespace}",
    )
    yield Edit(len(lines), 0, new, "an object comes with it that nobody has asked for")


def further_entry(block: Block) -> Iterator[Edit]:
    """One more entry among data or values."""
    lines = lines_of(block)
    for index, line in enumerate(lines):
        if line.strip() in ("data:", "stringData:", "values:") and index + 1 < len(lines):
            indent = " " * indent_of(lines[index + 1])
            # The same word read as text and as base64, for a Secret takes nothing else.
            new = (f"{indent}{_FURTHER}: ZW50cnk=",)
            yield Edit(index + 1, 0, new, f"`{line.strip()}` has an entry more")


def dropped_check(block: Block) -> Iterator[Edit]:
    """Nobody waits, nobody removes, nobody pins a version, nobody goes back."""
    lines = lines_of(block)
    for index, found in fields(block, "prune"):
        if found["value"] == "true":
            yield replaced(index, lines[index], lines[index].replace("true", "false"))
    for index, found in fields(block, "wait", "version", "remediateLastFailure"):
        if found["key"] != "version" or "chart:" in block.text:
            yield Edit(index, 1, (), f"`{found.string.strip()}` is left out")


PROMISE_FAULTS: Mapping[str, Operator] = {
    "more-rights": more_rights,
    "wider-scope": wider_scope,
    "further-object": further_object,
    "further-entry": further_entry,
    "dropped-check": dropped_check,
}

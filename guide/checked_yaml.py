"""A YAML file held against a JSON Schema: what is wrong is one line with its place and its cure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from guide.errors import GuideError, near
from guide.manifest import quickly

Place = tuple[str | int, ...]
"""The keys and numbers that lead to a value: ("layout", "clusters", 0)."""


@dataclass(frozen=True)
class CheckedYaml:
    """The value of a file, and the line of each part of it."""

    file: Path
    value: Any
    lines: Mapping[Place, int]

    @classmethod
    def read(cls, path: Path, schema: Path) -> CheckedYaml:
        """Read a file that the schema allows; GuideError for the first line that it does not."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise GuideError(f"cannot be read: {error}", file=path) from error
        try:
            node, value = quickly(
                lambda by: (yaml.compose(text, Loader=by), yaml.load(text, Loader=by))
            )
            lines: dict[Place, int] = {(): 1}
            if node is not None:
                lines |= _lines(node, (), path)
            read = cls(path, value, lines)
            faults = [read._fault(fault) for fault in _validator(schema).iter_errors(value)]
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            said = getattr(error, "problem", None) or str(error)
            raise GuideError(f"is no YAML: {said}", file=path, line=line) from error
        except RecursionError as error:
            cure = "write what each alias stands for, and lists in fewer levels"
            what = "is no YAML that ends: an alias holds itself, or too much is in each other"
            raise GuideError(what, file=path, line=1, cure=cure) from error
        except ValueError as error:  # a date that is none
            raise GuideError(f"cannot be read: {error}", file=path, line=1) from error
        for fault in sorted(faults, key=lambda fault: fault.line):
            raise fault
        return read

    def line(self, *place: str | int) -> int:
        """The line where a part stands, counted from 1; of what is not there, its parent's."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]

    def problem(self, what: str, *place: str | int, cure: str = "") -> GuideError:
        """Something wrong with a part of the file."""
        return GuideError(what, file=self.file, line=self.line(*place), cure=cure)

    def _fault(self, fault: ValidationError) -> GuideError:
        fault = _nearest(fault)
        place: Place = tuple(fault.absolute_path)
        where = "/".join(map(str, place))
        of = f" in {where}" if where else ""
        schema: Any = fault.schema
        if fault.validator == "additionalProperties" and isinstance(fault.instance, dict):
            known = schema["properties"]
            word = next(key for key in fault.instance if key not in known)
            cure = near(str(word), known)
            return self.problem(f'knows nothing of "{word}"{of}', *place, word, cure=cure)
        if fault.validator == "required":
            given: Any = fault.instance
            word = next(key for key in schema["required"] if key not in given)
            said = schema.get("properties", {}).get(word, {}).get("description", "")
            return self.problem(f'has no "{word}"{of}', *place, cure=said or f"add {word}")
        if fault.validator == "enum":
            cure = near(str(fault.instance), schema["enum"])
            return self.problem(f'{where} cannot be "{fault.instance}"', *place, cure=cure)
        cure = schema.get("description", "") or "see the schema"
        shown = fault.message if len(fault.message) <= 200 else fault.message[:200] + " ..."
        return self.problem(f"{where or 'the file'}: {shown}", *place, cure=cure)


@cache
def _validator(schema: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema.read_text(encoding="utf-8")))


def _nearest(fault: ValidationError) -> ValidationError:
    """Of the forms that a value may have, what is wrong with the one that was meant."""
    while fault.validator == "oneOf" and isinstance(fault.instance, dict):
        forms: list[dict[str, Any]] = fault.schema["oneOf"]  # type: ignore[index]
        meant = [
            number
            for number, form in enumerate(forms)
            if set(form.get("required", ())) & set(fault.instance)
        ]
        inner = [each for each in fault.context or () if each.schema_path[0] in meant]
        if not inner:
            break
        fault = inner[0]
    return fault


def _lines(node: yaml.Node, place: Place, path: Path) -> dict[Place, int]:
    found: dict[Place, int] = {}
    for key, line, child in _children(node):
        inner = (*place, key)
        if inner in found:
            what = f'"{key}" stands twice, first at line {found[inner]}'
            raise GuideError(what, file=path, line=line, cure="take one of them away")
        found[inner] = line
        found |= _lines(child, inner, path)
    return found


def _children(node: yaml.Node) -> Iterator[tuple[str | int, int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield str(key.value), key.start_mark.line + 1, value
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield number, value.start_mark.line + 1, value

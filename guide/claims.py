"""Which step functions claim something: they fail where it is not so. They are read, not run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

_ASKING = re.compile(r"_?(?:wait|check|assert|expect|verify|fail|do)(?:_\w*)?")
"""Names of calls that raise where something is not so; `do` is a command that must end well."""


def claiming(trees: Iterable[ast.Module]) -> frozenset[str]:
    """The names of the functions that claim, also through another function of these modules."""
    functions = [
        (node.name, *_does(node))
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    ]
    found: set[str] = set()
    while (
        more := {name for name, itself, calls in functions if itself or not found.isdisjoint(calls)}
        - found
    ):
        found |= more
    return frozenset(found)


def claims(function: ast.FunctionDef, known: Iterable[str]) -> bool:
    """Whether a function asserts, raises, or calls what does."""
    itself, calls = _does(function)
    return itself or not calls.isdisjoint(known)


def _does(function: ast.FunctionDef) -> tuple[bool, frozenset[str]]:
    """Whether a function asserts, raises or calls what does by its name; what else it calls."""
    # What its decorators call says when it is called, not what it does.
    told = _of_decorators(function)
    calls: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assert | ast.Raise):
            return True, frozenset()
        if isinstance(node, ast.Call) and node not in told:
            calls.add(called(node.func))
    return any(map(_ASKING.fullmatch, calls)), frozenset(calls)


def called(node: ast.expr) -> str:
    """The last name of what is called, or ''."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _of_decorators(function: ast.FunctionDef) -> set[ast.AST]:
    return {node for each in function.decorator_list for node in ast.walk(each)}

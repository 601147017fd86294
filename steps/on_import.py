"""What a module does when it is imported, beside defining its own names: every run does it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_PLAIN = frozenset(
    {
        *("given", "when", "then", "parsers.re", "parsers.parse", "parsers.cfparse"),
        *("re.compile", "Path", "frozenset", "set", "tuple", "list", "dict", "range", "len"),
        *("sorted", "timedelta", "MappingProxyType", "dataclass", "field", "contextmanager"),
        *("staticmethod", "classmethod", "property", "NamedTuple", "TypeVar"),
    }
)
"""What a definition may call: it makes a value, and nobody else sees anything of it."""


def acts(module: ast.Module) -> bool:
    """Whether an import does something that others may see, or nobody can tell that it does not."""
    return not all(map(_defines, module.body)) or not set(_calls(module)) <= _PLAIN


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return all(isinstance(each, ast.Name) for each in node.targets)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Name)
    if isinstance(node, ast.If):
        return ast.unparse(node.test).endswith("TYPE_CHECKING") and not node.orelse
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def _calls(node: ast.AST) -> Iterator[str]:
    """What is called at once: not in the body of a function, but for its decorators and defaults.

    A method of something that was written down or made there is none of another module.
    """
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        at_once: list[ast.AST] = [*defaults, *decorators]
    else:
        decorators = node.decorator_list if isinstance(node, ast.ClassDef) else []
        at_once = list(ast.iter_child_nodes(node))
    yield from (ast.unparse(each) for each in decorators if not isinstance(each, ast.Call))
    if isinstance(node, ast.Call) and not _is_method_of_value(node.func):
        yield ast.unparse(node.func)
    for each in at_once:
        yield from _calls(each)


def _is_method_of_value(called: ast.expr) -> bool:
    values = ast.Constant | ast.JoinedStr | ast.Call | ast.Tuple | ast.List | ast.Dict | ast.Set
    return isinstance(called, ast.Attribute) and isinstance(called.value, values)

"""Sentences about what a command prints, held against the cluster or another command."""

from __future__ import annotations

from pytest_bdd import parsers, then

from steps.engineer import Engineer


@then(
    parsers.re(
        r'block "(?P<block>[^"]+)" prints the identity of (?P<kind>\w+) "(?P<name>[^"]+)" '
        r'in "(?P<namespace>[^"]+)"$'
    )
)
def prints_identity(engineer: Engineer, block: str, kind: str, name: str, namespace: str) -> None:
    """The command prints the uid of the object: another one of the same name has another."""
    found = engineer.sandbox.view().find(kind, namespace, name)
    assert found is not None, f"there is no {kind} {namespace}/{name}"
    printed, uid = engineer.do(block).stdout.strip(), found["metadata"]["uid"]
    assert printed == uid, f"it prints {printed}, the uid is {uid}"


@then(parsers.re(r'block "(?P<block>[^"]+)" prints the same as block "(?P<other>[^"]+)"$'))
def prints_the_same(engineer: Engineer, block: str, other: str) -> None:
    """Both commands end well, print something, and it is the same but for blanks at the ends."""
    one, two = (engineer.do(each).stdout.strip() for each in (block, other))
    assert one, f"{block} prints nothing"
    assert one == two, f"{block} prints {one}, {other} prints {two or 'nothing'}"

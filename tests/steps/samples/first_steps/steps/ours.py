"""A sentence of this book's own."""

from pytest_bdd import parsers, then


@then(parsers.parse('our namespace "{name}" is there'))
def namespace_is_there(engineer, name):
    assert engineer.sandbox.view().find("Namespace", "", name)

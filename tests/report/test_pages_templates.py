"""Pages are templates: Python hands over values and knows no tag; a value never becomes one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError, UndefinedError

from report.known.states import State
from report.pages import render

PYTHON = sorted(render.TEMPLATES.parent.rglob("*.py"))
TEMPLATES = sorted(render.TEMPLATES.iterdir())
TAG = re.compile(r"(?<!\(\?P)<[A-Za-z/!]")  # a named group of a pattern is none


def test_no_python_of_the_pages_knows_a_tag():
    assert len(PYTHON) > 15
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in PYTHON
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if TAG.search(line)
    ]
    assert found == []


def test_the_python_of_the_pages_stays_small():
    assert sum(len(path.read_text().splitlines()) for path in PYTHON) <= 1700


def test_one_module_alone_says_what_is_safe():
    makers = [path.name for path in PYTHON if re.search(r"Markup\(", path.read_text())]
    assert makers == ["render.py"]
    for path in TEMPLATES:
        assert not re.search(r"\|\s*(safe|forceescape|e|escape)\b|autoescape", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_template_can_be_read_and_says_what_it_is(path: Path):
    assert render._ENVIRONMENT.get_template(path.name)
    assert path.name.endswith((".html.j2", ".md.j2"))


def test_a_value_that_is_missing_names_an_error():
    own = render._ENVIRONMENT.from_string
    with pytest.raises(UndefinedError, match="nobody"):
        own("{{ nobody }}").render()
    with pytest.raises(TypeError, match="not there"):
        own("{{ nothing }}").render(nothing=None)
    with pytest.raises(TemplateError):
        render.page("no-such-page.md")


@given(st.text(max_size=120))
def test_no_value_opens_an_element_a_fence_or_a_line(value):
    made = render._ENVIRONMENT.from_string("[{{ value }}]").render(value=value)
    assert not set(made) & set("<>\"'`~\n")


def test_line_breaks_of_a_template_are_there_for_its_reader_alone():
    assert render._join(">\n  <") == "><"
    assert render._join("two\n  words") == "two words"
    assert render._join("\n  <b>word\n") == "<b>word"
    assert "\n" not in render.piece("badge.counts", {state: 1 for state in State})

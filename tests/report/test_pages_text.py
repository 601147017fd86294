import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import markdown as render

from report.known.places import anchor
from report.pages import text
from report.pages.outputs import Shown
from report.pages.render import piece


def test_html_in_output_is_inert():
    assert text.html("<script>alert(1)</script>") == "&lt;script&gt;alert(1)&lt;/script&gt;"
    assert '"' not in text.html('" onload="x')


def test_colours_and_control_characters_are_gone():
    assert text.plain("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07") == "red link"
    assert text.plain("10%\r50%\r100%\n\x02wzxhzdk:0\x03") == "100%\nwzxhzdk:0"


def test_text_that_reorders_what_is_read_is_shown_as_a_code():
    assert text.plain("good\u202edab") == "good\\u202edab"


def test_a_blank_line_cannot_end_an_html_block():
    assert text.html("a\n\n\nb") == "a&#10;&#10;\nb"
    assert "\n\n" not in text.html("a\n \t\n\nb\n\n")


def test_a_fence_in_output_opens_nothing():
    source = f"<pre>{text.html('```yaml' + chr(10) + '~~~' + chr(10) + '# title')}</pre>\n\nafter\n"
    made = render(source, extensions=["pymdownx.superfences", "attr_list", "tables"])
    assert "<h1" not in made
    assert "<p>after</p>" in made


@given(st.text(max_size=60))
def test_a_name_stays_one_inert_line_of_markdown(name):
    made = render(f"# {text.markdown(name)} x", extensions=["attr_list", "tables", "def_list"])
    inner = made.removeprefix("<h1>").removesuffix("</h1>")
    assert made.startswith("<h1>")
    assert "<" not in inner


@given(st.text(max_size=200))
def test_output_in_a_page_never_opens_an_element(output):
    source = f"<pre><code>{text.html(output)}</code></pre>\n"
    made = render(source, extensions=["pymdownx.superfences", "attr_list", "tables"])
    assert made.count("<") == 4


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (119, "119 s"), (125, "2 min 05 s")],
)
def test_seconds_for_people(value, shown):
    assert text.seconds(value) == shown


def test_times_are_shown_in_utc_and_nonsense_as_it_is():
    made = piece("time.when", "2026-11-20T05:12:40+02:00")
    assert made.endswith(">20 Nov 2026, 03:12 UTC</time>")
    assert piece("time.when", "yesterday <b>") == "yesterday &lt;b&gt;"


def test_different_ids_have_different_anchors():
    ids = ["a_b/c", "a/b-c", "a/b-c[1]", "a/b-c-1", "a/b-c[2]"]
    assert len({anchor(one) for one in ids}) == len(ids)


def test_short_output_is_whole_and_long_output_keeps_head_and_tail():
    assert Shown().cut("one\ntwo") == ("one\ntwo", "")
    head, tail = Shown().cut("\n".join(f"line {number}" for number in range(5000)))
    assert head.startswith("line 0\n")
    assert tail.endswith("line 4999")
    assert head.count("\n") + tail.count("\n") < 100


def test_one_endless_line_is_cut_as_well():
    head, tail = Shown().cut("x" * 5_000_000)
    assert len(head) + len(tail) <= 12_000

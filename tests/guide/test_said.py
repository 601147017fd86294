from pathlib import Path

import pytest

from guide import Features, shelf
from guide.sentences import Sentences

HEAD = "from pytest_bdd import given, parsers, then, when\n\n\n"
MODULE = (
    HEAD
    + """@given("a shop")
def shop(): ...


@when(parsers.parse('somebody buys "{what}"'))
def buys(what): ...


@then(parsers.re(r'the shop sells "(?P<what>[^"]+)"$'))
def sells(what): ...


@then("these are sold:")
def sold(datatable): ...


@then("the bill says:")
def bill(docstring): ...
"""
)
FEATURE = """Feature: Shop

  @id:x @unit:a/b
  Scenario: X
    Given a shop
    When somebody buys "a lamp"
    Then the shop sells "lamps"
    And these are sold:
      | what |
      | lamp |
    And the bill says:
      \"\"\"
      one lamp
      \"\"\"
"""


def wrong(folder: Path, feature: str = FEATURE, **modules: str) -> list[str]:
    for name, text in {"shop": MODULE, **modules}.items():
        (folder / f"{name}.py").write_text(text)
    (folder / "features").mkdir(exist_ok=True)
    (folder / "features/shop.feature").write_text(feature)
    sentences = Sentences.of([folder])
    features = Features.read(folder / "features")
    found = [*sentences.problems, *sentences.wrong(features)]
    return [str(each).replace(f"{folder}/", "") for each in found]


def test_each_step_has_its_one_function(tmp_path: Path) -> None:
    assert wrong(tmp_path) == []


def test_the_features_of_the_book_and_its_sentences_fit() -> None:
    book = shelf.find("")
    sentences = Sentences.of(book.sentences)
    assert len(sentences.known) > 50
    assert [*sentences.problems, *sentences.wrong(Features.read(book.features))] == []


def test_a_second_function_with_the_same_words_is_refused(tmp_path: Path) -> None:
    more = HEAD + '@given("a shop")\ndef other(): ...\n'
    assert wrong(tmp_path, more=more) == [
        'shop.py:4: two step functions take "a shop", the other is more.py:4. '
        "Cure: give one of them other words: only one of them would run",
        'features/shop.feature:5: 2 step functions take "a shop", more.py:4 and shop.py:4. '
        "Cure: narrow one of them, or take it away: only one of them would run",
    ]


@pytest.mark.parametrize(
    "words",
    [
        """@then(parsers.re(r'the shop sells "(?P<all>.*)'))""",  # a pattern without an end
        """@then(parsers.parse('the shop {anything}'))""",
        """@then(parsers.re('(?P<all>the .* "lamps")'))""",
    ],
)
def test_a_second_function_that_takes_the_same_sentence_is_refused(
    tmp_path: Path, words: str
) -> None:
    assert [
        line for line in wrong(tmp_path, more=f"{HEAD}{words}\ndef other(): ...\n")
        if 'step functions take "the shop sells "lamps"", more.py:4 and shop.py:12' in line
    ]  # fmt: skip


def test_the_same_words_for_given_and_for_then_are_two_sentences(tmp_path: Path) -> None:
    more = HEAD + '@then("a shop")\n@when("a shop")\ndef other(): ...\n'
    assert wrong(tmp_path, more=more) == []


def test_an_unknown_sentence_names_the_three_nearest(tmp_path: Path) -> None:
    told = wrong(tmp_path, FEATURE.replace('the shop sells "lamps"', 'the shop sels "lamps"'))
    assert len(told) == 1
    assert told[0].startswith(
        'features/shop.feature:7: no step says "Then the shop sels "lamps"". '
        "Cure: did you mean 'the shop sells \"<what>\"'"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    And these are sold:\n      | what |\n      | lamp |\n", "    And these are sold:\n",
         ':8: "these are sold:" has no table below it. Cure: write the table that it reads'),
        ('sells "lamps"\n', 'sells "lamps"\n      | what |\n      | lamp |\n',
         ':7: the table below "the shop sells "lamps"" is read by nobody (shop.py:12).'),
        ('says:\n      """\n      one lamp\n      """\n', "says:\n",
         ':11: "the bill says:" has no text below it.'),
    ],
)  # fmt: skip
def test_what_stands_below_a_step_is_read_and_there(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in FEATURE
    [told, *_] = wrong(tmp_path, FEATURE.replace(old, new))
    assert told.startswith(f"features/shop.feature{said}")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (HEAD + "WORDS = 'x'\n\n\n@then(WORDS)\ndef x(): ...\n",
         "more.py:7: the words of a sentence can be read only by running the module"),
        ("from pytest_bdd import step\n\n\n@step('x')\ndef x(): ...\n",
         "more.py:4: a sentence for Given, When and Then alike"),
        ("def x(:\n", "more.py:1: cannot be read: invalid syntax"),
        (HEAD + "@then(parsers.re('a (b'))\ndef x(): ...\n",
         "more.py:4: the words of a sentence are no pattern: missing ), unterminated subpattern"),
        (HEAD + "@then(parsers.parse('a {b:nothing}'))\ndef x(): ...\n",
         "more.py:4: the words of a sentence are no pattern: format spec 'nothing' not recognised"),
        (HEAD + "@then(parsers.parse('a {b:N}', {'N': int}))\ndef x(): ...\n",
         "more.py:4: the words of a sentence can be read only by running the module"),
        (HEAD + "@then(parsers.re('a', flags=2))\ndef x(): ...\n",
         "more.py:4: the words of a sentence can be read only by running the module"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_read_are_refused(tmp_path: Path, more: str, said: str) -> None:
    [told] = wrong(tmp_path, more=more)
    assert told.startswith(said)


@pytest.mark.parametrize("below", ["", "\n      | what |\n      | lamp |"])
def test_what_may_stand_below_a_step_may_also_be_left_out(tmp_path: Path, below: str) -> None:
    more = HEAD + '@then("more:")\ndef x(datatable=None, docstring=""): ...\n'
    assert wrong(tmp_path, f"{FEATURE}    And more:{below}\n", more=more) == []


CLAIMS = {
    "asserts": "def sells(what):\n    assert what",
    "raises": "def sells(what):\n    if not what:\n        raise LookupError(what)",
    "waits": "def sells(what, view):\n    view().wait_ready(what)",
    "a command that must end well": "def sells(what, engineer):\n    engineer.do(what)",
    "through two others": "def sells(what):\n    _look(what)\n\n\n"
    "def _look(what):\n    _see(what)\n\n\ndef _see(what):\n    assert what",
    "through another": "def sells(what):\n    _look(what)\n\n\ndef _look(what):\n    assert what",
}
IDLE = {
    "nothing": "def sells(what): ...",
    "does": "def sells(what, engineer):\n    engineer.run(what)",
    "through another": "def sells(what):\n    _look(what)\n\n\ndef _look(what):\n    print(what)",
    "asserted in a decorator": "@check(1)\ndef sells(what): ...",
}
ALONE = FEATURE.partition("    And these")[0]


def idle(folder: Path, function: str, feature: str = ALONE) -> list[str]:
    module = MODULE.replace("def sells(what): ...", function)
    assert wrong(folder, feature, shop=module) == []
    features = Features.read(folder / "features")
    found = Sentences.of([folder]).idle(features)
    return [str(each).replace(f"{folder}/", "") for each in found]


@pytest.mark.parametrize("case", CLAIMS)
def test_a_then_that_claims_asserts_something(tmp_path: Path, case: str) -> None:
    assert idle(tmp_path, CLAIMS[case]) == []


@pytest.mark.parametrize("case", IDLE)
def test_a_scenario_whose_then_only_does_is_refused(tmp_path: Path, case: str) -> None:
    [said] = idle(tmp_path, IDLE[case])
    assert said.startswith(
        'features/shop.feature:7: "Then the shop sells "lamps"" only does and asserts nothing '
        "(shop.py:"
    )
    assert said.endswith("Cure: assert there what must be true, or say it with Given or When")


def test_a_then_that_only_does_beside_others_that_claim_is_refused(tmp_path: Path) -> None:
    found = idle(tmp_path, CLAIMS["asserts"], FEATURE)
    assert [each.partition(" only does")[0] for each in found] == [
        'features/shop.feature:8: "And these are sold:"',
        'features/shop.feature:11: "And the bill says:"',
    ]


def test_a_then_of_an_outline_is_told_once(tmp_path: Path) -> None:
    outline = """Feature: Shop

  @id:x @unit:a/b
  Scenario Outline: X
    Given a shop
    Then the shop sells "<what>"

    Examples:
      | what |
      | lamp |
      | lock |
"""
    assert len(idle(tmp_path, IDLE["nothing"], outline)) == 1


def test_every_then_of_the_engine_claims() -> None:
    known = Sentences.of(shelf.find("").sentences).known
    assert [each.place for each in known if each.kind == "then" and not each.claims] == []


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        ('columns(datatable, "what")', ""),
        ('column(datatable, "what")', ""),
        ("datatable[1:]", ""),
        ('columns(datatable, "what", "price")', "what | price"),
        ('columns(datatable, "what", "price", notes=True)', "what | price"),
    ],
)
def test_a_table_with_other_columns_is_refused(tmp_path: Path, reads: str, said: str) -> None:
    module = MODULE.replace("def sold(datatable): ...", f"def sold(datatable):\n    {reads}")
    assert module != MODULE
    line = (
        'features/shop.feature:8: the table below "these are sold:" has the columns what. '
        f"Cure: write it as its sentence reads it: {said}"
    )
    assert wrong(tmp_path, shop=module) == ([line] if said else [])


def test_a_column_too_many_is_refused_unless_it_is_a_note(tmp_path: Path) -> None:
    feature = FEATURE.replace("| what |", "| what | why |").replace("| lamp |", "| lamp | dark |")
    module = MODULE.replace(
        "def sold(datatable): ...", 'def sold(datatable):\n    column(datatable, "what")'
    )
    [said] = wrong(tmp_path, feature, shop=module)
    assert "has the columns what | why" in said
    module = module.replace('column(datatable, "what")', 'columns(datatable, "what", notes=True)')
    assert wrong(tmp_path, feature, shop=module) == []

"""What an error offers in the place of a name that nothing has."""

from __future__ import annotations

import pytest

from guide.errors import near

SCENARIOS = [f"chapter-{letter}/scenario-{number}" for letter in "abc" for number in range(5)]


@pytest.mark.parametrize(
    ("word", "known", "cure"),
    [
        ("namespace", ["namespaces", "helm"], "did you mean namespaces?"),
        ("other/scenario-1", SCENARIOS[:2], "did you mean chapter-a/scenario-1?"),
        ("zzz", ["namespaces", "helm"], "one of helm, namespaces"),
        # Where there are many, what they begin with says which there are.
        (
            "zzz",
            SCENARIOS,
            "none of the 15 known ones is like it: chapter-a, chapter-b, chapter-c",
        ),
        (
            "zzz",
            [f"name{number}" for number in range(1, 10)],
            "none of the 9 known ones is like it: "
            "name1, name2, name3, name4, name5, name6, name7, name8, ...",
        ),
        ("zzz", [], "there is none"),
    ],
)
def test_what_is_nearest_or_what_there_is(word: str, known: list[str], cure: str) -> None:
    assert near(word, known) == cure

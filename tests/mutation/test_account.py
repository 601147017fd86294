from collections.abc import Sequence

import pytest

from mutation.account import Account
from mutation.controls import Control
from mutation.dressing import Quiet
from mutation.survivors import Explained
from mutation.verdict import Verdict

GOOD = Control("a/b", True, 1, 12.0, 4.0)


def verdict(number: int, what: str, how: str = "failed") -> Verdict:
    return Verdict(
        f"x:wrong-name:{number}", "wrong-name", "x", "x.md", number, "another name", what,
        how=how if what == "caught" else "", scenario="a/b", error="it rains", passed=("a/c",),
    )  # fmt: skip


def account(
    verdicts: Sequence[Verdict],
    *,
    planned: int = 0,
    quiet: Sequence[Quiet] = (),
    controls: Sequence[Control] = (GOOD,),
    explained: Sequence[Verdict] = (),
    stale: Sequence[str] = (),
) -> Account:
    known = {each.key: Explained(each.id, each.what, "nobody can see it") for each in explained}
    count = planned or len(verdicts)
    return Account(count, verdicts, quiet, controls, known, stale, 90.0)


CAUGHT = [verdict(number, "caught") for number in range(19)]
LAST = verdict(19, "survived")
MANY = [verdict(number, "caught") for number in range(38)]
MISSED = [verdict(number, "survived") for number in range(38, 41)]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (account(CAUGHT), 0),
        (account([*CAUGHT, LAST], explained=[LAST]), 0),
        (account([*CAUGHT, LAST]), 1),
        (account([*CAUGHT[:10], LAST], explained=[LAST]), 0),  # a few have no rate
        (account([*MANY, *MISSED[:2]], explained=MISSED), 0),
        (account([*MANY, *MISSED], explained=MISSED), 1),
        (account([*CAUGHT, verdict(19, "error")]), 1),
        (account(CAUGHT, planned=20), 1),
        (account(CAUGHT, quiet=[Quiet("x.md:comma:3")]), 0),
        (account(CAUGHT, quiet=[Quiet("x.md:comma:3", alarm="stale")]), 1),
        (account(CAUGHT, quiet=[Quiet("x.md:comma:3", measured=False)]), 1),
        (account(CAUGHT, stale=["x is explained and caught"]), 1),
        (account(CAUGHT, controls=[Control("a/b", False, 2, 1.0, 1.0, "it rains")]), 1),
    ],
)
def test_the_exit_code_says_whether_that_is_good_enough(told: Account, code: int) -> None:
    assert told.exit_code == code
    assert bool(told.summary()["shortcomings"]) is bool(code)
    assert ("## Not good enough" in told.markdown()) is bool(code)


def test_the_summary_tells_apart_what_was_caught_by_running_the_guide() -> None:
    told = account(
        [
            *CAUGHT,
            verdict(20, "caught", "guide check"),
            verdict(21, "caught", "refused"),
            verdict(22, "caught", "bring-up"),
        ]
    ).summary()
    assert (told["caught"], told["caught_by_running"]) == (22, 20)


def test_an_explained_survivor_counts_as_not_caught() -> None:
    told = account([*CAUGHT, LAST], explained=[LAST]).summary()
    assert (told["percent_caught"], told["explained"], told["survived"]) == (95.0, 1, 0)


def test_the_report_names_survivors_with_place_and_scenarios() -> None:
    other = verdict(20, "survived")
    text = account([*MANY, LAST, other, *MISSED], explained=[other, *MISSED]).markdown()
    assert "38 of 43 faults caught (88.4 %), 38 of them by running the guide" in text
    assert "| wrong-name | 43 | 38 | 1 | 4 | 0 |" in text
    assert "- `x:wrong-name:19` (x.md:19): another name. Passed: a/c\n" in text.replace("c.", "c")
    assert "nobody can see it" in text
    assert "| a/b | 12 s | 4.0 s | 30 s |" in text
    assert "- 88.4 % caught, 95 % is to be reached" in text

from simulated_year import Year
from year_score import score


def test_every_planted_event_is_found_on_its_day_and_no_other() -> None:
    found = score(Year(5, days=110, cells=2, scenarios=16))
    assert (found.missed, found.false, found.other_suspects) == ([], [], [])
    assert found.found > 50
    assert found.first > 50

"""Pages that are made without a moment being named: evidence is as old as it is by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import site_sample as sample
from still_clock import Clock

from report.__main__ import main
from report.known import inputs as known
from report.known.inputs import Inputs
from report.site import serve
from report.site.site import Site

pytestmark = pytest.mark.integration


class Watch:
    """In the place of the machine's clock."""

    at = sample.END

    @classmethod
    def now(cls, zone: object) -> datetime:
        assert zone is UTC
        return cls.at


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inputs:
    """The inputs of a green run that ended three weeks ago, and no moment to judge it at."""
    monkeypatch.setattr(known, "datetime", Watch)
    monkeypatch.setattr(Watch, "at", sample.END + timedelta(days=21))
    return replace(sample.build(tmp_path / "clone", sample.green, past=0), now=None)


def states(inputs: Inputs) -> set[str]:
    return {str(state) for state in inputs.read()[0].counts()}


def test_results_of_three_weeks_ago_are_not_green_where_no_moment_is_named(made: Inputs) -> None:
    assert "proven" not in states(made)
    assert "stale" in states(made)
    assert "proven" in states(replace(made, now=sample.END))


def test_a_server_judges_at_each_time_it_writes(
    made: Inputs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Watch, "at", sample.END + timedelta(hours=1))
    site = Site(made, tmp_path / "site")
    assert "proven" in {str(state) for state in site.write().counts()}
    home = (site.source / "index.md").read_text()
    monkeypatch.setattr(Watch, "at", sample.END + timedelta(days=8))
    serve.again(site)
    assert (site.source / "index.md").read_text() != home


@pytest.mark.parametrize("command", ["pages", "site", "publish"])
def test_every_command_judges_by_the_clock(
    made: Inputs,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--root", str(made.root), "--results", str(made.results)]
    words += ["--history", str(made.history)]
    assert main([command, *words]) == 0
    told = capsys.readouterr().out
    assert "stale" in told
    assert " proven" not in told


def test_a_book_that_changes_is_read_again(made: Inputs) -> None:
    book, _ = made.read()
    assert book.of is not None
    settings = made.book.file
    settings.write_text(settings.read_text().replace("group: platform", "group: team"))
    again, _ = made.read()
    assert again.of is not None
    assert (book.of.layout.group, again.of.layout.group) == ("platform", "team")


def test_a_server_writes_again_when_an_hour_has_passed_and_nothing_has_changed() -> None:
    clock = Clock()
    age = serve.Age(clock)
    assert not age.is_due
    clock.now += serve.AGES_S - 1.0
    assert not age.is_due
    clock.now += 1.0
    assert age.is_due
    age.begin()
    assert not age.is_due
    clock.now -= 2 * serve.AGES_S  # somebody has set it back: nobody knows how old the pages are
    assert age.is_due

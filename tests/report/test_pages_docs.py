"""The hand-written pages say what is there, and name everything that is."""

import re
from pathlib import Path

import pytest

import guide
from report.known.states import State

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))


def targets():
    makefile = (ROOT / "Makefile").read_text()
    return set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_names_no_target_that_is_not_there(page):
    named = set(re.findall(r"(?:`|^)make (?:-f \S+ )?([a-z0-9-]+)", page.read_text(), re.MULTILINE))
    assert named - targets() == set()


def test_the_reference_names_every_target():
    text = (ROOT / "docs" / "reference.md").read_text()
    assert targets() - set(re.findall(r"`make ([a-z0-9-]+)", text)) == set()


def test_the_concepts_explain_every_state():
    text = (ROOT / "docs" / "concepts.md").read_text()
    assert {str(state) for state in State} <= set(re.findall(r"^\| ([a-z ]+) \|", text, re.M))


def test_the_reference_names_every_field_of_the_schema():
    from report import schema

    text = (ROOT / "docs" / "reference.md").read_text()
    below = schema.document()["$defs"]["step"]["properties"]
    for name in ("commands", "commits", "waits", "chain", "conditions"):
        assert name in below
        assert f"`steps[].{name}[]`" in text


def rows_of_reports():
    table = [line for line in (ROOT / "docs" / "reports.md").read_text().split("\n") if "|" in line]
    head, _, *rows = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table]
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_each_report_of_other_teams_names_scenarios_that_are_there_and_says_where_they_were_seen():
    features = guide.Features.read(ROOT / "features", guide.Edition.read(ROOT / "docs" / "guide"))
    rows = rows_of_reports()
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`([a-z_]+/[a-z-]+)`", row["scenario"])
        assert named or row["scenario"] == "tried by hand", row["report"]
        assert set(named) <= set(features.scenarios), row["report"]
        assert row["embedded"] == "seen", row["report"]
        kind = re.fullmatch(r"seen(?:, but (.*) not run)?|not tried|not run", row["kind"])
        assert kind, row["report"]
        by_hand = ("seen", "not tried")
        assert row["kind"] in by_hand if not named else row["kind"] != "not tried", row["report"]
        without = set(re.findall(r"`([a-z-]+)`", kind[1] or ""))
        assert without < {name.partition("/")[2] for name in named} or not without, row["report"]

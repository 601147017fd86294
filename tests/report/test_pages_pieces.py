import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from report.evidence import ChainLink, Commit
from report.folder import Folder
from report.known.beside import Beside
from report.known.states import (
    IN_COLUMNS,
    MEANING,
    SIGN,
    WORST_FIRST,
    State,
    of_status,
    settled,
    worst,
)
from report.pages import charts
from report.pages.chain import Chain
from report.pages.diffs import Diff
from report.pages.evidence import RunEvidence
from report.pages.outputs import Outputs
from report.pages.render import piece
from report.results import Run, ScenarioResult, StepResult

AT = "2026-11-20T03:12:40.000Z"


def outputs(tmp_path):
    return Outputs(Folder(tmp_path))


def shown(*made, **more):
    return piece("diff", Diff.of(*made, **more))


def test_every_state_has_words_a_sign_and_a_rank():
    assert set(MEANING) == set(SIGN) == set(WORST_FIRST) == set(IN_COLUMNS) == set(State)
    assert len(set(SIGN.values())) == len(State)
    assert len({piece("badge", state) for state in State}) == len(State)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("place", [".pb-badge{}", "{}", ".pb-meter {}", ".pb-cell{}"])
def test_every_state_has_a_look_wherever_it_is_worn(place, state):
    if "cell" in place and state in (State.EXCUSED, State.UNPROVEN):
        return  # a cell is a scenario's, and these are a unit's alone
    selector = place.format(f".{state.css}")
    assert re.search(rf"(^|[\s,]){re.escape(selector)}\s*[,{{]", STYLE, re.M), selector


STYLE = (Path(__file__).parents[2] / "docs" / "assets" / "site.css").read_text()


def light(colour):
    """How light a colour is, as the rules for contrast reckon it."""
    digits = colour[1:] if len(colour) >= 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("state", ["proven", "erratum", "failed", "flaky", "stale", "skipped"])
def test_the_words_of_a_badge_can_be_read_on_its_ground(scheme, state):
    (given,) = re.findall(rf'^\[data-md-color-scheme="{scheme}"\].*?^}}', STYLE, re.M | re.S)
    colours = dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{3,8});", given))
    for place in (rf"^\.pb-badge\.pb-{state} {{", rf"^\.md-typeset \.pb-cell\.pb-{state} {{"):
        words, ground = re.search(
            place + r" color: (?:var\()?([#a-z0-9-]+)\)?; background: (?:var\()?([#a-z0-9-]+)",
            STYLE,
            re.M,
        ).groups()
        pair = sorted(light(colours.get(one, one)) for one in (words, ground))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5


def test_only_passed_is_green():
    assert [s for s in ("passed", "failed", "skipped", "not_run", "flaky", "other") if
            of_status(s) is State.PROVEN] == ["passed"]  # fmt: skip


def test_what_is_proven_corrected_or_excused_is_settled():
    assert settled(Counter({state: 1 for state in State})) == 3
    assert settled(Counter()) == 0


def test_the_worst_state_decides_and_nothing_proves_nothing():
    assert worst([State.PROVEN, State.SKIPPED, State.FAILED]) is State.FAILED
    assert worst([State.PROVEN, State.STALE]) is State.STALE
    assert worst([]) is State.UNPROVEN


def test_the_chain_is_a_picture_that_can_be_read_aloud():
    links = (
        ChainLink("commit", "4be1f2a90c5d4b7781aa20f3c5f1f0a8d0c9e7b2", "2026-11-20T03:00:00Z"),
        ChainLink("Kustomization <apps>", "main@sha1:4be1f2a90c5d4b77", "2026-11-20T03:00:05.500Z"),
    )
    made = piece("chain", Chain.of(links, "x"))
    figure = ElementTree.fromstring(made)
    assert figure.find(".//title").text == "Evidence chain, 5.5 s in all"
    assert "Kustomization <apps> main@sha1:4be1f2a9 at 5.5 s" in figure.find(".//desc").text
    assert "+5.5 s" in "".join(figure.itertext())


def test_a_long_stage_leaves_room_for_its_seconds():
    stage = "Kustomization flux-system/" + "infra-helm-repositories-" * 3
    link = ChainLink(stage, "main@sha1:4be1f2a90c5d4b77", "2026-11-20T03:00:00Z")
    figure = ElementTree.fromstring(piece("chain", Chain.of((link,), "x")))
    assert len(figure.find(".//tspan[@class='pb-stage']").text) <= 46
    assert figure.find(".//tspan[@class='pb-rev']") is None
    assert stage in figure.find(".//desc").text


def test_a_stage_with_an_unreadable_time_keeps_its_row():
    made = piece(
        "chain", Chain.of((ChainLink("commit", "abc", "?"), ChainLink("apps", "abc", "?")), "x")
    )
    assert made.count('class="pb-dot"') == 2
    assert "pb-bar" not in made


def test_a_chain_that_stands_twice_on_a_page_has_ids_of_its_own(tmp_path):
    text = 'the engineer follows step 2 of "add-service"'
    links = (ChainLink("commit", "a" * 40, AT), ChainLink("apps", "a" * 40, AT))
    step = StepResult("When", text, "passed", 1.0, chain=links)
    scenario = ScenarioResult(
        "a/b", "features/a.feature", "B", (), (), "passed", 1, 1.0, steps=(step,)
    )
    run = Run("r1", AT, AT, 1.0, "kind", {}, "", "")
    evidence = RunEvidence(run, outputs(tmp_path), "../", tmp_path)
    beside = Beside("add-service/step-2", frozenset(), frozenset())
    shown = evidence.scenario(scenario, "one") + evidence.scenario(scenario, "two", beside=beside)
    ids = re.findall(r' id="([^"]+)"', shown)
    assert len(ids) == len(set(ids)) == 6


def test_a_diff_keeps_its_signs_and_counts_them(tmp_path):
    diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-old\n+new <b>\n+more\n"
    made = shown(Commit("0123456789abcdef", "Say <hi>", diff), "n", outputs(tmp_path), "")
    assert "1 file <span" in made
    assert ">+2<" in made
    assert ">−1<" in made
    assert '<span class="da">+new &lt;b&gt;\n</span>' in made
    assert "Say &lt;hi&gt;" in made


def test_a_diff_counts_files_whose_names_git_quotes(tmp_path):
    diff = (
        'diff --git "a/tab\\there" "b/tab\\there"\n+one\ndiff --git a/ü b.yaml b/ü b.yaml\n+two\n'
    )
    made = shown(Commit("0" * 40, "m", diff), "n", outputs(tmp_path), "")
    assert "2 files <span" in made
    assert "+two" in shown(
        Commit("0" * 40, "m", diff), "n", outputs(tmp_path), "", only={"ü b.yaml"}
    )


def test_a_diff_can_be_narrowed_to_some_files(tmp_path):
    diff = "diff --git a/x b/x\n+one\ndiff --git a/y b/y\n+two\n"
    made = Commit("0" * 40, "m", diff)
    assert "+two" in shown(made, "n", outputs(tmp_path), "", only={"y"})
    assert "+one" not in shown(made, "n", outputs(tmp_path), "", only={"y"})
    assert Diff.of(made, "n", outputs(tmp_path), "", only={"z"}) is None


def test_a_long_output_is_cut_with_a_link_to_the_whole(tmp_path):
    whole = "\n".join(f"line {number}" for number in range(5000))
    made = piece("output", outputs(tmp_path).output(whole, "run/a", "output", "../"))
    assert 'href="../evidence/run/a.txt"' in made
    assert "4910 lines cut here" in made
    assert (tmp_path / "evidence/run/a.txt").read_text() == whole + "\n"
    assert len(made) < 5000


def test_a_file_with_the_whole_is_used_where_the_results_hold_a_part(tmp_path):
    (tmp_path / "all.txt").write_text("\n".join(map(str, range(9000))))
    made = piece(
        "output",
        outputs(tmp_path).output("0\n1\n...", "run/a", "output", "", tmp_path / "all.txt"),
    )
    assert "8999" in made
    assert (tmp_path / "evidence/run/a.txt").read_text().startswith("0\n1\n2\n")


def test_a_strip_says_in_words_what_it_shows():
    made = piece(
        "strip",
        [
            charts.Cell("kind", "failed", 'r1 "x"', "runs/r1.html"),
            charts.Cell("kind", "passed", "r2"),
        ],
    )
    assert re.findall(r"pb-hidden\">([^<]+)<", made) == ["r1 &quot;x&quot;", "r2"]
    assert "✗" in made
    assert "✓" in made


def test_each_provider_has_a_strip_of_its_own():
    cells = [charts.Cell(name, "passed", "r") for name in ("kind", "embedded", "kind", "")]
    made = piece("strip", cells)
    assert re.findall(r"pb-h\">([^<]+)<", made) == [
        "Last runs without a sandbox, oldest first",
        "Last runs with embedded, oldest first",
        "Last runs with kind, oldest first",
    ]
    assert [part.count("<li>") for part in made.split("<ol")[1:]] == [1, 1, 2]


def test_a_line_chart_leaves_gaps_and_marks_failures():
    points = [
        charts.Point("a", "2026-01-01", 10.0),
        charts.Point("b", "2026-01-02", None),
        charts.Point("c", "2026-01-03", 30.0, failed=True),
        charts.Point("d", "2026-01-04", 20.0),
    ]
    figure = ElementTree.fromstring(piece("chart", charts.Chart.of(points, "Duration")))
    assert len(figure.findall(".//polyline")) == 1
    assert figure.find(".//path[@class='pb-failed']/title").text == "c: 30 s, failed"
    assert charts.Chart.of(points[:2], "Duration") is None


def test_a_folder_writes_what_changed_and_sweeps_what_is_gone(tmp_path):
    first = Folder(tmp_path)
    first.write("a/b.md", "one")
    first.write("c.md", "two")
    first.sweep()
    before = (tmp_path / "c.md").stat().st_mtime_ns
    second = Folder(tmp_path)
    second.write("c.md", "two")
    second.sweep()
    assert (tmp_path / "c.md").stat().st_mtime_ns == before
    assert not (tmp_path / "a").exists()

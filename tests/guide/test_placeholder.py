from pathlib import Path

import pytest

from guide import Edition, GuideError
from guide.__main__ import main

PAGE = """# Teams

## Step 1: Write it { #step-1 }

``` { .yaml #team title="teams/team.yaml" }
kind: Namespace
name: <team-name>
```

``` { .bash #make }
flux get kustomizations <in >out
kubectl get ns # <none> is printed
```
"""


def edition_of(folder: Path, text: str) -> Edition:
    (folder / "teams.md").write_text(text)
    return Edition.read(folder)


def unfilled(folder: Path, text: str, *filled: str) -> list[str]:
    blocks = edition_of(folder, text).blocks.values()
    found = [str(problem) for block in blocks for problem in block.unfilled(filled)]
    return [each.removeprefix(f"{folder}/") for each in found]


def test_what_something_fills_is_filled(tmp_path: Path) -> None:
    assert unfilled(tmp_path, PAGE, "team-name") == []
    block = Edition.read(tmp_path).block("team")
    assert block.filled({"team-name": "<other>"}) == "kind: Namespace\nname: <other>\n"


def test_a_placeholder_that_nothing_fills_is_refused_with_the_nearest(tmp_path: Path) -> None:
    said = (
        'teams.md:7: nothing fills <team-name> of block "team". Cure: did you mean teams-name?, or '
        'say data-literal="team-name" where it is to stand as it is'
    )
    assert unfilled(tmp_path, PAGE, "teams-name") == [said]
    with pytest.raises(GuideError, match="nothing fills <team-name> of block"):
        Edition.read(tmp_path).block("team").filled({"teams-name": "x"})


@pytest.mark.parametrize(
    "word",
    ["TEAM", "team_name", "Team name", "teamName", "your.team", "x", "Übername", "team/name",
     "host:port", "dev|prod", "your@name", "team's name", "name (optional)", "team..."],
)  # fmt: skip
def test_a_word_is_a_placeholder_however_it_is_written(tmp_path: Path, word: str) -> None:
    [said] = unfilled(tmp_path, PAGE.replace("team-name", word), "team-name")
    assert said.startswith(f'teams.md:7: nothing fills <{word}> of block "team". Cure: ')


@pytest.mark.parametrize(
    "text",
    ["<none>", "<no value>", "<nil>", "<invalid>", "a < b > c", "<<EOF", "<file >out", "</b>",
     "<<EOF>file", "<b>x</b>", "<html><h1>x</h1></html>", "<br/>", "<https://a.example/b>",
     "<(ls)", "<-", "<1>", "A B <a.b@c.example>", "<file | cat >out", "<a >>b", "<a 2>&1"],
)  # fmt: skip
def test_other_angle_brackets_are_none(tmp_path: Path, text: str) -> None:
    assert unfilled(tmp_path, PAGE.replace("name: <team-name>", f"name: '{text}'")) == []


def test_a_word_that_stands_as_it_is_is_said_so(tmp_path: Path) -> None:
    text = PAGE.replace("#team title", '#team data-literal="team-name,B" title')
    assert unfilled(tmp_path, text.replace("Namespace", "<B>")) == []
    block = Edition.read(tmp_path).block("team")
    assert block.placeholders == ()
    assert block.filled({"team-name": "no"}) == "kind: <B>\nname: <team-name>\n"


def test_what_is_said_to_stand_as_it_is_stands_there(tmp_path: Path) -> None:
    text = PAGE.replace("#team title", '#team data-literal="team-nam" title')
    said = 'teams.md:5: block "team" has no <team-nam> that data-literal could be about. Cure: '
    assert [each[: len(said)] for each in unfilled(tmp_path, text, "team-name")] == [said]


def test_a_command_leaves_what_stands_as_it_is(tmp_path: Path) -> None:
    text = PAGE.replace("#make }", '#make data-literal="in, team-name" }')
    block = edition_of(tmp_path, text.replace("<in >out", "<in>out <team-name>")).block("make")
    assert block.takes({"team-name": "x", "in": "y", "out": "z"}) == {"out": "z"}
    assert block.unfilled(()) == []


def test_a_path_has_no_placeholder(tmp_path: Path) -> None:
    text = PAGE.replace("teams/team.yaml", "teams/<team-name>.yaml")
    [said] = unfilled(tmp_path, text, "team-name")
    assert said.startswith('teams.md:5: the path of block "team" has a placeholder, <team-name>')


def test_guide_check_refuses_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "edition").mkdir()
    (tmp_path / "features").mkdir()
    (tmp_path / "edition/teams.md").write_text(PAGE)
    (tmp_path / "features/teams.feature").write_text(
        "Feature: Teams\n\n  @id:x @unit:teams/step-1\n  Scenario: X\n"
        '    When the engineer writes block "team"\n    Then the engineer finds it\n'
    )
    (tmp_path / "source.lock").write_text('{"lock": 2, "guide": "x.md"}\n')
    (tmp_path / "book.yaml").write_text(
        "name: t\ntitle: T\ndescription: T\nchapters: [teams]\nsources: [x.md]\n"
        "layout: {group: g, project: p, clusters: [c]}\n"
    )
    assert main(["check", "--book", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert 'teams.md:7: nothing fills <team-name> of block "team"' in said
    assert 'teams.feature:6: no step says "Then the engineer finds it"' in said

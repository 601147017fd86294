import copy
import json
from pathlib import Path
from typing import Any

import pytest
from full_results import FULL
from jsonschema import Draft202012Validator

from report import schema
from report.errors import ReportError
from report.results import Results, ScenarioResult
from report.store import Store


def test_the_schema_itself_is_one() -> None:
    Draft202012Validator.check_schema(schema.document())
    assert schema.document()["properties"]["schema"] == {"const": 1}


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "deep/results.json"
    FULL.write(path)
    assert Results.read(path) == FULL
    assert [file.name for file in path.parent.iterdir()] == ["results.json"]


def test_the_file_of_a_run_reads_like_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    Store(path).write(FULL.run, FULL.scenarios)
    assert Results.read(path) == FULL
    assert json.loads(path.read_text()) == FULL.dump()


def test_the_contract_of_the_design_is_what_the_file_must_have() -> None:
    contract = {
        "run": "id started finished duration_s provider versions edition_hash host",
        "scenario": "id feature name tags units status attempts duration_s error steps",
        "step": "keyword text status duration_s commands commits waits chain",
    }
    definitions = schema.document()["$defs"]
    for name, fields in contract.items():
        assert set(definitions[name]["required"]) == set(fields.split())
    inner = {
        "commands": "line cwd exit_code stdout stderr duration_s",
        "commits": "sha message diff",
        "waits": "what last_seen duration_s",
        "chain": "stage revision at",
    }
    for name, fields in inner.items():
        assert set(definitions[name]["items"]["required"]) == set(fields.split())


def _set(document: Any, place: str, value: Any) -> None:
    *way, last = place.split("/")
    for word in way:
        document = document[int(word) if word.isdigit() else word]
    document[last] = value


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("schema", 2),
        ("run/started", "yesterday"),
        ("run/exit_code", 7),
        ("run/id", "../../etc"),
        ("run/mood", "good"),
        ("scenarios/0/status", "green"),
        ("scenarios/0/id", "no id"),
        ("scenarios/0/attempts", -1),
        ("scenarios/0/steps/0/status", "undefined"),
        ("scenarios/0/steps/0/duration_s", -0.1),
        ("scenarios/0/steps/0/commands/0/exit_code", "0"),
        ("scenarios/0/steps/0/commands/0/stdout_file", "../secret.txt"),
        ("scenarios/0/steps/0/chain/0/at", "10:00"),
    ],
)
def test_what_breaks_the_schema_is_named_with_its_place(
    place: str, value: Any, tmp_path: Path
) -> None:
    document = copy.deepcopy(FULL.dump())
    _set(document, place, value)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ReportError, match="breaks the results schema") as caught:
        Results.read(path)
    where = place.rsplit("/", 1)[0] if place == "run/mood" else place
    assert f"at {where}: " in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_required_field_that_is_missing_is_named() -> None:
    document = FULL.dump()
    del document["scenarios"][1]["status"]
    with pytest.raises(ReportError, match="at scenarios/1: 'status' is a required property"):
        Results.parse(json.dumps(document))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 1}'])
def test_what_is_no_results_file_is_bad_input(text: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(ReportError) as caught:
        Results.read(path)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_utf8_or_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    with pytest.raises(ReportError, match="cannot be read: No such file"):
        Results.read(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ReportError, match="is not UTF-8"):
        Results.read(path)


def test_nothing_that_breaks_the_schema_is_written(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    FULL.write(path)
    broken = ScenarioResult("no id", "f", "n", (), ())
    with pytest.raises(ReportError, match="breaks the results schema at id"):
        Store(path).write(FULL.run, [broken])
    with pytest.raises(ReportError, match="scenarios/0/id"):
        Results(FULL.run, (broken,)).write(path)
    assert Results.read(path) == FULL


def test_the_rows_of_an_outline_are_found_by_their_scenario() -> None:
    assert [one.id for one in FULL.of("shop/row")] == ["shop/row[2]"]
    assert [one.id for one in FULL.of("shop/b")] == ["shop/b"]
    assert FULL.of("shop/c") == ()

"""Files of a failure bundle on their way to the disk: masked, and JSON still JSON."""

import json

import pytest

from report.masking import MARK
from report.texts import clean_file

PASSWORD = "hunter2-hunter2"


def test_json_stays_json_when_it_is_masked() -> None:
    line = {"message": f"x.yaml: password: {PASSWORD}", "path": '"a" & b', "status": 401}
    whole = json.dumps({"items": [line, line]}, indent=2) + "\n"
    lines = "".join(json.dumps(one) + "\n" for one in (line, {"a": 1}, line))
    items = json.loads(clean_file("objects.json", whole))["items"]
    first, second, third = map(json.loads, clean_file("server.jsonl", lines).splitlines())
    for one in (*items, first, third):
        assert one == {**line, "message": f"x.yaml: password: {MARK}"}
    assert second == {"a": 1}


def test_a_name_or_a_kind_tells_of_a_secret_in_json() -> None:
    secret = {"kind": "Secret", "data": {"env": "R0lUTEFC", "empty": ""}, "type": "Opaque"}
    given = {"password": PASSWORD, "bearerToken": "abc", "count": 3, "items": [secret]}
    assert json.loads(clean_file("objects.json", json.dumps(given))) == {
        "password": MARK,
        "bearerToken": MARK,
        "count": 3,
        "items": [{"kind": "Secret", "data": {"env": MARK, "empty": ""}, "type": "Opaque"}],
    }


@pytest.mark.parametrize("name", ["cut.json", "cut.jsonl", "plain.log", "binary"])
def test_what_is_no_json_is_masked_as_text(name: str) -> None:
    shown = clean_file(name, f'{{"password": "{PASSWORD}"\n\udcff')
    assert PASSWORD not in shown
    assert shown.endswith("\n?")

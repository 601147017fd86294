"""Files that somebody else wrote: masked where they lie, and still what they were."""

import json
from pathlib import Path

from report.masking import MARK
from report.texts import clean_folder

PASSWORD = "hunter2-hunter2"


def test_json_stays_json_when_it_is_masked(tmp_path: Path) -> None:
    line = {"message": f"x.yaml: password: {PASSWORD}", "path": '"a" & b', "status": 401}
    whole = tmp_path / "objects.json"
    whole.write_text(json.dumps({"items": [line, line]}, indent=2) + "\n")
    lines = tmp_path / "server.jsonl"
    lines.write_text("".join(json.dumps(one) + "\n" for one in (line, {"a": 1}, line)))
    clean_folder(tmp_path)
    items = json.loads(whole.read_text())["items"]
    first, second, third = map(json.loads, lines.read_text().splitlines())
    for one in (*items, first, third):
        assert one == {**line, "message": f"x.yaml: password: {MARK}"}
    assert second == {"a": 1}


def test_a_name_or_a_kind_tells_of_a_secret_in_json(tmp_path: Path) -> None:
    secret = {"kind": "Secret", "data": {"env": "R0lUTEFC", "empty": ""}, "type": "Opaque"}
    given = {"password": PASSWORD, "bearerToken": "abc", "count": 3, "items": [secret]}
    path = tmp_path / "objects.json"
    path.write_text(json.dumps(given))
    clean_folder(tmp_path)
    assert json.loads(path.read_text()) == {
        "password": MARK,
        "bearerToken": MARK,
        "count": 3,
        "items": [{"kind": "Secret", "data": {"env": MARK, "empty": ""}, "type": "Opaque"}],
    }


def test_what_is_no_json_is_masked_as_text(tmp_path: Path) -> None:
    for name in ("cut.json", "cut.jsonl", "plain.log", "binary"):
        (tmp_path / name).write_bytes(b'{"password": "' + PASSWORD.encode() + b'"\n\xff')
    clean_folder(tmp_path)
    for path in tmp_path.iterdir():
        assert PASSWORD.encode() not in path.read_bytes()
        assert path.read_bytes().endswith(b"\n\xff")

"""Sentences about what has been downloaded from the buckets: their server writes it down."""

from __future__ import annotations

from pytest_bdd import given, parsers, then

from steps.engineer import Engineer


@given(parsers.re(r'the downloads of "(?P<file>[^"]+)" from bucket "(?P<bucket>[^"]+)" are noted$'))
def note_downloads(engineer: Engineer, file: str, bucket: str) -> None:
    """Keep how often the file has been downloaded so far."""
    engineer.noted[f"{bucket}/{file}"] = _downloads(engineer, file, bucket)


@then(
    parsers.re(
        r'"(?P<file>[^"]+)" has been downloaded from bucket "(?P<bucket>[^"]+)" '
        r"(?P<count>\d+) times? since$"
    ),
    converters={"count": int},
)
def was_downloaded(engineer: Engineer, file: str, bucket: str, count: int) -> None:
    """So often, and not more often, since the downloads of the file were noted."""
    assert f"{bucket}/{file}" in engineer.noted, f"the downloads of {bucket}/{file} were not noted"
    found = _downloads(engineer, file, bucket) - engineer.noted[f"{bucket}/{file}"]
    assert found == count, f"{bucket}/{file} was downloaded {found} times, expected {count}"


def _downloads(engineer: Engineer, file: str, bucket: str) -> int:
    [store] = [each for each in engineer.sandbox.stores if each.part == "buckets"]
    log = (store.folder / "server.log").read_text(encoding="utf-8")
    return log.count(f"GET OBJECT Bucket: {bucket} Object: {file}\n")

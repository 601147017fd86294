"""junit.xml parses whatever stands in it, and holds no secret."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_suite import TinySuite

from report import junit, masking
from report.archive import Archive
from report.errors import ReportError
from report.masking import MARK
from report.results import Results, Run, ScenarioResult

PASSWORD = "hunter2-hunter2"
MESSAGES = [
    f"x.yaml: password: {PASSWORD}",
    f'<a href="b">password: {PASSWORD}</a> & ]]> \'"',
    f"]]>\x00\x1b[31m{PASSWORD}\x7f\ufffe\uffff",
    f"half of a pair: \ud800 token: {PASSWORD}",
    f"--password={PASSWORD} && echo '<'",
    f'{{"password": "{PASSWORD}"}}',
    f"data:\n  password: {PASSWORD}\n  token: '{PASSWORD}'\n",
    f"https://git:{PASSWORD}@example.org/<team>&x",
]


@pytest.fixture(autouse=True)
def _no_secrets_left_over():
    masking.forget()
    masking.register(PASSWORD)
    yield
    masking.forget()


def texts(root: ElementTree.Element) -> str:
    return "\n".join(
        part
        for element in root.iter()
        for part in (element.text or "", element.tail or "", *element.attrib.values())
    )


def test_a_failure_of_every_kind_leaves_files_that_parse_and_tell_no_secret(
    tmp_path: Path,
) -> None:
    scenarios = "".join(
        f"  @id:s{number} @unit:shop/opens\n  Scenario: S{number}\n    Given it breaks\n"
        for number in range(len(MESSAGES))
    )
    steps = f"""
        MESSAGES = {MESSAGES!r}

        @pytest.fixture(autouse=True)
        def _secret():
            from report import masking
            masking.register({PASSWORD!r})

        @given("it breaks")
        def _(request):
            number = int(request.node.name.removeprefix("test_s"))
            print(MESSAGES[number])
            raise AssertionError(MESSAGES[number])
    """
    suite = TinySuite(tmp_path, f"@shop\nFeature: Shop\n{scenarios}", steps)
    ran = suite.run("--junitxml", "build/junit.xml")
    assert list(ran.statuses().values()) == ["failed"] * len(MESSAGES), ran.stdout + ran.stderr
    build = tmp_path / "build"
    assert Archive(tmp_path / "history").add(ran.results, build)
    (kept,) = (tmp_path / "history/runs").iterdir()
    for path in (build / "junit.xml", kept / "junit.xml"):
        root = ElementTree.fromstring(path.read_bytes())
        assert len(root.findall(".//failure")) == len(MESSAGES)
        assert PASSWORD not in path.read_text()
        assert MARK in texts(root)
    whole = (build / "results.json").read_text()
    assert PASSWORD not in whole + ran.stdout + ran.stderr
    assert len(json.loads(whole)["scenarios"]) == len(MESSAGES)


@given(
    text=st.text(max_size=60),
    message=st.text(max_size=60),
    secret=st.sampled_from(["", f"password: {PASSWORD}", f"token={PASSWORD}", PASSWORD]),
)
def test_a_suite_from_results_always_parses_and_is_masked(
    text: str, message: str, secret: str
) -> None:
    error = f"{text}{secret}\n{message}"
    scenario = ScenarioResult(f"shop/{text}", text, message, (), (), "failed", error=error)
    written = junit.document([junit.suite(text + secret, [scenario])])
    root = ElementTree.fromstring(written.encode())
    assert PASSWORD not in texts(root)
    assert len(root.findall("testsuite/testcase/failure")) == 1


@given(value=st.text(alphabet="pasword:<>&\"' =x\n]hunter2-", max_size=40))
def test_masking_a_file_changes_its_values_and_never_its_form(
    value: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = ElementTree.Element("testsuites", name=f"password: {PASSWORD}{value}")
    case = ElementTree.SubElement(root, "testcase", name=value)
    case.text, case.tail = f"{value}\npassword: {value}{PASSWORD}", value
    path = tmp_path_factory.mktemp("junit") / "junit.xml"
    path.write_bytes(ElementTree.tostring(root))
    found = ElementTree.fromstring(junit.masked(path).encode())
    assert [element.tag for element in found.iter()] == ["testsuites", "testcase"]
    assert PASSWORD not in texts(found)


@pytest.mark.parametrize("content", [b"", b"<testsuites><testcase", b"\xff\xfe\x00", b"no XML"])
def test_what_is_no_whole_file_is_one_line_and_the_run_is_kept(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "junit.xml").write_bytes(content)
    with pytest.raises(ReportError, match="is no whole XML"):
        junit.masked(tmp_path / "junit.xml")
    (fault,) = junit.faults(tmp_path / "junit.xml")
    assert "\n" not in fault
    run = Run("r1", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", 1.0, "e", {}, "h", "host")
    archive = Archive(tmp_path / "history")
    assert archive.add(Results(run, ()), tmp_path)
    assert not archive.file("r1", "junit.xml").exists()

"""JUnit files: several as one, those that are lost from the results, all with secrets masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from report.errors import ReportError
from report.masking import mask
from report.results import ScenarioResult

NAME = "junit.xml"

# What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CURE = "`make e2e` writes it anew"
_TAGS = {"failed": "failure", "skipped": "skipped", "not_run": "error"}


def read(path: Path) -> Element:
    """The document of a file; ReportError where it is not there or no whole XML."""
    try:
        return ElementTree.fromstring(path.read_bytes())
    except OSError as error:
        raise ReportError(f"cannot be read: {error.strerror}", file=path, cure=_CURE) from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ReportError(f"is no whole XML: {error}", file=path, cure=_CURE) from error


def faults(path: Path) -> list[str]:
    """What is wrong with a file, in one line; nothing where there is no file."""
    try:
        if path.exists():
            read(path)
    except ReportError as error:
        return [str(error)]
    return []


def suites_of(document: Element) -> list[Element]:
    """The suites of a document, which may be a single one."""
    return [document] if document.tag == "testsuite" else list(document)


def suite(name: str, scenarios: Iterable[ScenarioResult]) -> Element:
    """A suite from results, for a run whose own file is lost; what was not run is an error."""
    cases = [_case(scenario) for scenario in scenarios if not scenario.left_out]
    found = Element("testsuite", name=_text(name), tests=str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        found.set(attribute, str(sum(case.find(tag) is not None for case in cases)))
    found.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    found.extend(cases)
    return found


def _case(scenario: ScenarioResult) -> Element:
    case = Element("testcase", classname=_text(scenario.feature), name=_text(scenario.id))
    case.set("time", f"{scenario.duration_s:.3f}")
    if tag := _TAGS.get(scenario.status):
        said = _text(scenario.error)
        first = said.strip().partition("\n")[0]
        message = f"not run: {first}" if scenario.status == "not_run" else first
        ElementTree.SubElement(case, tag, message=message).text = said
    return case


def document(suites: Sequence[Element]) -> str:
    """One document of all the suites, masked."""
    whole = Element("testsuites", name="pytest tests")
    whole.extend(suites)
    return _written(whole)


def masked(path: Path) -> str:
    """A file with the secrets in its values masked; ReportError where it is no whole XML.

    Values, not the text: a mask that reads the text takes quotes and brackets for part of a secret.
    """
    return _written(read(path))


def _written(root: Element) -> str:
    for element in root.iter():
        element.text = mask(element.text) if element.text else element.text
        element.tail = mask(element.tail) if element.tail else element.tail
        for name, value in element.attrib.items():
            element.set(name, mask(value))
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _text(value: str) -> str:
    return _NO_XML.sub("\ufffd", value)

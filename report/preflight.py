"""Preflight: features, edition and selection are read before anything is started."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guide import Book, Edition, Features
from guide.footing import Footing
from report.errors import ReportError
from report.plan import hashes, plan
from report.results import ScenarioResult
from report.selection import Selection


@dataclass(frozen=True)
class Preflight:
    """Everything that a run is about, read and found good."""

    scenarios: tuple[ScenarioResult, ...]
    edition_hash: str
    units: dict[str, str]
    selection: Selection

    @classmethod
    def read(
        cls,
        features: Path,
        edition: Path | None,
        selection: Selection,
        book: Path | None = None,
    ) -> Preflight:
        """Read them; GuideError or ReportError, on one line, for the first thing that is wrong.

        With the folder of a book and an edition, each scenario notes what it stands on.
        """
        pages = Edition.read(edition) if edition else None
        said = Features.read(features, pages)
        footing = Footing(Book.read(book), pages, said) if book and pages else None
        scenarios = plan(said, pages, footing)
        if not scenarios:
            what, cure = "holds no scenario", "name the folder of the features"
            raise ReportError(what, file=features, cure=cure)
        selection.check(scenarios)
        return cls(
            scenarios=scenarios,
            edition_hash=pages.content_hash if pages else "",
            units=hashes(pages),
            selection=selection,
        )

    @property
    def tags(self) -> set[str]:
        """The tags that are plain words: what TAGS can ask for."""
        return {tag for one in self.scenarios for tag in one.tags if ":" not in tag}

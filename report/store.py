"""The results file of a run that is going on: rewritten as a whole each time, checked by parts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from report import schema
from report.files import replace
from report.masking import masked
from report.results import Run, ScenarioResult, document


class Store:
    """Writes `path`; what did not change since the last writing is not checked again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: dict[str, tuple[ScenarioResult, str]] = {}

    def write(self, run: Run, scenarios: Iterable[ScenarioResult]) -> None:
        """Mask, validate and write; a reader sees the old file or the whole new one.

        Raises ReportError for values that break the schema.
        """
        header = masked(document(run))
        schema.validate(header, file=self.path, definition="run")
        parts = ",\n".join(self._text(scenario) for scenario in scenarios)
        text = (
            f'{{"schema": {schema.VERSION},\n"run": {json.dumps(header)},\n'
            f'"scenarios": [\n{parts}\n]}}\n'
        )
        replace(self.path, text.encode())

    def _text(self, scenario: ScenarioResult) -> str:
        known = self._written.get(scenario.id)
        if known is not None and known[0] is scenario:
            return known[1]
        data = masked(document(scenario))
        schema.validate(data, file=self.path, definition="scenario")
        text = json.dumps(data)
        self._written[scenario.id] = (scenario, text)
        return text

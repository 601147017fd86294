"""What is wrong with a file or an option that the report was given: place, fault, cure."""

from __future__ import annotations

from guide.errors import BadInput


class ReportError(BadInput):
    """Results, a history or an option that cannot be taken as it is."""

"""Where the report meets the run: it is told what the sandbox does, and which words are secret."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from report import masking


@pytest.fixture(scope="session")
def keep_secret() -> Callable[..., None]:
    """Register values that must never be written into results or shown."""
    return masking.register

"""A sentence that holds, or has to fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest


def holds(right: bool, sentence: Callable[[], None]) -> None:
    """Say the sentence; where it is not right it fails as a claim does."""
    if right:
        sentence()
    else:
        with pytest.raises(AssertionError):
            sentence()

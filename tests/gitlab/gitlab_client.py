"""Names nobody has yet, and what python-gitlab was refused with."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest


def name() -> str:
    return f"n-{uuid.uuid4().hex[:8]}"


def refusal(error: pytest.ExceptionInfo[Any]) -> tuple[int, Any]:
    return error.value.response_code, json.loads(error.value.response_body)

"""Texts on their way into the results: masked, cut where they are long, the whole kept beside."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from report.files import replace
from report.masking import MARK, is_secret_name, mask, masked

LONGEST = 100_000
"""Characters of one text that the results hold; of a longer one they hold its two ends."""
END = 40_000


def clean(text: str) -> str:
    """The text with secrets masked, and with what is no UTF-8 replaced."""
    return mask(text.encode("utf-8", "replace").decode())


def clean_file(name: str, text: str) -> str:
    """The text of a file with secrets masked, and with what is no UTF-8 replaced.

    Of JSON the values are masked, so that it stays JSON.
    """
    text = text.encode("utf-8", "replace").decode()
    if name.endswith(".json"):
        return _clean_json(text)
    if name.endswith(".jsonl"):
        return "".join(_clean_json(line) for line in text.splitlines(keepends=True))
    return mask(text)


def _clean_json(text: str) -> str:
    try:
        value = json.loads(text)
    except ValueError:
        return mask(text)
    shown = _clean_value(value)
    body = text.rstrip()
    if shown != value:
        body = json.dumps(shown, indent=1 if "\n" in body else None)
    # The text may show more than its values; a mask that takes a bracket with it is left out.
    whole = mask(body)
    try:
        json.loads(whole)
    except ValueError:
        whole = body
    return whole + text[len(text.rstrip()) :]


def _clean_value(value: Any) -> Any:
    """A value of JSON masked; also what only its key, or the object that it is of, tells of."""
    if isinstance(value, list):
        return [_clean_value(one) for one in value]
    if not isinstance(value, dict):
        return masked(value)
    hidden = ("data", "stringData") if value.get("kind") == "Secret" else ()
    return {
        key: _hidden(one)
        if key in hidden or (isinstance(one, str) and is_secret_name(key))
        else _clean_value(one)
        for key, one in value.items()
    }


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hidden(one) for key, one in value.items()}
    return MARK if isinstance(value, str) and value else value


class Texts:
    """Keeps whole texts in `<folder>/outputs/<hash>.txt`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, text: str) -> tuple[str, str]:
        """The text as the results hold it, and the path of the whole ('' where that is all).

        The path is relative to the folder of the results.
        """
        # Masked before it is cut: half a secret is one too.
        text = clean(text)
        if len(text) <= LONGEST:
            return text, ""
        name = f"outputs/{hashlib.sha256(text.encode()).hexdigest()[:16]}.txt"
        path = self._folder / name
        if not path.exists():
            replace(path, text.encode())
        left = len(text) - 2 * END
        note = f"\n[... {left} characters are left out here; the whole is in {name} ...]\n"
        return text[:END] + note + text[-END:], name

"""Texts on their way into the results: masked, cut where they are long, the whole kept beside."""

from __future__ import annotations

import hashlib
from pathlib import Path

from report.files import replace
from report.masking import mask

LONGEST = 100_000
"""Characters of one text that the results hold; of a longer one they hold its two ends."""
END = 40_000


def clean(text: str) -> str:
    """The text with secrets masked, and with what is no UTF-8 replaced."""
    return mask(text.encode("utf-8", "replace").decode())


def clean_folder(folder: Path) -> None:
    """Mask every file below a folder that somebody else has written; a file may be no text."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            masked = mask(text)
            if masked != text:
                replace(path, masked.encode("utf-8", "surrogateescape"))


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

"""The folder of the pages: what changed is written, what is no longer made is removed."""

from __future__ import annotations

from pathlib import Path


class Folder:
    """Files below one root. A file whose content is the same is not touched, so that a server
    that watches the folder reloads only for a reason."""

    def __init__(self, root: Path, within: Folder | None = None) -> None:
        """`within`: the folder around this one, which knows what is written here as well."""
        self.root = root
        self._within = within
        self._written: set[str] = set()

    def write(self, path: str, content: str | bytes) -> None:
        """Write a file; `path` is relative to the root, with forward slashes."""
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        target = self.root / path
        self._note(target)
        if target.is_file() and target.stat().st_size == len(data) and target.read_bytes() == data:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _note(self, target: Path) -> None:
        self._written.add(target.relative_to(self.root).as_posix())
        if self._within is not None:
            self._within._note(target)

    def has(self, path: str) -> bool:
        """Whether this file was written already."""
        return path in self._written

    def sweep(self) -> None:
        """Remove every file that was not written since this object was made."""
        for path in sorted(self.root.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path.relative_to(self.root).as_posix() not in self._written:
                path.unlink()

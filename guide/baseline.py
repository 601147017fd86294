"""The first commit of a monorepo where its files lie in a folder, because no page shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from guide import placeholder
from guide.errors import GuideError


@dataclass(frozen=True)
class Baseline:
    """The files of a folder, all of them."""

    folder: Path
    literal: frozenset[str] = frozenset()
    """Words in angle brackets that stand as they are."""

    def files(self, values: Mapping[str, str]) -> dict[str, str | bytes]:
        """Path in the monorepo → text, its placeholders filled; of a file that is none, bytes."""
        known = {name: text for name, text in values.items() if name not in self.literal}
        return {
            path: placeholder.fill(content, known) if isinstance(content, str) else content
            for path, content in self._read()
        }

    def texts(self) -> dict[str, str]:
        """Path in the monorepo → text, its placeholders as they stand."""
        return {path: text for path, text in self._read() if isinstance(text, str)}

    def unfilled(self, filled: Collection[str]) -> Iterator[GuideError]:
        """The placeholders that are in none of `filled`, each with its file and line."""
        literal: set[str] = set()
        for path, content in self._read():
            if isinstance(content, bytes):
                continue
            literal |= {word for word in self.literal if f"<{word}>" in content}
            for line, word in placeholder.unfilled(content, {*filled, *self.literal}):
                cure = placeholder.cure(
                    word, filled, f"literal: [{word}] beside the baseline's folder"
                )
                what = f"nothing fills <{word}> of the first commit"
                yield GuideError(what, file=self.folder / path, line=line + 1, cure=cure)
        for word in sorted(self.literal - literal):
            what = f"no file of the baseline has the <{word}> that is to stand as it is"
            yield GuideError(what, file=self.folder, cure="correct the word, or take it away")

    def _read(self) -> Iterator[tuple[str, str | bytes]]:
        for path in sorted(each for each in self.folder.rglob("*") if each.is_file()):
            content = path.read_bytes()
            name = path.relative_to(self.folder).as_posix()
            try:
                yield name, content.decode()
            except UnicodeDecodeError:  # a picture, an archive: nothing that anybody fills
                yield name, content

"""What is left to do for a book before its guide is proven, the next thing first."""

from __future__ import annotations

from collections.abc import Iterator

from guide.edition import Edition
from guide.errors import GuideError
from guide.features import Features
from guide.lock import SourceLock
from guide.new_page import TODO

_CURE = (
    'the fate of each is {"proven": ["<feature>/<id>"]}, {"excused": "reason"} or '
    '{"erratum": ["<id>"]}'
)


def todo(edition: Edition, features: Features, lock: SourceLock) -> Iterator[GuideError]:
    """What somebody has still to decide: blocks, excuses and words left open, then open units.

    The units in one line: the lock itself lists them.
    """
    for page in edition.pages.values():
        for block in page.blocks:
            if block.unused.startswith(TODO):
                what = f'block "{block.id}": {block.unused.removeprefix(TODO)}'
                yield GuideError(what, file=block.file, line=block.line)
        for unit in page.units:
            if unit.excused.startswith(TODO):
                what = f'unit "{unit.id}": {unit.excused.removeprefix(TODO)}'
                yield GuideError(what, file=page.file, line=unit.line)
    for feature in features.files.values():
        if feature.description.startswith(TODO):
            what = feature.description.removeprefix(TODO)
            yield GuideError(what, file=feature.file, line=feature.line)
    opened = [unit for unit in lock.units if unit.fate.is_open]
    if opened:
        count = f"{len(opened)} units are open, the first is" if opened[1:] else "one unit is open,"
        what = f'{count} "{opened[0].id}"'
        yield GuideError(what, file=lock.file, line=opened[0].line, cure=_CURE)

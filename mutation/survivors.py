"""survivors.yaml of a book: mutants that no scenario can notice, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from guide.errors import BadInput, near
from guide.mutant import Mutant
from mutation.verdict import CAUGHT, Verdict

_FIELDS = {"id", "what", "reason"}


@dataclass(frozen=True)
class Explained:
    """Why nobody notices one mutant."""

    id: str
    what: str
    """What the fault is, as the report says it: another fault needs another reason."""
    reason: str

    @property
    def key(self) -> str:
        """Names the mutant, as `Mutant.key` does."""
        return f"{self.id} {self.what}"


def read(path: Path) -> dict[str, Explained]:
    """The explanations by key; BadInput for a file that is not what it should be."""
    try:
        listed = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"is no YAML: {error}", file=path, cure="see docs/reference.md") from error
    cure = "write a list of mappings with id, what and reason"
    if not isinstance(listed, list):
        raise BadInput("is no list", file=path, cure=cure)
    found: dict[str, Explained] = {}
    for number, entry in enumerate(listed, 1):
        if not isinstance(entry, dict) or set(entry) != _FIELDS or not all(entry.values()):
            raise BadInput(f"entry {number} is not whole", file=path, cure=cure)
        explained = Explained(**{name: str(entry[name]).strip() for name in _FIELDS})
        if explained.key in found:
            raise BadInput(f"{explained.id} is explained twice", file=path, cure="take one away")
        found[explained.key] = explained
    return found


def stale(
    explained: Mapping[str, Explained], known: Iterable[Mutant], verdicts: Iterable[Verdict]
) -> Iterator[str]:
    """What is wrong with an explanation: its mutant is not there any more, or is caught now."""
    mutants = {mutant.key: mutant for mutant in known}
    caught = {each.key: each for each in verdicts if each.verdict == CAUGHT}
    ids = {mutant.id for mutant in mutants.values()}
    for key, each in explained.items():
        if key in caught:
            by = caught[key].scenario or caught[key].how
            yield f"{each.id} is explained and caught by {by}. Cure: take the explanation away"
        elif key not in mutants:
            cure = "its text has changed" if each.id in ids else near(each.id, ids)
            yield f"{each.id} is explained and no mutant. Cure: take it away; {cure}"

"""What a run of the mutants is about, read and found good before anything is started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from guide import Book, Edition, Features
from guide.check import Check
from guide.content import digest
from guide.errors import BadInput, near
from guide.footing import first_blocks
from guide.mutant import Mutant
from guide.mutants import mutants
from mutation import survivors
from mutation.dressing import Dressed, dressings
from mutation.survivors import Explained
from steps import baseline_tree


def refusal(book: Book, edition: Path) -> str:
    """The first thing that `python -m guide check` says about the edition in that folder."""
    found = Check.of(edition, book.features, book.lock, book.errata).problems
    return str(found[0]) if found else ""


@dataclass(frozen=True)
class Plan:
    """The mutants and the edits of wording that are going to be run."""

    book: Book
    edition: Edition
    features: Features
    known: tuple[Mutant, ...]
    """Every mutant that the edition has."""
    mutants: tuple[Mutant, ...]
    dressed: tuple[Dressed, ...]
    explained: dict[str, Explained]

    @classmethod
    def of(cls, book: Book, *, seed: int, count: int, wordings: int, only: Sequence[str]) -> Plan:
        """Read the files and choose. `only`: ids and operators, all of these mutants and no other.

        Raises BadInput where the guide is not in order, or for a name that nothing has.
        """
        if "containers" in book.settings.needs:
            what = f"the benches simulate containers, and book {book.name} needs real ones"
            raise BadInput(what, file=book.file, cure="none yet: its faults cannot be judged")
        edition = Edition.read(book.edition)
        # The benches are embedded: what needs real containers is skipped there and notices nothing.
        features = Features.read(book.features, edition).without("containers")
        wrong = refusal(book, book.edition)
        if wrong:
            raise BadInput(f"the guide is not in order: {wrong}", cure="make it pass `make test`")
        known = mutants(edition, features, seed=seed, first_commit=book.first_commit)
        known = _with_bystanders(known, book, edition, features)
        chosen = _named(known, only) if only else known[:count]
        dressed = dressings(edition, features, seed=seed, count=0 if only else wordings)
        explained = survivors.read(book.survivors)
        return cls(book, edition, features, tuple(known), tuple(chosen), tuple(dressed), explained)

    def basis(self, *scenarios: str) -> str:
        """One hash for scenarios with all that they write and type; one that is gone has none."""
        tree = baseline_tree.files(self.book, self.edition)
        parts = [
            f"{path} {text if isinstance(text, str) else text.hex()}" for path, text in tree.items()
        ]
        for name in scenarios:
            scenario = self.features.scenarios.get(name)
            if scenario is None:
                return ""
            parts += [f"{step.keyword} {step.text} {step.table}" for step in scenario.expanded]
            used = self.features.blocks_of(scenario, self.edition)
            parts += [self.edition.block(block).text for block in used]
        return digest(*parts)


def _with_bystanders(
    known: Sequence[Mutant], book: Book, edition: Edition, features: Features
) -> list[Mutant]:
    """What is in the baseline tree is used by every scenario, named or not.

    Those of the pages that show the tree are asked too: it is what they are about.
    """
    ground = {block.id for block in first_blocks(book, edition)}
    stems = {page.replace("-", "_") for page in book.layout.pages}
    about = tuple(name for name, each in features.scenarios.items() if each.feature in stems)
    return [
        replace(each, scenarios=tuple(dict.fromkeys((*each.scenarios, *about))))
        if each.block in ground
        else each
        for each in known
    ]


def _named(known: Sequence[Mutant], only: Sequence[str]) -> list[Mutant]:
    names = {name for mutant in known for name in (mutant.id, mutant.operator, mutant.block)}
    for name in only:
        if name not in names:
            what = f'ONLY "{name}" is no mutant, no operator and no block'
            raise BadInput(what, cure=near(name, names - {""}))
    return [m for m in known if {m.id, m.operator, m.block} & set(only)]

"""What a run of the mutants is about, read and found good before anything is started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from guide import Edition, Features
from guide.check import Check
from guide.content import digest
from guide.errors import BadInput, near
from guide.mutant import Mutant
from guide.mutants import mutants
from mutation import survivors
from mutation.dressing import Dressed, dressings
from mutation.survivors import Explained
from steps import baseline_tree


@dataclass(frozen=True)
class Files:
    """Where everything that the guide is made of lies."""

    edition: Path
    features: Path
    lock: Path | None
    errata: Path
    survivors: Path

    @classmethod
    def below(cls, root: Path) -> Files:
        """The files of the project in `root`."""
        book = root / "books" / "operational"
        return cls(
            root / "docs" / "guide",
            root / "features",
            book / "source.lock",
            book / "errata",
            book / "survivors.yaml",
        )

    def refusal(self, edition: Path) -> str:
        """The first thing that `python -m guide check` says about the edition in that folder."""
        found = Check.of(edition, self.features, self.lock, self.errata).problems
        return str(found[0]) if found else ""


@dataclass(frozen=True)
class Plan:
    """The mutants and the edits of wording that are going to be run."""

    files: Files
    edition: Edition
    features: Features
    known: tuple[Mutant, ...]
    """Every mutant that the edition has."""
    mutants: tuple[Mutant, ...]
    dressed: tuple[Dressed, ...]
    explained: dict[str, Explained]

    @classmethod
    def of(cls, files: Files, *, seed: int, count: int, wordings: int, only: Sequence[str]) -> Plan:
        """Read the files and choose. `only`: ids and operators, all of these mutants and no other.

        Raises BadInput where the guide is not in order, or for a name that nothing has.
        """
        edition = Edition.read(files.edition)
        # The benches are embedded: what needs real containers is skipped there and notices nothing.
        features = Features.read(files.features, edition).without("containers")
        wrong = files.refusal(files.edition)
        if wrong:
            raise BadInput(f"the guide is not in order: {wrong}", cure="make it pass `make test`")
        known = _with_bystanders(mutants(edition, features, seed=seed), edition, features)
        chosen = _named(known, only) if only else known[:count]
        dressed = dressings(edition, features, seed=seed, count=0 if only else wordings)
        explained = survivors.read(files.survivors)
        return cls(files, edition, features, tuple(known), tuple(chosen), tuple(dressed), explained)

    def basis(self, *scenarios: str) -> str:
        """One hash for scenarios with all that they write and type; one that is gone has none."""
        parts = [f"{path} {text}" for path, text in baseline_tree.files(self.edition).items()]
        for name in scenarios:
            scenario = self.features.scenarios.get(name)
            if scenario is None:
                return ""
            parts += [f"{step.keyword} {step.text} {step.table}" for step in scenario.expanded]
            used = self.features.blocks_of(scenario, self.edition)
            parts += [self.edition.block(block).text for block in used]
        return digest(*parts)


def _with_bystanders(known: Sequence[Mutant], edition: Edition, features: Features) -> list[Mutant]:
    """What is in the baseline tree is used by every scenario, named or not.

    Those of the page that shows the tree are asked too: it is what they are about.
    """
    ground = {block.id for block in baseline_tree.blocks(edition)}
    feature = f"{baseline_tree.PAGE.replace('-', '_')}/"
    about = tuple(name for name in features.scenarios if name.startswith(feature))
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

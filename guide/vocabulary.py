"""The vocabulary: every sentence that features may use, by noun, with an example of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guide.features import Features
from guide.sentences import Sentence, Sentences


@dataclass(frozen=True)
class Entry:
    """One sentence, whichever keywords it is for."""

    noun: str
    """The name of the module of its step function."""
    told: str
    kinds: tuple[str, ...]
    """Given, When, Then: those that it is for, in this order."""
    below: str
    """What it reads below it: table, text, both or ''."""
    example: str
    """A step of the features that says it, or ''."""
    place: str
    """Where the example stands, as file:line, or ''."""


@dataclass(frozen=True)
class Vocabulary:
    """The entries in the order of their nouns and words."""

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, sentences: Sentences, features: Features) -> Vocabulary:
        """Every known sentence, with the first step of the features that it takes."""
        same: dict[tuple[str, str], list[Sentence]] = {}
        for sentence in sentences.known:
            same.setdefault((sentence.module, sentence.told), []).append(sentence)
        return cls(tuple(_entry(same[key], features) for key in sorted(same)))

    @property
    def nouns(self) -> tuple[str, ...]:
        """The nouns, each once, in order."""
        return tuple(dict.fromkeys(entry.noun for entry in self.entries))

    def about(self, noun: str) -> tuple[Entry, ...]:
        """The entries of a noun."""
        return tuple(entry for entry in self.entries if entry.noun == noun)

    def lines(self) -> Iterator[str]:
        """The whole vocabulary as lines for a terminal."""
        for noun in self.nouns:
            yield noun
            for entry in self.about(noun):
                below = f" (and a {entry.below} below it)" if entry.below else ""
                yield f"  {', '.join(entry.kinds)}: {entry.told}{below}"
                said = f"{entry.example}  [{entry.place}]" if entry.place else "used by no scenario"
                yield f"      {said}"


def _entry(sentences: Sequence[Sentence], features: Features) -> Entry:
    first = sentences[0]
    example, place = _example(sentences, features)
    return Entry(
        noun=first.module,
        told=first.told,
        kinds=tuple(
            kind.title()
            for kind in ("given", "when", "then")
            if any(each.kind == kind for each in sentences)
        ),
        below=" or a ".join(what for what in ("table", "text") if what in first.reads),
        example=example,
        place=place,
    )


def _example(sentences: Sequence[Sentence], features: Features) -> tuple[str, str]:
    for scenario in features.scenarios.values():
        for step in scenario.expanded:
            if any(sentence.takes(step) for sentence in sentences):
                return f"{step.kind.title()} {step.text}", f"{scenario.file}:{step.line}"
    return "", ""

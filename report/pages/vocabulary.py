"""The page of sentences: what a feature may say, by noun, with an example of each."""

from __future__ import annotations

from guide.vocabulary import Entry, Vocabulary
from report.pages.tables import table
from report.pages.text import anchor, line, plural


def markdown(vocabulary: Vocabulary) -> str:
    """The whole page."""
    parts = [
        "# Sentences",
        f"{plural(len(vocabulary.entries), 'sentence')} that a feature may use, by the noun that"
        " they are about. `make sentences` prints the same list. A word in angle brackets stands"
        " for what you write there.",
    ]
    for noun in vocabulary.nouns:
        parts.append(f"## {line(noun.replace('_', ' ').capitalize())} {{ #{anchor(noun)} }}")
        rows = "".join(map(_row, vocabulary.about(noun)))
        heads = ("Keyword", "Sentence", "Example")
        parts.append(table(heads, rows, f"Sentences about {line(noun)}"))
    return "\n\n".join(parts) + "\n"


def _row(entry: Entry) -> str:
    below = f"<br>and a {entry.below} below it" if entry.below else ""
    example = f"<code>{line(entry.example)}</code>" if entry.place else "used by no scenario"
    return (
        f"<tr><td>{', '.join(entry.kinds)}</td>"
        f"<td><code>{line(entry.told)}</code>{below}</td><td>{example}</td></tr>"
    )

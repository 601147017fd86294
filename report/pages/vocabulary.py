"""The page of sentences: what a feature may say, by noun, with an example of each."""

from __future__ import annotations

from guide.vocabulary import Vocabulary
from report.pages.render import page


def markdown(vocabulary: Vocabulary) -> str:
    """The whole page."""
    return page("sentences.md", vocabulary=vocabulary)

"""The engine that reads editions, features and source guides: files in, values out.

No program is called here and nothing is written, except by `python -m guide`, which prints, and
writes the source lock when it is told to.
"""

from guide.block import Block
from guide.book import Book
from guide.edition import Edition
from guide.errors import GuideError
from guide.features import Features
from guide.page import Page
from guide.scenario import Scenario, Step
from guide.unit import Unit

__all__ = ["Block", "Book", "Edition", "Features", "GuideError", "Page", "Scenario", "Step", "Unit"]

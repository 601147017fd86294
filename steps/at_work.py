"""What commands show of objects that Flux is at work on: for that moment it says Unknown.

For the moment of each try Flux turns what it says of an object from Ready or not to Unknown, which
takes back nothing that it has come to. Whoever types a command in such a moment types it again.
"""

from __future__ import annotations

import re

from steps.table import cells_below

LIMIT_S = 60
"""How long a command is typed again."""
_DESCRIBED = re.compile(r"^ *Status: +Unknown\n *Type: +Ready$", re.MULTILINE)
"""A condition as `kubectl describe` prints it."""


def is_at_work(printed: str, about: str = "") -> bool:
    """Whether an object that a command lists or describes is neither Ready nor not."""
    listed = zip(cells_below(printed, "NAME"), cells_below(printed, "READY"), strict=True)
    return any(ready == "Unknown" and about in ("", name) for name, ready in listed) or (
        not about and bool(_DESCRIBED.search(printed))
    )

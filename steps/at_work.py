"""Commands that are typed again while Flux is at work on what they show.

For the moment of each try Flux turns what it says of an object from Ready or not to Unknown, which
takes back nothing that it has come to. Whoever types a command in such a moment types it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from steps.engineer import Engineer, OtherOutput
from steps.ran import Ran
from steps.table import cells_below

_LIMIT_S = 60
_DESCRIBED = re.compile(r"^ *Status: +Unknown\n *Type: +Ready$", re.MULTILINE)
"""A condition as `kubectl describe` prints it."""


def typed(
    engineer: Engineer,
    block: str,
    enough: Callable[[Ran], bool] = lambda _: False,
    about: str = "",
    **values: str,
) -> Ran:
    """Type the commands of a block, none of which may fail; again while Flux is at work.

    What is `enough` is so at once. `about` is the object that counts; without one all do that are
    shown. Raises NotReady where Flux is at work for a minute.
    """

    def probe() -> tuple[Ran | None, str]:
        try:
            done = engineer.do(block, **values)
        except OtherOutput as other:
            if not is_at_work(other.actual, about):
                raise
            return None, other.actual.strip()
        at_work = any(is_at_work(each.stdout, about) for each in done.commands)
        return (done if enough(done) or not at_work else None), done.stdout.strip()

    done, _ = probe()
    if done is not None:
        return done
    what = f'block "{block}" to show what Flux has come to'
    return engineer.sandbox.view().wait(what, probe, _LIMIT_S)


def is_at_work(printed: str, about: str = "") -> bool:
    """Whether an object that a command lists or describes is neither Ready nor not."""
    listed = zip(cells_below(printed, "NAME"), cells_below(printed, "READY"), strict=True)
    return any(ready == "Unknown" and about in ("", name) for name, ready in listed) or (
        not about and bool(_DESCRIBED.search(printed))
    )

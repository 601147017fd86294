"""The commands of a block that are typed again while Flux is at work on what they show."""

from __future__ import annotations

from collections.abc import Callable

from steps.at_work import LIMIT_S, is_at_work
from steps.engineer import Engineer
from steps.ran import Ran


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
        done = engineer.do(block, **values)
        at_work = any(is_at_work(each.stdout, about) for each in done.commands)
        return (done if enough(done) or not at_work else None), done.stdout.strip()

    done, _ = probe()
    if done is not None:
        return done
    what = f'block "{block}" to show what Flux has come to'
    return engineer.sandbox.view().wait(what, probe, LIMIT_S)

"""Ask for all that is pinned: which newer stable version is there?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.errors import UsageError
from sandbox.toolchain.newer import module_proxy, package_index
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.pinned import Pinned, packages, programs
from sandbox.toolchain.progress import Clock, Printer


def everything() -> list[Offer]:
    """What is offered of all that the tree pins, the programs first."""
    printer = Printer()
    try:
        return ask([*programs(), *packages()], Clock(printer))
    finally:
        printer.end()


def ask(pinned: Sequence[Pinned], clock: Clock) -> list[Offer]:
    """What is offered of each, in their order. Raises UsageError where one is not known."""
    programs = [each for each in pinned if each.module]
    packages = [each for each in pinned if not each.module]
    by_module = module_proxy.served(programs, clock) if programs else {}
    if packages:
        clock.tell("asking for newer Python packages")
    by_name = package_index.served(packages)
    return [_offer(each, (by_module if each.module else by_name)) for each in pinned]


def _offer(pinned: Pinned, answers: Mapping[str, list[str]]) -> Offer:
    versions = answers[pinned.module or pinned.name]
    offer = Offer.of(pinned, versions)
    if offer is None:
        few = ", ".join(versions[:3])
        raise UsageError(
            f"newer versions of {pinned.name} are not known: none that is served is stable ({few})",
            cure="name a registry that has it: GOPROXY for Go, pip's index for Python",
        )
    return offer

"""Tomorrow's versions: what is newer, and a tree of its own that has it pinned."""

from __future__ import annotations

import sys

from sandbox.errors import SandboxError
from sandbox.toolchain.newer import asking
from sandbox.toolchain.newer.offer import table
from sandbox.toolchain.newer.tree import FOLDER, NewerTree
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import Store


def look() -> int:
    """Print what is newer and pin it in build/next; 0, or 3 where one of them cannot be pinned.

    Raises UsageError where it is not known what is newer.
    """
    offers = asking.everything()
    print(table(offers), flush=True)
    newer = [offer for offer in offers if offer.newer and offer.pinned.module]
    tree = NewerTree(FOLDER)
    printer = Printer()
    try:
        left_out = tree.make(newer, Store.of_user(), Clock(printer))
    except SandboxError as error:
        print(f"what is newer cannot be pinned: {error}", file=sys.stderr)
        return 3
    finally:
        printer.end()
    for name, why in left_out.items():
        print(f"{name} stays as it is pinned: {why}", file=sys.stderr)
    taken = [each.pinned.name for each in newer if each.pinned.name not in left_out]
    print(f"{tree.diff_file} takes up {', '.join(taken) or 'nothing'}", flush=True)
    return 3 if left_out else 0

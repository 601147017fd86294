"""Flux in a cluster: what its objects say, how a commit arrives, what installs it, its haste.

What its objects say is had from here; `FluxView` waits for them, `chain` follows a commit, `waking`
brings Flux to one, `haste` shortens its intervals, `push` has it fetch what was pushed,
`components` and `bootstrap` install it, `controllers` tells of which version it is.
"""

from sandbox.flux.status import (
    NAMESPACE,
    Condition,
    Monorepo,
    behind,
    condition,
    inventory,
    is_current,
    is_silent,
    label,
    lagging,
    revision,
    source_of,
)

__all__ = [
    "NAMESPACE",
    "Condition",
    "Monorepo",
    "behind",
    "condition",
    "inventory",
    "is_current",
    "is_silent",
    "label",
    "lagging",
    "revision",
    "source_of",
]

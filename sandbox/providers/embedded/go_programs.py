"""How the programs of a cluster, which are of Go, share a small machine.

By itself a program of Go looks for garbage whenever it has made as much as it uses. That took a
fifth of the CPU of an API server; memory is there. The API server has the largest heap and may keep
twice what it uses, all others, which are small, four times.

By itself it also works on every core, and wakes several threads for what one does. A dozen programs
on two cores gain nothing from that: a scenario took a tenth less CPU, and no longer, where each but
the API server has one core.
"""

from __future__ import annotations

GARBAGE, CORES = "GOGC", "GOMAXPROCS"
_COMMON, _LARGE = "400", "200"
_ONE = "1"
_LARGEST = "kube-apiserver"


def variables(program: str) -> dict[str, str]:
    """The variables for a program."""
    if program == _LARGEST:
        return {GARBAGE: _LARGE}
    return {GARBAGE: _COMMON, CORES: _ONE}


def told() -> dict[str, str]:
    """What is otherwise here than in a cluster, for the facts of a run."""
    return {
        GARBAGE: f"{_COMMON}, {_LARGEST} {_LARGE}, instead of the default of 100",
        CORES: f"{_ONE} instead of every core, except for {_LARGEST}",
    }

"""How much garbage the programs of a cluster may keep: they are of Go, which looks for it often.

By itself a program of Go looks for garbage whenever it has made as much as it uses. That took a
fifth of the CPU of an API server; memory is there. The API server has the largest heap and may keep
twice what it uses, all others, which are small, four times.
"""

from __future__ import annotations

NAME = "GOGC"
_COMMON, _LARGE = "400", "200"


def kept(program: str) -> dict[str, str]:
    """The variable for a program."""
    return {NAME: _LARGE if program == "kube-apiserver" else _COMMON}


def told() -> dict[str, str]:
    """What is otherwise here than in a cluster, for the facts of a run."""
    return {NAME: f"{_COMMON}, kube-apiserver {_LARGE}, instead of the default of 100"}

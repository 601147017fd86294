"""An engineer who is told what the cluster answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

HEAD, BEFORE = "c0ffee", "ba5e"


def engineer(**view: Any) -> Any:
    """Somebody who sees a cluster that answers with these values."""
    answers = {name: (lambda *_, _is=value: _is) for name, value in view.items()}
    waits = dict.fromkeys(("wait_settled", "wait_untried"), lambda *_: None)
    seen = SimpleNamespace(api=None, **waits, **answers)
    desk = SimpleNamespace(git=lambda *_: view.get("unpushed", ""))
    sandbox = SimpleNamespace(
        view=lambda *_: seen,
        desk=desk,
        layout=SimpleNamespace(branch="main", interval_s=2),
        head=lambda: view.get("head", HEAD),
        refs=lambda: {"refs/heads/main": view.get("head", HEAD)},
        wait_ready=lambda *_: None,
    )
    baseline = SimpleNamespace(head=BEFORE, objects=frozenset(view.get("baseline", ())))
    chain = SimpleNamespace(note=lambda *_: None)
    return SimpleNamespace(sandbox=sandbox, baseline=baseline, noted={}, values={}, chain=chain)

"""For tests of an archive with one set of programs: what the machine that takes it has then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.toolchain import ensure
from sandbox.toolchain.modules import STORES
from sandbox.toolchain.shared import taking
from sandbox.toolchain.store import Store

SETS = ("stores",)


def other() -> Store:
    return Store(Path(os.environ["PROOFBOOK_CACHE"]) / "toolchain")


def refused(place: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said of an archive that is not taken; nothing of it is there then."""
    monkeypatch.setenv(taking.PLACE, str(place))
    with pytest.raises(SandboxError) as raised:
        ensure(SETS)
    assert raised.value.cure
    assert not other().folder(STORES).exists()
    assert not list((other().work / "stage").glob("*"))
    return str(raised.value)

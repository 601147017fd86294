"""Every program of the sandbox, built from pinned Go modules, cached by the hash of its inputs.

`ensure` is the only function that others need. The modules are data: the folders with go.mod and
go.sum beside this file. Nothing is downloaded that go.sum does not name.
"""

from sandbox.toolchain.toolchain import Toolchain, ensure

__all__ = ["Toolchain", "ensure"]

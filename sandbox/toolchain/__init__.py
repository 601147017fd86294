"""Every program of the sandbox, built from pinned Go modules, cached by the hash of its inputs.

`ensure` is what others need; `found_on_path` says which programs of the user's may take the place
of built ones; `is_built` says beforehand whether it would have to build. The modules
are data: the folders with go.mod and go.sum beside this file; pins/ has further versions of
Kubernetes and Flux. Nothing is downloaded that go.sum does not name.
"""

from sandbox.toolchain.toolchain import Toolchain, ensure, found_on_path, is_built

__all__ = ["Toolchain", "ensure", "found_on_path", "is_built"]

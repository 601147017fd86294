"""The terminal that an engineer types into: one shell, what it prints, and what it leaves behind.

`Terminal` is all that others use. `shell` starts bash and reads its answers, `streams` keeps the
order of its two outputs, `reaper` is a program of its own that ends whatever the shell started.
"""

from sandbox.terminal.terminal import Terminal

__all__ = ["Terminal"]

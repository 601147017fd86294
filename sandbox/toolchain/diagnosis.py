"""What Go printed when it failed, turned into one line with a cause and a cure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sandbox.errors import SandboxError

_NETWORK = (
    r"no such host|dial tcp|connection refused|connection reset|network is unreachable|"
    r"i/o timeout|TLS handshake|Temporary failure|Client\.Timeout|EOF$|proxyconnect|"
    r"certificate signed by unknown|[Cc]ould not resolve host|: 50[0-9] [A-Z]"
)
_CASES: tuple[tuple[str, str, str], ...] = (
    (
        r"no space left on device|disk quota exceeded",
        "the disk is full",
        "free space (see `python -m sandbox.toolchain --list`) and run the command again; what is "
        "built so far is kept",
    ),
    (
        r"SECURITY ERROR|checksum mismatch",
        "a module does not match the checksum in go.sum",
        "restore the committed go.sum; if it is unchanged, the module source serves other files: "
        "set GOPROXY to one that you trust",
    ),
    (
        r"missing go\.sum entry|malformed go\.sum|updates to go\.mod needed|errors parsing .*go\.",
        "go.mod and go.sum do not fit together",
        "restore both files of sandbox/toolchain as they are committed",
    ),
    (
        _NETWORK,
        "the modules cannot be reached",
        "check the network, or name a module proxy that answers with GOPROXY, and run the command "
        "again; what is downloaded so far is kept",
    ),
    (
        r"requires go >= \d",
        "it needs a newer Go",
        "wait until the toolchain is built with that Go (GO_MINOR in sandbox/toolchain/modules.py)",
    ),
    (
        r": (?:403|404|410) [A-Z]|unknown revision|disabled by GOPROXY|reading file://|"
        r"no matching versions|terminal prompts disabled|invalid version",
        "a module is refused",
        "name a module proxy that serves it with GOPROXY, or pin a served version in go.mod",
    ),
    (
        r"signal: killed|cannot allocate memory|out of memory",
        "the compiler was killed, most likely for want of memory",
        "give the machine 4 GiB or more and run the command again; what is built so far is kept",
    ),
)
_NOISE = re.compile(r"^(?:go: downloading |[\w.\-]+(?:/[\w.\-]+)*$)")


def explain(doing: str, output: Sequence[str]) -> SandboxError:
    """The error that says why Go failed while `doing`; the whole text is on one line."""
    lines = [line.strip() for line in output if line.strip() and not _NOISE.match(line.strip())]
    for pattern, cause, cure in _CASES:
        seen = next((line for line in lines if re.search(pattern, line)), None)
        if seen:
            return SandboxError(f"{doing}: {cause}: {_short(seen)}", phase="toolchain", cure=cure)
    last = next((line for line in lines if not line.startswith("#")), "it printed nothing")
    return SandboxError(
        f"{doing}: Go failed: {_short(last)}",
        phase="toolchain",
        cure="run the command again; if it fails the same way, report the line above",
    )


def _short(line: str, limit: int = 300) -> str:
    return line if len(line) <= limit else f"{line[: limit - 4]} ..."

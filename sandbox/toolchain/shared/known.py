"""The digests that this repository trusts, by module and by the Go that built it: digests.json."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sandbox.errors import UsageError
from sandbox.toolchain.modules import HERE

FILE = HERE / "digests.json"


def read() -> Mapping[str, Mapping[str, str]]:
    """Module with its key → version of Go → digest. Raises UsageError on a file of another form."""
    try:
        found = json.loads(FILE.read_text())
        return {
            str(name): {str(go): str(digest) for go, digest in by_go.items()}
            for name, by_go in found.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError) as error:
        raise UsageError(
            f"{FILE} is no list of digests: {error}",
            cure="take it from Git again, or make it with `make toolchain-pack ACCEPT=1`",
        ) from None


def trusted(name: str, go: str, digest: str) -> bool:
    """Whether the repository has this very digest for the module and the Go that built it."""
    return read().get(name, {}).get(go) == digest


def accept(found: Mapping[str, tuple[str, str]], used: set[str]) -> bool:
    """Write the digests of `found` (module → Go and digest) down; whether the file changed.

    Modules that are not in `used` any more go.
    """
    before = read()
    now = {name: dict(by_go) for name, by_go in before.items() if name in used}
    for name, (go, digest) in found.items():
        now.setdefault(name, {})[go] = digest
    if now == before:
        return False
    part = FILE.with_suffix(".part")
    part.write_text(json.dumps(now, indent=2, sort_keys=True) + "\n")
    part.replace(FILE)
    return True

"""What etcd is asked about the store of a cluster, through its JSON gateway."""

from __future__ import annotations

import base64

import httpx

from sandbox.cluster.store_keys import ROOT
from sandbox.errors import SandboxError

_LIMIT_S = 30
_RANGE = "/v3/kv/range"


def keys(etcd: str) -> dict[str, int]:
    """Every key below `/registry/` that etcd at this URL has now, and the revision it is of.

    Raises SandboxError.
    """
    # Up to the first key behind all that begin so: etcd has no other way to say "begins with".
    end = f"{ROOT[:-1]}{chr(ord(ROOT[-1]) + 1)}"
    asked = {"key": _encoded(ROOT), "range_end": _encoded(end), "keys_only": True}
    try:
        # Loopback, in the clear: a proxy from the environment has no say, and no authority is read.
        with httpx.Client(trust_env=False, verify=False, timeout=_LIMIT_S) as client:
            told = client.post(f"{etcd}{_RANGE}", json=asked).raise_for_status().json()
        found = {_decoded(each["key"]): int(each["mod_revision"]) for each in told["kvs"]}
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise SandboxError(f"etcd at {etcd} does not tell its keys: {error}") from error
    return found


def _decoded(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()

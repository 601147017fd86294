"""An archive on a server: fetched in pieces that add up, put there once.

Any HTTP server will do; GitLab's generic package registry is one. The token, where the server wants
one, is sent to that server only, not to where it may redirect.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.errors import SandboxError, UsageError

TOKEN = "PROOFBOOK_TOOLCHAIN_TOKEN"
_LOGIN = re.compile("//.*@")
"""User and password in an address."""
_GITLAB = "/api/v4/"
_LIMIT_S = 60.0
_TRIES = 5
"""How often a download that is cut is gone on with; each time it has to have brought something."""
_REDIRECTS = 5
_CHUNK = 1 << 18
_ANEW = "it begins anew, for the server gives the file neither a strong ETag nor a date"
_CURE = "see whether the address is right, or unset PROOFBOOK_TOOLCHAIN to build here"


def is_address(place: str) -> bool:
    """Whether it is the address of a server, not a file or folder."""
    return place.startswith(("http://", "https://"))


def shown(place: str) -> str:
    """A file, folder or address, without the password that may stand in an address."""
    return str(_parsed(place).copy_with(userinfo=b"")) if is_address(place) else place


def exists(url: str) -> bool:
    """Whether the server has it. Raises SandboxError where it does not say."""
    with _answered(url), _asked("HEAD", url) as reply:
        if reply.status_code == httpx.codes.NOT_FOUND:
            return False
        _must(reply, url, "be looked for")
        return True


def fetch(url: str, target: Path, tell: Callable[[str], None]) -> None:
    """Download into `target`, going on where an earlier download was cut.

    Raises SandboxError; what has come is kept for the next time.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    for left in reversed(range(_TRIES)):
        before = _size(part)
        try:
            _fetch(url, part)
        except httpx.TransportError as error:
            if not left or _size(part) <= before:
                goes_on = "it goes on from there" if _tag(part).exists() else _ANEW
                raise SandboxError(
                    f"{shown(url)} was cut after {_size(part)} bytes: {error}",
                    phase="toolchain",
                    cure=f"run it again: {goes_on}",
                ) from error
            tell(f"going on with the download after it was cut at {_size(part) >> 20} MiB")
        else:
            part.replace(target)
            _tag(part).unlink(missing_ok=True)
            return


def _fetch(url: str, part: Path) -> None:
    have, tag = _size(part), _tag(part)
    headers = {}
    if have and tag.exists():
        # Only if it is still the file of which we have the beginning.
        headers = {"Range": f"bytes={have}-", "If-Range": tag.read_text()}
    with _asked("GET", url, headers) as reply:
        if reply.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()  # more than there is: of another file
            tag.unlink()
            raise httpx.RemoteProtocolError("the server has less than was fetched before")
        _must(reply, url, "be fetched")
        goes_on = reply.status_code == httpx.codes.PARTIAL_CONTENT
        if same := _validator(reply.headers):
            tag.write_text(same)
        else:
            tag.unlink(missing_ok=True)  # nothing says later that it is the same file
        with part.open("ab" if goes_on else "wb") as out:
            for chunk in reply.iter_raw():
                out.write(chunk)


def _validator(headers: httpx.Headers) -> str:
    """What tells later whether it is still the same file: a strong ETag, else when it changed.

    A date alone may be of two files of one second; then their digests tell it.
    """
    etag: str = headers.get("etag", "")
    strong = etag if not etag.startswith("W/") else ""
    return strong or headers.get("last-modified", "")


def publish(file: Path, url: str) -> bool:
    """Put a file there unless the server has it; whether it was put. Raises SandboxError."""
    if exists(url):
        return False
    with file.open("rb") as content:
        size = {"Content-Length": str(file.stat().st_size)}
        pieces = iter(lambda: content.read(_CHUNK), b"")
        with _answered(url), _asked("PUT", url, size, pieces) as reply:
            _must(reply, url, "be published")
    return True


@contextmanager
def _answered(url: str) -> Iterator[None]:
    """Raises SandboxError where a server takes a request and gives no answer."""
    try:
        yield
    except httpx.TransportError as error:
        what = f"{shown(url)} gives no answer: {error or type(error).__name__}"
        raise SandboxError(what, phase="toolchain", cure=_CURE) from error


@contextmanager
def _asked(
    method: str,
    url: str,
    headers: Mapping[str, str] | None = None,
    content: Iterator[bytes] | None = None,
) -> Iterator[httpx.Response]:
    """The answer to one request, redirects followed; its body is not read yet."""
    with httpx.Client(timeout=_LIMIT_S, follow_redirects=False) as client:
        asked = _parsed(url)
        try:
            for _ in range(_REDIRECTS):
                mine = _login(asked) if _origin(asked) == _origin(_parsed(url)) else {}
                request = client.build_request(
                    method,
                    asked,
                    headers={"Accept-Encoding": "identity", **(headers or {}), **mine},
                    content=content,
                )
                reply = client.send(request, stream=True)
                if reply.next_request is None or method == "PUT":
                    break
                reply.close()
                asked = reply.next_request.url
            else:
                raise SandboxError(f"{shown(url)} redirects {_REDIRECTS} times", phase="toolchain")
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            what = f"{asked.scheme}://{asked.host} cannot be reached: {error}"
            raise SandboxError(what, phase="toolchain", cure=_CURE) from error
        try:
            yield reply
        finally:
            reply.close()


def _parsed(url: str) -> httpx.URL:
    """The address. Raises UsageError where it is none, or names no server."""
    bare = _LOGIN.sub("//", url)
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        why = f": {error}" if bare == url else ""  # what it quotes may be of a password
        raise UsageError(f"{bare} is no address{why}", phase="toolchain", cure=_CURE) from None
    if not parsed.host:
        raise UsageError(f"{bare} names no server", phase="toolchain", cure=_CURE)
    return parsed


def _login(url: httpx.URL) -> Mapping[str, str]:
    """GitLab takes a person's token and a job's in headers of their own."""
    token = os.environ.get(TOKEN, "")
    if not token:
        return {}
    if _GITLAB not in url.path:
        return {"Authorization": f"Bearer {token}"}
    of_job = token == os.environ.get("CI_JOB_TOKEN")
    return {"JOB-TOKEN" if of_job else "PRIVATE-TOKEN": token}


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _must(reply: httpx.Response, url: str, what: str) -> None:
    if reply.is_success:
        return
    refused = reply.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)
    raise SandboxError(
        f"{shown(url)} cannot {what}: the server says {reply.status_code} {reply.reason_phrase}",
        phase="toolchain",
        cure=f"put a token that may do this into {TOKEN}" if refused else _CURE,
    )


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _tag(part: Path) -> Path:
    return part.with_name(f"{part.name}.etag")

"""The webhook: an address of the team's that is told of failures and of their ends."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guide.errors import near
from report import masking
from report.errors import ReportError
from report.regression.forms import FORMS
from report.regression.messages import Message
from report.regression.outbox import Answer

if TYPE_CHECKING:
    import httpx

WAIT_S = 10.0
"""Seconds that a receiver may take to answer."""
RETRIES = 3
"""How often a connection that fails is tried again at once; the next run tries once more."""
_LATER = (407, 408, 425, 429)
"""Refusals that say: not now. 407 is a proxy's, not the receiver's."""
_MESSAGE = (400, 406, 409, 413, 415, 422)
"""Refusals of what was sent. Any other is of where it went or of who sent it, which the right
address cures: what waits arrives then."""
_WAY = "correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY or SSL_CERT_FILE"
_ADDRESS = "give WEBHOOK the address that the receiver has now"


@dataclass(frozen=True)
class Webhook:
    """Where messages go, and in which form. The address is a secret: it is never shown."""

    url: str
    form: str

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Webhook | None:
        """What WEBHOOK and WEBHOOK_FORM say; None without an address.

        ReportError for what is no address, or no form.
        """
        url = environment.get("WEBHOOK", "").strip()
        form = environment.get("WEBHOOK_FORM", "").strip() or "json"
        if form not in FORMS:
            raise ReportError(f'WEBHOOK_FORM cannot be "{form}"', cure=near(form, list(FORMS)))
        if not url:
            return None
        masking.register(url)
        # Loaded where there is an address only: half of what ends a run would be this library.
        import httpx

        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError):
            parsed = httpx.URL("")
        if parsed.scheme not in ("http", "https") or not parsed.host:
            cure = "give the whole address, from https:// on"
            raise ReportError("WEBHOOK is no address of a web server", cure=cure)
        # The path is what makes it secret: a library may say it without the rest.
        with contextlib.suppress(ValueError):
            masking.register(parsed.raw_path.decode())
        return cls(url, form)

    def send(self, message: Message) -> Answer:
        """Send a message; what became of it."""
        import httpx

        data: dict[str, Any] = FORMS[self.form](message)
        try:
            # With a transport of our own, which would try again by itself, no proxy is asked.
            client = httpx.Client(timeout=WAIT_S)
        except (ImportError, OSError, ValueError, httpx.InvalidURL):
            # What it says may hold the password of a proxy.
            return Answer("the proxy or the certificates that the environment names are none", _WAY)
        try:
            with client:
                answer = _posted(client, self.url, data)
        except httpx.HTTPError as error:
            return Answer(masking.mask(f"{type(error).__name__}: {error}"))
        return Answer() if answer.is_success else self._refusal(answer.status_code)

    def _refusal(self, status: int) -> Answer:
        why = f"it answered {status}"
        # A redirect is not followed: whoever answers there is not who was named.
        if 300 <= status < 400:
            return Answer(why, _ADDRESS)
        if not 400 <= status < 500 or status in _LATER:
            return Answer(why)
        if status not in _MESSAGE:
            return Answer(why, _ADDRESS)
        others = " or ".join(form for form in FORMS if form != self.form)
        cure = f"WEBHOOK_FORM is {self.form}; try {others}, or ask whoever runs the receiver"
        return Answer(why, cure, for_good=True)


def _posted(client: httpx.Client, url: str, data: dict[str, Any]) -> httpx.Response:
    import httpx

    for _ in range(RETRIES):
        with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return client.post(url, json=data)
    return client.post(url, json=data)

"""The webhook: an address of the team's that is told of failures and of their ends."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guide.errors import near
from report import masking
from report.errors import ReportError
from report.regression.forms import FORMS
from report.regression.messages import Message

WAIT_S = 10.0
"""Seconds that a receiver may take to answer."""
RETRIES = 3
"""How often a connection that fails is tried again at once; the next run tries once more."""


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

    def send(self, message: Message) -> str:
        """Send a message; why it did not arrive, or ''."""
        import httpx

        data: dict[str, Any] = FORMS[self.form](message)
        try:
            with httpx.Client(
                transport=httpx.HTTPTransport(retries=RETRIES), timeout=WAIT_S
            ) as client:
                answer = client.post(self.url, json=data)
        except httpx.HTTPError as error:
            return masking.mask(f"{type(error).__name__}: {error}")
        # A redirect is not followed: whoever answers there is not who was named.
        return "" if answer.is_success else f"it answered {answer.status_code}"

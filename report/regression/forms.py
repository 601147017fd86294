"""The forms in which a webhook takes a message: JSON of our own, Slack's, Teams'."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from report.regression.messages import FAILURE, RECOVERY, Message

SCHEMA = 1
"""The version of the JSON of our own."""

SLACK_TEXT = 2900
"""Characters of the lines: Slack takes 3,000 in a section."""
TEAMS_TEXT = 4000
"""Characters of the lines: Teams takes 28 KiB in a message, and JSON may write six for one."""
TEAMS_LINES = 60


def generic(message: Message) -> dict[str, Any]:
    """The message as it is, with the version of its form."""
    return {"schema": SCHEMA, **vars(message)}


def slack(message: Message) -> dict[str, Any]:
    """As an incoming webhook of Slack takes it."""
    sign = {FAILURE: ":x:", RECOVERY: ":white_check_mark:"}.get(message.kind, ":grey_question:")
    body = "\n".join(_shown([html.escape(line, quote=False) for line in message.lines], SLACK_TEXT))
    title = html.escape(message.title, quote=False)
    sections = [f"{sign} *{title}*", body]
    return {
        "text": title,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}}
            for text in sections
            if text
        ],
    }


def teams(message: Message) -> dict[str, Any]:
    """As a workflow of Teams takes it: a card with the lines as plain text."""
    colour = {FAILURE: "Attention", RECOVERY: "Good"}.get(message.kind, "Default")
    title = {"text": message.title, "weight": "Bolder", "size": "Medium", "color": colour}
    lines = _shown(message.lines[:TEAMS_LINES], TEAMS_TEXT, len(message.lines))
    parts = [title, *({"text": line} for line in lines)]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "wrap": True, **part} for part in parts],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def _shown(lines: Sequence[str], most: int, count: int = 0) -> list[str]:
    """As many lines as fit into so many characters, and how many more there are."""
    shown: list[str] = []
    for line in lines:
        most -= len(line) + 1
        if most < 0:
            break
        shown.append(line)
    left = max(count, len(lines)) - len(shown)
    return [*shown, f"and {left} more lines in the report"] if left else shown


FORMS: Mapping[str, Callable[[Message], dict[str, Any]]] = {
    "json": generic,
    "slack": slack,
    "teams": teams,
}

"""Masking: secrets are replaced before anything is written or shown.

Known shapes are found by themselves; values made up at run time (a token, a password) are told
with `register`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any

from report import secret_objects
from report.disguises import Disguises

MARK = "***"

# A shorter value would turn every second word into stars.
SHORTEST = 4

_SHORT = 1_000
"""Characters of a text whose answer is kept: most of a results file is in the next one, too."""

_lock = Lock()
_registered: set[str] = set()
_known: Disguises | None = None


def register(*secrets: str) -> None:
    """Mask these values from now on, in all their disguises (`report.disguises`).

    Raises ValueError for a value of fewer than 4 characters: masking it would spoil all text.
    """
    global _known
    if any(len(secret.strip()) < SHORTEST for secret in secrets):
        raise ValueError(f"a secret of fewer than {SHORTEST} characters cannot be masked")
    with _lock:
        for secret in secrets:
            _registered.update(_parts(secret))
        _known = Disguises(_registered)
        _of_short.cache_clear()


def forget() -> None:
    """Forget what was registered: the next run has secrets of its own."""
    global _known
    with _lock:
        _registered.clear()
        _known = None
        _of_short.cache_clear()


def _parts(secret: str) -> set[str]:
    # A secret of several lines shows up indented, and line by line in a diff. Lines that are words
    # or that only say what it is do not count.
    lines = {line.strip() for line in secret.splitlines()}
    long = {line for line in lines if len(line) >= 16 and not re.search(r"\s|^-----", line)}
    return {secret, secret.strip()} | long


_PEM = re.compile(
    r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)"
    r".*?(-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
# base64 of "-----BEGIN ": a key or a certificate in a Secret's `data` or in a kubeconfig.
_ENCODED_PEM = re.compile(r"LS0tLS1CRUdJT[A-Za-z0-9+/_-]*={0,2}")
# What is compressed hides what is in it from every other shape. A release of Helm is compressed and
# then encoded twice: once by Helm, once as the data of its Secret.
_COMPRESSED = re.compile(
    r"(?:H4sI|SDRzS)[A-Za-z0-9+/_-]{12,}={0,2}(?:[ \t]*\n[ \t]*[A-Za-z0-9+/_-]{40,}={0,2})*"
)
_GITLAB = re.compile(r"\b(gl(?:pat|ft|dt|rt|rtr|cbt|ptt|agent|oas|imt|soat|ffct|wt)-)[\w.\-]{8,}")
_GITHUB = re.compile(r"\b(gh[pousr]_|github_pat_)\w{16,}")
_AGE = re.compile(r"\bAGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20,}", re.IGNORECASE)
_JWT = re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*")
_KUBECONFIG = re.compile(
    r"(\b(?:certificate-authority|client-certificate|client-key)-data[\"']?\s*:\s*[\"']?)"
    r"[^\s\"',}]+"
)
_HEADER = re.compile(
    r"(\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+)[^\s\"',]+",
    re.IGNORECASE,
)
_TOKEN_HEADER = re.compile(
    r"(\b(?:private-token|job-token|deploy-token|x-gitlab-token)[\"']?\s*[:=]\s*[\"']?)[^\s\"',]+",
    re.IGNORECASE,
)
# Every repetition that can begin anywhere has a limit: a line of megabytes must cost no more than
# many short ones.
_NAMES = (
    r"[\w.-]{0,60}(?:token|password|passwd|secret[-_]?key|identity|\.dockerconfigjson|\.agekey)"
)
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
_NAME = rf"[\"']?{_NAMES}[\"']?[ \t]*:"
# A field stands at the start of a line or of a mapping, or behind the name of a file; prose such
# as "cannot read token: 401" keeps its words.
_FIELD = re.compile(
    rf"(?P<key>(?:^|:[ \t])[ \t>|+-]{{0,100}}{_NAME}[ \t]+)(?P<value>\S.*)",
    re.IGNORECASE | re.MULTILINE,
)
_FLOW_FIELD = re.compile(
    rf"(?P<key>[{{,][ \t]{{0,100}}{_NAME}[ \t]+)"
    r"(?P<value>\"[^\"\n]*\"?|'[^'\n]*'?|[^\s\"',}][^,}\n]*)",
    re.IGNORECASE,
)
# A text of several lines under the name: | or > and then deeper lines.
_BLOCK_FIELD = re.compile(
    rf"(?P<key>^(?P<margin>[ \t+-]{{0,100}}){_NAME}[ \t]+[|>][-+]?[ \t]*\n)"
    r"(?:(?P=margin)[ \t]+\S.*(?:\n|\Z))+",
    re.IGNORECASE | re.MULTILINE,
)
_JSON_FIELD = re.compile(rf"(\"{_NAMES}\"[ \t]*:[ \t]*\")[^\"]+", re.IGNORECASE)
_VARIABLE = re.compile(
    r"((?<![\w-])(?:[A-Z]{1,20}_){0,5}(?:TOKEN|PASSWORD|PASSWD|SECRET_KEY)=[\"']?)[^\s\"'$<]+"
)
_QUERY = re.compile(r"([?&](?:private_|access_|job_)?token=)[^\s&\"'<>]+")
_OPTION = re.compile(
    r"(--(?:[a-z]{1,20}-){0,5}(?:token|password)(?:=|\s+)[\"']?)(?![-$\"'<])[^\s\"']+"
)
_USERINFO = re.compile(r"(\b[a-z][a-z0-9+.\-]{0,30}://[^\s:/@]*:)[^\s/@]+(?=@)")

# YAML that only names the place of a secret or says that there is none.
_NO_SECRET = frozenset({"null", "~", "true", "false", "|", ">", "|-", ">-", "{}", MARK})


def _field(found: re.Match[str]) -> str:
    value = found["value"].strip("\"',} \t")
    shown = value.lower() in _NO_SECRET or value.startswith(("<", "$", "{", "["))
    return found[0] if shown or not value else f"{found['key']}{MARK}"


_Replacement = str | Callable[[re.Match[str]], str]
_GITLAB_PREFIXES = ("glpat", "glft", "gldt", "glrt", "glcbt", "glptt", "glagent", "gloas")
_FIELD_NAMES = ("token", "passw", "secret", "identity", ".dockerconfigjson", ".agekey")
# The words without which a shape cannot be there, in lower case: most texts hold none of them,
# and looking for a word is a hundred times faster than looking for a pattern.
_SHAPES: tuple[tuple[tuple[str, ...], re.Pattern[str], _Replacement], ...] = (
    (("private key",), _PEM, rf"\1{MARK}\2"),
    (("ls0tls1crudjt",), _ENCODED_PEM, MARK),
    (("h4si", "sdrzs"), _COMPRESSED, MARK),
    ((*_GITLAB_PREFIXES, "glimt", "glsoat", "glffct", "glwt"), _GITLAB, rf"\1{MARK}"),
    (("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"), _GITHUB, rf"\1{MARK}"),
    (("age-secret-key-",), _AGE, rf"AGE-SECRET-KEY-{MARK}"),
    (("eyj",), _JWT, MARK),
    (("-data",), _KUBECONFIG, rf"\1{MARK}"),
    (("authorization",), _HEADER, rf"\1{MARK}"),
    (("-token",), _TOKEN_HEADER, rf"\1{MARK}"),
    (_FIELD_NAMES, _JSON_FIELD, rf"\1{MARK}"),
    (_FIELD_NAMES, _BLOCK_FIELD, rf"\g<key>\g<margin>  {MARK}\n"),
    (_FIELD_NAMES, _FLOW_FIELD, _field),
    (_FIELD_NAMES, _FIELD, _field),
    (_FIELD_NAMES, _VARIABLE, rf"\1{MARK}"),
    (("token=",), _QUERY, rf"\1{MARK}"),
    (("token", "passw"), _OPTION, rf"\1{MARK}"),
    (("://",), _USERINFO, rf"\1{MARK}"),
)


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is a secret, whatever it looks like."""
    return bool(_SECRET_NAME.fullmatch(name))


def mask(text: str) -> str:
    """The text with every secret replaced by `***`; masking it again changes nothing."""
    known = _known
    return _of_short(text, known) if len(text) <= _SHORT else _of(text, known)


def _of(text: str, known: Disguises | None) -> str:
    if known is not None:
        text = known.hide(text, MARK)
    text = secret_objects.mask(text, MARK)
    lowered = text.lower()
    for words, pattern, replacement in _SHAPES:
        if any(word in lowered for word in words):
            text = pattern.sub(replacement, text)
    return text


_of_short = lru_cache(maxsize=20_000, typed=True)(_of)


def masked(value: Any) -> Any:
    """A document (dicts, lists, texts, numbers) with every text in it masked; keys stay."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(masked(item) for item in value)
    return value

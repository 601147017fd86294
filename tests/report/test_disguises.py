"""A registered secret in every encoding, alone and within other text, whole and in pieces."""

import base64
import json
import re
import shlex
import subprocess
import urllib.parse
from collections.abc import Callable, Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from report import masking
from report.masking import MARK, mask

TOKEN = "p@ss/w0rd+x=y&z-Ab3_987\"65'\\q"
PLAIN = "zq7Kx-Ab3_xYz9876543210"


@pytest.fixture(autouse=True)
def _nothing_registered() -> Iterator[None]:
    masking.forget()
    yield
    masking.forget()


def wrapped(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def b64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def dumped(text: str, wide: bool) -> str:
    """As `xxd`, or as `hexdump -C`, shows it: 16 bytes a line, by number and by letter."""
    lines = ["", *(text.encode()[at : at + 16] for at in range(0, len(text.encode()), 16)), ""]
    for number, data in enumerate(lines[1:-1], 1):
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
        pairs = data.hex(" ", -2).ljust(39) if wide else f"{data[:8].hex(' ')}  {data[8:].hex(' ')}"
        offset = f"{16 * number - 16:08x}"
        lines[number] = (
            f"{offset}: {pairs}  {letters}" if wide else f"{offset}  {pairs:48}  |{letters}|"
        )
    return "\n".join(lines)


def od(text: str, *options: str) -> str:
    """As `od` shows it, on lines of its own."""
    done = subprocess.run(["od", *options], input=text.encode(), capture_output=True, check=True)
    return f"\n{done.stdout.decode()}"


def some_percent(text: str) -> str:
    return "".join(f"%{ord(c):02x}" if n % 3 == 0 else c for n, c in enumerate(text))


def some_unicode(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if n % 2 or c == "\\" else c for n, c in enumerate(text))


INSIDE: dict[str, Callable[[str], str]] = {
    "base64": b64,
    "base64 of its line": lambda text: b64(text + "\n"),
    "base64 for URLs": b64url,
    "base64 behind one byte": lambda text: b64("a" + text + "bc"),
    "base64 behind two bytes": lambda text: b64("ab" + text + "c"),
    "base64 in a longer text": lambda text: b64(f"env=GITLAB_TOKEN={text}\nother=1"),
    "base64 wrapped at 76": lambda text: wrapped(b64("x" * 50 + text + "y" * 50), 76),
    "base64 wrapped at 64": lambda text: wrapped(b64("x" * 41 + text), 64),
    "base64 wrapped and indented": lambda text: wrapped(b64("x" * 31 + text), 20).replace(
        "\n", "\n    "
    ),
    "base64 wrapped in a diff": lambda text: (
        "a\n+" + wrapped(b64("x" * 31 + text), 20).replace("\n", "\n+  ")
    ),
    "base64 twice": lambda text: b64(b64("user:" + text)),
    "base64 in JSON in base64": lambda text: b64(json.dumps({"auth": b64("user:" + text)})),
    "base64 in JSON with slashes": lambda text: json.dumps(b64(text)).replace("/", "\\/"),
    "base64 in a URL": lambda text: urllib.parse.quote(b64("u:" + text), safe=""),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "hex with colons": lambda text: text.encode().hex(":"),
    "hex wrapped": lambda text: wrapped(text.encode().hex(), 20),
    "percent": lambda text: urllib.parse.quote(text, safe=""),
    "percent, lower case": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent, in part": some_percent,
    "form": urllib.parse.quote_plus,
    "percent twice": lambda text: urllib.parse.quote(urllib.parse.quote(text, safe=""), safe=""),
    "JSON": json.dumps,
    "JSON, in part": some_unicode,
    "JSON in JSON": lambda text: json.dumps(json.dumps({"a": text})),
    "JSON with slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON, all escaped": lambda text: "".join(f"\\u{ord(c):04X}" for c in text),
    "shell": shlex.quote,
    "shell, backslashes": lambda text: "".join(c if c.isalnum() else f"\\{c}" for c in text),
    "shell, single quotes": lambda text: "'" + text.replace("'", "'\\''") + "'",
    "shell, octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "YAML, hex": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "YAML": lambda text: yaml.safe_dump({"a": text}, width=1000),
    "YAML, quoted": lambda text: yaml.safe_dump({"a": text}, default_style='"', width=20),
    "HTML": lambda text: text.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#x27;"),
    "lines": lambda text: wrapped(text, 9),
    "xxd": lambda text: dumped(text, wide=True),
    "hexdump -C": lambda text: dumped("of " + text, wide=False),
    "od -t x1": lambda text: re.sub(r"  [|].*", "", dumped("a" + text, wide=False)),
    "od": lambda text: od(text),
    "od -c": lambda text: od(f"a\t{text}", "-c"),
    "od -c, no offsets": lambda text: od(text, "-An", "-c"),
    "od -b": lambda text: od(text, "-b"),
    "od -x": lambda text: od("a " + text, "-x"),
    "base64 of UTF-16": lambda text: base64.b64encode(f"a {text} b".encode("utf-16-le")).decode(),
    "base64 of UTF-16, as networks have it": lambda text: base64.b64encode(
        text.encode("utf-16-be")
    ).decode(),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "base32, behind a byte, wrapped": lambda text: wrapped(
        base64.b32encode(f"a{text}".encode()).decode(), 20
    ),
    "colours": lambda text: f"{text[:6]}\x1b[0;31m{text[6:9]}\x1b[m{text[9:]}",
}


def pieces(secret: str, form: str, size: int = 12) -> list[str]:
    """Whatever of the secret, or of an encoding of it, could be read from a masked text."""
    return [form[at : at + size] for at in range(len(form) - size + 1)]


@pytest.mark.parametrize("secret", [TOKEN, PLAIN])
@pytest.mark.parametrize("name", INSIDE)
def test_a_secret_is_masked_in_each_encoding(name: str, secret: str) -> None:
    masking.register(secret)
    form = INSIDE[name](secret)
    shown = mask(f"before {form} after")
    assert MARK in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert secret not in shown
    alone = INSIDE[name]("\x00" * len(secret)) if name.startswith("base64") else ""
    left = [one for one in pieces(secret, form) if one in shown and one not in alone]
    cores = b64(secret)[:-4], b64("a" + secret)[2:-4], b64("ab" + secret)[3:-4]
    for core in cores:
        assert core[1:-1] not in "".join(shown.split())
    if not name.startswith(("base64", "JSON in", "YAML")):
        assert left == []


SECRETS = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="*"),
    min_size=10,
    max_size=40,
)


@given(secret=SECRETS, before=st.text(max_size=9), after=st.text(max_size=9))
@pytest.mark.parametrize(
    "name", ["base64", "base64 for URLs", "hex", "HEX", "percent", "JSON", "JSON, all escaped"]
)
def test_nothing_of_any_secret_survives_its_encoding(
    name: str, secret: str, before: str, after: str
) -> None:
    masking.forget()
    masking.register(secret)
    form = INSIDE[name](secret)
    if name != "JSON, all escaped" or secret.isascii():
        shown = mask(f"{before} {form} {after}")
        assert form.strip('"=') not in shown
        assert secret not in shown


@given(secret=SECRETS, before=st.binary(max_size=7), after=st.binary(max_size=7))
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_no_alignment_of_base64_tells_a_secret(
    encode: Callable[[bytes], bytes], secret: str, before: bytes, after: bytes
) -> None:
    masking.forget()
    masking.register(secret)
    shown = mask(encode(before + secret.encode() + after).decode())
    assert MARK in shown
    known = secret.encode()
    for at in range(4):
        text = "".join(c for c in shown.replace(MARK, "|") if c.isalnum() or c in "+/-_|")
        for part in text.split("|"):
            usable = part[at:]
            read = base64.b64decode(usable[: len(usable) // 4 * 4], altchars=b"-_")
            assert not any(known[i : i + 6] in read for i in range(len(known) - 5))


@given(st.integers(1, len(PLAIN) - 1))
def test_a_secret_in_two_pieces_leaves_none_of_eight_characters(at: int) -> None:
    masking.forget()
    masking.register(PLAIN)
    first, second = mask(f"stdout: {PLAIN[:at]}"), mask(f"{PLAIN[at:]} and so on")
    left = [PLAIN[n : n + 8] for n in range(len(PLAIN) - 7)]
    assert not any(piece in shown for piece in left for shown in (first, second))


@given(st.integers(1, 30))
def test_its_base64_in_two_pieces_leaves_none_of_twelve_characters(at: int) -> None:
    masking.forget()
    masking.register(PLAIN)
    form = b64(PLAIN)
    shown = mask(f"out {form[:at]}") + " " + mask(f"{form[at:]} out")
    assert not any(form[n : n + 12] in shown for n in range(len(form) - 11))


ORDINARY = [
    "The quick brown fox\njumps over the lazy dog",
    "kustomize-controller reconciled main@sha1:0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
    "100 % of it, 5%2 and C:\\new\\table &amp; more",
    b64("an ordinary text that is long enough to be wrapped somewhere in the middle"),
    "deadbeef " * 20,
]


@pytest.mark.parametrize("text", ORDINARY)
def test_text_without_a_secret_stays_as_it_is(text: str) -> None:
    masking.register(TOKEN)
    masking.register(PLAIN)
    masking.register("abcd")
    assert mask(text) == text


def test_words_with_blanks_between_them_are_no_wrapped_secret() -> None:
    masking.register("kustomization")
    masking.register("secretsecretsecret")
    assert mask("kusto mization secret secret secret") == "kusto mization secret secret secret"


def test_a_key_is_masked_and_the_words_around_it_stay() -> None:
    head, body, foot = "-----BEGIN X-----", "b3BlbnNzaC1rZXktdjEAAAAA", "-----END X KEY-----"
    masking.register(f"{head}\n{body}\n{foot}\n")
    assert mask(body) == MARK
    assert mask(f"a file ends with {foot} as always") == f"a file ends with {foot} as always"


SECRET = """apiVersion: v1
data:
  env: {value}
  other: |
    {value}
    {value}
  empty: ""
kind: Secret
metadata:
  name: x
"""
VALUE = "R0lUTEFCX1RPS0VOPXh5eg=="
MAP = "apiVersion: v1\ndata:\n  env: shown\nkind: ConfigMap\nmetadata:\n  name: y\n"


def indented(text: str) -> str:
    return "- " + text.strip().replace("\n", "\n  ") + "\n"


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"{MAP}---\n{SECRET}---\n{MAP}",
        f"apiVersion: v1\nitems:\n{indented(MAP)}{indented(SECRET)}{indented(MAP)}kind: List\n",
        "kind: Secret\nstringData:\n  env: {value}\n",
        "+kind: Secret\n+stringData:\n+  env: {value}\n",
        '{{"apiVersion":"v1","data":{{"env":"{value}"}},"kind":"Secret"}}',
        '{{\n  "kind": "Secret",\n  "data": {{\n    "env": "{value}"\n  }}\n}}',
        'a: "{{\\"kind\\":\\"Secret\\",\\"stringData\\":{{\\"env\\":\\"{value}\\"}}}}"',
        "kind: Secret\ndata:\n  env: >-\n    {value}\n    {value}\n",
    ],
)
def test_the_data_of_a_secret_is_masked_whatever_it_is(text: str) -> None:
    shown = mask(text.format(value=VALUE))
    assert VALUE not in shown
    assert shown.count("shown") == text.count("shown")
    assert "env" in shown
    assert mask(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        MAP,
        "kind: Secret\nstringData:\n  env: <env>\n  other: ENC[AES256_GCM,data:x]\n",
        '{"kind":"ConfigMap","data":{"a":"b"}}',
        "secretRef:\n  kind: Secret\n  name: flux-system\ndata:\n  a: shown\n",
    ],
)
def test_what_is_no_data_of_a_secret_stays(text: str) -> None:
    assert mask(text) == text

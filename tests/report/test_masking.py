import base64
import gzip
import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report import masking
from report.known.secrets import safe
from report.masking import mask


@pytest.fixture(autouse=True)
def _nothing_registered() -> Iterator[None]:
    masking.forget()
    yield
    masking.forget()


BODY = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE"
PEM = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{BODY}\n-----END OPENSSH PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("using glpat-Ab3_xYz-9876543210 now", "using glpat-*** now"),
        ("glft-abcdef0123456789", "glft-***"),
        ("gldt-abcdef0123456789.01", "gldt-***"),
        ("AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP", "AGE-SECRET-KEY-***"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer ***"),
        ("> authorization: basic dXNlcjpwYXNz", "> authorization: basic ***"),
        ('{"Authorization": "Bearer abc"}', '{"Authorization": "Bearer ***"}'),
        ("PRIVATE-TOKEN: s3cr3t", "PRIVATE-TOKEN: ***"),
        ("    client-key-data: LS0tSECRET", "    client-key-data: ***"),
        ("certificate-authority-data: abcd==", "certificate-authority-data: ***"),
        ("users:\n- user:\n    token: abc def", "users:\n- user:\n    token: ***"),
        ("+  password: with,comma and space", "+  password: ***"),
        ("{user: x, password: abc def, host: y}", "{user: x, password: ***, host: y}"),
        ("flux.yaml:  token: abcd", "flux.yaml:  token: ***"),
        ('{"token":"abc","x":"y"}', '{"token":"***","x":"y"}'),
        ('{\n  "token": "abc",\n}', '{\n  "token": "***",\n}'),
        ("a:\n  password: |-\n    one\n    two\n  b: c", "a:\n  password: |-\n    ***\n  b: c"),
        ("bearerToken: abc", "bearerToken: ***"),
        ("  .dockerconfigjson: eyJhdXRo", "  .dockerconfigjson: ***"),
        ("  age.agekey: QUdFLVNF", "  age.agekey: ***"),
        ("export GITLAB_TOKEN=abc123", "export GITLAB_TOKEN=***"),
        ("helm login --password hunter2 host", "helm login --password *** host"),
        ("https://git:pa55@gitlab.local/x.git", "https://git:***@gitlab.local/x.git"),
        ("GET /api/v4/user?private_token=abc&x=1", "GET /api/v4/user?private_token=***&x=1"),
    ],
)
def test_a_secret_is_replaced_and_what_stands_around_it_stays(text: str, shown: str) -> None:
    assert mask(text) == shown


RELEASE = gzip.compress(b'{"config": {"env": "hunter2"}}' * 40, mtime=0)
ONCE = base64.b64encode(RELEASE).decode()
TWICE = base64.b64encode(ONCE.encode()).decode()


@pytest.mark.parametrize("stored", [ONCE, TWICE])
@pytest.mark.parametrize("form", ["{}", "release: {}\n", '{{"release":"{}"}}', "a {} b"])
def test_what_is_compressed_is_not_shown(stored: str, form: str) -> None:
    assert mask(form.format(stored)) == form.format("***")


def test_what_is_compressed_and_wrapped_is_not_shown() -> None:
    wrapped = base64.encodebytes(gzip.compress(os.urandom(300))).decode()
    assert wrapped.count("\n") > 3
    assert mask(f"{wrapped}after\n") == "***\nafter\n"


@pytest.mark.parametrize(
    "text",
    [
        "global-configuration-of-the-cluster",
        "cannot read the token: 401 Unauthorized",
        "flux bootstrap gitlab --token-auth --owner=platform",
        "export GITLAB_TOKEN=<gitlab-token>",
        'export GITLAB_TOKEN="$(cat file)"',
        "  token: <token>",
        "automountServiceAccountToken: false",
        "secretRef:\n  name: flux-system",
        "https://localhost:8443/platform/flux-config.git",
        "2026-11-23T22:46:00Z main@sha1:0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert mask(text) == text


def test_a_private_key_is_replaced_whole_cut_off_or_encoded() -> None:
    assert BODY not in mask(f"a\n{PEM}\nb")
    assert mask(f"a\n{PEM}\nb").endswith("-----END OPENSSH PRIVATE KEY-----\nb")
    assert BODY not in mask(PEM[:70])
    assert mask("identity: " + base64.b64encode(PEM.encode()).decode()) == "identity: ***"
    assert BODY not in mask(PEM.replace("\n", "\\n"))


def test_a_registered_secret_is_replaced_in_each_of_its_forms() -> None:
    masking.register("p@ss/word")
    encoded = base64.b64encode(b"p@ss/word").decode()
    assert mask(f"p@ss/word p%40ss%2Fword {encoded}") == "*** *** ***"
    masking.forget()
    assert mask("p@ss/word") == "p@ss/word"


def test_a_text_that_was_asked_before_is_masked_with_what_has_been_registered_since() -> None:
    assert masking.mask("the word is Rumpel-77") == "the word is Rumpel-77"
    masking.register("Rumpel-77")
    assert masking.mask("the word is Rumpel-77") == "the word is ***"
    masking.forget()
    assert masking.mask("the word is Rumpel-77") == "the word is Rumpel-77"


def test_of_equal_texts_each_stays_what_it_is() -> None:
    class Word(str):
        pass

    assert type(masking.mask(Word("some words"))) is Word
    assert type(masking.mask("some words")) is str


def test_the_longer_of_two_nested_secrets_leaves_nothing_behind() -> None:
    masking.register("secret")
    masking.register("secret-and-more")
    assert mask("secret-and-more, secret") == "***, ***"


def test_a_secret_too_short_to_be_masked_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 4"):
        masking.register("abc ")


def test_a_document_is_masked_in_its_depths() -> None:
    found = masking.masked({"a": [{"b": ("glpat-0123456789abcdef", 1, None)}], "c": 2.5})
    assert found == {"a": [{"b": ("glpat-***", 1, None)}], "c": 2.5}


SECRETS = st.text(
    st.characters(min_codepoint=48, max_codepoint=122, exclude_characters="*"), min_size=8
)


@given(secret=SECRETS, before=st.text(), after=st.text())
def test_no_registered_secret_ever_survives(secret: str, before: str, after: str) -> None:
    masking.register(secret)
    assert secret not in mask(before + secret + after)
    masking.forget()


@given(
    prefix=st.sampled_from(["glpat-", "glft-", "gldt-"]),
    body=st.text("abcXYZ019_-", min_size=12, max_size=40),
    before=st.text(" \n\t.:=\"'(", max_size=5),
)
def test_no_gitlab_token_ever_survives(prefix: str, body: str, before: str) -> None:
    assert body not in mask(before + prefix + body)


PIECES = st.sampled_from(
    ["token: ", "glpat-abcdefgh12", PEM, "Authorization: Bearer ", "a:b@", "://", "\n", "***", "x"]
)


@given(st.lists(PIECES | st.text(max_size=8)).map("".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


def test_what_comes_from_elsewhere_is_masked_where_nothing_else_than_its_shape_tells() -> None:
    packed = base64.b64encode(gzip.compress(b"password: hunter2-hunter2 " * 3)).decode()
    twice = base64.b64encode(packed.encode()).decode()
    for text in (packed, twice, "p.agekey: x1", ".dockerconfigjson: x1"):
        assert safe(text) == mask(text) != text

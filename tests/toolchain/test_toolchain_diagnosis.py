"""Each way in which Go fails is one line with a cause and a cure."""

from __future__ import annotations

import pytest

from sandbox.toolchain.diagnosis import explain

REFUSED = (
    "go: example.invalid/m@v1.9.4: reading https://proxy.invalid/m/@v/v1.9.4.zip: 403 Forbidden"
)
CASES = {
    "refused": (REFUSED, "a module is refused", "pin a served version in go.mod"),
    "gone": ("go: m@v1: reading https://p/m: 410 Gone", "a module is refused", "GOPROXY"),
    "proxy off": (
        "go: m@v1.5.2: module lookup disabled by GOPROXY=off",
        "a module is refused",
        "GOPROXY",
    ),
    "no such host": (
        'go: m@v1: Get "https://p/": dial tcp: lookup p on 10.0.0.1:53: no such host',
        "the modules cannot be reached",
        "check the network",
    ),
    "proxy down": (
        'Get "https://p/": proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused',
        "the modules cannot be reached",
        "check the network",
    ),
    "bad gateway": (
        "go: m@v1: reading https://p/m.zip: 502 Bad Gateway",
        "the modules cannot be reached",
        "check the network",
    ),
    "disk": (
        "write /cache/x: no space left on device",
        "the disk is full",
        "free space",
    ),
    "checksum": (
        "verifying m@v1.8.1: checksum mismatch",
        "a module does not match the checksum in go.sum",
        "restore the committed go.sum",
    ),
    "missing sum": (
        "missing go.sum entry for module providing package m; to add:",
        "go.mod and go.sum do not fit together",
        "restore both files",
    ),
    "damaged sum": ("malformed go.sum:", "go.mod and go.sum do not fit", "restore both files"),
    "damaged mod": ("go: errors parsing go.mod:", "go.mod and go.sum do not fit", "restore both"),
    "memory": (
        "k8s.io/api: /go/pkg/tool/compile: signal: killed",
        "the compiler was killed",
        "4 GiB",
    ),
}


@pytest.mark.parametrize(("line", "cause", "cure"), CASES.values(), ids=CASES.keys())
def test_the_cause_and_the_cure_are_named(line: str, cause: str, cure: str) -> None:
    noise = ["go: downloading other v1.0.0", "internal/cpu", "k8s.io/api/core/v1"]
    error = explain("building x", [*noise, line, "\tmore"])
    assert str(error).startswith(f"toolchain: building x: {cause}")
    assert line in str(error)
    assert cure in error.cure
    assert "\n" not in str(error)
    assert error.exit_code == 3


def test_an_error_of_the_compiler_is_quoted() -> None:
    error = explain("building x", ["fmt", "# example.invalid/x", "x.go:404:2: undefined: y"])
    assert "building x: Go failed: x.go:404:2: undefined: y" in str(error)


def test_silence_is_said() -> None:
    assert "it printed nothing" in str(explain("building x", []))


def test_a_very_long_line_is_cut() -> None:
    assert len(str(explain("building x", [f"x.go:1:1: {'y' * 5000}"]))) < 600

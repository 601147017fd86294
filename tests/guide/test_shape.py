"""Sample output fits real output where only what differs each time differs."""

from __future__ import annotations

import pytest

from guide.shape import fits


@pytest.mark.parametrize(
    ("sample", "real"),
    [
        ("", ""),
        ("a\n", "a\n\n"),
        ("NAME   AGE\npod-a  5m\n", "NAME    AGE\npod-a   2d3h\n"),
        ("took 1.5s\n", "took 312ms\n"),
        ("pod-7d9f8b6c5d-x2x9z  Running\n", "pod-5b4c7d8f9-zz4kq  Running\n"),
        ("main@sha1:0123abcd\n", "main@sha1:9f8e7d6c5b4a39281706f5e4d3c2b1a098765432\n"),
        ("[main 1a2b3c4] Add\n", "[main 0f9e8d7] Add\n"),
        ("[main 1a2b3c4] Add\n", "[main 0192837] Add\n"),
        ("http://10.0.0.1:30080\n", "http://192.168.1.23:31234\n"),
        ("fd00::1 ok\n", "2001:db8::2:1 ok\n"),
        ("localhost:36443\n", "localhost:40001\n"),
        ("[fd00::1]:30001 ok\n", "[2001:db8::2:1]:40001 ok\n"),
        ("IP:           10.0.0.1\n", "IP:           10.0.0.9\n"),
        (
            "creationTimestamp: '2026-01-02T03:04:05Z'\n",
            "creationTimestamp: '2027-11-12T13:14:15Z'\n",
        ),
        ("apps  1.2@sha256:0123abcd  True\n", "apps  1.2@sha256:9f8e7d6c5b4a  True\n"),
        (
            "helm-podinfo   5s    True    initialized: /hook/0c4e1f7a\n",
            "helm-podinfo   7s    True    initialized: /hook/9e8d7c6b\n",
        ),
        ("Error: timed out after 5s\n", "Error: timed out after 7s\n"),
        ("at 2026-01-02T03:04:05Z\n", "at 2027-11-12T13:14:15.123Z\n"),
        ("a\n...\nz\n", "a\nb\nc\nz\n"),
        ("a\n...\n", "a\n"),
    ],
)
def test_the_same_shape(sample: str, real: str) -> None:
    assert fits(sample, real)


@pytest.mark.parametrize(
    ("sample", "real"),
    [
        ("", "a\n"),
        ("a\n", ""),
        ("a\n", "b\n"),
        ("a\nb\n", "a\n"),
        ("a\n", "a\nb\n"),
        ("pod-a 5m\n", "pod-b 5m\n"),
        ("replicas: 2\n", "replicas: 3\n"),
        ("1.2.3\n", "1.2.4\n"),
        ("v6.9.2\n", "v6.9.3\n"),
        ("age 5m\n", "age unknown\n"),
        ("[main 1a2b3c4] Add\n", "[main none] Add\n"),
        ("10.0.0.1\n", "my-host\n"),
        ("-platform-guide\n", "-platform-other\n"),
        ("deadbeef\n", "feedbeef\n"),
        ("8080\n", "9090\n"),
        ("12345678\n", "12345679\n"),
        ("a b\n", "ab\n"),
        ("a\n...\nz\n", "a\nb\n"),
        ("3d-printer\n", "4d-printer\n"),
        ("cpu: 100m\n", "cpu: 500m\n"),
        ("  - interval: 5m\n", "  - interval: 10m\n"),
        ('"interval": "5m"\n', '"interval": "10m"\n'),
        ('  "interval": "5m",\n', '  "interval": "10m",\n'),
        ("timeout: 5m # long\n", "timeout: 1m # long\n"),
        ("id: 12345678\n", "id: 12345679\n"),
        ("revision: 1a2b3c4d\n", "revision: 12345678\n"),
        ("version: 1.2.3.4\n", "version: 4.7.1.2\n"),
        ("chart app-1.2.3.4\n", "chart app-4.7.1.2\n"),
        ("app 300.2.3.4\n", "app 301.2.3.4\n"),
        ("image: r.io/a@sha256:0123abcd\n", "image: r.io/a@sha256:4567abcd\n"),
        ("pod  r.io/a/b@sha256:0123abcd\n", "pod  r.io/a/b@sha256:4567abcd\n"),
        ("pod  r.io/a/b@sha256:01234567\n", "pod  r.io/a/b@sha256:11234567\n"),
        ("allow 10.0.0.0/8\n", "allow 0.0.0.0/0\n"),
        ("allow 10.0.0.0/8\n", "allow 10.0.0.0/16\n"),
        ("listen 0.0.0.0\n", "listen 10.0.0.7\n"),
        ("allow fd00::1/64\n", "allow fd00::1/48\n"),
        ("localhost:80\n", "localhost:8080\n"),
        ("http://10.0.0.1:80\n", "http://10.0.0.2:8080\n"),
        ("a:\n  b: c\n", "a:\nb: c\n"),
        ("  some words\n", "some words\n"),
    ],
)
def test_another_shape(sample: str, real: str) -> None:
    assert not fits(sample, real)


@pytest.mark.parametrize(
    ("sample", "real"),
    [
        ("  uid: 8f14e45f-ceea-467a-9575-6c4f5a7b", "  uid: 1b2c3d4e-0000-4a7b-8888-01234567"),
        ('resourceVersion: "4711"', 'resourceVersion: "99"'),
        ("clusterIP: 10.0.0.1", "clusterIP: 10.9.8.7"),
        ('"clusterIP": "10.0.0.1",', '"clusterIP": "10.9.8.7",'),
        ('"at": "2026-01-02T03:04:05Z",', '"at": "2027-11-12T13:14:15Z",'),
        ("revision: main@sha1:1a2b3c4d5e6f", "revision: main@sha1:ffee00112233"),
        ("refs/heads/main@sha1:1a2b3c4d", "refs/heads/main@sha1:ffee0011"),
        ("oci://localhost:31000/a@sha256:1a2b3c4d", "oci://localhost:31001/a@sha256:ffee0011"),
    ],
)  # fmt: skip
def test_what_the_cluster_fills_differs_behind_its_key_too(sample: str, real: str) -> None:
    assert fits(sample, real)


@pytest.mark.parametrize(
    ("sample", "real"),
    [
        ("revision: main@sha1:1a2b3c4d5e6f", "revision: other@sha1:ffee00112233"),
        ("uid: 8f14e45f-ceea-467a-9575-6c4f5a7b1b2d", "uid: "),
        ("image: h/a@sha256:1a2b3c4d", "image: h/a@sha256:ffee0011"),
    ],
)
def test_what_the_cluster_fills_has_to_be_there(sample: str, real: str) -> None:
    assert not fits(sample, real)

"""What a run plants, HTML or a secret, has no effect on any page."""

import dataclasses
import gzip

import pytest
import site_sample as sample
from site_links import Links, pages
from site_sample import everything

from report.archive import Archive
from report.results import Results
from report.site.site import Site

PLANTED = '<script>planted()</script><img src=x onerror="planted()">'
SECRETS = {
    "token": "glpat-AbCdEfGhIjKlMnOpQrSt",
    "key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n"
    "-----END OPENSSH PRIVATE KEY-----",
    "kubeconfig": "    client-key-data: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVF",
    "header": "Authorization: Bearer abcdef0123456789abcdef",
}


def plant(value, words):
    """The same value with `words` behind every text that a run can influence."""
    if isinstance(value, str):
        return f"{value}{words}"
    if isinstance(value, list):
        return [plant(item, words) for item in value]
    if isinstance(value, dict):
        free = ("name", "error", "text", "line", "cwd", "stdout", "stderr", "message", "diff")
        free += ("what", "last_seen", "stage", "revision", "object", "type", "reason", "host")
        free += ("command", "simulated", "versions", "stopped", "provider", "sha", "bundle")
        return {
            key: plant(item, words)
            if key in free and not isinstance(item, int)
            else item
            if isinstance(item, str)
            else plant_below(item, words)
            for key, item in value.items()
        }
    return value


def plant_below(value, words):
    if isinstance(value, list):
        return [plant_below(item, words) if not isinstance(item, str) else item for item in value]
    return plant(value, words) if isinstance(value, dict) else value


def planted(words):
    return lambda root: Results.load(plant(sample.red(root).dump(), words))


def test_html_from_a_run_is_inert_on_every_page(tmp_path):
    site = Site(sample.build(tmp_path / "clone", planted(PLANTED), past=1), tmp_path / "site")
    site.build()
    clean = Site(sample.build(tmp_path / "two", past=1), tmp_path / "clean")
    clean.build()
    seen = 0
    for name, path in pages(site.out).items():
        text = path.read_text()
        seen += text.count("planted()")
        assert PLANTED not in text, name
        assert "<img src=x" not in text, name
        if (clean.out / name).is_file():
            before = Links((clean.out / name).read_text()).scripts
            assert Links(text).scripts == before, name
    assert seen > 50
    assert PLANTED.encode() not in Archive(site.inputs.history).page("r2")


@pytest.mark.parametrize("kind", SECRETS)
def test_a_planted_secret_is_nowhere_on_the_site(tmp_path, kind):
    secret = planted(f"\n{SECRETS[kind]}\n")
    inputs = sample.build(tmp_path / "clone", secret, past=2)
    archive = Archive(inputs.history)
    older = secret(inputs.root)
    run = dataclasses.replace(
        older.run, id="older", started=sample.stamp(sample.END)[:4] + "-01-01T00:00:00Z"
    )
    (inputs.root / "build" / "junit.xml").write_text(SECRETS[kind])
    archive.add(dataclasses.replace(older, run=run), inputs.root / "build")
    lines = inputs.history / "runs.jsonl"
    *others, last = lines.read_text().splitlines()
    lines.write_text("\n".join([last, *others, ""]))  # recorded before them
    archive.tidy()
    site = Site(inputs, tmp_path / "site")
    site.write()
    needle = SECRETS[kind].split("\n")[1 if kind == "key" else 0].split(" ")[-1].encode()
    found = [
        name
        for name, data in everything(site.source).items()
        if needle in (gzip.decompress(data) if name.endswith(".gz") else data)
    ]
    assert not found
    assert "data/older/evidence.html" in everything(site.source)

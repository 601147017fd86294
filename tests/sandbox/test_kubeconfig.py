from pathlib import Path

import httpx
import pytest
import yaml

from sandbox.cluster import kubeconfig


def config(folder: Path, server: str) -> Path:
    """A kubeconfig as a provider writes it, whose names are the provider's."""
    file = folder / server
    entries = {
        "clusters": [{"name": "kind-x", "cluster": {"server": server}}],
        "users": [{"name": "admin", "user": {"token": f"of-{server}"}}],
        "contexts": [{"name": "kind-x", "context": {"cluster": "kind-x", "user": "admin"}}],
    }
    file.write_text(yaml.safe_dump(entries))
    return file


def test_each_cluster_has_a_context_of_its_name(tmp_path: Path) -> None:
    own = {"dev": config(tmp_path, "one"), "prod": config(tmp_path, "two")}
    kubeconfig.merge(own, "prod", tmp_path / "merged")
    merged = yaml.safe_load((tmp_path / "merged").read_text())
    assert merged["current-context"] == "prod"
    assert merged["contexts"] == [
        {"name": name, "context": {"cluster": name, "user": name}} for name in ("dev", "prod")
    ]
    assert [each["cluster"]["server"] for each in merged["clusters"]] == ["one", "two"]
    assert [each["user"]["token"] for each in merged["users"]] == ["of-one", "of-two"]
    assert (tmp_path / "merged").stat().st_mode & 0o777 == 0o600


def test_without_the_one_that_counts_it_is_the_first_or_none(tmp_path: Path) -> None:
    kubeconfig.merge({"b": config(tmp_path, "b")}, "a", tmp_path / "merged")
    assert yaml.safe_load((tmp_path / "merged").read_text())["current-context"] == "b"
    kubeconfig.merge({}, "a", tmp_path / "none")
    assert yaml.safe_load((tmp_path / "none").read_text())["current-context"] == ""


def test_one_that_leads_nowhere_reaches_nobody_at_once(tmp_path: Path) -> None:
    kubeconfig.merge({"dev": config(tmp_path, "one")}, "dev", tmp_path / "merged")
    kubeconfig.lead_nowhere(tmp_path / "merged")
    written = yaml.safe_load((tmp_path / "merged").read_text())
    assert "one" not in str(written)
    [server] = [each["cluster"]["server"] for each in written["clusters"]]
    with pytest.raises(httpx.ConnectError, match="refused"):
        httpx.get(server, trust_env=False)

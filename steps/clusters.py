"""Sentences about a second cluster, and about one cluster beside another."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from posixpath import normpath

from pytest_bdd import given, parsers, then, when

from sandbox.flux.status import NAMESPACE
from sandbox.gitlab.public_key import public_half
from steps.engineer import Engineer
from steps.pushed import settle, wait_for_push
from steps.table import quoted

_LIMIT_S = 120


@given(parsers.re(r'an empty cluster "(?P<name>[^"]+)"(?: beside the first)?$'))
def an_empty_cluster(engineer: Engineer, name: str) -> None:
    """Bring up a cluster without Flux; the engineer has a place for its key file at home.

    The return to the baseline takes the key away with everything else that came there.
    """
    there = engineer.sandbox.provider.clusters()
    assert name not in there, f'cluster "{name}" is there already'
    engineer.sandbox.add_cluster(name)
    engineer.chain.follow(engineer.sandbox.view(name).informer)
    engineer.values["new-private-key-file"] = str(engineer.sandbox.desk.folder / name)


@given(parsers.parse('the objects of "{cluster}" are noted'))
def note_objects(engineer: Engineer, cluster: str) -> None:
    """Keep identity and content of everything that people or Flux put there."""
    noted = engineer.sandbox.view(cluster).identities()
    assert noted, f"{cluster} holds nothing at all"
    engineer.noted[cluster] = noted


@then(parsers.parse('the noted objects of "{cluster}" are the same at the pushed commit'))
def objects_are_the_same(engineer: Engineer, cluster: str) -> None:
    """The cluster follows the commit, and no object was made anew or changed in its spec."""
    assert cluster in engineer.noted, f"the objects of {cluster} were not noted"
    wait_for_push(engineer, cluster)
    now, before = engineer.sandbox.view(cluster).identities(), engineer.noted[cluster]
    others = sorted(name for name in {*now, *before} if now.get(name) != before.get(name))
    assert not others, f"came, went or changed: {', '.join(others)}"


@then(
    parsers.parse(
        'no Kustomization of "{cluster}" applies a path outside the folder of its cluster'
    )
)
def keeps_to_its_folder(engineer: Engineer, cluster: str) -> None:
    """Every Kustomization there has a path below the place of the cluster's main entry."""
    settle(engineer, cluster=cluster)
    listed = engineer.sandbox.view(cluster).listed("Kustomization")
    assert listed, f"{cluster} has no Kustomization"
    folder = normpath(engineer.sandbox.layout.path_of(cluster))
    paths = {each["metadata"]["name"]: normpath(each["spec"].get("path") or ".") for each in listed}
    others = {name: path for name, path in paths.items() if not f"{path}/".startswith(f"{folder}/")}
    assert not others, f"outside {folder}: {others}"


@then(
    parsers.re(
        r"the monorepo has (?P<count>\d+) deploy keys?(?P<reading>, none of which may push)?$"
    )
)
def has_deploy_keys(engineer: Engineer, count: str, reading: str | None) -> None:
    """Count the deploy keys of the project, and look at their right to push."""
    keys = engineer.sandbox.gitlab.deploy_keys(engineer.sandbox.layout.repository)
    assert len(keys) == int(count), [key["title"] for key in keys]
    may_push = [key["title"] for key in keys if key["can_push"]]
    assert not (reading and may_push), f"these may push: {may_push}"


@when(parsers.parse('somebody removes the deploy key of "{cluster}"'))
def remove_deploy_key_of(engineer: Engineer, cluster: str) -> None:
    """Remove the deploy key whose title names the cluster."""
    gitlab, repository = engineer.sandbox.gitlab, engineer.sandbox.layout.repository
    keys = gitlab.deploy_keys(repository)
    named = re.compile(rf"(?<![\w-]){re.escape(cluster)}(?![\w-])")
    its = [key for key in keys if named.search(key["title"])]
    assert len(its) == 1, f"{len(its)} keys name {cluster}, of {[key['title'] for key in keys]}"
    gitlab.delete_deploy_key(repository, its[0]["id"])


@then(
    parsers.re(
        r'(?P<clusters>"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?) (?:is|are) cut off from Git$',
    )
)
def are_cut_off(engineer: Engineer, clusters: str) -> None:
    """The GitRepository of each of the clusters comes to say that it cannot log in."""
    words, limit = "unable to authenticate", _LIMIT_S
    for cluster in quoted(clusters):
        view = engineer.sandbox.view(cluster)
        view.wait_condition("GitRepository", NAMESPACE, NAMESPACE, "False", words, limit)


@then(parsers.parse('"{cluster}" logs in to Git with the key that was made for it'))
def logs_in_with_own_key(engineer: Engineer, cluster: str) -> None:
    """Its Secret holds the key of the key file, and the Git server has let it fetch with that."""
    secret = engineer.sandbox.view(cluster).find("Secret", "flux-system", "flux-system")
    assert secret is not None, f"{cluster} has no Secret flux-system"
    made = Path(engineer.values["new-private-key-file"]).read_text().strip()
    assert base64.b64decode(secret["data"]["identity"]).decode().strip() == made, "another key"
    gitlab, half = engineer.sandbox.gitlab, public_half(made).split()
    keys = gitlab.deploy_keys(engineer.sandbox.layout.repository)
    own = [f"deploy key {each['id']}" for each in keys if each["key"].split()[:2] == half]
    fetches = [entry for entry in gitlab.log() if entry["operation"] == "SSH fetch"]
    fetched = {entry["actor"] for entry in fetches if entry["result"] == "ok"}
    assert fetched & {*own}, f"{own or 'no deploy key'} of {cluster}, fetched by {sorted(fetched)}"

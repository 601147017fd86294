"""What the sandbox sees in an embedded cluster, for real: kinds, secrets, what was left behind."""

from __future__ import annotations

import pytest
from embedded_live import Live

from sandbox.cluster import api_versions, census, served, store_keys
from sandbox.cluster.informer import Informer
from sandbox.cluster.secret_history import SecretHistory
from sandbox.cluster.secret_values import secret_values

pytestmark = pytest.mark.toolchain


def test_every_kind_of_flux_is_followed_from_the_moment_it_is_served(live: Live) -> None:
    informer = Informer(live.kubeconfig).start()
    try:
        live.wait(
            "Flux's kinds",
            lambda: (
                {"Bucket", "OCIRepository", "Receiver", "ExternalArtifact"}
                <= set(informer.flux_kinds())
            ),
            informer.flux_kinds,
        )
        mute = {each.name for each in informer.kinds() if not each.reports}
        assert mute == {"Alert", "Provider"}
        bucket = {
            "apiVersion": "source.toolkit.fluxcd.io/v1",
            "kind": "Bucket",
            "metadata": {"name": "late", "namespace": "flux-system"},
            "spec": {"interval": "1h", "bucketName": "b", "endpoint": "bucket.invalid"},
        }
        live.apply(bucket)
        live.wait("the bucket", lambda: informer.get("Bucket", "flux-system", "late"))
        assert any(name == "Bucket flux-system/late" for name in census.take(live.api))
        live.run(live.kubectl, "-n", "flux-system", "delete", "bucket", "late")
        live.wait("its end", lambda: informer.get("Bucket", "flux-system", "late") is None)
    finally:
        informer.stop()


def test_a_real_api_server_says_what_it_deprecates_and_what_is_gone(live: Live) -> None:
    wanted = [
        ("v1", "Endpoints"),
        ("apps/v1beta1", "Deployment"),
        ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
        ("cert-manager.io/v1", "ClusterIssuer"),
    ]
    old, gone, flux, later = api_versions.look(live.api, wanted)
    assert old.state == "deprecated"
    assert "discovery.k8s.io/v1 EndpointSlice" in old.said
    assert (gone.state, gone.said) == ("gone", "apps/v1 is served")
    assert (flux.state, later.state) == ("served", "unasked")


def test_a_secret_that_came_and_went_since_the_last_look_is_told(live: Live) -> None:
    history = SecretHistory(live.api)
    history.look()
    live.run(live.kubectl, "create", "secret", "generic", "brief", "--from-literal=word=hidden")
    live.run(live.kubectl, "delete", "secret", "brief")
    found = [each for each in history.look() if each["metadata"]["name"] == "brief"]
    assert set().union(*map(secret_values, found)) == {"hidden"}
    assert history.look() == []
    assert not any("proofbook-mark" in name for name in census.take(live.api))


def test_a_pod_that_nobody_owns_a_volume_and_what_has_only_a_name_are_left_behind(
    live: Live,
) -> None:
    before, keys = census.take(live.api), keys_of(live)
    live.run(live.kubectl, "create", "configmap", "lonely")
    live.run(live.kubectl, "create", "serviceaccount", "lonely")
    live.run(live.kubectl, "run", "lonely", "--image=app")
    volume = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": "lonely"},
        "spec": {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "hostPath": {"path": "/nowhere"},
        },
    }
    live.apply(volume)
    assert census.come(before, census.take(live.api)) == [
        "ConfigMap default/lonely",
        "PersistentVolume lonely",
        "Pod default/lonely",
        "ServiceAccount default/lonely",
    ]
    new = keys_of(live) - keys
    assert {each.name for each in store_keys.kinds_of(new, served.kinds(live.api))} <= {
        *("ConfigMap", "ServiceAccount", "Pod", "PersistentVolume")
    }
    found = census.made_by_hand(live.api, before, new)
    assert found == census.made_by_hand(live.api, before)
    for path in found:
        live.api.delete(path)
    live.wait(
        "all of them to go away",
        lambda: not census.come(before, census.take(live.api)),
        lambda: census.come(before, census.take(live.api)),
    )
    live.wait("their keys to go", lambda: keys_of(live) == keys, lambda: keys_of(live) ^ keys)


def keys_of(live: Live) -> frozenset[str]:
    """What the store of the cluster holds, by key."""
    [name] = live.provider.clusters()
    found = live.provider.keys(name)
    assert found is not None
    return frozenset(store_keys.counted(found))


def test_every_object_of_a_cluster_has_a_key_that_tells_its_kind(live: Live) -> None:
    kinds = served.kinds(live.api)
    keys = keys_of(live)
    uncounted = {"Event", "Lease", "ComponentStatus", "Endpoints"}
    for kind in kinds:
        for item in served.listed(live.api.metadata, kind):
            meta = item["metadata"]
            end = "/" + "/".join(filter(None, (meta.get("namespace"), meta["name"])))
            its = [key for key in keys if key.endswith(end)]
            told = any(kind in store_keys.kinds_of([key], kinds) for key in its)
            assert told or kind.name in uncounted, f"{kind.name} {end}: {its}"

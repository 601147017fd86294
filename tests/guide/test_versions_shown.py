"""The versions of kinds that an edition shows, wherever a page writes an object down."""

from __future__ import annotations

from pathlib import Path

from guide import Edition
from guide.api_versions import shown
from guide.base import Bases

PAGE = """# Team

``` { .yaml #budget title="team/budget.yaml" }
apiVersion: policy/v1beta1  # the old one
kind: PodDisruptionBudget
spec:
  template:
    apiVersion: v1
    kind: Pod
---
kind: "ConfigMap"
apiVersion: 'v1'
data:
  kind: Secret
```

``` { .diff #budget-newer .variant title="team/budget.yaml" }
@@ -1,3 +1,3 @@
-apiVersion: policy/v1beta1  # the old one
+apiVersion: policy/v1
 kind: PodDisruptionBudget
 spec:
```

``` { .diff #unseen .variant title="team/other.yaml" }
@@ -1,2 +1,2 @@
-apiVersion: apps/v1beta1
+apiVersion: apps/v1
 kind: Deployment
```

``` { .bash #apply }
kubectl apply -f - <<EOF
apiVersion: v1
kind: Namespace
EOF
```

``` { .yaml #wrong .as-written title="team/wrong.yaml" }
apiVersion: extensions/v1beta1
kind: Ingress
```
"""


def test_objects_of_manifests_changes_and_commands_are_known_with_their_blocks(
    tmp_path: Path,
) -> None:
    (tmp_path / "team.md").write_text(PAGE)
    edition = Edition.examine(tmp_path)
    assert not edition.problems
    assert dict(shown(edition, Bases(edition, {}))) == {
        ("apps/v1", "Deployment"): ("unseen",),
        ("policy/v1", "PodDisruptionBudget"): ("budget-newer",),
        ("policy/v1beta1", "PodDisruptionBudget"): ("budget",),
        ("v1", "ConfigMap"): ("budget", "budget-newer"),
        ("v1", "Namespace"): ("apply",),
    }

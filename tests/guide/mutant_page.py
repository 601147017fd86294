"""A page and a feature whose blocks take every kind of fault."""

from __future__ import annotations

PAGE = """# Adding { #top data-excused="the steps say it" }

## Step 1: Write { #step-1 }

``` { .yaml #overlay title="apps/my-app/kustomization.yaml" }
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: my-app
resources:
  - ../../bases/my-app
  - extra.yaml
patches:
  - target:
      kind: HelmRelease
    patch: |-
      kind: HelmRelease
      metadata:
        name: my-app
      spec:
        values:
          replicaCount: 2
```

``` { .yaml #entry title="kustomizations.yaml" }
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
spec:
  interval: 10m
  path: ./apps
  dependsOn:
    - name: namespaces
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: my-app
spec:
  interval: 5m
  chart:
    spec:
      chart: podinfo
      version: "6.9.2"
  values:
    logLevel: info
```

``` { .yaml #soon title="soon/kustomization.yaml" }
kind: Kustomization
patches:
  - target:
      kind: Deployment
    patch: |
      - op: add
        path: /args/-
        value: --requeue-dependency=1s
  - target:
      kind: GitRepository
    patch: |
      - op: add
```

``` { .yaml #wrong .as-written title="x.yaml" }
kind: Wrong
```

## Step 2: Push { #step-2 }

``` { .bash #push }
git commit --all -m "<commit-message>"
git push origin main
```

``` { .bash #bootstrap }
flux bootstrap gitlab \\
  --owner=platform \\
  --interval=2s \\
  --path=clusters/dev
git pull --ff-only
```

``` { .bash #never data-unused="shown only" }
flux get all -A
```

## Promises { #promises }

``` { .yaml #rights .variant title="rights.yaml" }
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: tenant
  namespace: tenant
rules:
  - apiGroups: [""]
    resources: [configmaps]
    verbs: [get, list]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: tenant
  namespace: tenant
roleRef:
  kind: Role
  name: tenant
subjects:
  - kind: ServiceAccount
    namespace: tenant
```

``` { .yaml #tenant .variant title="tenant.yaml" }
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: tenant
  namespace: tenant
spec:
  serviceAccountName: tenant
  path: ./clusters/dev/tenant
  prune: true
  wait: true
```

``` { .yaml #list .variant title="list/kustomization.yaml" }
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - a.yaml
  - b.yaml
patches:
  - target:
      kind: ConfigMap
      name: a
    patch: |
      - op: add
```

``` { .bash #access .variant }
curl --cacert <ca-file> --data-urlencode "key=x" https://host/deploy_keys
chmod 600 key
flux bootstrap gitlab \\
  --owner=platform
kubectl delete secret x -n flux-system
flux get kustomizations -n flux-system
flux reconcile kustomization apps --with-source
kubectl auth can-i create pods --as=tenant
GIT_SSH_COMMAND="ssh -o UserKnownHostsFile=known-hosts" git ls-remote x
git ls-remote https://x
```
"""
FEATURE = """Feature: Adding
  @id:followed @unit:adding/step-1 @unit:adding/step-2
  Scenario: Following the steps
    When she follows steps 1 to 2 of "adding"

  @id:promises @unit:adding/promises
  Scenario: No more than was said
    When she writes blocks "rights", "tenant", "list" and "access"

  @id:wrong @unit:adding/step-1
  Scenario: What is wrong fails
    When block "wrong" is written
"""

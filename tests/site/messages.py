"""Messages as Flux, kubectl, helm, git and kustomize print them, with the names of another team."""

TROUBLE = "guide/troubleshooting.html#"
OTHERS = "guide/troubleshooting-others.html#"

MESSAGES = {
    ("Kustomization/flux-system/billing False dependency 'flux-system/billing-db' is not ready"): (
        TROUBLE + "depends-on",
    ),
    "failed to get secret 'flux-system/flux-system': secrets \"flux-system\" not found": (
        TROUBLE + "key-secret",
    ),
    (
        "failed to checkout and determine revision: unable to clone "
        "'ssh://git@git.acme.io/ops/fleet': ssh: handshake failed: knownhosts: key "
        "mismatch"
    ): (TROUBLE + "host-key",),
    (
        "failed to checkout and determine revision: unable to list remote for "
        "'ssh://git@git.acme.io/ops/fleet': ssh: handshake failed: ssh: unable to "
        "authenticate, attempted methods [none publickey], no supported methods remain"
    ): (
        OTHERS + "rotate-key",
        TROUBLE + "deploy-key",
    ),
    (
        "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @\nPermissions 0644 "
        "for '/home/ann/.ssh/fleet' are too open."
    ): (TROUBLE + "key-file",),
    (
        "post build failed for 'nightly-report': envsubst error: variable substitution "
        'failed: variable not set (strict mode): "outdir"'
    ): (OTHERS + "variable-not-set",),
    (
        "kustomization path not found: stat "
        "/tmp/kustomization-3361204491/fleet/clusters/prod/billing: no such file or "
        "directory"
    ): (
        OTHERS + "folder-removed",
        TROUBLE + "describe",
    ),
    (
        'Deployment/billing/api dry-run failed (Invalid): Deployment.apps "api" is '
        'invalid: spec.selector: Invalid value: {"matchLabels":{"app":"api-v2"}}: field '
        "is immutable"
    ): (OTHERS + "immutable",),
    "HelmRelease/billing/ledger Failed to install after 1 attempt(s)": (
        OTHERS + "retries-exceeded",
    ),
    (
        "unable to get 'flux-system/billing' dependency: "
        'helmreleases.helm.toolkit.fluxcd.io "billing" not found'
    ): (OTHERS + "depends-on-another-kind",),
    ("substitute from 'ConfigMap/cluster-vars' error: configmaps \"cluster-vars\" not found"): (
        OTHERS + "substitute-from",
    ),
    (
        "Some content in the namespace has finalizers remaining: acme.io/cleanup in 1 "
        "resource instances"
    ): (OTHERS + "namespace-terminating",),
    (
        '✗ failed to get Git repository "https://git.acme.io/ops/fleet": provider error: '
        "GET https://git.acme.io/api/v4/projects/ops%2Ffleet: 401 {error: "
        "invalid_token}, {error_description: Token was revoked. You have to re-authorize "
        "from the user.}"
    ): (OTHERS + "bootstrap-token",),
    (
        "remote: GitLab: You are not allowed to push code to protected branches on this "
        "project.\n ! [remote rejected] release -> release (pre-receive hook declined)"
    ): (OTHERS + "protected-branch",),
    (
        "✗ failed to push manifests: failed to push to remote: non-fast-forward update: "
        "refs/heads/release"
    ): (OTHERS + "overtaken",),
    (
        "HelmChart 'flux-system/billing-ledger' is not ready: invalid chart reference: "
        "failed to get chart version for remote reference: no 'ledger' chart with "
        "version matching '4.4.4' found"
    ): (TROUBLE + "helm-errors",),
    (
        "Error: no resource matches strategic merge patch "
        '"Deployment.v1.apps/api.billing": no matches for Id '
        "Deployment.v1.apps/api.billing; failed to find unique target for patch "
        "Deployment.v1.apps/api.billing"
    ): (TROUBLE + "build-errors",),
    "✗ no argument required": (TROUBLE + "error-logs",),
    "✗ resource is suspended": (
        OTHERS + "reconcile-suspended",
        OTHERS + "suspended",
    ),
    "remote: ERROR: This deploy key does not have write access to this project.": (
        "guide/git-authentication.html#read-only",
    ),
    (
        '✗ sync path configuration ("./clusters/prod") would overwrite path '
        '("./clusters/test") of existing Kustomization'
    ): (
        "guide/add-cluster.html#bootstrap-path",
        "guide/add-cluster.html#copied-gotk",
    ),
    (
        "failed to fetch Helm repository index: failed to cache index to temporary file: "
        'Get "https://charts.acme.io/index.yaml": dial tcp: lookup charts.acme.io: no '
        "such host"
    ): ("guide/helm-repositories.html#wrong-url",),
    ("Error: unable to parse SM or JSON patch from [{op: replace, path: /spec/acme/email}]"): (
        "guide/cluster-issuers.html#step-3",
    ),
    (
        "Error: accumulating resources: accumulation err='accumulating resources from "
        "'../../../../../../bases/ledger': evalsymlink failure on "
        "'/home/ann/bases/ledger' : lstat /home/ann/bases: no such file or directory': "
        "must build at directory: not a valid directory"
    ): (
        "guide/add-application.html#step-2",
        "guide/cluster-issuers.html#step-3",
    ),
    "fatal: Authentication failed for 'https://git.acme.io/ops/fleet.git/'": (
        "guide/git-authentication.html#runtime",
    ),
    "✗ context deadline exceeded": (TROUBLE + "helm-timeout",),
    (
        "Helm install failed for release billing/ledger with chart ledger@4.4.4: "
        'services "ledger" is forbidden: exceeded quota: team-quota, requested: '
        "services=1, used: services=0, limited: services=0"
    ): (OTHERS + "retries-exceeded",),
    'ConfigMap/blue/limits dry-run failed (NotFound): namespaces "blue" not found': (
        TROUBLE + "depends-on",
    ),
    ('Failed to pull image "ghcr.io/acme/api:9.9": rpc error: code = NotFound: ImagePullBackOff'): (
        TROUBLE + "missing-image",
    ),
    (
        "HelmRepository/flux-system/acme dry-run failed: no matches for kind "
        '"HelmRepository" in version "source.toolkit.fluxcd.io/v1beta2"'
    ): ("guide/helm-repositories.html#step-1",),
    "CreateContainerConfigError": (OTHERS + "secret-not-found",),
    "InstallFailed RetriesExceeded": (OTHERS + "retries-exceeded",),
    (
        "401 {error: insufficient_scope} The request requires higher privileges than "
        "provided by the access token."
    ): (OTHERS + "bootstrap-token",),
    "dependency 'flux-system/billing-bd' not found": (TROUBLE + "depends-on",),
}
"""Each with the section that is to be found first; two, where the guide shows it twice."""

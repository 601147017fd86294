"""The fake `go`: answers version, env, list, build and mod download from files beside it.

Asked for versions it reads the module proxy that GOPROXY names.
"""

import json
import os
import re
import select
import sys
from pathlib import Path

HERE = Path(sys.argv[0]).resolve().parent
FILES = {
    "charts/podinfo/Chart.yaml": "name: podinfo\n",
    "images/base/Dockerfile": "FROM scratch\n",
    "build/pause/linux/pause.c": "int main() {}\n",
    "deploy/crds/issuers.yaml": "kind: CustomResourceDefinition\n",
    "kustomize/stage/node/fast/node-initialize.yaml": "kind: Stage\n",
    "kustomize/stage/pod/fast/pod-ready.yaml": "kind: Stage\n",
    "kustomize/stage/pod/fast/pod-complete.yaml": "kind: Stage\n",
    "kustomize/stage/pod/fast/pod-delete.yaml": "kind: Stage\n",
    "config/crd/kustomization.yaml": "",
    "config/manager/kustomization.yaml": "",
    "manifests/rbac/kustomization.yaml": "",
    "manifests/policies/kustomization.yaml": "",
}
CONTROLLERS = (
    *(f"{n}-controller" for n in ("source", "kustomize", "helm", "notification")),
    *("image-reflector-controller", "image-automation-controller", "source-watcher"),
)
for name in CONTROLLERS:
    FILES[f"manifests/bases/{name}/kustomization.yaml"] = (
        f"resources:\n- https://example.invalid/v1/{name}.crds.yaml\n"
        f"- https://example.invalid/v1/{name}.deployment.yaml\n"
    )


def program_name(package):
    parts = package.split("/")
    return parts[-2] if re.fullmatch(r"v\d+", parts[-1]) else parts[-1]


def wait_while(holds):
    while holds():
        select.select([], [], [], 0.02)


def build(arguments):
    target = Path(arguments[arguments.index("-o") + 1])
    packages = arguments[arguments.index("-o") + 2 :]
    (Path(os.environ["GOCACHE"])).mkdir(parents=True, exist_ok=True)
    (Path(os.environ["GOCACHE"]) / "compiled").touch()
    for package in packages:
        print(package, file=sys.stderr, flush=True)
        if (HERE / "paced").exists():
            wait_while(lambda name=package: not (HERE / f"seen-{program_name(name)}").exists())
        program = target / program_name(package)
        works = program.name == "kustomize"
        program.write_text('#!/bin/sh\necho "rendered: $2"\n' if works else "#!/bin/sh\nexit 9\n")
        program.chmod(0o755)
        if (HERE / "block").exists():
            (HERE / "blocked").write_text(str(os.getpid()))
            wait_while((HERE / "block").exists)


def download(wanted):
    path, _, version = wanted.partition("@")
    unserved = (HERE / "unserved").read_text() if (HERE / "unserved").exists() else "none"
    if unserved in ("", "it does not compile") or wanted in unserved.split():
        print(json.dumps({"Path": path, "Error": f"{wanted}: reading the proxy: 404 Not Found"}))
        return 1
    sums = Path("go.sum").read_text() if Path("go.sum").exists() else ""
    found = re.search(rf"^{re.escape(path)} {re.escape(version)} (h1:\S+)$", sums, re.MULTILINE)
    if Path("go.mod").exists() and "-mod=mod" in os.environ["GOFLAGS"]:
        # As the real one: asked inside a module it notes what it was asked for.
        Path("go.sum").write_text(f"{sums}{path} {version}/go.mod h1:asked=\n")
    folder = HERE / "modules" / path
    installs = (HERE / "installs").read_text() if (HERE / "installs").exists() else "v1"
    lacks = "manifests/bases/" if (HERE / "no-bases").exists() else "nothing"
    for name, text in FILES.items():
        if name.startswith(lacks):
            (folder / name).unlink(missing_ok=True)
            continue
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("/v1/", f"/{installs}/"))
    altered = (HERE / "altered").exists()
    answer = "h1:other=" if altered or not found else found[1]
    needs = folder / "needs.mod"
    needs.write_text("require (\n\tk8s.io/api v0.0.0\n\tk8s.io/utils v0.0.0-2025-abc\n)\n")
    told = HERE / "needs" / path.replace("/", "_")
    if told.exists():
        needs.write_text(told.read_text())
    known = {"Path": path, "Version": version, "Sum": answer, "Dir": str(folder)}
    print(json.dumps({**known, "GoMod": str(needs)}))
    return 0


def served(modules):
    """What the proxy lists, as `go list -m -e -versions -json` tells it."""
    # Three times what the rest of a call takes, of which there are dozens in a build.
    import urllib.request

    for path in modules:
        address = f"{os.environ['GOPROXY']}/{path}/@v/list"
        told = {"Path": path}
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                words = answer.read().decode().split()
            versions = [word for word in words if re.fullmatch(r"v\d+\.\d+\.\d+\S*", word)]
            told |= {"Versions": versions} if versions else {}
        except OSError as error:
            told["Error"] = {"Err": f"module {path}: reading {address}: {error}"}
        print(json.dumps(told, indent=1))


def main(arguments):
    command = " ".join(arguments[:2]) if arguments[0] == "mod" else arguments[0]
    with (HERE / "calls").open("a") as log:
        log.write(" ".join(arguments) + "\n")
    fail = HERE / f"fail-{command.replace(' ', '-')}"
    if fail.exists():
        print(fail.read_text(), file=sys.stderr)
        return 1
    if command == "version":
        print(f"go version go{(HERE / 'version').read_text()} linux/amd64")
    elif command == "env":
        print(os.environ.get("GOPROXY", "https://proxy.invalid"))
        print(os.environ.get("GOMODCACHE", str(HERE / "no-cache")))
    elif command == "list" and "-m" in arguments:
        served(arguments[arguments.index("-json") + 1 :])
    elif command == "list":
        (HERE / "env").write_text("\n".join(f"{k}={v}" for k, v in sorted(os.environ.items())))
        print("go: downloading example.invalid/module v1.0.0", file=sys.stderr)
        if arguments[-1] == "tool":
            # As the real one, which notes what the tools need.
            resolved = HERE / "resolved"
            for line in resolved.read_text().splitlines() if resolved.exists() else ():
                with Path("go.mod").open("a") as file:
                    file.write(f"require {line} // indirect\n")
            needed = re.findall(r"^\s*(?:require )?(\S+ v\S+)$", Path("go.mod").read_text(), re.M)
            known = Path("go.sum").read_text() if Path("go.sum").exists() else ""
            if not known:
                Path("go.sum").write_text("".join(f"{each} h1:sum=\n" for each in needed))
    elif command == "build":
        build(arguments)
    elif command == "mod download":
        return download(arguments[-1])
    elif command == "mod tidy":
        Path("go.sum").write_text("k8s.io/kubernetes v1.35.4 h1:sum=\n")
    return 0


raise SystemExit(main(sys.argv[1:]))

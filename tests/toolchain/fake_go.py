"""The fake `go`: answers version, env, list, build and mod download from files beside it.

Asked for versions it reads the module proxy that GOPROXY names. It is started a thousand times in
the tests, so what only some calls need (json, pathlib, re: three quarters of a start) they import.
"""

import os
import sys
from _json import encode_basestring_ascii as quoted

HERE = os.path.dirname(os.path.realpath(sys.argv[0]))
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


def beside(name):
    return os.path.join(HERE, name)


def told(name, otherwise=""):
    """What stands in a file beside this one, or in the folder where it is asked."""
    try:
        with open(name) as file:
            return file.read()
    except FileNotFoundError:
        return otherwise


def write(name, text):
    with open(name, "w") as file:
        file.write(text)


def answer(**facts):
    print("{" + ", ".join(f"{quoted(name)}: {quoted(text)}" for name, text in facts.items()) + "}")


def program_name(package):
    parts = package.split("/")
    return parts[-2] if parts[-1][:1] == "v" and parts[-1][1:].isdigit() else parts[-1]


def wait_while(holds):
    import select

    while holds():
        select.select([], [], [], 0.02)


def build(arguments):
    target = arguments[arguments.index("-o") + 1]
    packages = arguments[arguments.index("-o") + 2 :]
    os.makedirs(os.environ["GOCACHE"], exist_ok=True)
    write(os.path.join(os.environ["GOCACHE"], "compiled"), "")
    for package in packages:
        print(package, file=sys.stderr, flush=True)
        name = program_name(package)
        if os.path.exists(beside("paced")):
            wait_while(lambda name=name: not os.path.exists(beside(f"seen-{name}")))
        program = os.path.join(target, name)
        works = name == "kustomize"
        write(program, '#!/bin/sh\necho "rendered: $2"\n' if works else "#!/bin/sh\nexit 9\n")
        os.chmod(program, 0o755)
        if os.path.exists(beside("block")):
            write(beside("blocked"), str(os.getpid()))
            wait_while(lambda: os.path.exists(beside("block")))


def download(wanted):
    path, _, version = wanted.partition("@")
    unserved = told(beside("unserved"), "none")
    if unserved in ("", "it does not compile") or wanted in unserved.split():
        answer(Path=path, Error=f"{wanted}: reading the proxy: 404 Not Found")
        return 1
    sums = told("go.sum")
    begin = f"{path} {version} h1:"
    lines = [line for line in sums.split("\n") if line.startswith(begin)]
    found = lines[0].split(" ")[2] if lines else ""
    if os.path.exists("go.mod") and "-mod=mod" in os.environ["GOFLAGS"]:
        # As the real one: asked inside a module it notes what it was asked for.
        write("go.sum", f"{sums}{path} {version}/go.mod h1:asked=\n")
    folder = os.path.join(HERE, "modules", path)
    installs = told(beside("installs"), "v1")
    lacks = "manifests/bases/" if os.path.exists(beside("no-bases")) else "nothing"
    for name, text in FILES.items():
        file = os.path.join(folder, name)
        if name.startswith(lacks):
            if os.path.exists(file):
                os.unlink(file)
            continue
        os.makedirs(os.path.dirname(file), exist_ok=True)
        write(file, text.replace("/v1/", f"/{installs}/"))
    needs = os.path.join(folder, "needs.mod")
    usual = "require (\n\tk8s.io/api v0.0.0\n\tk8s.io/utils v0.0.0-2025-abc\n)\n"
    write(needs, told(os.path.join(HERE, "needs", path.replace("/", "_")), usual))
    altered = os.path.exists(beside("altered"))
    total = "h1:other=" if altered or not found else found
    answer(Path=path, Version=version, Sum=total, Dir=folder, GoMod=needs)
    return 0


def served(modules):
    """What the proxy lists, as `go list -m -e -versions -json` tells it."""
    import json
    import re
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


def listed(arguments):
    import re

    write(beside("env"), "\n".join(f"{k}={v}" for k, v in sorted(os.environ.items())))
    print("go: downloading example.invalid/module v1.0.0", file=sys.stderr)
    if arguments[-1] == "tool":
        # As the real one, which notes what the tools need.
        for line in told(beside("resolved")).splitlines():
            with open("go.mod", "a") as file:
                file.write(f"require {line} // indirect\n")
        needed = re.findall(r"^\s*(?:require )?(\S+ v\S+)$", told("go.mod"), re.M)
        if not told("go.sum"):
            write("go.sum", "".join(f"{each} h1:sum=\n" for each in needed))


def main(arguments):
    command = " ".join(arguments[:2]) if arguments[0] == "mod" else arguments[0]
    with open(beside("calls"), "a") as log:
        log.write(" ".join(arguments) + "\n")
    fail = beside(f"fail-{command.replace(' ', '-')}")
    if os.path.exists(fail):
        print(told(fail), file=sys.stderr)
        return 1
    if command == "version":
        print(f"go version go{told(beside('version'))} linux/amd64")
    elif command == "env":
        print(os.environ.get("GOPROXY", "https://proxy.invalid"))
        print(os.environ.get("GOMODCACHE", beside("no-cache")))
    elif command == "list" and "-m" in arguments:
        served(arguments[arguments.index("-json") + 1 :])
    elif command == "list":
        listed(arguments)
    elif command == "build":
        build(arguments)
    elif command == "mod download":
        return download(arguments[-1])
    elif command == "mod tidy":
        write("go.sum", "k8s.io/kubernetes v1.35.4 h1:sum=\n")
    return 0


raise SystemExit(main(sys.argv[1:]))

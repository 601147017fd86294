"""Which text is a command that somebody types, and which only names a program or a setting."""

from __future__ import annotations

import re

from guide import shell

_PROGRAMS_TEXT = (
    "alias ansible ansible-playbook apk apt apt-get argocd asdf aws awk az base64 bash brew "
    "buildah bundle calicoctl cargo cat cd cdk chart chmod chown cilium cmctl cmake consul "
    "cosign cp crane crictl ctr curl cut date dd dep df dig direnv dnf docker docker-compose "
    "doctl du echo eksctl envsubst etcdctl eval exit export find flux for gcloud gem gh git "
    "gitops glab go gpg gradle grep gsutil gunzip head helm helmfile hostname http hub if "
    "istioctl java jq jsonnet just k0s k3d k3s k9s kapp kill kind kops krew kubeadm kubectl "
    "kubelet kubeseal kubie kustomize less linkerd ln ls make mc minikube mkdir mktemp mv mvn "
    "mysql nano nc nerdctl nix node npm npx oc oci oras openssl operator-sdk packer pip pip3 "
    "pipx pnpm podman popd printf psql pulumi pushd pwd python python3 read rm rmdir rsync "
    "ruby rustup scp sed service set sh skaffold skopeo sleep snap sops sort source ssh "
    "ssh-add ssh-copy-id ssh-keygen ssh-keyscan stern step sudo sysctl systemctl tail talosctl "
    "tar tee telnet terraform terragrunt test tilt touch tr trivy tsh ufw uname uniq unset "
    "unzip vault velero vi vim wc wget which while xargs yarn yq yum zip zypper"
)
PROGRAMS = frozenset(_PROGRAMS_TEXT.split())

# A program and at least one word behind it: `flux get kustomizations -A`, `./run.sh now`. A first
# word that ends with a colon is YAML, one that begins with a dash is an option or a list entry.
_COMMAND = re.compile(r"(?:\$ )?[a-zA-Z.~/][\w./-]*(?<!:)(?: +\S+)+ *")
_WORDS_OF_CODE_TEXT = (
    "import from return export const let var def class func function fn pub use package type "
    "struct interface resource data module provider variable output locals select insert "
    "update delete create apiversion kind true false null"
)
_WORDS_OF_CODE = frozenset(_WORDS_OF_CODE_TEXT.split()) - PROGRAMS
_OPERATORS_TEXT = "= == != := += -= <= >= => -> + * / : :: ? ~ =~ is and or in as of to"
_OPERATORS = frozenset(_OPERATORS_TEXT.split())
_ARGUMENT = re.compile(r"^-{1,2}\w|[/.\d$<>{}=*\"'|&;@:]|^[A-Z_]{2,}$|…")
_RUN = re.compile(
    r"\b(?:run|runs|rerun|re-run|running|execute|executing|type|typing|enter|issue|invoke|do)\W*$",
    re.IGNORECASE,
)


def is_inline_command(code: str, before: str) -> bool:
    """True where code within a sentence is to be typed; `before` is what stands before it.

    A program with its subcommands alone is a name, unless the sentence says to run it.
    """
    text = code.strip()
    if not _COMMAND.fullmatch(text):
        return False
    first, second, *_ = text.removeprefix("$ ").split()
    if second in _OPERATORS or first.lower() in _WORDS_OF_CODE or first[:1].isupper():
        return False
    arguments = text.removeprefix("$ ").split()[1:]
    return any(map(_ARGUMENT.search, arguments)) or bool(_RUN.search(before))


def holds_commands(text: str) -> bool:
    """True for a block without a language in which every line is typed, or a prompt comes first."""
    lines = [line for line in shell.facts(text[:20000]).split("\n") if line.strip()]
    if lines and re.match(r"\$ \S", text.lstrip()):
        return True
    return bool(lines) and _is_typed(lines[0]) and all(map(_is_typed, _own_lines(lines)))


def _own_lines(lines: list[str]) -> list[str]:
    """The lines without those of here-documents and the bodies of loops."""
    kept = []
    ends = ""
    for line in lines:
        if not ends:
            kept.append(line)
            ends = shell.heredoc_of(line)
        elif line.strip() == ends:
            ends = ""
    return kept


def _is_typed(line: str) -> bool:
    words = re.sub(r"^(?:\w+=\S*\s+)+(?=\S)", "", line.strip()).split()
    first = words[0].removeprefix("(") if words else ""
    if first in ("do", "done", "then", "fi", "else", "}", "{") or line.startswith(" "):
        return True
    if len(words) > 1 and words[1] in _OPERATORS:
        return False
    is_script = bool(re.match(r"(?:\./|~/|/(?:usr|opt|bin)/)[\w./-]+$", first))
    return is_script or (first in PROGRAMS and not line.rstrip().endswith((".", ":")))

"""Faults against what a command promises: it ends well, and does more than was said.

More rights than said, a wider scope, a further effect, a check that is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guide.block import Block
from guide.commands import commands_of
from guide.mutant import Edit, Operator
from guide.typed_line import typed_lines

_CONTINUED = "\\"
_FURTHER = "kubectl create configmap further --namespace default"
_CHANGES = re.compile(
    r"^(kubectl (apply|create|delete|patch)|flux (bootstrap|create|reconcile|resume|suspend)) "
)
_RIGHTS = (
    (r"(--data-urlencode) (\"key=)", r"--data can_push=true \1 \2"),
    (r"\bchmod 600\b", "chmod 644"),
    (r"--mode=600\b", "--mode=644"),
)
_SCOPES = (
    (r"^(flux (?:get|logs|events) .*) -n \S+", r"\1 -A"),
    (r"^(kubectl auth can-i .*)-n \S+", r"\1--all-namespaces"),
    (r"^(kubectl delete \w+) \S+", r"\1 --all"),
    (r"^(kubectl .*) -l \S+", r"\1"),
    (r"^git add \S+$", "git add --all --force ."),
    (r"^(git push origin) main$", r"\1 main main:further"),
)
_CHECKS = (
    (r" --cacert \S+", " --insecure"),
    (r" --(?:as|level|kind)=\S+", ""),
    (r" --with-source\b", ""),
    (r"StrictHostKeyChecking=accept-new", "StrictHostKeyChecking=no"),
    (r"StrictHostKeyChecking=accept-new", "StrictHostKeyChecking=off"),
    (
        r"-o UserKnownHostsFile=known-hosts",
        "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null",
    ),
    (r"-o UserKnownHostsFile=known-hosts", "-oStrictHostKeyChecking=off"),
    (r"\bgit (?=[^|;&]*\bhttps://)", "git -c http.sslVerify=no "),
)


def _rewritten(block: Block, rules: tuple[tuple[str, str], ...]) -> Iterator[Edit]:
    for line in typed_lines(block):
        text = line.text
        for pattern, new in rules:
            for found in re.finditer(pattern, text):
                yield line.replaced(text[: found.start()] + found.expand(new) + text[found.end() :])


def more_rights(block: Block) -> Iterator[Edit]:
    """A key that may push, a token in the key's place, a file that others may read."""
    yield from _rewritten(block, _RIGHTS)
    for line in typed_lines(block):
        if line.text.startswith("flux bootstrap ") and line.text.endswith(_CONTINUED):
            for flag in ("--read-write-key=true", "--token-auth=true"):
                yield Edit(line.index + 1, 0, (f"  {flag} {_CONTINUED}",), f"`{flag}` is added")


def wider_scope(block: Block) -> Iterator[Edit]:
    """All namespaces, all objects of the kind, every file, one more branch."""
    yield from _rewritten(block, _SCOPES)


def further_command(block: Block) -> Iterator[Edit]:
    """A block that changes the cluster makes one object more."""
    lines = list(typed_lines(block))
    if any(_CHANGES.match(line.text) for line in lines):
        end = commands_of(block)[-1].until
        typed = f"{lines[0].prompt}{_FURTHER}"
        yield Edit(end, 0, (typed,), f"`{_FURTHER}` comes with it")


def dropped_check(block: Block) -> Iterator[Edit]:
    """Nobody is asked who answers, on whose behalf, about what."""
    yield from _rewritten(block, _CHECKS)


COMMAND_PROMISE_FAULTS: Mapping[str, Operator] = {
    "more-rights": more_rights,
    "wider-scope": wider_scope,
    "further-command": further_command,
    "dropped-check": dropped_check,
}

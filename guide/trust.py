"""Commands that talk to whoever answers, for they switch off the check of who that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guide.block import Block
from guide.commands import Command, commands_of
from guide.errors import GuideError

_NO = r"[\"']?(?:no|off|false|f|0)(?![\w-])"
_YES = r"[\"']?(?:yes|on|true|t|1)(?![\w-])"
_IS = r"[\"']?(?:\s*[=:]\s*|\s+)"
"""Between a name and its value: options, `git config`, files that a here-document writes."""
_KNOWN = r"known[_-]?hosts"
_OFF = re.compile(
    # Options that say it by their name.
    r"(?<![\w-])--?(?:[\w-]*insecure[\w-]*|no-check-cert\w*|(?:[\w-]*-)?skip-(?:tls|ssl)[\w-]*"
    r"|(?:[\w-]*-)?skip-(?:(?:cert\w*|host-?key|server)-)?verif\w*"
    r"|no-(?:verify-)?(?:tls|ssl)(?:-?verify)?)"
    rf"(?:={_YES})?(?![\w=-])"
    # Settings that check, unless they are no; whose they are stands before them.
    r"|[\w.:/*-]{0,99}(?:StrictHostKeyChecking|(?<!skip[_-])(?:ssl|tls|https)[_-]?verify"
    rf"|strict[_-]ssl|check[_-]certificate|REJECT_UNAUTHORIZED){_IS}{_NO}"
    # Of Helm and others, whoever has signed or answers.
    rf"|(?<![\w-])--verify{_IS}{_NO}"
    # Git takes an empty value for no.
    r"|[\w.:/*-]{0,99}sslVerify=(?![^\s\"'])"
    # Settings that do not check, if they are yes.
    r"|[\w.:/*-]{0,99}(?:insecure[_-]skip[_-](?:tls[_-])?verify|skip[_-](?:(?:tls|ssl)[_-])?verify"
    rf"|NoHostAuthenticationForLocalhost){_IS}{_YES}"
    # Any value is yes, an empty one too.
    r"|\bGIT_SSL_NO_VERIFY=\S*"
    rf"|\bUserKnownHostsFile{_IS}[\"']?(?:/dev/null|none)\b"
    # Who answers is asked for the keys by which it is to be known.
    rf"|\bssh-keyscan\b[^\n;&]*?(?:(?<![2-9&])>>?|\btee\b)[^\n;&|<>()]*?{_KNOWN}\b"
    rf"|\b{_KNOWN}[\"']?=[\"']?[$<]\(\s*ssh-keyscan\b"
    rf"|\bssh-keyscan\b[^\n;&]*?\|[^\n;&]*?\b{_KNOWN}[\"']?=[\"']?(?:/dev/(?:stdin|fd/0)|-)(?![\w-])"
    r"|(?-i:\bcurl[ \t](?:\"[^\"]*\"|'[^']*'|[^|;&\n\"'])*?(?<=[ \t])"
    r"(?P<short>-[A-Za-z0-9#]*k[A-Za-z0-9#]*))(?![\w=.-])",
    re.IGNORECASE,
)
_SCANNED = re.compile(r"\bssh-keyscan\b[^\n;&]*?(?<![2-9&])>>?\s*(?:\./)?([\w.-]+)")
"""A file into which the keys go of whoever answers."""


def unasked(block: Block) -> Iterator[GuideError]:
    """Where the commands of the block do not look who answers and the page has no reason for it.

    A block that is not run, or that shows what the source guide writes wrongly, may be so.
    """
    if not block.is_shell or block.unused or block.as_written:
        return
    commands = commands_of(block)
    found = [each for command in commands for each in (*_off(command), *_kept(command, commands))]
    if block.unchecked and not found:
        what = f'block "{block.id}" says that it does not check who answers, and it does'
        cure = "take data-unchecked away"
        yield GuideError(what, file=block.file, line=block.line, cure=cure)
    for index, off in found if not block.unchecked else ():
        what = f'block "{block.id}" does not check who answers: {off}'
        cure = 'name the certificate or host key to check, or say why not: data-unchecked="reason"'
        yield GuideError(what, file=block.file, line=block.line + 1 + index, cure=cure)


def _kept(command: Command, commands: Sequence[Command]) -> Iterator[tuple[int, str]]:
    """Where keys that were asked for go into a file which the block takes for the known ones."""
    for scanned in _SCANNED.finditer(command.text):
        taken = re.compile(rf"\b{_KNOWN}[\"']?=[\"']?(?:\./)?{re.escape(scanned[1])}(?![\w./-])")
        if any(taken.search(each.text) for each in commands):
            yield command.first + command.text.count("\n", 0, scanned.start()), scanned.group()


def _off(command: Command) -> Iterator[tuple[int, str]]:
    """The line in the block, and what stands there."""
    # As long as it was: an option may stand in another line than its program.
    text = re.sub(r"^[ \t]*#.*", lambda line: " " * len(line[0]), command.text, flags=re.MULTILINE)
    for off in _OFF.finditer(text.replace("\\\n", "  ")):
        at = off.start("short") if off["short"] else off.start()
        yield command.first + text.count("\n", 0, at), off["short"] or off.group()

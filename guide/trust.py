"""Commands that talk to whoever answers, for they switch off the check of who that is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guide.block import Block
from guide.errors import GuideError
from guide.typed_line import typed_lines

_OFF = re.compile(
    r"(?<!\S)--(?:insecure(?:-skip-tls-verify)?|no-check-certificate|skip-tls-verify)(?!\S)"
    r"|(?<!\S)--insecure-skip-tls-verify=true(?!\S)"
    r"|\bcurl\s[^|;&]*?(?<=\s)(?P<short>-[A-Za-z]*k[A-Za-z]*)(?!\S)"
    r"|\bStrictHostKeyChecking[= ]no\b"
    r"|\bUserKnownHostsFile[= ]/dev/null\b"
    r"|\bGIT_SSL_NO_VERIFY=\S+"
    r"|\bhttp\.sslVerify[= ](?:false|0)\b"
)


def unasked(block: Block) -> Iterator[GuideError]:
    """Where the commands of the block do not look who answers and the page has no reason for it.

    A block that is not run, or that shows what the source guide writes wrongly, may be so.
    """
    if not block.is_shell or block.unused or block.as_written:
        return
    found = [
        (line.index, off["short"] or off.group())
        for line in typed_lines(block)
        for off in _OFF.finditer(line.text)
    ]
    if block.unchecked and not found:
        what = f'block "{block.id}" says that it does not check who answers, and it does'
        cure = "take data-unchecked away"
        yield GuideError(what, file=block.file, line=block.line, cure=cure)
    for index, off in found if not block.unchecked else ():
        what = f'block "{block.id}" does not check who answers: {off}'
        cure = 'name the certificate or host key to check, or say why not: data-unchecked="reason"'
        yield GuideError(what, file=block.file, line=block.line + 1 + index, cure=cure)

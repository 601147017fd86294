"""What a page says of a block beside its text: the language and the path of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guide import facts
from guide.manifest import MANIFEST_LANGUAGES
from guide.typed import holds_commands

_SESSION_LANGUAGES_TEXT = (
    "console shell-session sh-session shellsession bash-session terminal doscon pwsh-session "
    "terminal-session shellconsole"
)
SESSION_LANGUAGES = frozenset(_SESSION_LANGUAGES_TEXT.split())
_COMMAND_LANGUAGES_TEXT = (
    "bash sh shell zsh fish ksh dash cli commandline command-line command cmd bat batch dos "
    "powershell pwsh ps1 ps posh powershell-interactive bash-interactive azurecli "
    "azurecli-interactive azure-cli azurepowershell azurepowershell-interactive"
)
COMMAND_LANGUAGES = SESSION_LANGUAGES | frozenset(_COMMAND_LANGUAGES_TEXT.split())
_UNNAMED = frozenset({"", "text", "plain", "plaintext", "txt", "none"})
_PATH_KEYS = ("title", "filename", "file", "path", "name", "caption", "label", "header")

_KEYED = re.compile(r"([\w-]+)\s*[=:]\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'{}\[\],]+))")
_BRACKETS = re.compile(r"\[([^\[\]]+)\]")
_EXTENSION = (
    r"(?:ya?ml|json5?|toml|sh|bash|ps1|tf|tfvars|hcl|ini|conf|cfg|env|properties|py|go|[jt]sx?|xml|"
    r"mdx?|txt|cue|jsonnet|libsonnet|tpl|gotmpl|lock|rego|sql|rb|rs|java|key|pub|pem|crt|enc|html|css)"
)
_PATH = (
    r"(?:[\w.~<>${}@+*-]*(?:/[\w.<>${}@+*-]+)+/?"
    rf"|[\w.<>@+-]*\.{_EXTENSION}|Dockerfile|Makefile)"
)
_IS_PATH = re.compile(_PATH)
_COMMENT = re.compile(r"\s*(?:#|//|--|;|<!--)")
_PATH_COMMENT = re.compile(
    rf"\s*(?:#|//|--|;|<!--)\s*(?:(?:file(?:name)?|path)\s*:\s*)?(?P<path>{_PATH})\s*(?:-->)?\s*"
)


@dataclass(frozen=True)
class Fence:
    """The info string of a fence, read."""

    language: str
    path: str
    """The path or the title behind the language, or ''."""

    @classmethod
    def of(cls, info: str) -> Fence:
        """Read any usual form: `yaml a.yaml`, `yaml title="a"`, `{.yaml filename="a"}`."""
        text = info.strip()
        braced = re.fullmatch(r"\{\s*\.?([\w+#-]+)([^{}]*)\}\s*(.*)", text)
        if braced and "=" not in braced[1]:
            language, rest = braced[1], f"{braced[2]} {braced[3]}"
            if language in ("code-block", "code", "sourcecode", "prompt"):  # a directive
                language, _, rest = rest.strip().partition(" ")
            return cls(language.lower(), _path(rest))
        head = re.match(r"[\w+#.-]*", text)
        language = head[0] if head else ""
        rest = text[len(language) :]
        if rest[:1] in (":", "/") or re.search(r"[./]", language):  # yaml:a.yaml, or no language
            named, _, more = text.partition(":")
            if not _IS_PATH.fullmatch(named):
                return cls(named.lower(), _path(more) or more.strip())
            return cls("", _path(text))
        return cls(language.lower(), _path(rest))

    @property
    def is_session(self) -> bool:
        """True where the language shows prompts and output."""
        return self.language in SESSION_LANGUAGES

    @property
    def shell(self) -> str:
        """The shell that its commands are for; a plain one where the language names none."""
        return self.language if self.language in COMMAND_LANGUAGES else "sh"

    def kind(self, text: str) -> str:
        """What a block of this language with that text is: command or block."""
        if self.language in COMMAND_LANGUAGES:
            return "command"
        if self.language in _UNNAMED and holds_commands(text):
            return "command"
        first = text.lstrip().partition("\n")[0]
        is_heredoc = self.language in MANIFEST_LANGUAGES and re.match(
            r"[\w./-]+ [^:]*<<-?\s*\S", first
        )
        return "command" if is_heredoc else "block"


def paths_in(text: str) -> list[str]:
    """The comments at the head of a block, or of one of its documents, that are only a path."""
    found = []
    at_head = True
    for line in text.split("\n"):
        if not line.strip():
            continue
        comment = _PATH_COMMENT.fullmatch(line) if at_head and len(line) < 400 else None
        if comment:
            found.append(comment["path"])
        at_head = line.rstrip() == "---" or (at_head and bool(_COMMENT.match(line)))
    return found


def _path(rest: str) -> str:
    keyed = {key.lower(): a or b or c for key, a, b, c in _KEYED.findall(rest)}
    for key in _PATH_KEYS:
        if keyed.get(key):
            return _named(keyed[key])
    bare = _KEYED.sub(" ", re.sub(r"\{[^{}]*\}", " ", rest))
    for found in _BRACKETS.findall(bare):
        return _named(found)
    return next((word for word in bare.split() if _IS_PATH.fullmatch(word)), "")


def _named(title: str) -> str:
    """A path as it stands; the words of any other title."""
    return title.strip() if _IS_PATH.fullmatch(title.strip()) else facts.words(title)

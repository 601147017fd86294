"""The sentences that features may use, read from the modules of their step functions as text.

No module is run for it: the decorators say which words a function takes, its parameters say
whether it reads a table or a text below the sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path

import parse

from guide.claims import called, claiming, claims
from guide.errors import GuideError
from guide.features import Features
from guide.scenario import Step
from guide.taker import UNSAID, Problem, misfit

_BELOW = (("table", "datatable"), ("text", "docstring"))
"""What may stand below the words, and the parameter that takes it."""
_KINDS = frozenset({"given", "when", "then"})
_GROUP = re.compile(r"\(\?P<(\w+)>(?:\\.|\[[^\]]*\]|\((?:\\.|[^()])*\)|[^()])*\)\??")
_WORDS = re.compile(r"\(\?P<\w+>([\w ]+)\)\?")
"""Words that a function is told of where they are said: told in square brackets."""
_MAY = re.compile(r"\(\?:([^()]*)\)\?|(\w)\?")
"""What may be left out: told in square brackets."""
_EITHER = re.compile(r"\(\?:([^()]*)\)(?!\?)")
"""One of several: told with a slash between them."""
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True)
class Sentence:
    """One decorator of a step function: the words that it takes."""

    kind: str
    """given, when or then."""
    form: str
    """How the words are read: string, parse or re."""
    words: str
    file: str
    line: int
    reads: frozenset[str]
    """What it reads below the words: table, text."""
    needs: frozenset[str] = frozenset()
    """Of table and text, what it cannot do without."""
    columns: tuple[str, ...] = ()
    """Of the table, as its function names them; none where it does not say."""
    notes: bool = False
    """Whether the table may have further columns, for the reader."""
    claims: bool = True
    """Whether its function fails where something is not so."""

    @property
    def place(self) -> str:
        """Where it stands, as file:line."""
        return f"{self.file}:{self.line}"

    @property
    def module(self) -> str:
        """The noun that its module is named after."""
        return Path(self.file).stem

    @cached_property
    def told(self) -> str:
        """The sentence as a person would write it, with <names> for what may stand there."""
        if self.form != "re":
            return re.sub(r"\{(\w+)[^}]*\}", r"<\1>", self.words)
        text = _WORDS.sub(lambda found: f"[{found[1]}]", self.words.removesuffix("$"))
        text = _GROUP.sub(lambda found: f"<{found[1]}>", text)
        before = ""
        while before != text:  # from the innermost group on
            before = text
            text = _MAY.sub(lambda found: f"[{found[1] or found[2]}]", text)
            text = _EITHER.sub(lambda found: found[1].replace("|", "/"), text)
        return text.replace("\\", "")

    def takes(self, step: Step) -> bool:
        """Whether a run gives the step to this function."""
        return self.kind == step.kind and self._matches(step.text)

    def _matches(self, text: str) -> bool:
        if self.form == "string":
            return text == self.words
        if self.form == "re":
            return self._expression.fullmatch(text) is not None
        parser = self._parser
        try:
            return parser.parse(text) is not None
        except ValueError:  # as a run has it: a text that is no number is another sentence
            return False

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.words)

    @cached_property
    def _parser(self) -> parse.Parser:
        return parse.compile(self.words)

    def check(self) -> None:
        """GuideError where the words are no pattern of their form."""
        try:
            self._matches("")
        except (re.error, ValueError, NotImplementedError) as error:
            what = f"the words of a sentence are no pattern: {error}"
            raise GuideError(what, file=self.file, line=self.line, cure="correct them") from error


@dataclass(frozen=True)
class Sentences:
    """Every sentence of some folders."""

    known: tuple[Sentence, ...]
    problems: tuple[GuideError, ...]
    """Sentences that cannot be read, or that two functions take word for word."""

    @classmethod
    def of(cls, folders: Iterable[Path]) -> Sentences:
        """Read the modules that lie in the folders, the engine's first."""
        texts: list[tuple[Path, str]] = []
        unread: list[GuideError] = []
        for path in (path for folder in folders for path in sorted(folder.glob("*.py"))):
            try:
                texts.append((path, path.read_text(encoding="utf-8")))
            except (OSError, ValueError) as error:
                unread.append(_unreadable(path, error))
        read = _of_texts(tuple(texts))
        return replace(read, problems=(*unread, *read.problems)) if unread else read

    def of_module(self, path: Path) -> list[Sentence]:
        """The sentences of one module."""
        return [each for each in self.known if Path(each.file).resolve() == path.resolve()]

    def wrong(self, features: Features) -> Iterator[GuideError]:
        """What keeps the steps of features from being run by exactly one function, each line once.

        A table or a text below a step is read by its function, or it is not there.
        """
        seen: set[tuple[str, int]] = set()
        for scenario in features.scenarios.values():
            for step in scenario.expanded:
                if (scenario.file, step.line) in seen:
                    continue
                takers = [each for each in self.known if each.takes(step)]
                found = self._told(step, takers)
                if found:
                    seen.add((scenario.file, step.line))
                    yield GuideError(found[0], file=scenario.file, line=step.line, cure=found[1])

    def _told(self, step: Step, takers: Sequence[Sentence]) -> Problem:
        below = [what for what, has in (("table", step.table), ("text", step.doc_string)) if has]
        unsaid = "" if takers else self.nearest(step)
        problem = misfit(step.keyword, step.text, below, takers, unsaid)
        if problem or not takers:
            return problem
        [taker] = takers
        width, wanted = len(step.table[0]) if step.table else 0, len(taker.columns)
        if width and wanted and (width < wanted or (width > wanted and not taker.notes)):
            what = f'the table below "{step.text}" has the columns {" | ".join(step.table[0])}'
            return what, f"write it as its sentence reads it: {' | '.join(taker.columns)}"
        return None

    def idle(self, features: Features) -> Iterator[GuideError]:
        """What could not fail although it is promised: a scenario without Then, a Then that does.

        Each Then by itself: one that claims says nothing for the one beside it.
        """
        seen: set[tuple[str, int]] = set()
        for scenario in features.scenarios.values():
            told = [step for step in scenario.expanded if step.kind == "then"]
            if not told:
                what = f'scenario "{scenario.name}" asserts nothing'
                cure = "say with Then what must be true at its end"
                yield GuideError(what, file=scenario.file, line=scenario.line, cure=cure)
            for step in told:
                takers = [each for each in self.known if each.takes(step)]
                idle = takers and not any(each.claims for each in takers)
                if idle and (scenario.file, step.line) not in seen:
                    seen.add((scenario.file, step.line))
                    does = f"only does and asserts nothing ({takers[0].place})"
                    what = f'"{step.keyword} {step.text}" {does}'
                    cure = "assert there what must be true, or say it with Given or When"
                    yield GuideError(what, file=scenario.file, line=step.line, cure=cure)

    def nearest(self, step: Step) -> str:
        """The three sentences that are most like the one of a step, as the cure of an error."""
        told = dict.fromkeys(each.told for each in self.known if each.kind == step.kind)
        by_shape = {_shape(each): each for each in told}
        close = get_close_matches(_shape(step.text), by_shape, n=3, cutoff=0.3)
        if not close:
            return UNSAID
        return "did you mean " + ", or ".join(f"'{by_shape[shape]}'" for shape in close) + "?"


def _shape(text: str) -> str:
    """What is compared: names in quotes differ and say nothing."""
    return _QUOTED.sub('""', text)


def _twice(sentences: Iterable[Sentence]) -> Iterator[GuideError]:
    first: dict[tuple[str, str], Sentence] = {}
    for sentence in sentences:
        other = first.setdefault((sentence.kind, sentence.words), sentence)
        if other is not sentence:
            what = f'two step functions take "{sentence.told}", the other is {other.place}'
            cure = "give one of them other words: only one of them would run"
            yield GuideError(what, file=sentence.file, line=sentence.line, cure=cure)


@lru_cache(maxsize=16)
def _of_texts(texts: tuple[tuple[Path, str], ...]) -> Sentences:
    """What modules with these texts hold: the books of a shelf ask for the same ones again."""
    known: list[Sentence] = []
    problems: list[GuideError] = []
    trees: dict[Path, ast.Module] = {}
    for path, text in texts:
        try:
            trees[path] = ast.parse(text)
        except (SyntaxError, ValueError) as error:
            problems.append(_unreadable(path, error))
    claim = claiming(trees.values())
    for path, tree in trees.items():
        try:
            known += _read(path, tree, claim)
        except GuideError as problem:
            problems.append(problem)
    return Sentences(tuple(known), (*problems, *_twice(known)))


def _unreadable(path: Path, error: Exception) -> GuideError:
    line = getattr(error, "lineno", 0) or 0
    what = f"cannot be read: {error}"
    return GuideError(what, file=path, line=line, cure="correct the module")


def _read(path: Path, tree: ast.Module, claim: Collection[str]) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            every = [*node.args.args, *node.args.kwonlyargs]
            optional = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            names = {each.arg: each not in optional for each in every}
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and called(call.func) in _KINDS | {"step"}:
                    found = _sentence(path, call, names)
                    read, notes = _columns(node)
                    yield replace(found, claims=claims(node, claim), columns=read, notes=notes)


def _columns(function: ast.FunctionDef) -> tuple[tuple[str, ...], bool]:
    """What a function says of the columns of its table, with steps.table."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and called(node.func) in ("column", "columns"):
            table, *names = node.args
            told = tuple(each.value for each in names if isinstance(each, ast.Constant))
            if getattr(table, "id", "") == "datatable" and len(told) == len(names):
                return tuple(map(str, told)), any(each.arg == "notes" for each in node.keywords)
    return (), False


def _sentence(path: Path, call: ast.Call, names: dict[str, bool]) -> Sentence:
    """The sentence of a decorator; `names` are parameters, and whether each must be given."""
    form, words = "string", call.args[0] if call.args else None
    if isinstance(words, ast.Call):
        alone = len(words.args) == 1 and not words.keywords
        form, words = called(words.func), words.args[0] if alone else None
    if form not in ("string", "parse", "re") or not isinstance(words, ast.Constant):
        what = "the words of a sentence can be read only by running the module"
        cure = "write them as one text: a string, parsers.parse or parsers.re"
        raise GuideError(what, file=path, line=call.lineno, cure=cure)
    if called(call.func) == "step":
        what = "a sentence for Given, When and Then alike"
        raise GuideError(what, file=path, line=call.lineno, cure="write @given, @when or @then")
    sentence = Sentence(
        kind=called(call.func),
        form=form,
        words=str(words.value),
        file=str(path),
        line=call.lineno,
        reads=frozenset(what for what, name in _BELOW if name in names),
        needs=frozenset(what for what, name in _BELOW if names.get(name)),
    )
    sentence.check()
    return sentence

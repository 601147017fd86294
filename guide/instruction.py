"""Which sentence tells somebody to do something: the rule for pages without numbered steps.

A sentence is an instruction where its main clause begins with one of the verbs below, or says
that somebody must do what such a verb says. What points to another page (see, refer to) is none.
"""

from __future__ import annotations

import re

_VERBS_TEXT = (
    "accept activate adapt add adjust allow annotate append apply approve archive assign "
    "attach authenticate authorize back begin bind bootstrap build bump call cancel change "
    "check choose clean clear click clone close commit compare compile configure confirm "
    "connect convert copy create customize cut declare decode decrypt define delete deploy "
    "describe destroy detach disable discard disconnect double-check download drain drop edit "
    "enable encode encrypt ensure enter execute expand export expose extract fetch fill find "
    "follow force fork format generate get give go grant import include increase initialize "
    "inject insert inspect install invoke issue join keep kill label launch leave let link "
    "list load locate log login lower make map mark merge migrate modify monitor mount move "
    "name navigate obtain omit open override package paste patch pause perform pick place "
    "point prepare press promote provide provision publish pull push put query reboot rebuild "
    "reconcile record recreate redeploy reduce reference refresh register reload remove "
    "rename repeat replace request rerun reset resize restart restore resume retrieve retry "
    "revert review revoke roll rotate run save scale scroll search select send set setup "
    "share sign skip specify start stop store submit substitute suspend switch sync tag take "
    "taint tell test tick toggle track transfer trigger try turn type uncomment uninstall "
    "unset unzip update upgrade upload use validate verify visit wait watch wrap write"
)
VERBS = frozenset(_VERBS_TEXT.split())

_DRESS = re.compile(r"^(?:[^\w`:]+|:[a-z0-9_+-]+:|:)+")
_LABEL = re.compile(
    r"^(?:note|tip|important|warning|caution|optional|hint)\s*[:.]\s*", re.IGNORECASE
)
_LEAD = re.compile(
    r"^(?:(?:and|but|so|then|first|firstly|second|secondly|third|next|now|finally|lastly|last|again|"
    r"afterwards?|afterward|also|additionally|alternatively|optionally|instead|otherwise|"
    r"likewise|similarly|please|simply|just|once more|as before|at last|"
    r"to begin|to start|in addition|of all|always|carefully|manually|"
    r"periodically|temporarily|immediately|directly)\b[\s,:]*)+",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"^(?:to|if|when|whenever|once|after|before|because|since|for|in|on|with|from|under|at|"
    r"by|unless|until|while|depending|using|where|as|within|without|inside|instead|given|"
    r"having|assuming|during|only|next|like)\b",
    re.IGNORECASE,
)
_MUST = re.compile(
    r"^(?:you(?:'ll|’ll| will| also| then| now)*|we|users?|everyone|operators?)\s+"
    r"(?:also\s+|first\s+)?(?:must|need to|have to|should|shall|ought to|are to)\s+"
    r"(?:not\s+|also\s+|first\s+|then\s+|never\s+)?(?P<verb>[\w-]+)",
    re.IGNORECASE,
)
# Above a block an offer is meant as an instruction: `To see it you can list the pods with:`
_OFFER = re.compile(
    r"\byou (?:can|could|may|might)(?: now| also| then)? (?P<verb>[\w-]+)\b.*:$", re.IGNORECASE
)
_EXPECTED = frozenset({"get", "find"})
"""What somebody should do no more than see."""
_NOT = re.compile(
    r"^(?:do not|don't|don’t|never|be (?:careful|sure)|beware|avoid)\b", re.IGNORECASE
)
# `Make sure ...` is an instruction; `Create and delete are verbs of the API` is none.
_NO_OBJECT = re.compile(
    r"^[\w-]+\s+(?:is|are|was|were|has|have|can|will|does|may|must|should)\b", re.IGNORECASE
)
_END = re.compile(r"(?<=[.!?])(?:\[\^[^\]\[\s]+\])*[\"')\]]*(?:\s+|$)|(?<=:)\s*$")
_SHORT = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|no|approx|incl|resp|fig|dr|mr|ms|st)|\b[A-Za-z])\.$",
    re.IGNORECASE,
)


def ends_in(text: str) -> list[int]:
    """Where a text has sentences that end: the position behind the white space after each."""
    found = []
    for end in _END.finditer(text):
        if not _SHORT.search(text[max(0, end.start() - 8) : end.start()]):
            found.append(end.end())
    return found


def is_instruction(sentence: str) -> bool:
    """True where the sentence tells somebody to do something."""
    text = _DRESS.sub("", " ".join(sentence.split())[:2000])
    if len(text.split()) < 3 and not re.search(r"`|[.!:]$", text):
        return False  # two words in bold above a paragraph are its title
    text = _LEAD.sub("", _LABEL.sub("", text))
    offer = _OFFER.search(text)
    if offer and offer["verb"].lower() in VERBS:
        return True
    return _tells(text) or any(map(_tells, _main_clauses(text)))


def _main_clauses(text: str) -> list[str]:
    """What stands behind the commas of a clause that only says when, where or what for."""
    if not _CLAUSE.match(text):
        return []
    parts = re.split(r",\s+|:\s+", text)[1:8]
    return [_LEAD.sub("", part) for part in parts] + _purpose(text)


def _purpose(text: str) -> list[str]:
    """`To verify that it runs do:` has no comma; its last word is the verb."""
    last = re.search(r"\b(?:do|run|execute|use|type|enter)\s*:$", text, re.IGNORECASE)
    return ["run it"] if last and text[:3].lower() == "to " else []


def _tells(clause: str) -> bool:
    if _NOT.match(clause):
        return True
    must = _MUST.match(clause)
    if must:
        return must["verb"].lower() in VERBS - _EXPECTED
    first = re.match(r"[A-Za-z-]+", clause)
    if not first or first[0].lower() not in VERBS or _NO_OBJECT.match(clause):
        return False
    rest = clause[first.end() :]
    return bool(re.match(r"\s+\S|\s*[:.]", rest)) and not re.match(r"\s*[)/]", rest)

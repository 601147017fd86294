"""Which sentence tells somebody to do something: the rule for pages without numbered steps.

A sentence is an instruction where it begins with one of the verbs below, says that somebody must
do what such a verb says, or has such a verb with its object behind a clause that says when, where
or what for. What points to another page (see, refer to) is none. Only words count, no comma and
no colon: those are dress.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_VERBS_TEXT = (
    "accept activate adapt add adjust allow annotate append apply approve archive assign "
    "attach authenticate authorize back begin bind bootstrap build bump call cancel change "
    "check choose clean clear click clone close commit compare compile configure confirm "
    "connect convert copy create customize cut declare decode decrypt define delete deploy "
    "describe destroy detach disable discard disconnect download drain drop edit "
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

_LEADS_TEXT = (
    "and but so then first firstly second secondly third next now finally lastly last again "
    "afterwards afterward also additionally alternatively optionally instead otherwise likewise "
    "similarly please simply just always carefully manually periodically temporarily immediately "
    "directly note tip important warning caution optional hint double re"
)
_LEADS = frozenset(_LEADS_TEXT.split())
"""Words before the verb that change nothing."""

_OPENERS_TEXT = (
    "to if when whenever once after before because since for in on with from under at by unless "
    "until while depending using where as within without inside given having assuming during only"
)
_OPENERS = frozenset(_OPENERS_TEXT.split())
"""How a clause begins that says when, where or what for."""

_NO_VERB_BEHIND_TEXT = (
    "to you we they i it he she that which who can could will would may might must shall should do "
    "does did not never and or the a an this these those your its their our my no any each every "
    "of for with in on at by from as into be is are was were been has have had if when whenever "
    "once after before until while where how than"
)
_NO_VERB_BEHIND = frozenset(_NO_VERB_BEHIND_TEXT.split())
"""What may stand before a word that is no order: `the commit`, `you set`, `to create`."""

_OBJECTS = frozenset(
    [
        "the",
        "a",
        "an",
        "your",
        "this",
        "that",
        "these",
        "those",
        "it",
        "them",
        "each",
        "every",
        "all",
        "any",
        "both",
        "one",
        "another",
        "its",
        "their",
    ]
)
_WITH_PLACE = frozenset(
    ["go", "log", "sign", "switch", "back", "set", "turn", "point", "navigate", "move", "connect"]
)
_PLACES = frozenset(["to", "in", "into", "out", "up", "on", "off", "sure"])
_STATES = frozenset(
    ["is", "are", "was", "were", "has", "have", "can", "will", "does", "may", "must", "should"]
)
_NOT = re.compile(r"(?:do not|dont|never|be careful|be sure|beware|avoid)\b")
_NOT_BEHIND = re.compile(r"(?<!you)(?<!we)(?<!they)(?<! i) (?:do not|dont|never) (?P<verb>\w+)\b")
_MUST = re.compile(
    r"\b(?:you|youll|we|users?|everyone|operators?)(?: will| also| then| now| first)*"
    r" (?:must|need to|have to|should|shall|ought to|are to)(?: not| also| first| then| never)*"
    r" (?P<verb>\w+)\b"
)
_OFFER = re.compile(r"\byou (?:can|could|may|might)(?: now| also| then)* (?P<verb>\w+)\b")
_EXPECTED = frozenset({"get", "find"})
"""What somebody should do no more than see."""
_CALLS = frozenset(["do", "run", "execute", "use", "type", "enter"])

_END = re.compile(r"(?<=[.!?])(?:\[\^[^\]\[\s]+\])*[\"')\]]*(?:\s+|$)")
_SHORT_TEXT = r"(?:\b(?:e\.g|i\.e|etc|vs|cf|no|approx|incl|resp|fig|dr|mr|ms|st)|\b[A-Za-z])\.$"
_SHORT = re.compile(_SHORT_TEXT, re.IGNORECASE)


def ends_in(text: str) -> list[int]:
    """Where a text has sentences that end: the position behind the white space after each."""
    found = []
    for end in _END.finditer(text):
        if not _SHORT.search(text[max(0, end.start() - 8) : end.start()]):
            found.append(end.end())
    return found


def is_instruction(facts: str, *, leads: bool = False) -> bool:
    """True where a sentence, given as its facts, tells somebody to do something.

    `leads` says that a block follows: an offer (`you can list them with`) is then meant as an
    instruction, and so is a purpose (`to see them run`).
    """
    words = re.sub(r"`[^`]*`", "`", facts[:2000]).split()
    while words and words[0] in _LEADS:
        words = words[1:]
    if not words or (len(words) < 3 and not leads and words[-1] not in _OBJECTS | {"`"}):
        return False  # two words above a paragraph are its title
    text = " ".join(words)
    if leads and (_says(_OFFER, text) or (words[0] == "to" and words[-1] in _CALLS)):
        return True
    if _begins(words) or _NOT.match(text) or _says(_MUST, text):
        return True
    return words[0] in _OPENERS and (_says(_NOT_BEHIND, text) or _orders(words))


def _says(pattern: re.Pattern[str], text: str) -> bool:
    verbs = {found["verb"] for found in pattern.finditer(text)} & VERBS
    return bool(verbs - _EXPECTED if pattern is _MUST else verbs)


def _begins(words: Sequence[str]) -> bool:
    return words[0] in VERBS and len(words) > 1 and words[1] not in _STATES


def _orders(words: Sequence[str]) -> bool:
    """True for a verb with its object behind the clause that the sentence begins with."""
    for before, word, after in zip(words, words[1:], words[2:], strict=False):
        if word in VERBS and before not in _NO_VERB_BEHIND and before not in _OPENERS:
            places = word in _WITH_PLACE and after in _PLACES
            named = after == "`" or not (after.isalpha() and after.islower())
            if places or named or after in _OBJECTS or (word, after) == ("make", "sure"):
                return True
    return False

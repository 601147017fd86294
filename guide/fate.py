"""What became of a unit of the source guide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fate:
    """Proven by scenarios, an erratum, excused for a reason, or still open."""

    proven: tuple[str, ...] = ()
    """Full ids of the scenarios that prove the unit."""
    errata: tuple[str, ...] = ()
    """Ids of the errata that say where the unit does not hold."""
    excused: str = ""
    """Why nothing can prove it."""
    was: Fate | None = None
    """The fate of an open unit before its text changed."""
    given: str = ""
    """The hash of the text that `was` had been given for."""
    since: str = ""
    """When the changed text was accepted, UTC."""

    @property
    def is_open(self) -> bool:
        """True where nothing is known yet, or no longer."""
        return not (self.proven or self.errata or self.excused)

    @classmethod
    def of(cls, value: object) -> Fate:
        """Read a fate as the lock writes it; ValueError where it is none."""
        if value == "open":
            return cls()
        if isinstance(value, dict) and "was" in value:
            return cls._opened(value)
        if not isinstance(value, dict) or not value:
            raise ValueError('a fate is "open" or says proven, erratum or excused')
        unknown = set(value) - {"proven", "erratum", "excused"}
        if unknown:
            raise ValueError(f"a fate cannot be {' or '.join(sorted(unknown))}")
        excused = value.get("excused", "")
        if not isinstance(excused, str) or ("excused" in value and not excused.strip()):
            raise ValueError("an excuse is a reason in words")
        if excused and len(value) > 1:
            raise ValueError("an excused unit is neither proven nor an erratum")
        return cls(_names(value, "proven"), _names(value, "erratum"), excused)

    @classmethod
    def _opened(cls, value: dict[str, Any]) -> Fate:
        was = cls.of(value["was"])
        texts = [value.get(key) for key in ("given", "since")]
        if (
            was.is_open
            or set(value) != {"was", "given", "since"}
            or not all(isinstance(text, str) and text for text in texts)
        ):
            raise ValueError("an open fate that was another says was, given and since")
        return cls(was=was, given=value["given"], since=value["since"])

    def as_value(self) -> Any:
        """The fate as the lock writes it."""
        if self.was:
            return {"was": self.was.as_value(), "given": self.given, "since": self.since}
        if self.is_open:
            return "open"
        if self.excused:
            return {"excused": self.excused}
        value = {"proven": list(self.proven), "erratum": list(self.errata)}
        return {key: names for key, names in value.items() if names}


def _names(value: dict[str, Any], key: str) -> tuple[str, ...]:
    names = value.get(key, [])
    names = [names] if isinstance(names, str) else names
    good = isinstance(names, list) and all(isinstance(n, str) and n for n in names)
    if not good or (key in value and not names):
        raise ValueError(f"{key} is a list of ids")
    return tuple(names)

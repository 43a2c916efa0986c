"""Closed areas: where one may live, and whether an address names a place that is recorded as closed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from casework.lib.scripts import spellings, words

from .kinds import Duty, Kind, LegalStatus
from .known import KnownRules
from .rulebook import Rule
from .selection import is_valid_on

# Numbers, what makes an ordinal of them left out, and words with the marks and apostrophes inside them.
_PARTS = re.compile(
    r"(?<!\w)\d+(?=-[^\W\d_]{1,2}\b)|(?<=\d)-[^\W\d_]{1,2}\b|\d+|[^\W\d_](?:[^\W\d_]|['`´ʹʼ‘’\u0300-\u036f])*"
)


@dataclass(frozen=True, slots=True)
class ClosedArea:
    """A place that a rule names as closed, spelt as the rule spells it."""

    name: str
    rule_id: str


def area_rules(known: KnownRules, country: str, on: date) -> tuple[Rule, ...]:
    """Return the restrictions recorded for a country on that day, law and practice."""
    return tuple(
        rule
        for rule in known.observed.get((country, Duty.AREA), ())
        if rule.kind == Kind.AREA_RESTRICTION and is_valid_on(rule, on) and rule.legal_status != LegalStatus.SUSPENDED
    )


def closed_areas_named(rules: Iterable[Rule], *texts: str) -> list[ClosedArea]:
    """Return the closed areas that one of `texts` names, in whatever script: all words of a name, one after the other.

    A name is not looked for across two texts, nor within a longer word.
    """
    read = [_folded(text) for text in texts]
    return [
        ClosedArea(name, rule.id)
        for rule in rules
        for name in rule.parameters.get("areas") or ()
        if any(_names(text, _folded(name)) for text in read)
    ]


def _folded(text: str) -> list[frozenset[str]]:
    """Return for each word and number of a text every way to read it; numbers tell districts apart."""
    return [
        frozenset([part] if part.isdigit() else [each for word in words(part) for each in spellings(word)])
        for part in _PARTS.findall(text)
        if not part.startswith("-")
    ]


def _names(text: Sequence[frozenset[str]], name: Sequence[frozenset[str]]) -> bool:
    length = len(name)
    return bool(name) and any(
        all(word & wanted for word, wanted in zip(text[start : start + length], name, strict=True))
        for start in range(len(text) - length + 1)
    )

"""Recorded risk of being returned: an ordinal level with word and shape, for whom, how, since when, by which source.

It is a statement about a country, never about a person. Nothing recorded is said to be unknown, and unknown is not low.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from casework.residency.rules.choices import RISK_LEVELS, RISK_MECHANISMS, RISK_PROFILES
from casework.residency.rules.rulebook import Rule

from .sources import Rules, SourcedRule, sourced

UNKNOWN = "unknown"
# From the left, so many of the four bars of the picture are filled.
BARS = {"low": 1, "elevated": 2, "high": 3, "critical": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One recorded level. `bars` says which of the four bars are filled; none for unknown."""

    level: str
    word: str
    bars: Sequence[tuple[int, int, int, bool]]
    profiles: str
    mechanisms: str
    signals: Sequence[str]
    source: SourcedRule

    @property
    def is_unknown(self) -> bool:
        return self.level == UNKNOWN


def risks_of(rules: Rules, ids: Iterable[str]) -> list[Risk]:
    """Return the levels recorded by these rules, the highest first."""
    found = [risk_of(rules[each]) for each in ids if each in rules]
    return sorted(found, key=lambda risk: -BARS.get(risk.level, 0))


def risk_of(rule: Rule) -> Risk:
    given = rule.parameters
    level = given.get("level") or UNKNOWN
    return Risk(
        level=level,
        word=_(RISK_LEVELS.get(level, level)),
        bars=_bars(level),
        profiles=_listed(RISK_PROFILES, given.get("profiles")),
        mechanisms=_listed(RISK_MECHANISMS, given.get("mechanisms")),
        signals=tuple(given.get("signals") or ()),
        source=sourced(rule),
    )


def _bars(level: str) -> list[tuple[int, int, int, bool]]:
    """Return x, y, height and whether it is filled, of each bar of the picture (20 by 12)."""
    filled = BARS.get(level, 0)
    return [(5 * number, 9 - 3 * number, 3 + 3 * number, number < filled) for number in range(4)] if filled else []


def _listed(labels: dict[str, str], chosen: Iterable[str] | None) -> str:
    return ", ".join(_(labels.get(each, each)) for each in chosen or ())

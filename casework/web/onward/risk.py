"""Recorded risk of being returned: an ordinal level with word and shape, for whom, how, since when, by which source.

It is a statement about a country, never about a person. Nothing recorded is said to be unknown, and unknown is not low.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.residency.rules.choices import RISK_LEVELS, RISK_MECHANISMS, RISK_PROFILES
from casework.residency.rules.rulebook import Rule

from .sources import Rules, SourcedRule, sourced

UNKNOWN = "unknown"
# From the left, so many of the four bars of the picture are filled.
BARS = {"low": 1, "elevated": 2, "high": 3, "critical": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level as word and picture. `bars`: x, y, height and whether it is filled, of each of four; none for unknown."""

    code: str
    word: str
    bars: Sequence[tuple[int, int, int, bool]]

    @property
    def is_unknown(self) -> bool:
        return self.code == UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One recorded level: for whom, how, by which signals, on which days."""

    level: Level
    profiles: str
    mechanisms: str
    signals: Sequence[str]
    source: SourcedRule


def risks_of(rules: Rules, ids: Iterable[str]) -> list[Risk]:
    """Return the levels recorded by these rules, the highest first."""
    found = [risk_of(rules[each]) for each in ids if each in rules]
    return sorted(found, key=lambda risk: -BARS.get(risk.level.code, 0))


def risk_of(rule: Rule) -> Risk:
    given = rule.parameters
    return Risk(
        level=level_of(given),
        profiles=_listed(RISK_PROFILES, given.get("profiles")),
        mechanisms=_listed(RISK_MECHANISMS, given.get("mechanisms")),
        signals=tuple(given.get("signals") or ()),
        source=sourced(rule),
    )


def level_of(parameters: Mapping[str, Any]) -> Level:
    """Return the level that the parameters of a rule name; no level is an unknown one."""
    code = parameters.get("level") or UNKNOWN
    return Level(code=code, word=_(RISK_LEVELS.get(code, code)), bars=_bars(code))


def _bars(level: str) -> list[tuple[int, int, int, bool]]:
    """Return x, y, height and whether it is filled, of each bar of the picture (20 by 12)."""
    filled = BARS.get(level, 0)
    return [(5 * number, 9 - 3 * number, 3 + 3 * number, number < filled) for number in range(4)] if filled else []


def _listed(labels: dict[str, str], chosen: Iterable[str] | None) -> str:
    return ", ".join(_(labels.get(each, each)) for each in chosen or ())

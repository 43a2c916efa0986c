"""Reads the values of a worked example. What cannot be read is refused with a sentence that says where and why."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casework.lib.periods import UNITS, Period, parse_period

# Longer than any law; keeps arithmetic inside the calendar.
MOST_DAYS = 36_600

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MISSING = object()


class BrokenCase(ValueError):
    """The case cannot be read; the message says where and why."""


def only_known(given: Mapping[str, Any], where: str, *known: str, kind: bool = True) -> None:
    unknown = [key for key in given if key not in known and not (kind and key in ("kind", "note"))]
    if unknown:
        raise BrokenCase(f"{where}: {', '.join(map(repr, unknown))} is not known here; known are {', '.join(known)}")


def day_at(given: Mapping[str, Any], key: str, where: str) -> date:
    value = given.get(key, MISSING)
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise BrokenCase(f"{where}: {key} must be a day such as 2024-05-31, {got(value)}")


def count_at(given: Mapping[str, Any], key: str, where: str) -> int:
    value = given.get(key, MISSING)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
        raise BrokenCase(f"{where}: {key} must be a whole number from 1 to {MOST_DAYS}, {got(value)}")
    return value


def flag_at(given: Mapping[str, Any], key: str, where: str) -> bool:
    value = given.get(key, True)
    if not isinstance(value, bool):
        raise BrokenCase(f"{where}: {key} must be true or false, {got(value)}")
    return value


def one_of(given: Mapping[str, Any], key: str, where: str, known: Sequence[str], default: object = MISSING) -> str:
    value = given.get(key, default)
    if not isinstance(value, str) or value not in known:
        raise BrokenCase(f"{where}: {key} must be one of {', '.join(known)}, {got(value)}")
    return value


def period_at(value: object, where: str) -> Period:
    try:
        return parse_period(value)
    except ValueError as error:
        raise BrokenCase(f"{where}: {error}") from error


def own_period(rule: Mapping[str, Any], where: str) -> Period:
    period = period_at({unit: rule[unit] for unit in UNITS if unit in rule}, where)
    if not period.count:
        raise BrokenCase(f"{where}: {period.unit} must be 1 or more, not 0")
    return period


def object_at(value: object, where: str) -> Mapping[str, Any]:
    if value is None:
        raise BrokenCase(f"{where} is missing")
    if not isinstance(value, Mapping):
        raise BrokenCase(f"{where} must be an object in braces, {got(value)}")
    return value


def list_at(given: Mapping[str, Any], key: str, where: str) -> Sequence[Any]:
    value = given.get(key, MISSING)
    if not isinstance(value, list):
        raise BrokenCase(f"{where}: {key} must be a list in brackets, {got(value)}")
    return value


def got(value: object) -> str:
    if value is MISSING:
        return "but it is missing"
    text = repr(value)
    return f"not {text if len(text) <= 60 else text[:57] + '...'}"

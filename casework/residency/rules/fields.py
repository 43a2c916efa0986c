"""The types of parameters, and what is wrong with a value that is not of its type."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from casework.lib.marking import gettext_noop as _

PERIOD_UNITS = ("days", "months", "years")
# Longer than any law that was ever seen: ten years of days, fifty years of months and years.
PERIOD_MOST = {"days": 3_660, "months": 600, "years": 50}
# No rule speaks of days before or after these years; a mistyped year does.
FIRST_YEAR, LAST_YEAR = 1900, 2199


class FieldType(StrEnum):
    """How a parameter is written in JSON."""

    WHOLE_NUMBER = "whole_number"
    SHARE = "share"  # a number from 0 to 1
    YES_NO = "yes_no"
    DAY = "day"  # "2024-02-24"
    CHOICE = "choice"
    CHOICES = "choices"  # a list of choices, each once
    TEXT = "text"
    TEXTS = "texts"  # a list of texts
    PERIOD = "period"  # {"days": 30}, {"months": 3} or {"years": 1}
    AGES = "ages"  # a choice -> years of age
    COHORT = "cohort"  # {"entered_before": day, "until": day}


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterField:
    """One parameter. `choices`: value -> English label; `least` and `most` bound whole numbers."""

    name: str
    type: FieldType
    label: str
    help: str
    required: bool = False
    default: Any = None
    least: int = 0
    most: int = 3_660
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one parameter. `message` is translatable, `values` fill it."""

    field: str
    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return self.message % self.values


def problems_of(field: ParameterField, value: object) -> list[Problem]:
    """Return what is wrong with a value of this parameter, looked at alone."""
    return _CHECKS[field.type](field, value)


def _check_whole_number(field: ParameterField, value: object) -> list[Problem]:
    if isinstance(value, bool) or not isinstance(value, int):
        return [Problem(field.name, _("This must be a whole number."))]
    if not field.least <= value <= field.most:
        return [
            Problem(
                field.name,
                _("This must be a whole number from %(least)s to %(most)s."),
                {"least": field.least, "most": field.most},
            )
        ]
    return []


def _check_share(field: ParameterField, value: object) -> list[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return [Problem(field.name, _("This must be a number from 0 to 1, such as 0.25."))]
    return []


def _check_yes_no(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, bool):
        return [Problem(field.name, _("This must be true or false."))]
    return []


def _check_day(field: ParameterField, value: object) -> list[Problem]:
    if _day(value) is None:
        return [Problem(field.name, _("This must be a day such as 2024-02-24."))]
    year = int(str(value)[:4])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = _("The year must lie between %(first)s and %(last)s.")
        return [Problem(field.name, message, {"first": FIRST_YEAR, "last": LAST_YEAR})]
    return []


def _check_choice(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, str) or value not in field.choices:
        return [
            Problem(
                field.name,
                _("“%(value)s” is not known here. Choose from: %(choices)s."),
                {"value": value, "choices": ", ".join(field.choices)},
            )
        ]
    return []


def _check_choices(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, list | tuple) or not value:
        return [Problem(field.name, _("This must be a list with at least one entry."))]
    if len(set(map(str, value))) < len(value):
        return [Problem(field.name, _("An entry is listed twice."))]
    return [problem for each in value for problem in _check_choice(field, each)]


def _check_text(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, str) or not value.strip():
        return [Problem(field.name, _("This must be a text."))]
    return []


def _check_texts(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, list | tuple) or not value:
        return [Problem(field.name, _("This must be a list with at least one entry."))]
    return [problem for each in value for problem in _check_text(field, each)]


def _check_period(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, Mapping) or len(value) != 1 or not set(value) <= set(PERIOD_UNITS):
        return [Problem(field.name, _("This must be one period such as {days: 30} or {months: 3}."))]
    ((unit, number),) = value.items()
    return _check_whole_number(
        ParameterField(
            name=field.name,
            type=FieldType.WHOLE_NUMBER,
            label=field.label,
            help=field.help,
            least=field.least,
            most=PERIOD_MOST[unit],
        ),
        number,
    )


def _check_ages(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, Mapping) or not value:
        return [Problem(field.name, _("This must be ages by document."))]
    return [
        problem
        for document, age in value.items()
        for problem in (*_check_choice(field, document), *_check_whole_number(field, age))
    ]


def _check_cohort(field: ParameterField, value: object) -> list[Problem]:
    if not isinstance(value, Mapping) or set(value) != {"entered_before", "until"}:
        return [Problem(field.name, _("This must hold two days: entered_before and until."))]
    problems = [problem for day in value.values() for problem in _check_day(field, day)]
    if not problems and value["until"] < value["entered_before"]:
        problems.append(Problem(field.name, _("The fixed day is before the day of entry.")))
    return problems


_CHECKS: dict[FieldType, Callable[[ParameterField, object], list[Problem]]] = {
    FieldType.WHOLE_NUMBER: _check_whole_number,
    FieldType.SHARE: _check_share,
    FieldType.YES_NO: _check_yes_no,
    FieldType.DAY: _check_day,
    FieldType.CHOICE: _check_choice,
    FieldType.CHOICES: _check_choices,
    FieldType.TEXT: _check_text,
    FieldType.TEXTS: _check_texts,
    FieldType.PERIOD: _check_period,
    FieldType.AGES: _check_ages,
    FieldType.COHORT: _check_cohort,
}


def _day(value: object) -> date | None:
    """Return the day that an ISO string names; None for anything else, times included."""
    if not isinstance(value, str) or len(value) != len("2024-02-24"):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None

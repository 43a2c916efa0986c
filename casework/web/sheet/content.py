"""What stands on the sheet of one person, in the language in force."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.clients.models import Client
from casework.lib import day_words
from casework.residency.models import Deadline
from casework.residency.rules.kinds import DUTY_LABELS, Duty
from casework.web.deadlines.rows import DeadlineRow, rows_of, with_people

from . import wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do: until when, what, and what to know."""

    by: str
    what: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    language: str
    title: str
    about: str
    items: Sequence[Item]
    foot: Sequence[str]
    reach: str
    nothing: str
    made: str
    name: str = ""


def sheet_of(client: Client, language: str, today: dt.date, now: dt.datetime, *, with_name: bool) -> Sheet:
    """Return the sheet. Call it with `language` in force, and `residency.actions.ensure_fresh` before."""
    deadlines: Any = Deadline.objects
    rows = rows_of(with_people(deadlines.open().filter(client=client).soonest_first(), now))
    name = f"{_(wording.NAME)}: {client.full_name}" if with_name else ""
    return Sheet(
        language=language,
        title=_(wording.TITLE),
        about=" · ".join(
            part for part in (client.reference, _(wording.FOR_DAY) % {"day": _day(today, language)}) if part
        ),
        items=[_item(row, language) for row in rows if not row.is_lapsed],
        foot=[_(wording.CHANGES), _(wording.CAVEAT)],
        reach=_(wording.REACH),
        nothing=_(wording.NOTHING),
        made=_(wording.MADE) % {"day": _day(today, language)},
        name=name,
    )


def _item(row: DeadlineRow, language: str) -> Item:
    it = row.deadline
    duty = Duty(it.duty)
    by = _(wording.BY) % {"day": _day(it.drives_on, language)} if it.drives_on else ""
    return Item(
        by=by,
        what=_(wording.DO.get(duty, DUTY_LABELS[duty])),
        notes=[note for note in _notes(row, duty, language) if note],
    )


def _notes(row: DeadlineRow, duty: Duty, language: str) -> list[str]:
    it = row.deadline
    found = []
    if it.drives_on is None:
        found.append(_(wording.UNKNOWN))
    elif it.drives_on < row.today:
        found.append(_(wording.OVERDUE))
    elif it.drives_on == row.today:
        found.append(_(wording.TODAY))
    if it.optional:
        found.append(_(wording.ONLY_IF))
    if it.only_if_here_after:
        found.append(_(wording.ONLY_IF_HERE) % {"day": _day(it.only_if_here_after, language)})
    found += [_(text) for text in (wording.BRING.get(duty), wording.WHERE.get(duty)) if text]
    if it.imposed_on:
        found.append(_(wording.SET))
    elif it.alternative_on:
        found.append(_(wording.OTHER) % {"day": _day(it.alternative_on, language)})
    if it.review == "needs_review":
        found.append(_(wording.DISAGREE))
    elif it.review != "reviewed":
        found.append(_(wording.NOT_REVIEWED))
    return found


def _day(day: dt.date, language: str) -> str:
    return day_words.with_weekday(day, language)

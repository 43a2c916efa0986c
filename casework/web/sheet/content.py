"""What stands on the sheet of one person, in the language in force."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import get_timezone_location
from django.utils.translation import gettext as _

from casework.accounts.actions.organisation import organisation
from casework.clients.models import Appointment, Client
from casework.lib import day_words
from casework.residency.models import Deadline
from casework.residency.rules.kinds import DUTY_LABELS, Duty
from casework.residency.rules.position import SubjectKind
from casework.web.deadlines.rows import DeadlineRow, rows_of, with_people

from . import wording

MOST_APPOINTMENTS = 6


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
    appointments: Sequence[Item]
    appointments_title: str
    foot: Sequence[str]
    reach: str
    nothing: str
    made: str
    name: str = ""
    office: Sequence[str] = ()


def sheet_of(
    client: Client,
    language: str,
    today: dt.date,
    now: dt.datetime,
    *,
    number: int,
    with_name: bool,
    with_office: bool,
) -> Sheet:
    """Return the sheet. Call it with `language` in force, and `residency.actions.ensure_fresh` before.

    number: of the event of this print. Whoever finds the paper learns nothing from it; the auditor finds who made it.
    """
    deadlines: Any = Deadline.objects
    open_ones = deadlines.open().filter(client=client).soonest_first()
    rows = rows_of(with_people(open_ones, now).defer(None))  # the notes depend on the reasons
    name = f"{_(wording.NAME)}: {client.full_name}" if with_name else ""
    return Sheet(
        language=language,
        title=_(wording.TITLE),
        about=" · ".join(
            part for part in (client.reference, _(wording.FOR_DAY) % {"day": _day(today, language)}) if part
        ),
        items=[_item(row, language) for row in rows if not row.is_lapsed and _is_of_here(row)],
        appointments=_appointments(client, language, now),
        appointments_title=_(wording.APPOINTMENTS),
        foot=[_(wording.CHANGES), _(wording.CAVEAT)],
        reach=_(wording.REACH),
        nothing=_(wording.NOTHING),
        made=f"{_(wording.MADE) % {'day': _day(today, language)}} · {_(wording.PRINT) % {'number': number}}",
        name=name,
        office=office_of(client) if with_office else (),
    )


def office_of(client: Client) -> list[str]:
    """Return where our office is and whom to write to, as far as it is recorded. It says who we are: so only if asked for."""
    ours = organisation()
    lines = [ours.name, client.case.team.name, *ours.address.splitlines(), *ours.data_contact.splitlines()]
    return [line.strip() for line in lines if line.strip()]


def _appointments(client: Client, language: str, now: dt.datetime) -> list[Item]:
    """Return what is planned with this person in their case, at the time that clocks there will show; with whom is left out."""
    found: Any = Appointment.objects
    rows = (
        found.filter(people__client=client, case=client.case_id)
        .planned()
        .ending_after(now)
        .soonest_first()
        .select_related("data_key")
    )
    return [_appointment(it, language) for it in rows[:MOST_APPOINTMENTS]]


def _appointment(it: Appointment, language: str) -> Item:
    city = get_timezone_location(it.zone, locale=language, return_city=True)
    notes = [_(wording.UNCLEAR)] if it.is_unclear else []
    return Item(
        by=_day(it.day, language),
        what=_(wording.AT) % {"time": f"{it.wall_time:%H:%M}", "city": city},
        notes=[*notes, *(line for line in str(it.place or "").splitlines() if line.strip())],
    )


def _is_of_here(row: DeadlineRow) -> bool:
    """Whether a reader may do it where they are. The sheet names no country: "this country" is none to which they only plan to go."""
    it = row.deadline
    if it.subject_kind != SubjectKind.STAY.value:
        return True
    where = it.client.computed_position.country
    # Of somebody who is nowhere on record the rules know plans alone; what an authority has set stands.
    return it.country == where if where else it.due_on is None


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
        is_by_facts = any(step["code"] == "alternative_by_facts" for step in it.because)
        text = wording.OTHER_BY_FACTS if is_by_facts else wording.OTHER
        found.append(_(text) % {"day": _day(it.alternative_on, language)})
    if it.review == "needs_review":
        found.append(_(wording.DISAGREE))
    elif it.review != "reviewed":
        found.append(_(wording.NOT_REVIEWED))
    return found


def _day(day: dt.date, language: str) -> str:
    return day_words.with_weekday(day, language)

"""How much one person may look at, in one place: what slows down whoever reads more than their work asks for.

Cases are counted where they are opened, in the query that loads them, at the same cost whatever the day was like. Searches and emergencies are
counted from the audit. None of it locks anybody out for good: each says when it goes on, and whom to ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db.models import IntegerField
from django.db.models.expressions import RawSQL

from casework.accounts.models import User
from casework.audit.models import Event

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
# So many different cases within an hour, and coordinators and auditors are told.
CASES_TOLD_OF = 60
# So many within a day, and the next asks for a reason, which lets so many more be opened.
CASES_A_DAY = 200
MORE_AT_A_TIME = 50
# Searches, and looks at who resembles the person being typed, within a minute.
SEARCHES_A_MINUTE = 30
# Codes typed in an emergency, right or wrong, within an hour.
EMERGENCIES_AN_HOUR = 3

SEARCHES = ("clients.searched", "clients.look_alikes_seen")
EMERGENCIES = ("clients.emergency_opened", "clients.emergency_refused", "clients.emergency_not_needed")
# Among so many of somebody's newest events a minute of searching is found, however long they have worked here.
LOOKED_AT = 300


def sights_of(user: User, now: datetime, case: str) -> RawSQL:
    """Return what a page of a case is to load with it, in its own query: how many others `user` has opened.

    `case` is the column that holds the id of the case, such as "clients_case.id". Each look that the audit keeps is
    counted by the database beside it (see the trigger `count_sight`), so that counting costs a page nothing more.
    """
    known = {"case": case}
    hour, day = now - HOUR, now - DAY
    values = [hour, user.pk, day, user.pk, hour, user.pk, day]
    return RawSQL(_SIGHTS % known, values, output_field=ArrayField(IntegerField()))  # noqa: S611 - the column is ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What opening one more case comes to. `is_beyond`: it is one more than a day allows."""

    within_hour: int
    within_day: int
    is_beyond: bool
    is_to_be_told: bool

    @classmethod
    def of(cls, counted: Sequence[int], *, already_counted: bool = False) -> "Sight":
        """Read what `sights_of` has loaded.

        `already_counted`: the look itself is among them. Whether the case was known before cannot be told any more;
        if it was, it is among those that the day allows.
        """
        others_of_hour, others_of_day, is_known, reasons, told = counted
        within_hour, within_day = others_of_hour + 1, others_of_day + 1
        return cls(
            within_hour=within_hour,
            within_day=within_day,
            is_beyond=(already_counted or not is_known) and within_day > CASES_A_DAY + reasons * MORE_AT_A_TIME,
            is_to_be_told=within_hour >= CASES_TOLD_OF and not told,
        )


def next_case_at(user: User, now: datetime) -> datetime:
    """Return when the oldest case of the day is forgotten, so that another can be opened without a word."""
    from .models import CaseSight

    oldest = CaseSight.objects.filter(user=user, at__gt=now - DAY).order_by("at").values_list("at", flat=True).first()
    return (oldest or now - DAY) + DAY


def next_search_at(user: User, now: datetime) -> datetime | None:
    """Return when `user` may search again, None if at once; one query over their newest events."""
    return _next(user, SEARCHES, SEARCHES_A_MINUTE, timedelta(minutes=1), now, among=LOOKED_AT)


def next_emergency_at(user: User, now: datetime) -> datetime | None:
    """Return when `user` may type a code in an emergency again, None if at once."""
    return _next(user, EMERGENCIES, EMERGENCIES_AN_HOUR, HOUR, now)


def emergencies_left(user: User, now: datetime) -> int:
    tried = Event.objects.filter(actor_id=user.pk, type__in=EMERGENCIES, at__gt=now - HOUR).count()
    return max(EMERGENCIES_AN_HOUR - tried, 0)


def _next(
    user: User, types: tuple[str, ...], most: int, span: timedelta, now: datetime, *, among: int | None = None
) -> datetime | None:
    rows = Event.objects.filter(actor_id=user.pk).order_by("-id")
    if among is not None:
        found = [at for at, each in rows.values_list("at", "type")[:among] if each in types and at > now - span]
    else:
        found = list(rows.filter(type__in=types, at__gt=now - span).values_list("at", flat=True)[:most])
    return min(found[:most]) + span if len(found) >= most else None


_SIGHTS = """
(SELECT ARRAY[
    count(*) FILTER (WHERE sight.case_id <> %(case)s AND sight.at > %%s),
    count(*) FILTER (WHERE sight.case_id <> %(case)s),
    count(*) FILTER (WHERE sight.case_id = %(case)s),
    (SELECT count(*) FROM clients_sightnotice WHERE user_id = %%s AND kind = 'more' AND at > %%s),
    (SELECT count(*) FROM clients_sightnotice WHERE user_id = %%s AND kind = 'many' AND at > %%s)
 ]
 FROM clients_casesight sight WHERE sight.user_id = %%s AND sight.at > %%s)
"""

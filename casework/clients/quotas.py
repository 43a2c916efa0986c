"""How much one person may look at, in one place: what slows down whoever reads more than their work asks for.

Cases are counted where they are opened, at the cost of one query whatever the day was like. Searches and emergencies are
counted from the audit. None of it locks anybody out for good: each says when it goes on, and whom to ask.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What opening a case came to. `is_beyond`: it is one more than a day allows, and was not counted."""

    case_id: UUID
    within_hour: int
    within_day: int
    is_beyond: bool
    is_to_be_told: bool


def open_case_once(user: User, now: datetime, *, code: str = "", reference: str = "") -> Sight | None:
    """Count a case that `user` has opened, by its code or by the reference of somebody in it, in one query.

    The same case counts once a day. None: there is no such case.
    """
    values: dict[str, Any] = {
        "user": user.pk,
        "code": code,
        "reference": reference,
        "now": now,
        "hour_ago": now - HOUR,
        "day_ago": now - DAY,
        "a_day": CASES_A_DAY,
        "more": MORE_AT_A_TIME,
        "told_of": CASES_TOLD_OF,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        row = cursor.fetchone()
    if row is None:
        return None
    case_id, within_hour, within_day, is_beyond, is_to_be_told = row
    return Sight(
        case_id=case_id,
        within_hour=within_hour,
        within_day=within_day,
        is_beyond=is_beyond,
        is_to_be_told=is_to_be_told,
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


_COUNT = """
WITH target AS (
    SELECT id FROM clients_case WHERE code = %(code)s
    UNION
    SELECT case_id FROM clients_client WHERE reference = %(reference)s
), seen AS (
    SELECT case_id, at FROM clients_casesight WHERE user_id = %(user)s AND at > %(day_ago)s
), notices AS (
    SELECT count(*) FILTER (WHERE kind = 'more') AS more,
           count(*) FILTER (WHERE kind = 'many' AND at > %(hour_ago)s) AS told
      FROM clients_sightnotice WHERE user_id = %(user)s AND at > %(day_ago)s
), counted AS (
    SELECT target.id,
           1 + count(seen.at) FILTER (WHERE seen.case_id <> target.id AND seen.at > %(hour_ago)s) AS within_hour,
           1 + count(seen.at) FILTER (WHERE seen.case_id <> target.id) AS within_day,
           count(seen.at) FILTER (WHERE seen.case_id = target.id) > 0 AS is_seen
      FROM target LEFT JOIN seen ON true GROUP BY target.id
), judged AS (
    SELECT counted.*, told, NOT is_seen AND within_day > %(a_day)s + more * %(more)s AS is_beyond
      FROM counted, notices
), kept AS (
    INSERT INTO clients_casesight (id, user_id, case_id, at)
    SELECT gen_random_uuid(), %(user)s, id, %(now)s FROM judged WHERE NOT is_beyond
    ON CONFLICT (user_id, case_id) DO UPDATE SET at = EXCLUDED.at
        WHERE clients_casesight.at < EXCLUDED.at - interval '5 minutes'
)
SELECT id, within_hour, within_day, is_beyond, within_hour >= %(told_of)s AND told = 0 FROM judged
"""

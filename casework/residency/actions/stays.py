"""Everything that can happen to a stay."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.actions.facts import lock_in_order
from casework.clients.fact_rows import change_fact, lock_fact, record_fact, refuse_rows_of_others, remove_fact
from casework.clients.models import Client
from casework.documents.models import Document
from casework.lib.countries import country_name
from casework.lib.day_words import in_words
from casework.lib.refusals import Refusal

from ..models import Jurisdiction, Stay

OLDEST_ENTRY_YEARS = 100


class UnableToRecordStay(Refusal):
    pass


class StayValues(TypedDict, total=False):
    """What may be said of a stay. Days: both bounds equal where known, both None where not known."""

    id: UUID
    country: str
    entered_earliest: date | None
    entered_latest: date | None
    has_left: bool
    left_earliest: date | None
    left_latest: date | None
    planned: bool
    document: Document | None
    legal_basis: str
    purpose: str
    entry_mode: str
    evidence: str
    remark: str


@transaction.atomic
def record_stay(*, client: Client, by: User, now: datetime, **values: Unpack[StayValues]) -> Stay:
    """Record that `client` was, is or will be in a country. Raises UnableToRecordStay."""
    # Of two overlapping stays recorded at once, the second looks when the first is there.
    lock_in_order([client])
    refuse_rows_of_others(client, values, UnableToRecordStay)
    stay = Stay(client=client, **values)
    _check(stay, now)
    return record_fact(stay, client, by=by, now=now)


@transaction.atomic
def change_stay(*, stay: Stay, version: int, by: User, now: datetime, **values: Unpack[StayValues]) -> Stay:
    """Change what is known of a stay. Raises ChangedMeanwhile, UnableToRecordStay."""
    stay = lock_fact(stay, version=version, mine=values)
    refuse_rows_of_others(stay.client, values, UnableToRecordStay)
    kept = {name: getattr(stay, name) for name in values}
    for name, value in values.items():
        setattr(stay, name, value)
    _check(stay, now)
    for name, value in kept.items():
        setattr(stay, name, value)
    return change_fact(stay, stay.client, values, by=by, now=now)


@transaction.atomic
def end_stay(
    *,
    stay: Stay,
    left_earliest: date | None,
    left_latest: date | None,
    version: int,
    by: User,
    now: datetime,
) -> Stay:
    """Record that the client has left, on a day that is known, bounded or unknown."""
    return change_stay(
        stay=stay, version=version, by=by, now=now, has_left=True, left_earliest=left_earliest, left_latest=left_latest
    )


@transaction.atomic
def remove_stay(*, stay: Stay, version: int, by: User, now: datetime) -> None:
    """Remove a stay that was recorded by mistake. Raises ChangedMeanwhile."""
    stay = lock_fact(stay, version=version, mine={})
    remove_fact(stay, stay.client, by=by, now=now)


def today_in(country: str, client: Client, now: datetime) -> date:
    """Return which day it is in a country; where its zone is not on record, where the team is."""
    zone = Jurisdiction.objects.filter(pk=country).exclude(time_zone="").values_list("time_zone", flat=True).first()
    return now.astimezone(ZoneInfo(zone or client.case.team.time_zone)).date()


def _check(stay: Stay, now: datetime) -> None:
    """Refuse what cannot be, in the order in which a reader would mend it."""
    today = today_in(stay.country, stay.client, now)
    _check_entry(stay, today)
    _check_exit(stay, today)
    _check_other_stays(stay)


def _check_entry(stay: Stay, today: date) -> None:
    entered = stay.entered_earliest or stay.entered_latest
    if entered is None:
        return
    if entered < today - relativedelta(years=OLDEST_ENTRY_YEARS):
        raise UnableToRecordStay(
            _("The entry lies more than a hundred years back. Look at the year again."), field="entered"
        )
    if stay.entered_earliest and stay.entered_earliest > today and not stay.planned:
        raise UnableToRecordStay(
            _("The entry lies in the future. Mark the stay as planned, or look at the day again."), field="entered"
        )
    if stay.planned and stay.entered_latest and stay.entered_latest < today:
        raise UnableToRecordStay(
            _("The entry lies in the past, so the stay is not planned any more. Take the mark away."), field="planned"
        )
    born = stay.client.born_earliest
    if born and stay.entered_latest and stay.entered_latest < born:
        raise UnableToRecordStay(_("The entry lies before the client was born."), field="entered")


def _check_exit(stay: Stay, today: date) -> None:
    if stay.left_latest and stay.entered_earliest and stay.left_latest < stay.entered_earliest:
        raise UnableToRecordStay(_("The exit lies before the entry. Look at both days again."), field="left")
    if stay.has_left and not stay.planned and stay.left_earliest and stay.left_earliest > today:
        raise UnableToRecordStay(
            _("The exit lies in the future. Leave it open until the client has left."), field="left"
        )


def _check_other_stays(stay: Stay) -> None:
    """Nobody is in two places on a day that is neither travel day. Plans may still contradict."""
    if stay.planned:
        return
    mine = _days_between(stay)
    for other in Stay.objects.filter(client=stay.client, planned=False).exclude(pk=stay.pk):
        if overlap(mine, _days_between(other)):
            raise UnableToRecordStay(
                _("On some of these days the client was in %(country)s (%(days)s). End that stay or change the days.")
                % {
                    "country": country_name(other.country, translation.get_language() or "en"),
                    "days": _in_words(other),
                },
                field="entered",
            )


def _days_between(stay: Stay) -> tuple[date, date] | None:
    """Return certain entry and certain exit, None if there is no day on which the client was surely there."""
    if stay.entered_latest is None or (stay.has_left and stay.left_earliest is None):
        return None
    left = (stay.left_earliest if stay.has_left else None) or date.max
    return (stay.entered_latest, left) if stay.entered_latest < left else None


def overlap(mine: tuple[date, date] | None, other: tuple[date, date] | None) -> bool:
    """Whether two open intervals of days share a day: both travel days are left out."""
    if mine is None or other is None:
        return False
    first, last = max(mine[0], other[0]), min(mine[1], other[1])
    return (last - first).days > 1


def _in_words(stay: Stay) -> str:
    language = translation.get_language() or "en"
    days: list[Any] = [stay.entered_latest, stay.left_earliest if stay.has_left else None]
    first, last = (in_words(day, language) if day else _("open") for day in days)
    return f"{first} – {last}"

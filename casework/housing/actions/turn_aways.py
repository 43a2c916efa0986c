"""Counting those to whom no bed could be given."""

from datetime import date, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.record import record
from casework.clients.changes import insert_once, locked, write
from casework.clients.models import Case
from casework.lib.dates import today_in
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..models import TurnAway


class UnableToRecordTurnAway(Refusal):
    pass


class TurnAwayFields(TypedDict, total=False):
    team: Team
    day: date
    people: int
    reason: str
    country: str
    city: str
    case: Case | None


@transaction.atomic
def record_turn_away(
    *,
    team: Team,
    day: date,
    people: int,
    reason: str,
    country: str,
    by: User,
    now: datetime,
    city: str = "",
    case: Case | None = None,
    turn_away_id: UUID | None = None,
) -> TurnAway:
    """Note that so many people had to be turned away. Sent twice with the same id, it is noted once."""
    _refuse_nonsense(team, day, people, reason, now)
    row = TurnAway(
        id=turn_away_id or new_id(),
        team=team,
        country=country,
        city=city,
        day=day,
        people=people,
        reason=reason,
        case=case,
        made_at=now,
        made_by=by,
    )
    row, is_new = insert_once(row, team_id=team.pk)
    if is_new:
        told = {"people": people, "reason": reason}
        record("housing.turn_away_recorded", subject=row, case_id=row.case_id, by=by, now=now, **told)
    return row


@transaction.atomic
def change_turn_away(
    *, turn_away: TurnAway, version: int, by: User, now: datetime, **fields: Unpack[TurnAwayFields]
) -> TurnAway:
    """Correct what was noted. Raises ChangedMeanwhile."""
    values: dict[str, Any] = dict(fields)
    row = locked(turn_away, version=version, mine=values)
    after: dict[str, Any] = {"team": row.team, "day": row.day, "people": row.people, "reason": row.reason} | values
    _refuse_nonsense(after["team"], after["day"], after["people"], after["reason"], now)
    if changed := write(row, values):
        told = {"fields": sorted(changed)}
        record("housing.turn_away_changed", subject=row, case_id=row.case_id, by=by, now=now, **told)
    return row


def _refuse_nonsense(team: Team, day: date, people: int, reason: str, now: datetime) -> None:
    if day > today_in(team.time_zone, now):
        raise UnableToRecordTurnAway(_("This day has not come yet."), field="day")
    if not 1 <= people <= 999:
        raise UnableToRecordTurnAway(_("Enter how many people, from 1 to 999."), field="people")
    if reason not in TurnAway.Reason.values:
        raise UnableToRecordTurnAway(_("Choose the reason."), field="reason")


@transaction.atomic
def remove_turn_away(*, turn_away: TurnAway, by: User, now: datetime) -> None:
    """Remove what was noted by mistake."""
    record("housing.turn_away_removed", subject=turn_away, case_id=turn_away.case_id, by=by, now=now)
    turn_away.delete()

"""Answers that have not come, as what reminders speak of: only if somebody asked for it, and only as long as there is none."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from casework.accounts.absences import Away
from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.clients.audience import Audience
from casework.clients.models import Case, Referral, TimedAccess
from casework.lib.dates import today_in

from .follow_up import FollowUp
from .matters import Matter, Source, among, chunked
from .schedule import LEADS_OF_NO_ANSWER, lead_reached
from .subjects import NO_ANSWER

WITH = ("referral__case__team", "to_do__case__team", "asked_by")


def _due(now: datetime, cases: Collection[UUID] | None = None) -> Iterator[list[Matter]]:
    # A day more: somewhere it is already tomorrow.
    rows = FollowUp.objects.standing().unanswered().filter(on__lte=_latest(now)).select_related(*WITH)
    for chunk in chunked(among(rows, cases, "referral__case", "to_do__case")):
        yield _Batch(chunk, now).matters()


def _standing(ids: Collection[str], now: datetime) -> Sequence[Matter]:
    return _Batch(list(FollowUp.objects.filter(pk__in=ids).select_related(*WITH)), now).matters()


def _latest(now: datetime) -> Any:
    return today_in("Pacific/Kiritimati", now)


class _Batch:
    """Some of them, with what has to be known to say who is told."""

    def __init__(self, rows: Sequence[FollowUp], now: datetime) -> None:
        self.rows, self.now = rows, now
        self.audience = Audience([row.case for row in rows if row.case is not None], now)
        self.away: Away = self.audience.away
        held = Membership.objects.active(now).carrying(Permission.CASE_VIEW).values("user")
        lent = TimedAccess.objects.running(now).filter(user__in={row.asked_by_id for row in rows}).filter(user__in=held)
        self._lent: set[tuple[UUID, UUID | None, UUID | None]] = set(lent.values_list("user_id", "case_id", "team_id"))

    def matters(self) -> list[Matter]:
        return [self._matter(row) for row in self.rows]

    def _matter(self, row: FollowUp) -> Matter:
        case = row.case
        zone = case.team.time_zone if case is not None else row.asked_by.time_zone or "UTC"
        return Matter(
            subject=f"{NO_ANSWER}{row.pk}",
            due_on=row.on,
            lead=lead_reached(row.on, today_in(zone, self.now), LEADS_OF_NO_ANSWER),
            zone=zone,
            recipients=self._told(row, case),
            case=case,
            why=_why(row, case),
        )

    def _told(self, row: FollowUp, case: Case | None) -> list[UUID]:
        """Return who asked; if they are away or may not see the case any more, whoever is told of it."""
        user: User = row.asked_by
        if case is None:
            return [user.pk] if user.is_active and user.pk in (row.about.owner_id, row.about.created_by_id) else []
        if user.pk not in self.away and self._sees(user.pk, case):
            return [user.pk]
        deputy = self.away.deputy_of(user.pk)
        return [deputy] if deputy is not None and self._sees(deputy, case) else self.audience.of(case)

    def _sees(self, user: UUID, case: Case) -> bool:
        if self.audience.may_be_told(user, case):
            return True
        is_lent = (user, case.pk, None) in self._lent or (user, None, case.team_id) in self._lent
        return is_lent and not case.restricted


def _why(row: FollowUp, case: Case | None) -> str:
    """Return why it need not be said: taken_back, answered, closed (the case)."""
    if row.ended_at is not None:
        return "taken_back"
    if case is not None and case.status != Case.Status.OPEN:
        return "closed"
    is_open = row.referral.state in Referral.WAITING if row.referral is not None else not row.about.is_done
    return "" if is_open else "answered"


NO_ANSWERS = Source(prefix=NO_ANSWER, due=_due, standing=_standing)

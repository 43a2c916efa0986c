"""In which emergencies a case was opened: on its page for good, and who has taken note."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Prefetch

from casework.accounts.models import User
from casework.clients.models import EmergencyAccess, EmergencySeen
from casework.lifecycle.emergency import people_concerned
from casework.web.cases.forms.intake import in_short


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyRow:
    """`is_own`: the reader's, and it runs. `may_note`: the reader was told and has not taken note yet."""

    id: UUID
    who: str
    at: datetime
    until: datetime
    reason: str
    noted_by: list[str]
    is_own: bool
    may_note: bool
    case_code: str


def emergencies_of(case: Any, reader: User, now: datetime) -> list[EmergencyRow]:
    """Return the rows of a case that the reader sees, the latest first, in two queries; in none where there are none."""
    if not case.was_opened_in_emergency:
        return []
    rows = (
        with_notes().filter(case=case).annotate(told=ArraySubquery(people_concerned(case, now).order_by().values("pk")))
    )
    return [emergency_row(each, reader, set(each.told), now, with_reason=True) for each in rows]


def with_notes() -> Any:
    """Return all emergencies, the latest first, with whoever has taken note."""
    seen = EmergencySeen.objects.select_related("user__data_key").order_by("seen_at", "pk")
    rows: Any = EmergencyAccess.objects.select_related("user__data_key", "case__data_key")
    return rows.prefetch_related(Prefetch("seen_by", seen)).newest_first()


def emergency_row(
    access: EmergencyAccess, reader: User, told: set[UUID], now: datetime, *, with_reason: bool
) -> EmergencyRow:
    noted = {each.user_id: in_short(each.user) for each in access.seen_by.all()}
    is_own = access.user_id == reader.pk
    return EmergencyRow(
        id=access.pk,
        who=in_short(access.user),
        at=access.opened_at,
        until=access.ends_at,
        reason=str(access.reason) if with_reason else "",
        noted_by=list(noted.values()),
        is_own=is_own and access.ends_at > now,
        may_note=reader.pk in told and reader.pk not in noted and not is_own,
        case_code=access.case.code,
    )

"""Deadlines as what reminders speak of."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from casework.clients.audience import Audience
from casework.clients.models import Case
from casework.residency.models import Deadline, Jurisdiction

from .matters import Matter, Source, chunked
from .notices import DEADLINE
from .policies import KindPolicy, Policies, policies
from .schedule import LONGEST_LEAD, lead_reached


def subject_of(deadline_id: UUID) -> str:
    """Return the name under which reminders speak of a deadline."""
    return f"{DEADLINE}{deadline_id}"


def time_zones() -> dict[str, str]:
    """Return the time zone of every country that has one on record."""
    return dict(Jurisdiction.objects.exclude(time_zone="").values_list("code", "time_zone"))


def today_of(deadline: Deadline, zones: dict[str, str], now: datetime) -> date:
    """Return which day it is where the deadline falls due, else where the team is."""
    return now.astimezone(ZoneInfo(zones.get(deadline.country) or deadline.client.case.team.time_zone)).date()


def _due(now: datetime) -> Iterator[list[Matter]]:
    decided = policies()
    # One day more than the longest lead: somewhere it is already tomorrow.
    until = now.date() + timedelta(days=max(LONGEST_LEAD, decided.longest_lead) + 1)
    rows = Deadline.objects.open().due_by(until).filter(optional=False).select_related("client__case__team")
    zones = time_zones()
    for deadlines in chunked(rows):
        audience = _audience(deadlines, now)
        yield [
            _matter(it, audience, decided, zones, lead=_lead(it, decided, today_of(it, zones, now))) for it in deadlines
        ]


def _lead(deadline: Deadline, decided: Policies, today: date) -> int | None:
    return lead_reached(deadline.drives_on, today, decided.leads_of(deadline.duty))


def _standing(ids: Collection[str], now: datetime) -> Sequence[Matter]:
    deadlines = list(Deadline.objects.select_related("client__case").filter(pk__in=ids))
    audience, decided = _audience(deadlines, now), policies()
    return [_matter(it, audience, decided, {}, why=_why(it)) for it in deadlines]


def _audience(deadlines: Sequence[Deadline], now: datetime) -> Audience:
    return Audience([it.client.case for it in deadlines], now)


def _matter(
    deadline: Deadline,
    audience: Audience,
    decided: Policies,
    zones: dict[str, str],
    *,
    lead: int | None = None,
    why: str = "",
) -> Matter:
    case = deadline.client.case
    told = set(audience.of(case))
    if KindPolicy.Also.COORDINATOR in decided.also(deadline.duty):
        told |= set(audience.coordinators_of(case))
    return Matter(
        subject=subject_of(deadline.pk),
        due_on=deadline.drives_on,
        lead=lead,
        zone=zones.get(deadline.country, ""),
        recipients=sorted(told),
        case=case,
        why=why,
    )


def _why(deadline: Deadline) -> str:
    """Return why a deadline is not spoken of any more: gone, done, waived, closed (its case)."""
    if deadline.gone_at is not None:
        return "gone"
    if deadline.state != Deadline.State.OPEN:
        return str(deadline.state)
    return "closed" if deadline.client.case.status != Case.Status.OPEN else ""


DEADLINES = Source(prefix=DEADLINE, due=_due, standing=_standing, settled="gone")

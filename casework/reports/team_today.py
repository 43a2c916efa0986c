"""What a coordinator looks at first: what is overdue with whom, which cases wait for somebody or something, who comes and goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as If
from django.db.models import Count, F, IntegerField, Min, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.models import Case
from casework.housing.models import HousingRequest, Placement
from casework.residency.models import Deadline
from casework.residency.models.position import today_of

from .caseload import has_next_step

# Of each list so many are shown; its number is that of all, and a link leads to them.
SHOWN = 6
# Whoever comes or goes within so many days.
AHEAD = timedelta(days=7)
# What is older was seen and left.
BACK = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """What is overdue in the cases of one person; `worker` None: in those that nobody looks after."""

    worker: UUID | None
    name: str
    count: int
    oldest: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    code: str
    priority: str
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A case whose people wait for a bed. `leave_by`: by when they must leave where they are, if they said so."""

    code: str
    since: datetime
    leave_by: date | None
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """People of one case who come to a site on a day, or leave it."""

    code: str
    site: str
    on: date
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The first rows of a list, and how many there are in all."""

    count: int
    rows: Sequence[Any]

    @property
    def has_more(self) -> bool:
        return self.count > len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamToday:
    overdue: Sequence[Overdue]
    unassigned: Lines
    without_step: Lines
    waiting: Lines
    arrivals: Sequence[Move]
    departures: Sequence[Move]

    @property
    def overdue_count(self) -> int:
        return sum(each.count for each in self.overdue)


def team_today(user: User, *, today: date, now: datetime) -> TeamToday:
    """Return what waits in the cases that somebody assigns, in two queries. Restricted ones only where they are named."""
    columns = _columns(user, today, now)
    found = User.objects.filter(pk=user.pk).annotate(**columns).values(*columns).get()
    overdue: list[dict[str, Any]] = found["overdue"]
    people = User.objects.in_bulk({it["worker"] for it in overdue if it["worker"]})
    names = {str(pk): str(each.display_name or each.email) for pk, each in people.items()}
    return TeamToday(
        overdue=sorted((_overdue(it, names) for it in overdue), key=lambda it: (-it.count, it.oldest, it.name)),
        unassigned=_case_lines(found, "unassigned"),
        without_step=_case_lines(found, "without_step"),
        waiting=Lines(count=found["waiting_count"], rows=[_waiting(it) for it in found["waiting"]]),
        arrivals=[_move(it) for it in found["arrivals"]],
        departures=[_move(it) for it in found["departures"]],
    )


def _columns(user: User, today: date, now: datetime) -> dict[str, Any]:
    """Return what is read, as columns of the one row that is asked for: they cost no query of their own."""

    def assigned(prefix: str = "") -> Q:
        is_open = Q(**{f"{prefix}status": Case.Status.OPEN})
        return cases_visible_to(user, now, permission=Permission.CASE_ASSIGN, prefix=prefix) & is_open

    cases: Any = Case.objects.filter(assigned())
    unassigned = cases.filter(caseworker=None)
    without_step = cases.exclude(has_next_step(today, now))
    waiting = HousingRequest.objects.open().filter(assigned("case__"))
    coming = Placement.objects.filter(
        assigned("client__case__"), state=Placement.State.BOOKED, since__lte=today + AHEAD
    )
    going = Placement.objects.filter(
        assigned("client__case__"), state=Placement.State.CHECKED_IN, until__lte=today + AHEAD
    )
    told = JSONObject(code="code", priority="priority", opened_at="opened_at")
    asks = JSONObject(code="case__code", since="opened_at", leave_by="leave_by", people=Count("people"))
    return {
        "overdue": ArraySubquery(_overdue_by_worker(assigned("client__case__"), now)),
        "unassigned": ArraySubquery(_most_urgent(unassigned).values(told=told)[:SHOWN]),
        "unassigned_count": _count(unassigned),
        "without_step": ArraySubquery(_most_urgent(without_step).values(told=told)[:SHOWN]),
        "without_step_count": _count(without_step),
        "waiting": ArraySubquery(waiting.longest_waiting_first().annotate(told=asks).values("told")[:SHOWN]),
        "waiting_count": _count(waiting),
        "arrivals": ArraySubquery(_moves(coming.filter(since__gte=today - BACK), "since")),
        "departures": ArraySubquery(_moves(going.filter(until__gte=today - BACK), "until")),
    }


def _overdue_by_worker(seen: Q, now: datetime) -> Any:
    """Return one row for each caseworker with deadlines that have passed where the person is."""
    late = Deadline.objects.open().filter(seen, optional=False, drives_on__lt=today_of("client__", now))
    told = JSONObject(worker="client__case__caseworker", count=Count("pk"), oldest=Min("drives_on"))
    return late.order_by().values("client__case__caseworker").annotate(told=told).values("told")


def _most_urgent(cases: Any) -> Any:
    ranks = [When(priority=priority, then=Value(rank)) for rank, priority in enumerate(("urgent", "high"))]
    rank = If(*ranks, default=Value(len(ranks)), output_field=IntegerField())
    return cases.annotate(rank=rank).order_by("rank", "opened_at", "pk")


def _moves(placements: Any, day: str) -> Any:
    """Return who comes or goes, a family that moves together in one row."""
    rows = placements.annotate(code=F("client__case__code"), site=F("bed__unit__site__code"), on=F(day))
    told = JSONObject(code="code", site="site", on="on", people=Count("pk"))
    return rows.order_by("on", "code", "site").values("on", "code", "site").annotate(told=told).values("told")[:30]


def _count(rows: Any) -> Any:
    counted = rows.order_by().annotate(everything=Value(1)).values("everything").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def _overdue(it: Mapping[str, Any], names: Mapping[str, str]) -> Overdue:
    worker = it["worker"]
    return Overdue(
        worker=UUID(worker) if worker else None,
        name=names.get(worker, "") if worker else "",
        count=it["count"],
        oldest=date.fromisoformat(it["oldest"]),
    )


def _case_lines(found: Mapping[str, Any], key: str) -> Lines:
    priorities = dict(Case.Priority.choices)
    rows = [
        CaseLine(
            code=it["code"],
            priority=str(priorities[it["priority"]]) if it["priority"] != Case.Priority.NORMAL else "",
            opened_at=datetime.fromisoformat(it["opened_at"]),
        )
        for it in found[key]
    ]
    return Lines(count=found[f"{key}_count"], rows=rows)


def _waiting(it: Mapping[str, Any]) -> Waiting:
    return Waiting(
        code=it["code"],
        since=datetime.fromisoformat(it["since"]),
        leave_by=date.fromisoformat(it["leave_by"]) if it["leave_by"] else None,
        people=it["people"],
    )


def _move(it: Mapping[str, Any]) -> Move:
    return Move(code=it["code"], site=it["site"], on=date.fromisoformat(it["on"]), people=it["people"])

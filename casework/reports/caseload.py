"""Who looks after how many cases, which of them wait for somebody or something, and how the load could even out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery

from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission, roles_with
from casework.audit.models import Event
from casework.clients.access import cases_visible_to
from casework.clients.models import Appointment, Case, Client, Score, ToDo, Transfer
from casework.residency.models import Deadline, Stay

from .balance import Load, Move, Worker, moves, weight_of

CLOSED_WITHIN = timedelta(days=30)
# The higher, the more easily a case is handed over.
_EASE = {Case.Priority.NORMAL: 2, Case.Priority.HIGH: 1, Case.Priority.URGENT: 0}
# What is written down when somebody only looks.
LOOKS = Q(type__endswith="_seen") | Q(type__endswith="_exported")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """has_next: a to-do, an appointment or a deadline lies ahead; is_touched: something was done in it lately."""

    code: str
    team: UUID
    worker: UUID | None
    priority: str
    restricted: bool
    opened_at: datetime
    points: int | None
    has_next: bool
    is_touched: bool
    is_offered: bool
    language: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Somebody who works with cases of a team. `only_assigns`: gives cases out, and is given one only by choice."""

    id: UUID
    team: UUID
    name: str
    language: str
    only_assigns: bool


@dataclass(frozen=True, kw_only=True)
class Caseload:
    cases: Sequence[OpenCase]
    staff: Sequence[Staff]
    closed: Mapping[tuple[UUID, UUID | None], int]
    team_names: Mapping[UUID, str]

    @cached_property
    def has_scores(self) -> bool:
        return any(case.points is not None for case in self.cases)

    @cached_property
    def by_holder(self) -> Mapping[tuple[UUID, UUID | None], Sequence[OpenCase]]:
        """The cases by team and caseworker, None for those that nobody looks after."""
        found: dict[tuple[UUID, UUID | None], list[OpenCase]] = defaultdict(list)
        for case in self.cases:
            found[case.team, case.worker].append(case)
        return dict(found)

    def name_of(self, worker: UUID | None) -> str:
        return "" if worker is None else self._names.get(worker, "")

    @cached_property
    def _names(self) -> Mapping[UUID, str]:
        return {it.id: it.name for it in self.staff}


def caseload_of(
    user: User, teams: Mapping[UUID, str], *, touched_since: datetime, today: date, now: datetime
) -> Caseload:
    """Return the open cases that somebody's reports are about, who works with them, and what was closed lately. Three queries."""
    seen = cases_visible_to(user, now, permission=Permission.REPORTS_VIEW)
    cases = _open_cases(seen, touched_since=touched_since, today=today, now=now)
    closed: Any = Case.objects.filter(seen, status=Case.Status.CLOSED, closed_at__gt=now - CLOSED_WITHIN)
    counted = closed.order_by().values_list("team_id", "caseworker_id").annotate(Count("pk"))
    return Caseload(
        cases=cases,
        staff=_staff_of(teams, now),
        closed={(team, worker): number for team, worker, number in counted},
        team_names=teams,
    )


def balance_of(caseload: Caseload) -> list[Move]:
    """Return which cases could go from whom to whom. Restricted ones and those on offer stay."""
    spoken: dict[UUID, set[str]] = defaultdict(set)
    known: dict[UUID, set[str]] = defaultdict(set)
    for case in caseload.cases:
        if case.worker is not None:
            spoken[case.worker].add(case.language)
            known[case.worker].add(case.country)
    workers = [
        Worker(
            id=str(it.id),
            team=str(it.team),
            languages=frozenset((spoken[it.id] | {it.language}) - {""}) if spoken[it.id] else frozenset(),
            countries=frozenset(known[it.id] - {""}),
        )
        for it in caseload.staff
        if spoken[it.id] or not it.only_assigns
    ]
    return moves((_as_load(case, weighs=caseload.has_scores) for case in caseload.cases), workers)


def _as_load(case: OpenCase, *, weighs: bool) -> Load:
    return Load(
        code=case.code,
        team=str(case.team),
        worker=str(case.worker or ""),
        opened_at=case.opened_at,
        weight=weight_of(case.points) if weighs else 1,
        ease=_EASE.get(Case.Priority(case.priority), 0),
        language=case.language,
        country=case.country,
        stays=case.restricted or case.is_offered,
    )


def has_next_step(today: date, now: datetime) -> Any:
    """Return the condition that a to-do, an appointment or a deadline of a case lies ahead, for queries over cases."""
    deadlines: Any = Deadline.objects
    ahead = deadlines.computed().filter(
        client__case=OuterRef("pk"), state=Deadline.State.OPEN, drives_on__gte=today, optional=False
    )
    of_case: Any = {"case": OuterRef("pk")}
    return (
        Exists(ToDo.objects.filter(**of_case, done_at__isnull=True))
        | Exists(Appointment.objects.filter(**of_case, state=Appointment.State.PLANNED, ends_at__gt=now))
        | Exists(ahead)
    )


def _open_cases(seen: Q, *, touched_since: datetime, today: date, now: datetime) -> list[OpenCase]:
    of_case: Any = {"case": OuterRef("pk")}
    scores = Score.objects.filter(**of_case, replaced_at__isnull=True, scheme_version__scheme__archived_at__isnull=True)
    stays = Stay.objects.filter(client__case=OuterRef("pk"), client__is_principal=True, planned=False, has_left=False)
    # Not whether there is any: the database would read all that was done to all cases since, to say it of these.
    touches = Event.objects.filter(case_id=OuterRef("pk")).exclude(LOOKS).newest_first()
    found: Any = Case.objects.filter(seen, status=Case.Status.OPEN).annotate(
        points=Subquery(scores.order_by().values("case").annotate(most=Max("total")).values("most")),
        has_next=has_next_step(today, now),
        touched_at=Subquery(touches.values("at")[:1]),
        is_offered=Exists(Transfer.objects.filter(**of_case, state=Transfer.State.OFFERED)),
        language=Subquery(Client.objects.filter(**of_case, is_principal=True).values("language")[:1]),
        where=Subquery(stays.order_by("-entered_latest", "pk").values("country")[:1]),
    )
    return [
        OpenCase(
            code=row["code"],
            team=row["team_id"],
            worker=row["caseworker_id"],
            priority=row["priority"],
            restricted=row["restricted"],
            opened_at=row["opened_at"],
            points=row["points"],
            has_next=row["has_next"],
            is_touched=max(row["touched_at"] or row["opened_at"], row["opened_at"]) >= touched_since,
            is_offered=row["is_offered"],
            language=row["language"] or "",
            country=row["where"] or "",
        )
        for row in found.order_by("code").values(*_COLUMNS)
    ]


_COLUMNS = (
    *("code", "team_id", "caseworker_id", "priority", "restricted", "opened_at"),
    *("points", "has_next", "touched_at", "is_offered", "language", "where"),
)


def _staff_of(teams: Mapping[UUID, str], now: datetime) -> list[Staff]:
    """Return who works with cases of the teams, by name. One query."""
    works = Membership.objects.active(now).carrying(Permission.CASE_CHANGE).filter(team__in=list(teams))
    assigns = roles_with(Permission.CASE_ASSIGN)
    found: dict[tuple[UUID, UUID], Staff] = {}
    for held in works.select_related("user__data_key").order_by("pk"):
        team: Any = held.team_id  # one of the teams, so there is one
        others = found.get((team, held.user_id))
        found[team, held.user_id] = Staff(
            id=held.user_id,
            team=team,
            name=str(held.user.display_name),
            language=held.user.language,
            only_assigns=held.role in assigns and (others is None or others.only_assigns),
        )
    return sorted(found.values(), key=lambda it: (teams[it.team], it.name, str(it.id)))

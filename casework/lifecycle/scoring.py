"""Scores: what is known of cases as numbers, and every open case scored by a version of a scheme.

The facts of many cases are collected in as many queries as those of one.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.db.models import Case as CaseWhen
from django.db.models import (
    DateField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext as _
from django.utils.translation import override
from kombu.exceptions import OperationalError

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.audit.record import record
from casework.clients.actions.scores import PUBLISHED, keep_score
from casework.clients.models import Address, Answers, Case, Client, Need, SchemeVersion, Service
from casework.documents.models import Document
from casework.lib import scoring
from casework.lib.ages import age_on
from casework.lib.dates import today_in
from casework.residency.models import Deadline

logger = logging.getLogger(__name__)
TASK = "lifecycle.score_everybody"
CHUNK = 100
SOON = timedelta(days=14)
MONEY_WITHIN = timedelta(days=90)
IDENTITY = (
    Document.Kind.INTERNAL_PASSPORT,
    Document.Kind.INTERNATIONAL_PASSPORT,
    Document.Kind.IDENTITY_CARD,
    Document.Kind.RESIDENCE_CARD,
    Document.Kind.REFUGEE_TRAVEL_DOCUMENT,
    Document.Kind.STATELESS_TRAVEL_DOCUMENT,
    Document.Kind.ASYLUM_CERTIFICATE,
    Document.Kind.REFUGEE_CERTIFICATE,
)


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of one case on a day. `leave_by`: of each person the day by which they must leave."""

    today: date
    people: list[Client] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    documented: set[UUID] = field(default_factory=set)
    leave_by: dict[UUID, date] = field(default_factory=dict)
    has_address: bool = False
    has_money: bool = False

    def children(self, *, under: int = 18) -> list[Client]:
        """Those who are that young, or may be: of somebody whose year of birth alone is known, the doubt counts."""
        ages = [(client, age_on(client.birth, self.today)) for client in self.people]
        return [client for client, age in ages if age is not None and age[0] < under]

    def adults(self) -> list[Client]:
        """Everybody else, also those whose age nobody knows."""
        children = {client.pk for client in self.children()}
        return [client for client in self.people if client.pk not in children]

    def over_60(self) -> list[Client]:
        ages = [(client, age_on(client.birth, self.today)) for client in self.people]
        return [client for client, age in ages if age is not None and age[1] >= 60]

    def without_documents(self) -> list[Client]:
        return [client for client in self.adults() if client.pk not in self.documented]


def known_of(cases: Collection[Case], now: datetime) -> dict[UUID, Known]:
    """Return what is known of each case, in two queries. The cases have their teams loaded."""
    found = {case.pk: Known(today=today_in(case.team.time_zone, now)) for case in cases}
    for client in _people(found, _day({case.team.time_zone for case in cases}, now)):
        known = found[client.case_id]
        known.people.append(client)
        known.has_address |= client.has_address
        known.has_money |= client.has_money
        if client.is_documented:
            known.documented.add(client.pk)
        if client.leave_by is not None:
            known.leave_by[client.pk] = client.leave_by
    needs: Any = Need.objects
    for need in needs.filter(client__case__in=found).select_related("data_key", "client"):
        found[need.client.case_id].needs.append(need)
    return found


def _day(zones: Collection[str], now: datetime) -> Any:
    """Return the day of a case where its team is, as an expression."""
    days = [When(case__team__time_zone=zone, then=Value(today_in(zone, now))) for zone in sorted(zones)]
    return CaseWhen(*days, output_field=DateField()) if days else Value(None, output_field=DateField())


def _people(cases: Collection[UUID], day: Any) -> Any:
    """Return the people of cases with `is_documented`, `leave_by`, `has_address`; `has_money`: of their case."""
    today, paid = OuterRef("day"), Service.objects
    papers = Document.objects.filter(client=OuterRef("pk"), state=Document.State.HELD, kind__in=IDENTITY)
    leaving = Deadline.objects.open().filter(client=OuterRef("pk"), duty="leave", drives_on__isnull=False)
    homes = Address.objects.filter(client=OuterRef("pk"))
    money = paid.delivered().filter(case=OuterRef("case"), amount__isnull=False)
    told = {
        "is_documented": Exists(papers.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today))),
        "leave_by": Subquery(leaving.order_by("drives_on").values("drives_on")[:1]),
        "has_address": Exists(
            homes.filter(
                Q(since__isnull=True) | Q(since__lte=today),
                Q(until__isnull=True) | Q(until__gt=today),
            )
        ),
        "has_money": Exists(money.filter(delivered_on__gt=ExpressionWrapper(today - MONEY_WITHIN, DateTimeField()))),
    }
    rows = Client.objects.filter(case__in=cases).select_related("data_key").defer("search_form")
    return rows.annotate(day=day).annotate(**told).order_by("-is_principal", "created_at", "pk")


def facts_of(known: Known) -> dict[str, int]:
    """Return what is known of a case as the numbers that a scheme counts (`casework.lib.scoring.FACTS`)."""
    open_needs = [need for need in known.needs if need.is_open(known.today)]
    specific = [need for need in open_needs if need.kind == Need.Kind.SPECIFIC]
    groups = Counter(need.code.split("-")[0] for need in specific)
    return {
        "people": len(known.people),
        "children": len(known.children()),
        "children_under_5": len(known.children(under=5)),
        "single_parent": int(len(known.adults()) == 1 and bool(known.children())),
        "over_60": len(known.over_60()),
        "no_address": int(not known.has_address),
        "leave_within_14": int(any(day <= known.today + SOON for day in known.leave_by.values())),
        "no_documents": len(known.without_documents()),
        "urgent_needs": sum(need.level == Need.Level.URGENT for need in open_needs),
        "specific_needs": len(specific),
        "no_money_90": int(not known.has_money),
        **{f"{scoring.NEEDS_OF_GROUP}{group}": number for group, number in groups.items()},
    }


@transaction.atomic
def score_case(*, case: Case, by: User | None, now: datetime) -> int:
    """Score a case by every scheme in force; return how many scores are new."""
    case = Case.objects.select_related("team", "data_key").get(pk=case.pk)
    versions = list(SchemeVersion.objects.in_force().order_by("pk"))
    new = sum(_score([case], version, now) for version in versions)
    if new:
        record("clients.case_scored", subject=case, case_id=case.pk, by=by, now=now, scores=new)
    return new


def carry_out(*, job_id: UUID, clock: Callable[[], datetime], size: int = CHUNK) -> None:
    """Score every open case by the version that was published with this job, chunk by chunk.

    Each chunk is committed by itself; a worker that takes over goes on after the last. Two at once take turns.
    """
    version = SchemeVersion.objects.filter(job=job_id).first()
    if version is None or jobs.begin(job_id, total=open_cases().count()) is None:
        return
    while _next_chunk(job_id, version, clock(), size):
        pass


def ask_a_worker(job: Job) -> None:
    """Have everybody scored by what was published with this job. Where the broker is away, beat asks again."""
    try:
        current_app.send_task(TASK, kwargs={"job_id": str(job.pk)})
    except OperationalError:
        logger.warning("no worker could be asked for job %s; it is asked for again in some minutes", job.pk)


def unfinished_jobs() -> list[Job]:
    """Return the jobs whose worker may have died."""
    states = [Job.State.WAITING, Job.State.RUNNING]
    return list(Job.objects.filter(kind=PUBLISHED, state__in=states))


def score_all(*, clock: Callable[[], datetime], size: int = CHUNK) -> int:
    """Score every open case by what is in force: birthdays and days that have come change scores too."""
    versions, place, new = list(SchemeVersion.objects.in_force().order_by("pk")), None, 0
    while versions and (chunk := _chunk_after(place, size)):
        with transaction.atomic():
            new += sum(_score(chunk, version, clock()) for version in versions)
        place = chunk[-1].pk
    return new


def _next_chunk(job_id: UUID, version: SchemeVersion, now: datetime, size: int) -> bool:
    with transaction.atomic():
        job = jobs.lock_running(job_id)
        if job is None:
            return False
        place = jobs.place_of(job)
        chunk = _chunk_after(UUID(place) if place else None, size)
        if not chunk or _is_replaced(version):
            scored = int(job.result.get("scored", 0))
            with override(job.started_by.language if job.started_by else "en"):
                message = _("%(count)s scores are new or have changed.") % {"count": scored}
            jobs.finish(job, now=now, message=message, scored=scored)
            return False
        new = _score(chunk, version, now) + int(job.result.get("scored", 0))
        jobs.advance(job, by=len(chunk), place=str(chunk[-1].pk), scored=new)
        return True


def _score(cases: Collection[Case], version: SchemeVersion, now: datetime) -> int:
    known, answered = known_of(cases, now), answers_of(cases, [version])
    return sum(
        keep_score(
            case=case,
            scheme_version=version,
            result=scoring.score(version.definition, facts_of(known[case.pk]), answered[case.pk, version.scheme_id]),
            now=now,
        )
        for case in cases
    )


def answers_of(
    cases: Collection[Case], versions: Iterable[SchemeVersion]
) -> defaultdict[tuple[UUID, UUID], dict[str, str]]:
    """Return, by case and scheme, what was answered."""
    found: defaultdict[tuple[UUID, UUID], dict[str, str]] = defaultdict(dict)
    schemes = [version.scheme_id for version in versions]
    for row in Answers.objects.filter(case__in=cases, scheme__in=schemes).select_related("data_key"):
        found[row.case_id, row.scheme_id] = row.answers
    return found


def _is_replaced(version: SchemeVersion) -> bool:
    """Whether a later version of the scheme is published: its scores count, and are not written over."""
    return SchemeVersion.objects.published().filter(scheme=version.scheme_id, number__gt=version.number).exists()


def open_cases() -> Any:
    """Return the cases that are scored."""
    cases: Any = Case.objects
    return cases.open()


def _chunk_after(place: UUID | None, size: int) -> list[Case]:
    rows = open_cases().select_related("team", "data_key").order_by("pk")
    return list((rows.filter(pk__gt=place) if place else rows)[:size])

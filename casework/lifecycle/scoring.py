"""Scores: what is known of cases as numbers, and what they reach by the schemes in force.

The facts of many cases are collected in as many queries as those of one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

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

from casework.accounts.models import User
from casework.audit.record import record
from casework.clients.actions.scores import find_unchanged, is_same, keep_score
from casework.clients.models import Address, Answers, Case, Client, Need, SchemeVersion, Score, Service
from casework.documents.models import Document
from casework.lib import scoring
from casework.lib.ages import age_on
from casework.lib.dates import today_in
from casework.residency.models import Deadline

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The stored score of a case by a version, None until it is scored; and whether what is on record gives the same."""

    version: SchemeVersion
    score: Score | None
    is_current: bool


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
    new = sum(score_cases([case], version, now) for version in versions)
    if new:
        record("clients.case_scored", subject=case, case_id=case.pk, by=by, now=now, scores=new)
    return new


def standing_of(case: Case, known: Known, now: datetime) -> list[Standing]:
    """Return the score of a case by each scheme in force, as it is now; three queries where nothing has changed.

    What is on record gives the score anew; where it differs from what is stored, that is stored first. A case that is
    open no more keeps the score that it had, and the answer says whether that is still so.
    """
    found = _standing_of(case, known)
    if case.status == Case.Status.OPEN and any(not standing.is_current for standing in found):
        score_case(case=case, by=None, now=now)
        found = _standing_of(case, known)
    return found


def score_cases(cases: Collection[Case], version: SchemeVersion, now: datetime) -> int:
    """Store what has changed; note of the others that they were found to be so. Constant queries, and some for each change."""
    known, answered, stored = known_of(cases, now), answers_of(cases, [version]), _stored(cases, [version])
    same, new = [], 0
    for case in cases:
        result = scoring.score(version.definition, facts_of(known[case.pk]), answered[case.pk, version.scheme_id])
        score = stored.get((case.pk, version.pk))
        if score is not None and is_same(score, result):
            same.append(score)
        else:
            new += keep_score(case=case, scheme_version=version, result=result, now=now)
    find_unchanged(scores=same, now=now)
    return new


def answers_of(
    cases: Collection[Case], versions: Iterable[SchemeVersion]
) -> defaultdict[tuple[UUID, UUID], dict[str, str]]:
    """Return, by case and scheme, what was answered."""
    found: defaultdict[tuple[UUID, UUID], dict[str, str]] = defaultdict(dict)
    schemes = [version.scheme_id for version in versions]
    for row in Answers.objects.filter(case__in=cases, scheme__in=schemes).select_related("data_key"):
        found[row.case_id, row.scheme_id] = row.answers
    return found


def _standing_of(case: Case, known: Known) -> list[Standing]:
    versions = list(SchemeVersion.objects.in_force().select_related("scheme").order_by("scheme__name", "pk"))
    stored, answered = _stored([case], versions), answers_of([case], versions)
    found = []
    for version in versions:
        score = stored.get((case.pk, version.pk))
        result = scoring.score(version.definition, facts_of(known), answered[case.pk, version.scheme_id])
        is_current = score is not None and is_same(score, result)
        found.append(Standing(version=version, score=score, is_current=is_current))
    return found


def _stored(cases: Collection[Case], versions: Iterable[SchemeVersion]) -> dict[tuple[UUID, UUID], Score]:
    """Return the scores that stand now, by case and version."""
    scores: Any = Score.objects
    rows = scores.current().filter(case__in=cases, scheme_version__in=versions).select_related("data_key")
    return {(score.case_id, score.scheme_version_id): score for score in rows}


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

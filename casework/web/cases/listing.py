"""The list of cases, for its page and for whoever takes it along: the same filters, order and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, JSONObject
from django.http import QueryDict

from casework.accounts.access import people_with, teams_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.models import Case, CaseProgramme, Client, Programme
from casework.residency.models import ComputedPosition, Deadline
from casework.residency.models.position import today_of

from .forms.intake import in_short
from .forms.lists import ARCHIVED, BY_DEADLINE, NOBODY, CaseFilterForm
from .next_deadline import NextDeadline, next_deadlines

# Where a case stands in the order of deadlines whose date is not known, and whose there is none.
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case in the list. `programmes`: `code` and `name` of those from which it is supported."""

    case: Case
    applicant: str
    others: int
    country: str
    caseworker: str
    deadline: NextDeadline | None
    programmes: list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks of the list: the filters, the cases that they let through, the keys of their order;
    and the programmes to which cases may be added."""

    form: CaseFilterForm
    found: QuerySet[Case]
    keys: Sequence[str]
    programmes: Sequence[Programme]


def asked_by(user: User, query: QueryDict, now: datetime) -> Asked:
    """Return what this user sees of the list with these filters."""
    visible = Case.objects.visible_to(user, now)
    form, programmes = _filters(user, query, visible, now)
    keys, found = _ordered(_filtered(visible, form, now), form)
    held = CaseProgramme.objects.filter(case=OuterRef("pk")).order_by("programme__name", "programme__code")
    told = JSONObject(code="programme__code", name="programme__name")
    return Asked(
        form=form,
        found=found.annotate(programmes=ArraySubquery(held.values(told=told))).select_related(
            "data_key", "caseworker__data_key", "team"
        ),
        keys=keys,
        programmes=[programme for programme in programmes if not programme.is_archived],
    )


def rows_of(cases: Sequence[Case], now: datetime) -> list[Row]:
    """Return cases as the list shows them, in two queries. Call `residency.actions.ensure_fresh` before."""
    people: Any = Client.objects.select_related("data_key", "computed_position").defer("search_form")
    prefetch_related_objects(cases, Prefetch("clients", people.principal_first()))
    upcoming = next_deadlines([case.pk for case in cases], now)
    return [_row(case, upcoming.get(case.pk)) for case in cases]


def _filters(
    user: User, query: QueryDict, visible: QuerySet[Case], now: datetime
) -> tuple[CaseFilterForm, list[Programme]]:
    """Return the filters, and the programmes that there are, archived ones too."""
    teams = teams_with(user, Permission.CASE_VIEW, now).order_by("name", "pk")
    positions = ComputedPosition.objects.filter(client__case__in=visible, client__is_principal=True)
    countries = positions.exclude(country="").order_by("country").values("country").distinct()
    known = JSONObject(pk="pk", code="code", name="name", donor="donor", archived_at="archived_at")
    # Where people are and which programmes there are come with the teams: two questions to the database less.
    told = {"countries": countries, "programmes": Programme.objects.by_name().values(told=known)}
    held: Any = list(teams.annotate(**{name: ArraySubquery(rows) for name, rows in told.items()}))
    programmes = [Programme(**row) for row in held[0].programmes] if held else []
    form = CaseFilterForm(
        query,
        teams=held,
        colleagues=people_with(Permission.CASE_CHANGE, teams, now),
        countries=held[0].countries if held else [],
        programmes=programmes,
    )
    return form, programmes


def _filtered(cases: QuerySet[Case], form: CaseFilterForm, now: datetime) -> QuerySet[Case]:
    """Return the cases that the filters let through; what cannot be understood filters nothing."""
    form.full_clean()
    chosen: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    cases = cases.filter(archived_at__isnull=chosen.get("status") != ARCHIVED)
    if chosen.get("status") not in ("any", ARCHIVED):
        cases = cases.filter(status=chosen.get("status", Case.Status.OPEN))
    if "caseworker" in chosen:
        cases = cases.filter(caseworker=None if chosen["caseworker"] == NOBODY else chosen["caseworker"])
    if "priority" in chosen:
        cases = cases.filter(priority=chosen["priority"])
    if "team" in chosen:
        cases = cases.filter(team__code=chosen["team"])
    if "country" in chosen:
        there = Client.objects.filter(case=OuterRef("pk"), computed_position__country=chosen["country"])
        cases = cases.filter(Exists(there))
    if "due" in chosen:
        day = ExpressionWrapper(today_of("client__", now) + Value(chosen["due"]), output_field=DateField())
        due = Deadline.objects.open().filter(client__case=OuterRef("pk"), optional=False, drives_on__lte=day)
        cases = cases.filter(Exists(due))
    for name, column in (("programme", "programme__code"), ("donor", "programme__donor")):
        if name in chosen:
            tagged = CaseProgramme.objects.filter(case=OuterRef("pk"), **{column: chosen[name]})
            cases = cases.filter(Exists(tagged))
    return cases


def _ordered(cases: QuerySet[Case], form: CaseFilterForm) -> tuple[tuple[str, ...], QuerySet[Case]]:
    """Return the keys by which the list is ordered, and the cases that have them."""
    if form.cleaned_data.get("order") != BY_DEADLINE:
        return ("-opened_at", "-id"), cases
    soonest = (
        Deadline.objects.open()
        .filter(client__case=OuterRef("pk"), optional=False)
        .annotate(day=Coalesce(F("drives_on"), Value(FIRST)))
        .order_by("day")
        .values("day")[:1]
    )
    return ("next_due", "id"), cases.annotate(next_due=Coalesce(Subquery(soonest), Value(LAST)))


def _row(case: Any, deadline: NextDeadline | None) -> Row:
    people = list(case.clients.all())
    principal = people[0] if people else None
    position = getattr(principal, "computed_position", None)
    return Row(
        case=case,
        applicant=principal.full_name if principal else "",
        others=max(len(people) - 1, 0),
        country=position.country if position else "",
        caseworker=in_short(case.caseworker) if case.caseworker else "",
        deadline=deadline,
        programmes=case.programmes,
    )

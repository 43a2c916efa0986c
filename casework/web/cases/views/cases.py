"""The list of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

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
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.access import people_with, teams_with
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Case, Client
from casework.residency.actions import ensure_fresh
from casework.residency.models import ComputedPosition, Deadline
from casework.residency.models.position import today_of
from casework.web.decorators import requires
from casework.web.filters import chips
from casework.web.paging import keyset_page
from casework.web.request import UserRequest

from ..forms.intake import in_short
from ..forms.lists import BY_DEADLINE, NOBODY, CaseFilterForm
from ..next_deadline import NextDeadline, next_deadlines

# Where a case stands in the order of deadlines whose date is not known, and whose there is none.
FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case in the list."""

    case: Case
    applicant: str
    others: int
    country: str
    caseworker: str
    deadline: NextDeadline | None


@requires(Permission.CASE_VIEW)
@require_safe
def cases(request: UserRequest) -> HttpResponse:
    now = timezone.now()
    visible = Case.objects.visible_to(request.user, now)  # type: ignore[attr-defined]
    form = _filters(request, visible, now)
    keys, found = _ordered(_filtered(visible, form, now), form)
    page = keyset_page(found.select_related("data_key", "caseworker__data_key"), keys, request.GET, request.path)
    shown = [case.pk for case in page.rows]
    ensure_fresh(Client.objects.filter(case__in=shown).values("pk"), now, by=request.user)
    _load_people(page.rows)
    upcoming = next_deadlines(shown, now)
    record("clients.cases_listed", by=request.user, now=now, cases=[str(case_id) for case_id in shown])
    context = {
        "page": page,
        "rows": [_row(case, upcoming.get(case.pk)) for case in page.rows],
        "form": form,
        "chips": chips(form, request.GET, request.path),
    }
    return render(request, "cases/cases.html", context)


def _filters(request: UserRequest, visible: QuerySet[Case], now: datetime) -> CaseFilterForm:
    teams = teams_with(request.user, Permission.CASE_VIEW, now).order_by("name", "pk")
    positions = ComputedPosition.objects.filter(client__case__in=visible, client__is_principal=True)
    countries = positions.exclude(country="").order_by("country").values_list("country", flat=True).distinct()
    return CaseFilterForm(
        request.GET,
        teams=teams,
        colleagues=people_with(Permission.CASE_CHANGE, teams, now),
        countries=list(countries),
    )


def _filtered(cases: QuerySet[Case], form: CaseFilterForm, now: datetime) -> QuerySet[Case]:
    """Return the cases that the filters let through; what cannot be understood filters nothing."""
    form.full_clean()
    chosen: dict[str, Any] = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    if chosen.get("status") != "any":
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


def _load_people(cases: Sequence[Case]) -> None:
    """Load the people of the cases of one page, each with where they are by now."""
    people: Any = Client.objects.select_related("data_key", "computed_position").defer("search_form")
    prefetch_related_objects(cases, Prefetch("clients", people.principal_first()))


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
    )

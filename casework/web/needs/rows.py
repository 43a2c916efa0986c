"""Needs by person and services with their state, as the page of a case shows them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casework.accounts.access import memberships
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.actions.services import TAKEN_BACK_WITHIN
from casework.clients.models import Assessment, Case, Client, Need, Service, ServicePerson
from casework.clients.models.service import RESTRICTED_KINDS
from casework.lib.money import money, quantity
from casework.web.cases.forms.intake import in_short

from .forms import need_label

SERVICES_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """`answers`: what is done about it, "legal advice: approved"."""

    need: Need
    label: str
    answers: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNeeds:
    """`needs` are empty for who may not read them; the assessment is shown all the same."""

    client: Client
    assessment: Assessment | None
    assessed_by: str
    is_review_due: bool
    needs: list[NeedRow] = field(default_factory=list)
    past: list[NeedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRow:
    service: Service
    who: str
    what: str
    money: str
    need: str
    is_readable: bool
    may_decide: bool
    may_undo: bool


def needs_of(people: Sequence[Client], needs: Sequence[Need], services: Sequence[Service], today: date) -> Any:
    """Return each person of a case with when they were asked and, if `needs` were loaded, what they need."""
    assessments: Any = Assessment.objects
    rows = assessments.counting().filter(client__in=people).select_related("assessed_by__data_key")
    asked = {row.client_id: row for row in rows}
    answers: defaultdict[Any, list[str]] = defaultdict(list)
    for service in services:
        if service.need_id:
            answers[service.need_id].append(f"{service.get_kind_display()}: {service.get_state_display()}")
    shown = [NeedRow(need=need, label=need_label(need), answers=answers[need.pk]) for need in needs]
    found = []
    for client in people:
        own = [row for row in shown if row.need.client_id == client.pk]
        last = asked.get(client.pk)
        is_due = bool(last and last.next_review_on and last.next_review_on <= today)
        found.append(
            PersonNeeds(
                client=client,
                assessment=last,
                assessed_by=in_short(last.assessed_by) if last else "",
                is_review_due=is_due,
                needs=sorted((it for it in own if it.need.is_open(today)), key=lambda it: it.need.level != "urgent"),
                past=[it for it in own if not it.need.is_open(today)],
            )
        )
    return found


def services_of(case: Case) -> list[Service]:
    services: Any = Service.objects
    rows = services.filter(case=case).select_related("programme", "asked_by__data_key").newest_first()
    return list(rows[:SERVICES_SHOWN])


def service_rows(
    services: Sequence[Service],
    people: Sequence[Client],
    needs: Sequence[Need],
    reader: User,
    now: datetime,
    **can: bool,
) -> list[ServiceRow]:
    """Return services in words. `can`: `read` the needs, `change` the case."""
    names = {client.pk: client.given_name or client.full_name for client in people}
    named: defaultdict[Any, list[str]] = defaultdict(list)
    for service_id, client_id in ServicePerson.objects.filter(service__in=services).values_list("service", "client"):
        named[service_id].append(names.get(client_id, ""))
    labels = {need.pk: need_label(need) for need in needs}
    decides = {service.case.team_id for service in services}
    coordinated = set(
        memberships(reader, Permission.CASE_ASSIGN, now).filter(team__in=decides).values_list("team", flat=True)
    )
    return [
        ServiceRow(
            service=service,
            who=", ".join(named[service.pk]) or _("everybody in the case"),
            what=_what(service),
            money=money_of(service),
            need=labels.get(service.need_id, "") if service.need_id else "",
            is_readable=can["read"] or service.kind not in RESTRICTED_KINDS,
            may_decide=can["change"]
            and service.state == Service.State.ASKED
            and service.asked_by_id != reader.pk
            and service.case.team_id in coordinated,
            may_undo=can["change"]
            and service.delivered_at is not None
            and now - service.delivered_at <= TAKEN_BACK_WITHIN,
        )
        for service in services
    ]


def totals_of(case: Case) -> list[tuple[str, str, str]]:
    """Return (programme, delivered, under way) in words; one line a programme and currency, for they are never added."""
    language = get_language() or "en"
    delivered, under_way = Q(state=Service.State.DELIVERED), Q(state__in=[Service.State.ASKED, Service.State.APPROVED])
    rows = (
        Service.objects.filter(case=case, amount__isnull=False)
        .select_related(None)
        .order_by()
        .values("programme__name", "currency")
        .annotate(spent=Sum("amount", filter=delivered), coming=Sum("amount", filter=under_way))
        .order_by("programme__name", "currency")
    )
    return [
        (
            row["programme__name"] or _("without a programme"),
            money(row["spent"], row["currency"], language) if row["spent"] else "",
            money(row["coming"], row["currency"], language) if row["coming"] else "",
        )
        for row in rows
        if row["spent"] or row["coming"]
    ]


def _what(service: Service) -> str:
    number = ""
    if service.quantity is not None:
        number = f"{quantity(service.quantity, get_language() or 'en')} {service.get_unit_display()}"
    return " · ".join(part for part in (str(service.item), number) if part)


def money_of(service: Service) -> str:
    return money(service.amount, service.currency, get_language() or "en") if service.amount is not None else ""

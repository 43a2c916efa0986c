"""The tab of a case: who said what, who may be told what, and whom nobody must contact."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from casework.accounts.actions.organisation import organisation
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.consents import assembled
from casework.clients.models import Client, Consent, ContactStop, NeverContact, Partner, Referral
from casework.clients.sharing import Recipient
from casework.lib.dates import today_in
from casework.web.cases.forms.intake import in_short
from casework.web.cases.header import case_header
from casework.web.cases.loading import visible_case
from casework.web.decorators import requires
from casework.web.request import UserRequest

from ..loading import people_of, recipient_of
from ..rows import person_block

HERE = "case_safety"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A partner whom the page speaks of."""

    name: str
    as_recipient: Recipient


@requires(Permission.CASE_VIEW)
@require_safe
def case_safety(request: UserRequest, code: str) -> HttpResponse:
    now = timezone.now()
    case = visible_case(request.user, code, now)
    today = today_in(case.team.time_zone, now)
    people = people_of(case)
    consents = _consents_of(people)
    entries = list(_entries_of(case))
    partners, age = _partners_of(consents, case), organisation().age_of_consent
    blocks = []
    for client in people:
        mine = [each for each in consents if each.client_id == client.pk]
        said = assembled(client, [each.as_given() for each in mine], _in_force(entries), age)
        blocks.append(person_block(client, mine, said, partners, today))
    record("clients.safety_seen", subject=case, case_id=case.pk, by=request.user, now=now)
    context = {
        "case": case,
        "header": case_header(case, now, here=HERE),
        "blocks": blocks,
        "never": [_entry_row(each, people, request.user.pk) for each in _in_force(entries)],
        "off": [_entry_row(each, people, request.user.pk) for each in entries if each.is_withdrawn],
        "stop": _stop_of(case) if case.contact_is_stopped else None,
        "may_change": case.may_change,
    }
    return render(request, "safety/case_safety.html", context)


def _consents_of(people: list[Client]) -> list[Consent]:
    consents: Any = Consent.objects
    found = list(consents.filter(client__in=people).select_related("data_key").newest_first())
    mine = {client.pk: client for client in people}
    for each in found:
        each.client = mine[each.client_id]
    return found


def _entries_of(case: Any) -> Any:
    entries: Any = NeverContact.objects
    return entries.of_case(case.pk).select_related("data_key", "asked_by__data_key").newest_first()


def _in_force(entries: list[NeverContact]) -> list[NeverContact]:
    return [each for each in entries if not each.is_withdrawn]


def _entry_row(entry: NeverContact, people: list[Client], reader: UUID) -> dict[str, Any]:
    """`may_take_off`: somebody else asked for it, so that the reader can be the second who looks."""
    is_asked = entry.asked_by_id is not None
    return {
        "entry": entry,
        "about": next((each.full_name for each in people if each.pk == entry.client_id), ""),
        "asked_by": in_short(entry.asked_by) if entry.asked_by else "",
        "may_take_off": is_asked and entry.asked_by_id != reader,
    }


def _partners_of(consents: list[Consent], case: Any) -> dict[UUID, Told]:
    """Return the partners whom somebody spoke of, and those to whom a referral is open, in one query."""
    named = [each.recipient_id for each in consents if each.recipient_id]
    referrals = Referral.objects.filter(case=case, state__in=Referral.OPEN).values("partner")
    rows = Partner.objects.filter(pk__in=named) | Partner.objects.filter(pk__in=referrals)
    return {each.pk: Told(name=str(each.name), as_recipient=recipient_of(each)) for each in rows.order_by("name", "id")}


def _stop_of(case: Any) -> ContactStop | None:
    stops: Any = ContactStop.objects.select_related("data_key", "ordered_by__data_key")
    stop: ContactStop | None = stops.in_force().filter(case=case).first()
    return stop

"""The bar on top of every page of a case."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.clients.models import Case, Client, Contact, Transfer
from casework.lib.ages import age_on
from casework.lib.dates import today_in
from casework.residency.actions import ensure_fresh, stale_clients
from casework.web.components import CaseHeader
from casework.web.looking import shown

from .next_deadline import NextDeadline, next_deadlines
from .people import ADULT_AGE
from .tabs import case_tabs


def case_header(case: Case, now: datetime, *, here: str = "") -> CaseHeader:
    """Return the header of a case that the reader may see, in four queries. Its team must be loaded.

    `here` names the address of the tab that is open, such as "case_log".
    """
    return header_and_people(case, now, here=here)[0]


def header_and_people(case: Case, now: datetime, *, here: str = "") -> tuple[CaseHeader, list[Client]]:
    """Return the header, and the people of the case, the principal applicant first, whom it needs anyhow."""
    today = today_in(case.team.time_zone, now)
    people = Client.objects.filter(case=case)
    is_stale = Exists(stale_clients(now).filter(pk=OuterRef("pk")))
    offer = Subquery(open_offers(OuterRef("case")).values("pk")[:1])
    rows: Any = people.defer("search_form").annotate(offer=offer, is_stale=is_stale)
    everybody = list(rows.principal_first())
    if stale := [each.pk for each in everybody if each.is_stale]:
        ensure_fresh(stale, now)
    principal = everybody[0] if everybody and everybody[0].is_principal else None
    contacts: Any = Contact.objects
    usable = list(contacts.filter(client=principal).in_use().safe_first()[:1]) if principal else []
    header = header_of(
        case,
        principal,
        usable,
        next_deadlines([case.pk], now).get(case.pk),
        here=here,
        offer=principal.offer if principal else None,
        children_alone=are_children_alone(everybody, today),
    )
    return header, everybody


def header_of(
    case: Case,
    principal: Client | None,
    contacts: Sequence[Contact],
    upcoming: NextDeadline | None,
    *,
    here: str = "",
    town: str = "",
    offer: UUID | None = None,
    children_alone: bool = False,
) -> CaseHeader:
    """Return the header from what a page has loaded already: `contacts` of the principal, safe ones first.

    `town`, which pages say that have loaded the addresses, alone says where they live: the whole address stands below. `offer` is that of the case, if it is open.
    """
    shown(case.pk)
    return CaseHeader(
        code=case.code,
        url=reverse("case", args=[case.code]),
        applicant=principal.full_name if principal else "",
        status=_("archived") if case.is_archived else case.get_status_display(),
        team=case.team.name,
        deadline=upcoming.tag if upcoming else None,
        deadline_label=upcoming.label if upcoming else "",
        reach=in_words(contacts[0]) if contacts and contacts[0].is_safe else "",
        town=town,
        offer_url=reverse("transfer", args=[offer]) if offer else "",
        children_alone=children_alone,
        is_archived=case.is_archived,
        is_restricted=case.restricted,
        tabs=case_tabs(case.code, here),
    )


def open_offers(case: Any) -> QuerySet[Transfer]:
    """Return the offer of a case that waits for an answer."""
    return Transfer.objects.filter(case=case, state=Transfer.State.OFFERED).order_by()


def are_children_alone(people: Sequence[Client], today: date) -> bool:
    """Whether there is nobody in the case who could be an adult."""
    ages = [age_on(client.birth, today) for client in people]
    return bool(ages) and all(age is not None and age[1] < ADULT_AGE for age in ages)


def in_words(contact: Contact) -> str:
    """Return a way to reach somebody as one line: the channel, then the number or address."""
    return f"{contact.get_channel_display()} {contact.value}".strip()

"""The bar on top of every page of a case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from casework.clients.models import Case, Client, Contact
from casework.residency.actions import ensure_fresh
from casework.web.components import CaseHeader

from .next_deadline import NextDeadline, next_deadlines
from .tabs import case_tabs


def case_header(case: Case, now: datetime, *, here: str = "") -> CaseHeader:
    """Return the header of a case that the reader may see, in five queries. Its team must be loaded.

    `here` names the address of the tab that is open, such as "case_log".
    """
    people = Client.objects.filter(case=case)
    ensure_fresh(people.values("pk"), now)
    principal = people.filter(is_principal=True).defer("search_form").first()
    contacts: Any = Contact.objects
    usable = list(contacts.filter(client=principal).in_use().safe_first()[:1]) if principal else []
    return header_of(case, principal, usable, next_deadlines([case.pk], now).get(case.pk), here=here)


def header_of(
    case: Case,
    principal: Client | None,
    contacts: Sequence[Contact],
    upcoming: NextDeadline | None,
    *,
    here: str = "",
) -> CaseHeader:
    """Return the header from what a page has loaded already: `contacts` of the principal, safe ones first."""
    return CaseHeader(
        code=case.code,
        url=reverse("case", args=[case.code]),
        applicant=principal.full_name if principal else "",
        status=case.get_status_display(),
        team=case.team.name,
        deadline=upcoming.tag if upcoming else None,
        deadline_label=upcoming.label if upcoming else "",
        reach=in_words(contacts[0]) if contacts and contacts[0].is_safe else "",
        is_restricted=case.restricted,
        tabs=case_tabs(case.code, here),
    )


def in_words(contact: Contact) -> str:
    """Return a way to reach somebody as one line: the channel, then the number or address."""
    return f"{contact.get_channel_display()} {contact.value}".strip()

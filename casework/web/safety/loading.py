"""How the pages of consent and safety find things. What may not be seen is not there: one 404 for foreign and missing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Func, OuterRef, Q, Subquery

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.access import cases_visible_to
from casework.clients.consents import recipient_of_partner
from casework.clients.models import Client, Consent, Contact, ContactStop, NeverContact, Partner, Referral
from casework.clients.sharing import Recipient
from casework.web.opening import open_or_404


def changeable_consent(user: User, consent_id: UUID, now: datetime) -> Consent:
    """Return what a person said whose case this user may change, or answer 404."""
    may_change = cases_visible_to(user, now, permission=Permission.CASE_CHANGE, prefix="client__case__")
    rows = Consent.objects.filter(may_change)
    consent: Consent = open_or_404(
        rows.select_related("data_key", "client__data_key", "client__case__team", "client__case__data_key"),
        pk=consent_id,
    )
    return consent


def changeable_entry(user: User, entry_id: UUID, now: datetime) -> NeverContact:
    """Return an entry of the never-contact list of a case that this user may change, or answer 404."""
    entries: Any = NeverContact.objects
    rows = entries.changeable_by(user, now, Permission.CASE_CHANGE)
    with_all = ("data_key", "case__team", "case__data_key", "client__data_key", "client__case__team")
    entry: NeverContact = open_or_404(rows.select_related(*with_all), pk=entry_id)
    return entry


def visible_contact(user: User, contact_id: UUID, now: datetime) -> Contact:
    """Return the contact of a person whom this user may see, or answer 404."""
    contacts: Any = Contact.objects
    rows = contacts.visible_to(user, now).select_related("data_key", "client__data_key", "client__case__team")
    contact: Contact = open_or_404(rows, pk=contact_id)
    return contact


def people_of(case: Any) -> list[Client]:
    """Return the people of a case, the principal applicant first, each with the case that is loaded already."""
    people: Any = Client.objects.filter(case=case).select_related("data_key").defer("search_form")
    found = list(people.principal_first())
    for client in found:
        client.case = case
    return found


def partners_to_choose() -> list[Partner]:
    partners: Any = Partner.objects
    return list(partners.in_use().order_by("name", "id"))


def resting_on(consent: Consent, user: User, now: datetime) -> list[Referral]:
    """Return the open referrals of the person to those whom this was about: they have to be looked at if it ends.

    One of a case that the person has left is with whoever looks after that; the reader is told of it if they may see it.
    """
    about = consent.recipient
    referrals: Any = Referral.objects
    rows = (
        referrals.visible_to(user, now)
        .filter(people=consent.client, state__in=Referral.OPEN)
        .select_related("data_key", "partner")
    )
    return [each for each in rows if about.includes(recipient_of(each.partner))]


def recipient_of(partner: Partner) -> Recipient:
    return recipient_of_partner(partner_id=partner.pk, kind=partner.kind, country=partner.country)


def safety_of_case() -> dict[str, Any]:
    """Return what a query of cases says of each one's safety: how many must never be contacted, and whether all contact is stopped."""
    entries: Any = NeverContact.objects
    never: Any = entries.in_force().filter(Q(case=OuterRef("pk")) | Q(client__case=OuterRef("pk"))).order_by()
    stops: Any = ContactStop.objects
    return {
        "never_contact": Subquery(never.annotate(number=Func("pk", function="Count")).values("number")),
        "contact_is_stopped": Exists(stops.in_force().filter(case=OuterRef("pk"))),
    }

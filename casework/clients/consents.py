"""What people have said, loaded for the decision of `sharing`: the one way to ask whether something may be told."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from casework.accounts.actions.organisation import organisation

from . import sharing
from .models import Client, Consent, NeverContact


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatTheySaid:
    """Everything the decision needs about one person; ask it as often as there are recipients, without a query."""

    person: sharing.Person
    given: tuple[sharing.Given, ...]
    never: tuple[sharing.Never, ...]

    def may_share(
        self,
        categories: Collection[sharing.Category],
        recipient: sharing.Recipient,
        on: date,
        *,
        purpose: sharing.Purpose | None = None,
    ) -> sharing.Answer:
        """Return whether `categories` may be told to `recipient` on a day, and why."""
        return sharing.may_share(
            self.given, categories, recipient, on, purpose=purpose, person=self.person, never=self.never
        )


def said_by(clients: Iterable[Client]) -> Mapping[UUID, WhatTheySaid]:
    """Load what these people said, in three queries however many they are. Their cases and teams must be loaded."""
    people = list(clients)
    consents: dict[UUID, list[sharing.Given]] = {client.pk: [] for client in people}
    rows: Any = Consent.objects
    for row in rows.filter(client__in=people):
        consents[row.client_id].append(row.as_given())
    entries: Any = NeverContact.objects
    cases = {client.case_id for client in people}
    never = list(entries.in_force().filter(Q(client__in=people) | Q(case__in=cases)))
    age = organisation().age_of_consent
    return {client.pk: assembled(client, consents[client.pk], never, age) for client in people}


def assembled(
    client: Client, given: Iterable[sharing.Given], never: Iterable[NeverContact], age_of_consent: int
) -> WhatTheySaid:
    """Return what a page needs that has loaded the rows already; of `never` those count that concern the person."""
    concerned = (it for it in never if it.client_id == client.pk or it.case_id == client.case_id)
    return WhatTheySaid(
        person=sharing.Person(birth=client.birth, countries_left=countries_left(client), age_of_consent=age_of_consent),
        given=tuple(given),
        never=tuple(it for entry in concerned if (it := entry.as_never()) is not None),
    )


def countries_left(client: Client) -> frozenset[str]:
    """Return the countries whose authorities are never told anything: those of the nationalities, but where the team works."""
    return frozenset(client.nationalities) - {client.case.team.country}


def recipient_of_partner(*, partner_id: UUID, kind: str, country: str) -> sharing.Recipient:
    """Return an entry of the directory of partners as a recipient: an authority is one, whoever keeps it in the directory."""
    if kind == "authority":
        return sharing.Recipient(kind=sharing.RecipientKind.AUTHORITY, id=partner_id, country=country)
    return sharing.Recipient(kind=sharing.RecipientKind.PARTNER, id=partner_id, sort=kind)

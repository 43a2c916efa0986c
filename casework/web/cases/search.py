"""Finding people: by name in any script, by code, reference, phone, e-mail or document number.

Only among the cases that the reader may see; what is not there and what may not be seen answer alike.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.accounts.access import teams_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients import lookup as contacts
from casework.clients import names
from casework.clients.models import Client, Contact, Merge
from casework.documents import lookup as documents
from casework.documents.models import Document
from casework.lib.ids import REFERENCE_ALPHABET
from casework.lib.number_masks import LOOK_ALIKES

MOST_HITS = 20
FEWEST_LETTERS = 3
# Shorter ones are shared by many and would show who is there.
SHORTEST_NUMBER = 5

_CODE = re.compile(rf"(C-?)?([{REFERENCE_ALPHABET}]{{3}})-?([{REFERENCE_ALPHABET}]{{3}})")

FOUND_BY: dict[str, str | Promise] = {
    "code": _("code of the case"),
    "reference": _("reference"),
    "contact": _("phone, e-mail or other contact"),
    "document": _("document number"),
    "name": _("name"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Somebody who was found, and by what: a key of FOUND_BY."""

    client: Client
    found_by: str

    @property
    def found_by_in_words(self) -> str | Promise:
        return FOUND_BY[self.found_by]


def search(user: User, text: str, now: datetime, *, archived: bool = False) -> list[Hit]:
    """Return at most 20 people whom `user` may see, exact matches before likenesses of the name.

    Those of archived cases only where they are asked for.
    """
    clients: Any = Client.objects
    visible = clients.visible_to(user, now) if archived else clients.visible_to(user, now).not_archived()
    found: dict[UUID, str] = {}
    for found_by, ids in _matches(user, visible, text, now, archived=archived):
        for client_id in ids:
            found.setdefault(client_id, found_by)
    # the ids of exact matches have been sieved already; asked once more, so that nothing here depends on it
    rows = visible.filter(pk__in=list(found)).select_related("data_key", "case__team", "computed_position")
    people = rows.defer("search_form").in_bulk()
    return [Hit(client=people[key], found_by=found[key]) for key in found if key in people][:MOST_HITS]


def is_too_short(text: str) -> bool:
    """Whether `text` would find too many people to mean anybody."""
    return sum(letter.isalnum() for letter in text) < FEWEST_LETTERS


def _matches(
    user: User, visible: QuerySet[Client], text: str, now: datetime, *, archived: bool
) -> Iterable[tuple[str, Iterable[UUID]]]:
    """Yield the ids that each way of searching finds."""
    limit = MOST_HITS
    if code := _CODE.fullmatch("".join(text.upper().split()).translate(LOOK_ALIKES)):
        reference = f"{code[2]}-{code[3]}"
        of_case: Any = visible.filter(case__code=f"C-{reference}")
        yield "code", of_case.principal_first().values_list("pk", flat=True)[:limit]
        merged = Merge.objects.standing().filter(gone_reference=reference).values("into")
        of_person = Q(reference=reference) | Q(pk__in=merged)
        yield "reference", visible.filter(of_person).values_list("pk", flat=True)
    if _is_number(text) or "@" in text:
        regions = {team.country for team in teams_with(user, Permission.CASE_VIEW, now)}
        hashes = [each for region in sorted(regions) for each in contacts.hashes_to_find(text, region)]
        reached = Contact.objects.filter(value_hash__in=hashes, client__in=visible)
        yield "contact", reached.order_by("client_id").values_list("client_id", flat=True).distinct()[:limit]
    if _is_number(text):
        papers = Document.objects.filter(number_hash__in=documents.hashes_to_find(text), client__in=visible)
        yield "document", papers.order_by("client_id").values_list("client_id", flat=True).distinct()[:limit]
    if any(letter.isalpha() for letter in text):
        yield "name", names.find(user, text, now=now, archived=archived, limit=limit)


def _is_number(text: str) -> bool:
    signs = [sign for sign in text if sign.isalnum()]
    return len(signs) >= SHORTEST_NUMBER and any(sign.isdecimal() for sign in signs)

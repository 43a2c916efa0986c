"""Pairs as lines of a list, and on the pages of the people in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from casework.accounts.models import User
from casework.clients.models import Client, SuspectedPair
from casework.lifecycle.duplicates import compare_soon, compare_with_visible
from casework.lifecycle.likeness_words import in_words

MOST_ON_A_PAGE = 5
SHOWN = {"reference": "reference", "code": "case__code"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRow:
    """A pair: one of the two, the other one, and what they have in common."""

    pair: SuspectedPair
    one: Client
    other: Client
    why: str


def pair_row(pair: SuspectedPair) -> PairRow:
    one, other = pair.people
    return PairRow(pair=pair, one=one, other=other, why=in_words(pair.found_by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Somebody of a case who looks like somebody else. Of the other one `other` is the name, or the reference."""

    pair_id: UUID
    name: str
    other: str
    code: str
    why: str


def open_pairs_of(client: Client, user: User, now: datetime) -> list[Suspicion]:
    """Return whom this person is like, as far as the user may see both, in one query."""
    pairs: Any = SuspectedPair.objects
    rows = pairs.visible_to(user, now).open().of([client]).with_people().order_by("found_at", "id")
    found = []
    for pair in rows[:MOST_ON_A_PAGE]:
        other = pair.other_than(client)
        why = in_words(pair.found_by)
        found.append(
            Suspicion(pair_id=pair.pk, name=client.full_name, other=other.full_name, code=other.case.code, why=why)
        )
    return found


def with_pairs(people: QuerySet[Client], user: User, now: datetime) -> Any:
    """Load with each of these people whom they are like, as far as the user may see both: for `suspicions_of`."""
    pairs: Any = SuspectedPair.objects
    of_person = Q(first=OuterRef("pk")) | Q(second=OuterRef("pk"))
    rows = pairs.visible_to(user, now).open().filter(of_person).order_by("found_at", "id")
    sides = {f"{side}_{name}": f"{side}__{path}" for side in ("first", "second") for name, path in SHOWN.items()}
    pair = JSONObject(id="id", found_by="found_by", **sides)
    return people.annotate(pair_rows=ArraySubquery(rows.values(pair=pair)[:MOST_ON_A_PAGE]))


def suspicions_of(people: Iterable[Client]) -> list[Suspicion]:
    """Return what `with_pairs` has loaded. Of two people of one case, it is said once."""
    found: dict[str, Suspicion] = {}
    for client in people:
        for row in getattr(client, "pair_rows", ()):
            side = "second" if row["first_reference"] == client.reference else "first"
            suspicion = Suspicion(
                pair_id=UUID(row["id"]),
                name=client.full_name,
                other=row[f"{side}_reference"],
                code=row[f"{side}_code"],
                why=in_words(row["found_by"]),
            )
            found.setdefault(row["id"], suspicion)
    return list(found.values())[:MOST_ON_A_PAGE]


def compare_after_saving(user: User, people: Iterable[Client], now: datetime) -> None:
    """Compare with whom the user may see at once, and have a worker compare with everybody else."""
    saved = list(people)
    compare_with_visible(user, saved, now=now)
    compare_soon(client.pk for client in saved)

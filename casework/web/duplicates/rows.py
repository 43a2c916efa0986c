"""Pairs as lines of a list, and on the pages of the people in them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.accounts.models import User
from casework.clients.models import Client, SuspectedPair
from casework.lifecycle.duplicates import compare_soon, compare_with_visible

from .wording import in_words

MOST_ON_A_PAGE = 5


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


def open_pairs_of(people: Collection[Client], user: User, now: datetime) -> list[PairRow]:
    """Return whom these people are like, as far as the user may see both, in one query."""
    pairs: Any = SuspectedPair.objects
    rows = pairs.visible_to(user, now).open().of(people).with_people().order_by("found_at", "id")
    ids = {client.pk for client in people}
    return [
        PairRow(pair=pair, one=mine, other=pair.other_than(mine), why=in_words(pair.found_by))
        for pair in rows[:MOST_ON_A_PAGE]
        for mine in [pair.first if pair.first_id in ids else pair.second]
    ]


def compare_after_saving(user: User, people: Iterable[Client], now: datetime) -> None:
    """Compare with whom the user may see at once, and have a worker compare with everybody else."""
    saved = list(people)
    compare_with_visible(user, saved, now=now)
    compare_soon(client.pk for client in saved)

"""What can happen to two people who may be one: suspected, decided, suspected no more. Nobody is ever merged.

No event here carries the id of a case: the timeline of a case is made of those, and would tell one team of the other's.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..audience import Audience
from ..changes import locked, write
from ..models import Client, SuspectedPair, ToDo
from .todos import finish_to_do, give_to_dos, reopen_to_do


class UnableToDecidePair(Refusal):
    pass


@transaction.atomic
def suspect(*, client: Client, alike: Mapping[UUID, list[str]], now: datetime) -> list[SuspectedPair]:
    """Keep that these people may be `client`, by what they have in common; return the pairs that are new.

    Whoever compares the other one at this moment keeps the same pair. What was decided stays decided.
    """
    others = Client.objects.filter(pk__in=alike).exclude(pk=client.pk).defer("search_form")
    new = [_pair(client, other, alike[other.pk], now) for other in others]
    new.sort(key=lambda pair: (pair.first_id, pair.second_id))  # two who compare at once do not wait in a circle
    SuspectedPair.objects.bulk_create(new, ignore_conflicts=True)
    kept = {(pair.first_id, pair.second_id): pair for pair in SuspectedPair.objects.of([client])}
    added = []
    for pair in new:
        there = kept.get((pair.first_id, pair.second_id))
        if there is None:
            continue
        if there.pk == pair.pk:
            added.append(there)
            record("clients.pair_suspected", subject=there, by=None, now=now, found_by=there.found_by)
        elif there.is_open and there.found_by != pair.found_by:
            there.found_by = pair.found_by
            there.save(update_fields=["found_by"])
    return added


@transaction.atomic
def suspect_no_more(*, client: Client, still_alike: Mapping[UUID, list[str]], now: datetime) -> int:
    """Drop the open pairs of `client` with people who are not alike any more; return how many."""
    pairs = SuspectedPair.objects.of([client]).open().select_for_update()
    gone = [pair for pair in pairs if still_alike.keys().isdisjoint({pair.first_id, pair.second_id} - {client.pk})]
    for pair in gone:
        record("clients.pair_dropped", subject=pair, by=None, now=now)
        pair.delete()
    return len(gone)


@transaction.atomic
def decide_pair(
    *, pair: SuspectedPair, state: str, reason: str, version: int, by: User, now: datetime
) -> SuspectedPair:
    """Say whether the two are one person, and why; said again, the later word holds. Raises ChangedMeanwhile.

    If they are, whoever looks after each case gets a to-do that names their own client and nobody else.
    """
    values = {"state": state, "reason": reason.strip()}
    pair = locked(pair, version=version, mine=values)
    if state not in SuspectedPair.State or state == SuspectedPair.State.OPEN:
        raise UnableToDecidePair(_("Say whether this is one person, or two, or cannot be told."), field="state")
    if not reason.strip():
        raise UnableToDecidePair(_("Write down why: what agrees, what differs, whom you asked."), field="reason")
    if write(pair, values | {"decided_by": by, "decided_at": now}):
        record("clients.pair_decided", subject=pair, by=by, now=now, state=state, clients=_ids(pair))
    if state == SuspectedPair.State.SAME:
        _tell(pair, by, now)
    else:
        _take_back(pair, by, now)
    return pair


def _tell(pair: SuspectedPair, by: User, now: datetime) -> None:
    people = Client.objects.filter(pk__in=[pair.first_id, pair.second_id]).select_related(
        "case__data_key", "case__team"
    )
    clients = list(people.order_by("created_at", "pk"))
    audience = Audience([client.case for client in clients], now)
    for client in clients:
        owners = audience.of(client.case)
        kind, about = ToDo.Kind.DUPLICATE, client.pk
        done = ToDo.objects.filter(kind=kind, about=about, owner__in=owners, done_at__isnull=False)
        for to_do in done:
            reopen_to_do(to_do=to_do, by=by, now=now)
        give_to_dos(owner_ids=owners, kind=kind, about=about, now=now, case=client.case)


def _take_back(pair: SuspectedPair, by: User, now: datetime) -> None:
    """Close the to-dos that nothing asks for any more."""
    for client_id in (pair.first_id, pair.second_id):
        of_client = SuspectedPair.objects.filter(Q(first=client_id) | Q(second=client_id))
        if not of_client.filter(state=SuspectedPair.State.SAME).exists():
            for to_do in ToDo.objects.open().filter(kind=ToDo.Kind.DUPLICATE, about=client_id):
                finish_to_do(to_do=to_do, by=by, now=now)


def _pair(client: Client, other: Client, found_by: list[str], now: datetime) -> SuspectedPair:
    first, second = sorted((client, other), key=lambda person: person.pk)
    return SuspectedPair(
        id=new_id(), data_key=first.data_key, first=first, second=second, found_by=list(found_by), found_at=now
    )


def _ids(pair: SuspectedPair) -> list[str]:
    return [str(pair.first_id), str(pair.second_id)]

"""Who on record may be the same person: found by name, document number and contact, compared, and kept for somebody to decide.

While somebody types, only people are looked at whom they may see. After saving, a worker compares with everybody, so that a page
says and costs the same whether or not another team knows the person.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from celery import current_app
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from kombu.exceptions import OperationalError

from casework.accounts import jobs
from casework.accounts.models import Job, User
from casework.clients import actions as clients
from casework.clients import names
from casework.clients.models import Client, Contact, SuspectedPair
from casework.documents.models import Document
from casework.lib.likeness import Details, Likeness, compare
from casework.lib.names import Query
from casework.lib.scripts import spellings, words
from casework.vault.hashed import equal_hashes, several_keys

logger = logging.getLogger(__name__)

TASK = "lifecycle.compare_people"
JOB = "lifecycle.compare"
# How many of each way of looking are compared in detail.
BY_NAME = 30
BY_NAME_IN_A_TABLE = 5
BY_NUMBER = 50
OTHER_NAMES = 3
# The sweep goes on for so long at a time, and leaves the worker to others in between.
AT_A_TIME = timedelta(seconds=20)
CHUNK = 50
# Any number, the same everywhere: one sweep at a time.
SWEEP_LOCK = 620_114

Candidates = dict[UUID, Client]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """Somebody on record who may be the person, and why."""

    client: Client
    likeness: Likeness


def details_of(people: Collection[Client]) -> dict[UUID, Details]:
    """Return what tells each of these people from others, in two queries."""
    ids = [client.pk for client in people]
    documents: dict[UUID, set[tuple[bytes, str]]] = defaultdict(set)
    contacts: dict[UUID, set[bytes]] = defaultdict(set)
    papers = Document.objects.filter(client__in=ids, number_hash__isnull=False).order_by()
    reached = Contact.objects.filter(client__in=ids, value_hash__isnull=False).order_by()
    if several_keys():  # then equal numbers may be stored under hashes of several keys
        for paper in papers:
            documents[paper.client_id].update((each, paper.country) for each in equal_hashes(paper, "number_hash"))
        for contact in reached.select_related("client__case__team"):
            contacts[contact.client_id].update(equal_hashes(contact, "value_hash"))
    else:
        for client_id, number, country in papers.values_list("client_id", "number_hash", "country"):
            documents[client_id].add((bytes(number or b""), country))
        for client_id, value in reached.values_list("client_id", "value_hash"):
            contacts[client_id].add(bytes(value or b""))
    return {
        client.pk: Details(
            family_name=client.family_name,
            given_name=client.given_name,
            patronymic=client.patronymic,
            other_names=tuple(client.other_names.splitlines()),
            birth=client.birth,
            sex=client.sex,
            documents=frozenset(documents[client.pk]),
            contacts=frozenset(contacts[client.pk]),
        )
        for client in people
    }


def look_alikes(
    user: User, person: Details, *, now: datetime, client: Client | None = None, case_id: UUID | None = None
) -> list[LookAlike]:
    """Return who of those whom `user` may see may be the person whom they are typing, the likeliest first.

    `client`: the one who is being changed; whoever was found to be somebody else is not shown again.
    """
    visible: Any = Client.objects.visible_to(user, now)
    found = names.find_each(user, _queries(person), now=now, limit=BY_NAME)
    found += _with_same_numbers(person, visible)
    candidates = _load(visible, set(found) - _told_apart(client))
    return _alike(person, candidates, client=client, case_id=case_id or (client.case_id if client else None))


def look_alikes_of_each(user: User, people: Sequence[Details], *, now: datetime) -> list[list[LookAlike]]:
    """Return for each of many people who of those whom `user` may see is very like them, the likeliest first.

    For a table of people: fewer are compared in detail than when somebody types, all of them loaded at once; whoever
    is recorded is compared with everybody afterwards, as always.
    """
    visible: Any = Client.objects.visible_to(user, now)
    by_name = names.find_for_each(user, [_queries(person) for person in people], now=now, limit=BY_NAME_IN_A_TABLE)
    by_number = _by_hashes(Document, "number_hash", {each for it in people for each, _country in it.documents}, visible)
    by_contact = _by_hashes(Contact, "value_hash", {each for it in people for each in it.contacts}, visible)
    found: list[dict[UUID, None]] = []
    for person, named in zip(people, by_name, strict=True):
        numbers = [client_id for number, _country in person.documents for client_id in by_number[number]]
        contacts = [client_id for value in person.contacts for client_id in by_contact[value]]
        found.append(dict.fromkeys([*named, *numbers[:BY_NUMBER], *contacts[:BY_NUMBER]]))
    candidates = _load(visible, {client_id for ids in found for client_id in ids})
    details = details_of(candidates.values())
    alike = []
    for person, ids in zip(people, found, strict=True):
        compared = [(candidates[key], compare(person, details[key])) for key in ids if key in candidates]
        kept = [LookAlike(client=client, likeness=likeness) for client, likeness in compared if likeness.is_kept]
        alike.append(sorted(kept, key=lambda it: (-it.likeness.score, it.client.pk)))
    return alike


def compare_with_visible(user: User, people: Iterable[Client], *, now: datetime) -> list[SuspectedPair]:
    """Compare with those whom `user` may see, at once, and keep whoever is alike; return the pairs that are new."""
    new = []
    for client, person in _with_details(people):
        found = look_alikes(user, person, now=now, client=client)
        new += clients.suspect(client=client, alike=_kept(found), now=now)
    return new


def compare_soon(client_ids: Iterable[UUID]) -> None:
    """Have a worker compare these people with everybody, after the commit."""
    ids = [str(client_id) for client_id in client_ids]
    if ids:
        transaction.on_commit(partial(_ask_a_worker, ids))


def compare_people(client_ids: Collection[UUID], *, now: datetime) -> int:
    """Compare these people with everybody on record, and keep whoever is alike; return how many pairs are new.

    What nobody has decided and what is not alike any more, after a name was corrected, is dropped.
    """
    people = Client.objects.filter(pk__in=client_ids).defer("search_form").order_by("pk")
    new = 0
    for client, person in _with_details(people):
        with transaction.atomic():
            new += _compare_with_everybody(client, person, now)
            Client.objects.filter(pk=client.pk).update(compared_version=client.identity_version)
    return new


def compare_missed(*, clock: Callable[[], datetime], at_a_time: timedelta = AT_A_TIME, size: int = CHUNK) -> int:
    """Compare whoever has not been yet, for a while; return how many people.

    A lost message costs a minute so. Where there is more than a chunk to do, a job tells how far it is; the rows remember
    who was compared, so that whatever is interrupted goes on where it was.
    """
    began, done = clock(), 0
    with _one_at_a_time() as is_mine:
        if not is_mine:
            return 0
        while chunk := _next_chunk(size):
            job = _job(clock(), is_long=len(chunk) == size)
            compare_people(chunk, now=clock())
            done += len(chunk)
            if job is not None:
                jobs.advance(job, by=len(chunk), place=str(chunk[-1]))
            if clock() - began >= at_a_time:
                return done
        for job in Job.objects.filter(kind=JOB, state=Job.State.RUNNING):
            jobs.finish(job, now=clock())
    return done


def _compare_with_everybody(client: Client, person: Details, now: datetime) -> int:
    everybody = Client.objects.all()
    pairs = SuspectedPair.objects.of([client]).open().values_list("first_id", "second_id")
    suspected = {person_id for pair in pairs for person_id in pair} - {client.pk}
    found = names.find_among_all(_queries(person), limit=BY_NAME) + _with_same_numbers(person, everybody)
    candidates = _load(everybody, {*found, *suspected})
    of_client = partial(_alike, person, client=client, case_id=client.case_id)
    alike = _kept(of_client(candidates, counting=True))
    # Who typed was told without that count, which knows of other teams; what they were told is not taken back by it.
    still = _kept(of_client({key: it for key, it in candidates.items() if key in suspected}))
    new = clients.suspect(client=client, alike=alike, now=now)
    clients.suspect_no_more(client=client, still_alike={**still, **alike}, now=now)
    return len(new)


def _queries(person: Details) -> list[Query]:
    """Return what to look for among names: the name, and other names that add a word to it."""
    main = " ".join(part for part in (person.family_name, person.given_name, person.patronymic) if part)
    known = set(words(main))
    others = [name for name in person.other_names if set(words(name)) - known][:OTHER_NAMES]
    others = [name if len(name.split()) > 1 else f"{name} {person.given_name} {person.patronymic}" for name in others]
    return [query for text in (main, *others) if (query := Query.parse(text, person.birth.year)).words]


def _with_same_numbers(person: Details, people: QuerySet[Client]) -> list[UUID]:
    """Return who of these people has a document number or a contact of the person."""
    found: list[UUID] = []
    if person.documents:
        numbers = [number for number, _country in person.documents]
        papers = Document.objects.filter(number_hash__in=numbers, client__in=people).order_by("client_id")
        found += papers.values_list("client_id", flat=True).distinct()[:BY_NUMBER]
    if person.contacts:
        reached = Contact.objects.filter(value_hash__in=person.contacts, client__in=people).order_by("client_id")
        found += reached.values_list("client_id", flat=True).distinct()[:BY_NUMBER]
    return found


def _by_hashes(model: Any, column: str, hashes: Collection[bytes], people: QuerySet[Client]) -> dict[bytes, list[UUID]]:
    """Return who of these people has which of the hashes, in one query."""
    found: dict[bytes, list[UUID]] = defaultdict(list)
    if hashes:
        rows = model.objects.filter(**{f"{column}__in": hashes}, client__in=people).order_by("client_id")
        for value, client_id in rows.values_list(column, "client_id"):
            found[bytes(value)].append(client_id)
    return found


def _load(people: QuerySet[Client], ids: Iterable[UUID]) -> Candidates:
    rows = people.filter(pk__in=list(ids)).select_related("data_key", "case__team")
    return dict(rows.defer("search_form").in_bulk())


def _alike(
    person: Details, candidates: Candidates, *, client: Client | None, case_id: UUID | None, counting: bool = False
) -> list[LookAlike]:
    """Compare the person with each candidate but themselves, and return whom to show, the likeliest first.

    counting: tell names a letter apart by how many people on record carry each, whoever may see those.
    """
    people = {key: it for key, it in candidates.items() if client is None or key != client.pk}
    details = details_of(people.values())
    carriers = names.names.carriers(_all_spellings([person, *details.values()])).__getitem__ if counting else None
    found = []
    for key, it in people.items():
        likeness = compare(person, details[key], same_case=it.case_id == case_id, carriers=carriers)
        if likeness.is_shown:
            found.append(LookAlike(client=it, likeness=likeness))
    return sorted(found, key=lambda it: (-it.likeness.score, it.client.pk))


def _all_spellings(people: Iterable[Details]) -> set[str]:
    texts = (text for it in people for text in (it.family_name, it.given_name, it.patronymic, *it.other_names))
    return {spelling for text in texts for word in words(text) for spelling in spellings(word)}


def _kept(found: Sequence[LookAlike]) -> Mapping[UUID, list[str]]:
    return {it.client.pk: [reason.value for reason in it.likeness.reasons] for it in found if it.likeness.is_kept}


def _told_apart(client: Client | None) -> set[UUID]:
    """Return who was found to be somebody else than `client`."""
    if client is None:
        return set()
    different = SuspectedPair.objects.filter(
        Q(first=client) | Q(second=client), state=SuspectedPair.State.DIFFERENT
    ).values_list("first_id", "second_id")
    return {person for pair in different for person in pair} - {client.pk}


def _with_details(people: Iterable[Client]) -> Iterator[tuple[Client, Details]]:
    loaded = list(people)
    details = details_of(loaded)
    for client in loaded:
        yield client, details[client.pk]


def _next_chunk(size: int) -> list[UUID]:
    waiting: Any = Client.objects
    return list(waiting.to_compare().order_by("pk").values_list("pk", flat=True)[:size])


def _job(now: datetime, *, is_long: bool) -> Job | None:
    """Return the job that tells how far the sweep is; begun where there is much to do."""
    job = Job.objects.filter(kind=JOB, state__in=[Job.State.WAITING, Job.State.RUNNING]).order_by("created_at").first()
    if job is None and is_long:
        waiting: Any = Client.objects
        job = jobs.begin(jobs.start_job(JOB, by=None, now=now).pk, total=waiting.to_compare().count())
    return job


@contextmanager
def _one_at_a_time() -> Iterator[bool]:
    """Say whether this is the only sweep. A worker that dies lets go with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SWEEP_LOCK])
        is_mine = bool(cursor.fetchone()[0])
        try:
            yield is_mine
        finally:
            if is_mine:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])


def _ask_a_worker(ids: list[str]) -> None:
    """Send the task. Where the broker is away, the next sweep finds these people."""
    try:
        current_app.send_task(TASK, kwargs={"client_ids": ids})
    except OperationalError:
        logger.warning("no worker could be asked to compare people; the next sweep compares them")

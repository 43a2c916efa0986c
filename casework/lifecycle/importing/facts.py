"""What rows say of a person besides who they are and how they came: further stays and papers, permits, registrations, addresses."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from casework.accounts.models import User
from casework.clients import actions as clients
from casework.clients.models import Address, Client
from casework.documents import actions as documents
from casework.documents.models import Document
from casework.residency import actions as residency
from casework.residency.models import Stay

from ..intake import Paper
from .families import Family, Member
from .reading import Reading


def record_facts(client: Client, member: Member, family: Family, *, by: User, now: datetime) -> None:
    """Record what the rows of somebody who is on record now say besides. Raises the refusal of whichever part cannot be."""
    stays = {member.number: Stay.objects.filter(client=client).first()}
    for row in member.further:
        document = _paper_of(client, row.reading.person.paper, by, now)
        if row.reading.has_stay:
            stays[row.number] = _stay(client, row.reading, document, by, now)
    addresses = _addresses(client, member, family, by, now)
    for row in (member, *member.further):
        _permit_and_registration(client, row, stays.get(row.number), addresses.get(row.number), by, now)


def says_more(family: Family) -> bool:
    """Whether any row says something of which this module knows."""
    return any(
        member.further or reading.permit or reading.registration or reading.address or reading.arrival.left
        for member in family.members
        for reading in member.readings
    )


def _paper_of(client: Client, paper: Paper | None, by: User, now: datetime) -> Document | None:
    """Return the document that a row names: one of a row before, if it is the same, else a new one."""
    if paper is None:
        return None
    for known in client.documents.filter(kind=paper.kind, country=paper.country).select_related("data_key"):
        if _digits(known.number) == _digits(paper.number):
            return known
    return documents.record_document(
        client=client,
        kind=paper.kind,
        country=paper.country,
        number=paper.number,
        valid_until=paper.valid_until,
        by=by,
        now=now,
    )


def _digits(number: str) -> str:
    return "".join(each for each in number.upper() if each.isalnum())


def _stay(client: Client, reading: Reading, document: Document | None, by: User, now: datetime) -> Stay:
    entered, left = reading.arrival.entered, reading.arrival.left
    return residency.record_stay(
        client=client,
        country=reading.arrival.country,
        entered_earliest=entered.earliest if entered else None,
        entered_latest=entered.latest if entered else None,
        has_left=left is not None,
        left_earliest=left,
        left_latest=left,
        document=document,
        by=by,
        now=now,
    )


def _addresses(client: Client, member: Member, family: Family, by: User, now: datetime) -> dict[int, Address]:
    """Record addresses, the earliest first: each ends the one before. Return them by row.

    Who says none and has no bed lives with the principal applicant.
    """
    made = {}
    for row in sorted(_housed(member, family), key=lambda row: _since(row.reading)):
        said = row.reading.address
        if said is not None:
            made[row.number] = clients.record_address(
                client=client,
                country=row.reading.arrival.country,
                city=said.city,
                line=said.line,
                since=said.since,
                ends_earlier=True,
                by=by,
                now=now,
            )
    return made


def _housed(member: Member, family: Family) -> Iterator[Member]:
    own = [row for row in (member, *member.further) if row.reading.address]
    if own or any(reading.bed for reading in member.readings):
        yield from own
    elif not member.reading.has_own_arrival:
        first = family.members[0]
        yield from (row for row in (first, *first.further) if row.reading.address)


def _since(reading: Reading) -> date:
    return (reading.address.since if reading.address else None) or date.min


def _permit_and_registration(
    client: Client, row: Member, stay: Stay | None, address: Address | None, by: User, now: datetime
) -> None:
    reading, given = row.reading, {"client": client, "country": row.reading.arrival.country, "by": by, "now": now}
    common: Any = given
    if permit := reading.permit:
        residency.record_permit(
            kind=permit.kind, valid_from=permit.valid_from, printed_until=permit.printed_until, **common
        )
    if done := reading.registration:
        residency.record_registration(
            kind=done.kind,
            registered_on=done.registered_on,
            valid_until=done.valid_until,
            stay=stay if stay is not None and stay.country == reading.arrival.country else None,
            address=address,
            **common,
        )

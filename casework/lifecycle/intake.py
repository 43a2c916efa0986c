"""Logging a case: the file, the people in it, how to reach them, how they came. One act, or none of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.record import record
from casework.clients import actions as clients
from casework.clients.models import Case, Client
from casework.documents import actions as documents
from casework.documents.models import Document
from casework.lib.dates import Birth, BoundedDay
from casework.lib.periods import Period
from casework.lib.refusals import Refusal
from casework.residency import actions as residency

ADULT_AFTER = Period(18, "years")


class UnableToLogCase(Refusal):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """The document used to enter."""

    kind: str
    country: str
    number: str = ""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known about a person at intake. `relation` is that to the principal applicant."""

    family_name: str = ""
    given_name: str = ""
    patronymic: str = ""
    other_names: str = ""
    birth: Birth = field(default_factory=Birth)
    nationalities: tuple[str, ...] = ()
    sex: str = Client.Sex.UNKNOWN
    language: str = ""
    relation: str = Client.Relation.PRINCIPAL
    paper: Paper | None = None  # the document on which this relative entered
    arrival: "Arrival | None" = None  # where this relative did not come with the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where they are, since when, on what document. `entered` None: they live there and crossed no border.

    `left`: the day on which they left again, for those who are put on record afterwards.
    """

    country: str
    entered: BoundedDay | None
    planned: bool = False
    left: date | None = None
    paper: Paper | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A safe way to reach them."""

    channel: str
    value: str = ""
    instructions: str = ""


@transaction.atomic
def log_case(
    *,
    team: Team,
    caseworker: User | None,
    principal: Person,
    arrival: Arrival,
    by: User,
    now: datetime,
    today: date,
    submit_token: UUID,
    reach: Reach | None = None,
    family: Sequence[Person] = (),
    is_unaccompanied_child: bool = False,
) -> Case:
    """Log a case with its people, and compute their deadlines. The family shares the stay, each has one of their own.

    Sent twice with the same `submit_token`, it is logged once. Raises the refusal of whichever part
    cannot be, and then nothing has been written.
    """
    case, people = log_people(
        team=team,
        caseworker=caseworker,
        principal=principal,
        arrival=arrival,
        by=by,
        now=now,
        today=today,
        submit_token=submit_token,
        reach=reach,
        family=family,
        is_unaccompanied_child=is_unaccompanied_child,
    )
    residency.refresh(client_ids=[client.pk for client in people], now=now, by=by)
    return case


@transaction.atomic
def log_people(
    *,
    team: Team,
    caseworker: User | None,
    principal: Person,
    arrival: Arrival,
    by: User,
    now: datetime,
    today: date,
    submit_token: UUID,
    reach: Reach | None = None,
    family: Sequence[Person] = (),
    is_unaccompanied_child: bool = False,
) -> tuple[Case, list[Client]]:
    """Log a case as above, and return its people in the order given; none if it was logged before.

    Whoever logs many has their deadlines computed together, in the same transaction.
    """
    if might_be_a_child(principal.birth, today) and not is_unaccompanied_child:
        raise UnableToLogCase(
            _("The principal applicant is a child. Confirm that the child is unaccompanied, or correct the birth."),
            field="is_unaccompanied_child",
        )
    _refuse_born_after_entry(family, arrival)
    case = clients.open_case(team=team, caseworker=caseworker, by=by, now=now, submit_token=submit_token)
    if case.clients.exists() or case.joined_into_id is not None:  # this form was sent before
        return case, []
    people = [_add(person, case, by, now) for person in (principal, *family)]
    if reach is not None:
        clients.record_contact(
            client=people[0],
            channel=reach.channel,
            value=reach.value,
            instructions=reach.instructions,
            by=by,
            now=now,
        )
    arrivals = [arrival, *(person.arrival or arrival for person in family)]
    _record_arrivals(people, arrivals, [arrival.paper, *(person.paper for person in family)], by, now)
    if is_unaccompanied_child:
        clients.write_note(case=case, text=_("Unaccompanied child, confirmed at intake."), pinned=True, by=by, now=now)
    record("lifecycle.case_logged", subject=case, case_id=case.pk, by=by, now=now, people=len(people))
    return case, people


def might_be_a_child(birth: Birth, today: date) -> bool:
    """Whether somebody born then may be under 18 on `today`. An unknown birth is no reason to ask."""
    latest = birth.bounds.latest
    return latest is not None and ADULT_AFTER.after(latest).day > today


def _refuse_born_after_entry(family: Sequence[Person], arrival: Arrival) -> None:
    """A child born in the country, or one that came later, has another entry than the one that is shared."""
    for number, person in enumerate(family, start=1):
        own = person.arrival or arrival
        entered = own.entered.latest if own.entered else None
        born = person.birth.bounds.earliest
        if entered and born and born > entered:
            raise UnableToLogCase(
                _(
                    "Person %(number)s of the family was born after this entry. Log the case without them"
                    " and add them on its page, with an entry of their own."
                )
                % {"number": number},
                field="family",
            )


def _add(person: Person, case: Case, by: User, now: datetime) -> Client:
    return clients.add_client(
        case=case,
        by=by,
        now=now,
        family_name=person.family_name,
        given_name=person.given_name,
        patronymic=person.patronymic,
        other_names=person.other_names,
        birth=person.birth,
        nationalities=person.nationalities,
        sex=person.sex,
        language=person.language,
        relation=person.relation,
    )


def _record_arrivals(
    people: Sequence[Client], arrivals: Sequence[Arrival], papers: Sequence[Paper | None], by: User, now: datetime
) -> None:
    """Record where they are, one arrival a person, and on which of `papers`, one a person or None, each of them entered."""
    used = [_record_paper(client, paper, by, now) for client, paper in zip(people, papers, strict=True)]
    at_home = [(client, own) for client, own in zip(people, arrivals, strict=True) if own.entered is None]
    for country in dict.fromkeys(own.country for _client, own in at_home):
        first, *others = (client for client, own in at_home if own.country == country)
        clients.record_address(client=first, together_with=others, country=country, by=by, now=now)
    for client, document, arrival in zip(people, used, arrivals, strict=True):
        if arrival.entered is None:
            continue
        residency.record_stay(
            client=client,
            country=arrival.country,
            entered_earliest=arrival.entered.earliest,
            entered_latest=arrival.entered.latest,
            planned=arrival.planned,
            has_left=arrival.left is not None,
            left_earliest=arrival.left,
            left_latest=arrival.left,
            document=document,
            by=by,
            now=now,
        )


def _record_paper(client: Client, paper: Paper | None, by: User, now: datetime) -> Document | None:
    """Record a document of this person, if one was named."""
    if paper is None:
        return None
    return documents.record_document(
        client=client,
        kind=paper.kind,
        country=paper.country,
        number=paper.number,
        valid_until=paper.valid_until,
        by=by,
        now=now,
    )

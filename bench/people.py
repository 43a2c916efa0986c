"""Invented people in bulk, from a fixed seed: cases with notes, to-dos and what was done in them; people with papers, stays, permits,
registrations, addresses and contacts.

Everything is sealed under data keys of its own, as if it had been typed in, and goes into the database by `COPY`, some thousand people
at a time: about fifty thousand in a minute. Names, numbers and addresses are obviously invented. The same seed makes the same
facts; ids and ciphertext are random.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions.people import sealed_names
from casework.clients.lookup import hash_to_store
from casework.clients.models import Address, Case, Client, Contact, Note, ToDo
from casework.documents.lookup import number_hash
from casework.documents.models import Document
from casework.lib.ids import REFERENCE_ALPHABET, new_id
from casework.residency.models import Permit, Registration, Stay
from casework.vault.models import DataKey

from .copying import copy_rows
from .progress import Progress

SEED = 20261127
CASES_A_TEAM = 300
PEOPLE_A_CASE = (1, 1, 1, 2, 3)
# So many people are held in memory at a time.
WRITTEN_AT_ONCE = 4_000

FAMILY_NAMES = ("Образцов", "Выдуманов", "Примеров", "Придуманский", "Тестов", "Мнимов", "Небылов", "Условный")
GIVEN_NAMES = ("Вымысел", "Пример", "Образец", "Макет", "Шаблон", "Эталон", "Набросок", "Черновик")
# Where people are, as often as they are there, and the zone of a team there.
COUNTRIES = {
    "KZ": ("Asia/Almaty", 30),
    "KG": ("Asia/Bishkek", 12),
    "GE": ("Asia/Tbilisi", 16),
    "AM": ("Asia/Yerevan", 12),
    "RS": ("Europe/Belgrade", 12),
    "TR": ("Europe/Istanbul", 8),
    "UZ": ("Asia/Tashkent", 6),
    "ME": ("Europe/Podgorica", 4),
}
NATIONALITIES = ("RU",) * 8 + ("BY", "UA")


@dataclass(slots=True)
class Rows:
    """What is to be written, in the order in which it must be."""

    keys: list[DataKey] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    to_dos: list[ToDo] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    permits: list[Permit] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def by_model(self) -> Iterator[tuple[type[models.Model], list[Any]]]:
        yield DataKey, self.keys
        yield Case, self.cases
        yield Note, self.notes
        yield ToDo, self.to_dos
        yield Client, self.clients
        yield Document, self.documents
        yield Address, self.addresses
        yield Stay, self.stays
        yield Permit, self.permits
        yield Registration, self.registrations
        yield Contact, self.contacts
        yield Event, self.events


def make_people(count: int, *, now: datetime, seed: int = SEED) -> None:
    """Write `count` invented people in cases of one to three, in teams of 300 cases with a caseworker and a coordinator."""
    maker = _Maker(random.Random(seed), now)  # more of them beside earlier ones are like those, and not the same
    with Progress("people", count) as progress:
        while count:
            size = min(count, maker.source.choice(PEOPLE_A_CASE))
            maker.add_case(size)
            count -= size
            if not count or len(maker.rows.clients) >= WRITTEN_AT_ONCE:
                progress.advance(maker.write())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def have_people(count: int, *, now: datetime) -> list[UUID]:
    """Return the ids of `count` people, in their order; make those that are missing."""
    missing = count - Client.objects.count()
    if missing > 0:
        make_people(missing, now=now)
    return list(Client.objects.order_by("pk").values_list("pk", flat=True)[:count])


def have_cases(count: int, *, now: datetime) -> None:
    """See to it that there are `count` cases, and the people in them: three for every two cases, and some more."""
    a_case = sum(PEOPLE_A_CASE) / len(PEOPLE_A_CASE)
    while (missing := count - Case.objects.count()) > 0:
        make_people(math.ceil(missing * a_case), now=now)


class _Maker:
    """Adds one case after the other to the rows."""

    def __init__(self, source: random.Random, now: datetime) -> None:
        self.source = source
        self.now = now
        self.today = now.date()
        self.rows = Rows()
        self.caseworker: User | None = None
        self.team: Team | None = None
        self.cases = 0
        self.people_before, self.cases_before = Client.objects.count(), Case.objects.count()

    @transaction.atomic
    def write(self) -> int:
        """Write what there is, and return how many people it was."""
        rows, self.rows = self.rows, Rows()
        with connection.cursor() as cursor:
            # At once: each call of a trigger of pgtrigger rolls a savepoint back, which takes the longer the more checks wait for the end.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model, found in rows.by_model():
            copy_rows(model, found)
        self.people_before += len(rows.clients)
        return len(rows.clients)

    def add_case(self, people: int) -> None:
        if self.cases % CASES_A_TEAM == 0:
            self._begin_team()
        assert self.team is not None
        assert self.caseworker is not None
        case = Case(
            id=new_id(),
            data_key=self._key(DataKey.OwnerKind.CASE),
            code=f"C-{_reference(self.cases_before + self.cases)}",
            team=self.team,
            caseworker=self.caseworker,
            opened_at=self.now - timedelta(days=self.source.randint(1, 700)),
        )
        self.cases += 1
        self.rows.cases.append(case)
        self._did("clients.case_logged", case, case, case.opened_at)
        country = self._country()
        for number in range(people):
            self._add_person(case, country, is_principal=number == 0)
        self._work_on(case, self.caseworker)

    def _work_on(self, case: Case, by: User) -> None:
        """Have somebody change the case, note what they did and write down what is left to do."""
        lately = max(case.opened_at, self.now - timedelta(days=90))
        for number in range(self.source.choice((1, 2, 2, 3))):
            sealed: dict[str, Any] = {"text": f"Выдуманный разговор {number + 1}: придёт снова с примерными бумагами."}
            written = self._between(case.opened_at)
            self.rows.notes.append(
                Note(id=new_id(), case=case, data_key=case.data_key, written_by=by, written_at=written, **sealed)
            )
            self._did("clients.note_written", case, self.rows.notes[-1], written)
        if self.source.random() < 0.3:
            told: dict[str, Any] = {"text": "Позвонить, придумано"}
            due = self.today + timedelta(days=self.source.randint(-10, 40))
            self.rows.to_dos.append(
                ToDo(
                    id=new_id(),
                    case=case,
                    data_key=case.data_key,
                    owner=by,
                    created_by=by,
                    created_at=lately,
                    due_on=due,
                    **told,
                )
            )
        for _ in range(self.source.choice((2, 3, 5))):
            # Not that it was seen: sights are counted by a trigger, for which thousands in one transaction are no usual day.
            self._did("clients.case_changed", case, case, self._between(lately))

    def _between(self, since: datetime) -> datetime:
        return since + (self.now - since) * self.source.random()

    def _did(self, what: str, case: Case, subject: models.Model, at: datetime) -> None:
        assert self.caseworker is not None
        self.rows.events.append(
            Event(
                at=at,
                type=what,
                actor_id=self.caseworker.pk,
                subject_model=subject._meta.label,
                subject_id=str(subject.pk),
                case_id=case.pk,
            )
        )

    def _begin_team(self) -> None:
        number = Team.objects.count() + 1
        country = list(COUNTRIES)[number % len(COUNTRIES)]
        self.team = Team.objects.create(
            code=f"B{number}", name=f"Bench {number}", country=country, time_zone=COUNTRIES[country][0]
        )
        began = self.now - timedelta(days=800)
        for role in (Role.COORDINATOR, Role.CASEWORKER):
            address = f"{role.value}-{number}@bench.example"
            self.caseworker = User.objects.create_user(address, None, display_name=f"Bench {role.value}", now=began)
            Membership.objects.create(user=self.caseworker, team=self.team, role=role, starts_at=began)

    def _add_person(self, case: Case, country: str, *, is_principal: bool) -> None:
        source = self.source
        born = self._ago(source.randint(300, 26_000))
        sealed: dict[str, Any] = {
            "family_name": source.choice(FAMILY_NAMES),
            "given_name": source.choice(GIVEN_NAMES),
            "patronymic": "Примерович",
            "born_earliest": born,
            "born_latest": born,
        }
        client = Client(
            id=new_id(),
            data_key=self._key(DataKey.OwnerKind.CLIENT),
            case=case,
            reference=_reference(self.people_before + len(self.rows.clients)),
            is_principal=is_principal,
            relation=Client.Relation.PRINCIPAL if is_principal else Client.Relation.OTHER_RELATIVE,
            sex=source.choice((Client.Sex.FEMALE, Client.Sex.MALE)),
            nationalities=[source.choice(NATIONALITIES)],
            language="ru",
            created_at=case.opened_at,
            facts_changed_at=case.opened_at,
            **sealed,
        )
        client.search_form = sealed_names(client)
        self.rows.clients.append(client)
        self._did("clients.client_added", case, client, case.opened_at)
        self._contact(client)
        passport = self._document(client, Document.Kind.INTERNATIONAL_PASSPORT)
        if source.random() < 0.6:
            self._document(client, Document.Kind.INTERNAL_PASSPORT)
        self._stays(client, country, passport)

    def _contact(self, client: Client) -> None:
        number = f"+99600{self.source.randint(0, 9_999_999):07}"
        sealed: dict[str, Any] = {"value": number}
        self.rows.contacts.append(
            Contact(
                id=new_id(),
                client=client,
                data_key=client.data_key,
                channel=Contact.Channel.PHONE,
                value_hash=hash_to_store(Contact.Channel.PHONE, number, None),
                recorded_at=client.created_at,
                **sealed,
            )
        )

    def _document(self, client: Client, kind: str) -> Document:
        issued = self._ago(self.source.randint(30, 3_500))
        number = f"00 {self.source.randint(0, 9_999_999):07}"
        sealed: dict[str, Any] = {"number": number}
        document = Document(
            id=new_id(),
            client=client,
            data_key=client.data_key,
            kind=kind,
            country=client.nationalities[0],
            number_hash=number_hash(number),
            issued_on=issued,
            valid_until=issued + timedelta(days=3_650),
            **sealed,
        )
        self.rows.documents.append(document)
        return document

    def _stays(self, client: Client, country: str, passport: Document) -> None:
        """Record a stay that goes on, with what belongs to it, and earlier trips before it, one before the other."""
        source = self.source
        entered = self._ago(source.choice((5, 20, 45, 80, 200, 420)) + source.randint(0, 15))
        stay = self._stay(client, country, passport, entered, None)
        self._papers_of_stay(stay)
        for _ in range(source.choice((0, 0, 1, 2, 4))):
            left = entered - timedelta(days=source.randint(1, 60))
            entered = left - timedelta(days=source.randint(3, 80))
            self._stay(client, self._country(), passport, entered, left)

    def _stay(self, client: Client, country: str, passport: Document, entered: date, left: date | None) -> Stay:
        stay = Stay(
            id=new_id(),
            client=client,
            data_key=client.data_key,
            country=country,
            entered_earliest=entered,
            entered_latest=entered,
            has_left=left is not None,
            left_earliest=left,
            left_latest=left,
            document=passport,
            purpose=Stay.Purpose.PRIVATE,
        )
        self.rows.stays.append(stay)
        return stay

    def _papers_of_stay(self, stay: Stay) -> None:
        client, source, entered = stay.client, self.source, stay.entered_latest
        assert entered is not None
        known: dict[str, Any] = {"client": client, "data_key": client.data_key, "country": stay.country}
        sealed: dict[str, Any] = {"city": "Выдуманск", "line": "ул. Придуманная, 1"}
        address = Address(id=new_id(), since=entered, **known, **sealed)
        self.rows.addresses.append(address)
        if source.random() < 0.5:
            registered = min(self.today, entered + timedelta(days=source.randint(0, 20)))
            self.rows.registrations.append(
                Registration(id=new_id(), registered_on=registered, stay=stay, address=address, **known)
            )
        if source.random() < 0.3:
            granted = min(self.today, entered + timedelta(days=source.randint(20, 60)))
            self.rows.permits.append(
                Permit(
                    id=new_id(),
                    kind=Permit.Kind.TEMPORARY_RESIDENCE,
                    valid_from=granted,
                    printed_until=granted + timedelta(days=365),
                    **known,
                )
            )

    def _key(self, owner: str) -> DataKey:
        key: DataKey = DataKey.objects.new(owner, now=self.now)
        self.rows.keys.append(key)
        return key

    def _country(self) -> str:
        return self.source.choices(list(COUNTRIES), [often for _, often in COUNTRIES.values()])[0]

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


def _reference(number: int) -> str:
    """Return references one after the other: random ones would meet among many people."""
    letters = ""
    for _ in range(6):
        number, place = divmod(number, len(REFERENCE_ALPHABET))
        letters += REFERENCE_ALPHABET[place]
    return f"{letters[:3]}-{letters[3:]}"

"""Invented people in bulk: cases, people, papers, stays, permits, registrations and addresses, from a fixed seed.

Everything is sealed under data keys of its own, as if it had been typed in, and goes into the database by `COPY`: tens of thousands
of people in a minute. Names, numbers and addresses are obviously invented. The same seed makes the same facts; ids and
ciphertext are random.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction

from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Role
from casework.clients.actions.people import sealed_names
from casework.clients.models import Address, Case, Client
from casework.documents.lookup import number_hash
from casework.documents.models import Document
from casework.lib.ids import REFERENCE_ALPHABET, new_id
from casework.residency.models import Permit, Registration, Stay
from casework.vault.models import DataKey

from .copying import copy_rows

SEED = 20261127
CASES_A_TEAM = 300
PEOPLE_A_CASE = (1, 1, 1, 2, 3)

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
    clients: list[Client] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    permits: list[Permit] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)

    def by_model(self) -> Iterator[tuple[type[models.Model], list[Any]]]:
        yield DataKey, self.keys
        yield Case, self.cases
        yield Client, self.clients
        yield Document, self.documents
        yield Address, self.addresses
        yield Stay, self.stays
        yield Permit, self.permits
        yield Registration, self.registrations


@transaction.atomic
def make_people(count: int, *, now: datetime, seed: int = SEED) -> None:
    """Write `count` invented people in cases of one to three, in teams of 300 cases with a caseworker and a coordinator."""
    maker = _Maker(random.Random(seed), now)  # more of them beside earlier ones are like those, and not the same
    while count:
        size = min(count, maker.source.choice(PEOPLE_A_CASE))
        maker.add_case(size)
        count -= size
    for model, rows in maker.rows.by_model():
        copy_rows(model, rows)


def have_people(count: int, *, now: datetime) -> list[UUID]:
    """Return the ids of `count` people, in their order; make those that are missing."""
    missing = count - Client.objects.count()
    if missing > 0:
        make_people(missing, now=now)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return list(Client.objects.order_by("pk").values_list("pk", flat=True)[:count])


class _Maker:
    """Adds one case after the other to the rows."""

    def __init__(self, source: random.Random, now: datetime) -> None:
        self.source = source
        self.now = now
        self.today = now.date()
        self.rows = Rows()
        self.caseworker: User | None = None
        self.team: Team | None = None
        self.people_before, self.cases_before = Client.objects.count(), Case.objects.count()

    def add_case(self, people: int) -> None:
        if len(self.rows.cases) % CASES_A_TEAM == 0:
            self._begin_team()
        assert self.team is not None
        case = Case(
            id=new_id(),
            data_key=self._key(DataKey.OwnerKind.CASE),
            code=f"C-{_reference(self.cases_before + len(self.rows.cases))}",
            team=self.team,
            caseworker=self.caseworker,
            opened_at=self.now - timedelta(days=self.source.randint(1, 700)),
        )
        self.rows.cases.append(case)
        country = self._country()
        for number in range(people):
            self._add_person(case, country, is_principal=number == 0)

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
        passport = self._document(client, Document.Kind.INTERNATIONAL_PASSPORT)
        if source.random() < 0.6:
            self._document(client, Document.Kind.INTERNAL_PASSPORT)
        self._stays(client, country, passport)

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

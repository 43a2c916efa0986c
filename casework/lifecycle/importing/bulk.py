"""Many families recorded at once: the same rows and the same events as `intake.log_people` writes for each, in a few statements.

Only families of new people with nothing unusual about them; `recording` takes the others one by one, and all of a chunk where the
database refuses one of them. `tests/lifecycle/importing/test_bulk.py` records the same table in both ways and compares what is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from casework.accounts.models import Team, User
from casework.audit.models import Event
from casework.audit.record import record_each
from casework.clients.actions.people import sealed_names
from casework.clients.lookup import hash_to_store
from casework.clients.models import Case, Client, Contact, ImportRow, Note, NotePerson
from casework.documents.lookup import number_hash
from casework.documents.models import Document
from casework.lib.ids import new_id, new_reference
from casework.residency.models import Stay
from casework.vault.models import DataKey

from ..intake import Arrival, Paper
from .facts import says_more
from .families import Family
from .reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    rows: Sequence[ImportRow]
    case: Case
    people: list[Client]


@dataclass(slots=True, kw_only=True)
class Batch:
    """The rows of a chunk until they are written."""

    team: Team
    by: User
    now: datetime
    colleagues: Mapping[UUID, User]
    keys: list[DataKey] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    people: list[Client] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    named: list[NotePerson] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def add(self, family: Family, rows: Sequence[ImportRow]) -> Recorded:
        """Put a family into the batch."""
        principal = family.principal
        case = Case(
            id=new_id(),
            data_key=self._key(DataKey.OwnerKind.CASE),
            team=self.team,
            caseworker=self.colleagues.get(principal.caseworker) if principal.caseworker else None,
            opened_at=self.now,
            submit_token=uuid5(rows[0].pk, "case"),
        )
        self.cases.append(case)
        self._say("clients.case_opened", case, case)
        readings = [member.reading for member in family.members]
        people = [self._person(reading, case, is_principal=not at) for at, reading in enumerate(readings)]
        for client, reading in zip(people, readings, strict=True):
            self._facts(client, reading, family.arrival)
        self._say("lifecycle.case_logged", case, case, people=len(people))
        for client, reading in zip(people, readings, strict=True):
            self._reach(client, reading, case)
            self._note(client, reading, case)
        return Recorded(rows=rows, case=case, people=people)

    def write(self) -> None:
        """Write everything, each table in one statement."""
        _number(self.cases, Case, "code", "C-")
        _number(self.people, Client, "reference", "")
        DataKey.objects.bulk_create(self.keys)
        tables: list[list[Any]] = [
            self.cases,
            self.people,
            self.documents,
            self.stays,
            self.contacts,
            self.notes,
            self.named,
        ]
        for rows in tables:
            if rows:
                type(rows[0])._default_manager.bulk_create(rows)
        record_each(self.events)

    def _person(self, reading: Reading, case: Case, *, is_principal: bool) -> Client:
        person, born = reading.person, reading.person.birth.bounds
        client = Client(
            id=new_id(),
            data_key=self._key(DataKey.OwnerKind.CLIENT),
            case=case,
            relation=Client.Relation.PRINCIPAL if is_principal else reading.relation,
            is_principal=is_principal,
            created_at=self.now,
            facts_changed_at=self.now,
            nationalities=list(person.nationalities),
            sex=person.sex,
            language=person.language,
        )
        client.family_name, client.given_name = person.family_name, person.given_name
        client.patronymic, client.other_names = person.patronymic, person.other_names
        client.born_earliest, client.born_latest = born.earliest, born.latest
        client.search_form = sealed_names(client)
        self.people.append(client)
        self._say("clients.client_added", client, case)
        return client

    def _facts(self, client: Client, reading: Reading, shared: Arrival) -> None:
        """The document on which somebody entered, and the stay. Facts and identity count what was stated, as always."""
        document = self._document(client, reading.person.paper) if reading.person.paper else None
        arrival = shared if not reading.has_own_arrival or client.is_principal else reading.arrival
        stay = Stay(
            id=new_id(),
            data_key=client.data_key,
            client=client,
            country=arrival.country,
            entered_earliest=arrival.entered.earliest if arrival.entered else None,
            entered_latest=arrival.entered.latest if arrival.entered else None,
            document=document,
        )
        self.stays.append(stay)
        client.facts_version += 1
        self._say("residency.stay_recorded", stay, client.case, client=str(client.pk))

    def _document(self, client: Client, paper: Paper) -> Document:
        document = Document(
            id=new_id(),
            data_key=client.data_key,
            client=client,
            kind=paper.kind,
            country=paper.country,
            valid_until=paper.valid_until,
            number_hash=number_hash(paper.number),
        )
        document.number = paper.number
        self.documents.append(document)
        client.facts_version += 1
        client.identity_version += 1
        self._say("documents.document_recorded", document, client.case, client=str(client.pk))
        return document

    def _reach(self, client: Client, reading: Reading, case: Case) -> None:
        for reach in reading.reach:
            contact = Contact(
                id=new_id(), data_key=client.data_key, client=client, recorded_at=self.now, channel=reach.channel
            )
            contact.value = reach.value
            contact.value_hash = hash_to_store(reach.channel, reach.value, self.team.country)
            self.contacts.append(contact)
            client.identity_version += 1
            self._say("clients.contact_recorded", contact, case, channel=reach.channel)

    def _note(self, client: Client, reading: Reading, case: Case) -> None:
        if reading.note:
            note = Note(id=new_id(), data_key=case.data_key, case=case, written_by=self.by, written_at=self.now)
            note.text = reading.note
            self.notes.append(note)
            self.named.append(NotePerson(note=note, client=client))
            self._say("clients.note_written", note, case, kind=note.kind)

    def _key(self, kind: str) -> DataKey:
        key: DataKey = DataKey.objects.new(kind, now=self.now)
        self.keys.append(key)
        return key

    def _say(self, type: str, subject: Any, case: Case, **data: Any) -> None:
        event = Event(
            type=type,
            at=self.now,
            actor_id=self.by.pk,
            subject_model=subject._meta.label,
            subject_id=str(subject.pk),
            case_id=case.pk,
            data=data,
        )
        self.events.append(event)


def is_plain(family: Family, rows: Sequence[ImportRow], today: Any) -> bool:
    """Whether a family can be recorded in bulk: no bed, no permit, no child alone, nobody who came today, where zones may differ."""
    readings = [member.reading for member in family.members]
    return not says_more(family) and not any(
        reading.bed
        or reading.is_unaccompanied_child
        or (reading.arrival.entered and reading.arrival.entered.latest and reading.arrival.entered.latest >= today)
        for reading in readings
    )


def _number(rows: Sequence[Any], model: Any, column: str, prefix: str) -> None:
    """Give rows codes that nobody has, asked for all of them at once. One taken at the same moment is refused by the database."""
    waiting = list(rows)
    while waiting:
        found = dict.fromkeys(f"{prefix}{new_reference()}" for _row in waiting)
        taken = set(model._default_manager.filter(**{f"{column}__in": list(found)}).values_list(column, flat=True))
        free = [code for code in found if code not in taken]
        for row, code in zip(waiting, free, strict=False):
            setattr(row, column, code)
        waiting = waiting[len(free) :]

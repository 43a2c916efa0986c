"""Takes a portable file of another organisation in: a case of ours, with its people, their papers and stays.

Nothing in the file is trusted: each value is read as what its column may hold, and each row goes through the same act as one that somebody
types. A row that is refused is named with the reason, and the others are taken in. What the other organisation did (notes, services, referrals)
becomes one note each; its deadlines are not taken over, they are computed here.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.record import record
from casework.clients import actions as clients
from casework.clients.models import Address, Case, Client, Contact, Note, Relation
from casework.documents import actions as documents
from casework.documents.models import Document
from casework.lib.dates import Birth
from casework.lib.refusals import Refusal
from casework.residency import actions as residency
from casework.residency.models import Application, Permit, Registration, Stay
from casework.vault.fields import EncryptedDateField, EncryptedTextField
from casework.vault.portable import DoesNotOpenWithThis, NotPortable, open_with

from .content import FORMAT, VERSION
from .packing import COPY

MOST_PEOPLE = 50
MOST_ROWS = 2_000
MOST_JSON = 20 * 1024 * 1024
CLIENT = ("family_name", "given_name", "patronymic", "other_names", "sex", "nationalities", "language")
CONTACT = ("channel", "value", "is_safe", "language", "code_word", "others", "instructions")
ADDRESS = ("country", "city", "line", "since", "until")
DOCUMENT = ("kind", "country", "number", "issued_on", "valid_until", "state", "biometric", "renewable_abroad")
STAY = ("country", "entered_earliest", "entered_latest", "has_left", "left_earliest", "left_latest", "planned", "legal_basis",
        "purpose", "entry_mode", "evidence", "remark")  # fmt: skip
PERMIT = ("country", "kind", "valid_from", "printed_until", "remark")
REGISTRATION = ("country", "kind", "registered_on", "valid_until", "remark")
APPLICATION = ("country", "kind", "filed_on", "state", "decided_on", "keeps_stay_lawful", "remark")


class UnableToTakeIn(Refusal):
    pass


class WrongValue(Exception):
    """A value in the file is not what its column holds. Names the column."""


@dataclass(slots=True)
class Taken:
    """What came of a file. `refused`: table, and why; `left`: how many rows of which table are not taken over."""

    case: Case | None = None
    rows: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)


def read(passphrase: str, sealed: bytes) -> dict[str, Any]:
    """Return what a file says. Raises UnableToTakeIn with a sentence that says what is wrong."""
    try:
        content = open_with(passphrase, sealed)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entry = archive.getinfo(COPY)
            if entry.file_size > MOST_JSON:
                raise UnableToTakeIn(_("This file holds more than can be taken in."), field="file")
            with archive.open(entry) as opened:
                data = json.loads(opened.read(MOST_JSON + 1))
    except NotPortable:
        raise UnableToTakeIn(_("This is not a portable file of this software."), field="file") from None
    except DoesNotOpenWithThis:
        raise UnableToTakeIn(
            _("It does not open: the passphrase is another one, or the file was changed or cut on its way."),
            field="passphrase",
        ) from None
    # An archive that is none, has no such entry, breaks off, is packed or locked in a way that nobody asked for, or nests too deep.
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError):
        raise UnableToTakeIn(_("This file is damaged."), field="file") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("tables"), dict):
        raise UnableToTakeIn(_("This is not a portable file of this software."), field="file")
    if data.get("version") != VERSION:
        raise UnableToTakeIn(_("This file was made by a newer version of this software."), field="file")
    people = len(_rows(data, "clients.Client"))
    if (
        not 1 <= people <= MOST_PEOPLE
        or sum(len(rows) for rows in data["tables"].values() if isinstance(rows, list)) > MOST_ROWS
    ):
        raise UnableToTakeIn(_("This file holds nobody, or more than can be taken in."), field="file")
    return data


@transaction.atomic
def take_in(
    data: Mapping[str, Any], *, team: Team, caseworker: User | None, by: User, now: datetime, token: UUID
) -> Taken:
    """Make a case of ours of what a file says. Sent twice with the same token, it is made once. Raises UnableToTakeIn."""
    case = clients.open_case(team=team, caseworker=caseworker, by=by, now=now, submit_token=token)
    if case.clients.exists():
        return Taken(case=case)
    work = _Work(data, case, by, now)
    work.people()
    if not work.made:
        table, why = work.taken.refused[0] if work.taken.refused else ("", "")
        raise UnableToTakeIn(
            _("Nobody in this file could be taken in: %(why)s") % {"why": f"{table} {why}"}, field="file"
        )
    work.everything()
    residency.refresh(client_ids=[client.pk for client in work.made.values()], now=now, by=by)
    record(
        "lifecycle.portable_taken_in",
        subject=case,
        case_id=case.pk,
        by=by,
        now=now,
        rows=work.taken.rows,
        refused=len(work.taken.refused),
    )
    return work.taken


class _Work:
    """One file on its way into one case. `made`: people, `rows`: everything else, by the ids that they have in the file."""

    def __init__(self, data: Mapping[str, Any], case: Case, by: User, now: datetime) -> None:
        self.data, self.case, self.by, self.now = data, case, by, now
        self.made: dict[str, Client] = {}
        self.rows: dict[str, Any] = {}
        self.taken = Taken(case=case)

    def people(self) -> None:
        rows = sorted(_rows(self.data, "clients.Client"), key=lambda row: row.get("is_principal") is not True)
        for number, row in enumerate(rows):
            relation = (
                "principal"
                if number == 0
                else row.get("relation")
                if row.get("relation") != "principal"
                else "other_relative"
            )

            def add(row: Mapping[str, Any] = row, relation: Any = relation) -> Client:
                values = values_of(Client, {**row, "relation": relation}, (*CLIENT, "relation"))
                birth = values_of(Client, row, ("born_earliest", "born_latest"))
                known = Birth.within(birth.get("born_earliest"), birth.get("born_latest"))
                return clients.add_client(case=self.case, birth=known, by=self.by, now=self.now, **values)

            self._try("clients.Client", row, add, self.made)

    def everything(self) -> None:
        for client, row in self._of_people("clients.Contact"):
            self._record("clients.Contact", row, clients.record_contact, values_of_contact, client)
        for client, row in self._of_people("clients.Address"):
            self._record(
                "clients.Address", row, clients.record_address, lambda row: values_of(Address, row, ADDRESS), client
            )
        for client, row in self._of_people("documents.Document"):
            self._record(
                "documents.Document",
                row,
                documents.record_document,
                lambda row: values_of(Document, row, DOCUMENT),
                client,
            )
        for client, row in self._of_people("residency.Stay"):
            self._record(
                "residency.Stay",
                row,
                residency.record_stay,
                lambda row: self._with(row, Stay, STAY, document=Document),
                client,
            )
        for client, row in self._of_people("residency.Permit"):
            self._record(
                "residency.Permit",
                row,
                residency.record_permit,
                lambda row: self._with(row, Permit, PERMIT, card=Document),
                client,
            )
        for client, row in self._of_people("residency.Registration"):
            values = partial(self._with, model=Registration, names=REGISTRATION, stay=Stay, address=Address)
            self._record("residency.Registration", row, residency.record_registration, values, client)
        for client, row in self._of_people("residency.Application"):
            self._record(
                "residency.Application",
                row,
                residency.record_application,
                lambda row: self._with(row, Application, APPLICATION, permit=Permit),
                client,
            )
        for row in _rows(self.data, "clients.Relation"):
            one, other = self.made.get(str(row.get("one"))), self.made.get(str(row.get("other")))
            if one is not None and other is not None:
                self._try("clients.Relation", row, partial(self._relate, one, row, other), self.rows)
        for row in _rows(self.data, "clients.Note"):
            self._try("clients.Note", row, partial(self._note, row), self.rows)
        told = {"clients.Client", "clients.Contact", "clients.Address", "documents.Document", "residency.Stay", "residency.Permit",
                "residency.Registration", "residency.Application", "clients.Relation", "clients.Note", "clients.Case"}  # fmt: skip
        tables: Mapping[str, Any] = self.data["tables"]
        self.taken.left = {
            str(table)[:60]: len(rows)
            for table, rows in tables.items()
            if table not in told and isinstance(rows, list) and rows
        }

    def _relate(self, one: Client, row: Mapping[str, Any], other: Client) -> Relation:
        kind = values_of(Relation, row, ("kind",)).get("kind", "")
        return clients.relate(one=one, kind=kind, other=other, by=self.by, now=self.now, today=self.now.date())

    def _note(self, row: Mapping[str, Any]) -> Note:
        values = values_of(Note, row, ("text", "happened_on"))
        head = _("From the file of another organisation")
        when = row.get("written_at")
        said = f"{head}, {str(when)[:10]}:" if isinstance(when, str) else f"{head}:"
        return clients.write_note(case=self.case, text=f"{said}\n{values.get('text', '')}", by=self.by, now=self.now)

    def _of_people(self, table: str) -> Iterator[tuple[Client, Mapping[str, Any]]]:
        for row in _rows(self.data, table):
            client = self.made.get(str(row.get("client")))
            if client is not None:
                yield client, row

    def _with(self, row: Mapping[str, Any], model: Any, names: tuple[str, ...], **links: Any) -> dict[str, Any]:
        """Return the values of a row, with the rows of ours to which it refers."""
        found = values_of(model, row, names)
        for name, kind in links.items():
            target = self.rows.get(str(row.get(name)))
            if isinstance(target, kind):
                found[name] = target
        return found

    def _record(
        self,
        table: str,
        row: Mapping[str, Any],
        act: Callable[..., Any],
        values: Callable[[Mapping[str, Any]], dict[str, Any]],
        client: Client,
    ) -> None:
        self._try(table, row, lambda: act(client=client, by=self.by, now=self.now, **values(row)), self.rows)

    def _try(self, table: str, row: Mapping[str, Any], act: Callable[[], Any], kept: dict[str, Any]) -> None:
        """Do one thing, or none of it, and say why."""
        try:
            with transaction.atomic():
                made = act()
        except Refusal as refusal:
            self.taken.refused.append((table, refusal.sentence))
        except WrongValue as wrong:
            self.taken.refused.append((table, _("“%(column)s” is not what belongs there.") % {"column": wrong}))
        except (DatabaseError, ValidationError, TypeError, ValueError):
            self.taken.refused.append((table, _("The parts of this row do not fit together.")))
        else:
            kept[str(row.get("id"))] = made
            self.taken.rows[table] = self.taken.rows.get(table, 0) + 1


def values_of_contact(row: Mapping[str, Any]) -> dict[str, Any]:
    return values_of(Contact, row, CONTACT)


def values_of(model: Any, row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return those of the columns that a row has, each as its column holds it. Raises WrongValue."""
    return {name: _value(model._meta.get_field(name), row[name]) for name in names if row.get(name) is not None}


def _value(field: Any, value: Any) -> Any:
    try:
        if isinstance(field, EncryptedDateField):
            return date.fromisoformat(value)
        if isinstance(field, EncryptedTextField):
            if not isinstance(value, str) or "\x00" in value or len(value) > (field.max_length or 100_000):
                raise WrongValue(field.name)
            value.encode()
            return value
        if isinstance(field, models.BooleanField):
            if not isinstance(value, bool):
                raise WrongValue(field.name)
            return value
        return value if value == "" and field.blank else field.clean(value, None)
    except (ValidationError, TypeError, ValueError, AttributeError):
        raise WrongValue(field.name) from None


def _rows(data: Mapping[str, Any], table: str) -> list[Mapping[str, Any]]:
    rows = data["tables"].get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

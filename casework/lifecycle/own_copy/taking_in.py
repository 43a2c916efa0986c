"""Takes a portable file of another organisation in: a case of ours, with its people, their papers and stays.

Nothing in the file is trusted: each value is read as what its column may hold, and each row goes through the same act as one that somebody
types. A row that is refused is named with the reason, and the others are taken in. What becomes of which table stands in `fates`; at the end a note
of the case says what came and what did not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from casework.accounts.models import Team, User
from casework.audit.record import record
from casework.clients import actions as clients
from casework.clients.actions import needs as clients_needs
from casework.clients.models import (
    Address,
    Assessment,
    Case,
    Client,
    Consent,
    Contact,
    ContactStop,
    Need,
    NeverContact,
    Note,
    Relation,
)
from casework.documents import actions as documents
from casework.documents import scanning
from casework.documents.models import Document, Scan
from casework.documents.pictures import pictures_in
from casework.lib.dates import Birth, today_in
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.residency import actions as residency
from casework.residency.models import Application, Permit, Registration, Stay

from .fates import Becomes, Line, is_taken, plan
from .opening import UnableToTakeIn, rows_of
from .packing import PICTURES
from .taken_words import custody_in_words, notes_of, referral_in_words, service_in_words, summary
from .values import WrongValue, values_of

MOST_PAGES = 60
CLIENT = ("family_name", "given_name", "patronymic", "other_names", "sex", "nationalities", "language")
CONTACT = ("channel", "value", "is_safe", "language", "code_word", "others", "instructions")
ADDRESS = ("country", "city", "line", "since", "until")
DOCUMENT = ("kind", "country", "number", "issued_on", "valid_until", "state", "biometric", "renewable_abroad")
STAY = ("country", "entered_earliest", "entered_latest", "has_left", "left_earliest", "left_latest", "planned", "legal_basis",
        "purpose", "entry_mode", "evidence", "remark")  # fmt: skip
PERMIT = ("country", "kind", "valid_from", "printed_until", "remark")
REGISTRATION = ("country", "kind", "registered_on", "valid_until", "remark")
NEED = ("kind", "code", "level", "since", "until", "note")
CONSENT = ("purpose", "said", "basis", "recipient_sort", "recipient_country", "recipient_name", "given_on", "given_by", "guardian",
           "how", "witness", "language", "remark")  # fmt: skip
APPLICATION = ("country", "kind", "filed_on", "state", "decided_on", "keeps_stay_lawful", "remark")


# What hangs on a person and is recorded by one act: table, act, model, columns, and the rows of ours to which it may refer.
FACTS: tuple[tuple[str, Any, Any, tuple[str, ...], dict[str, Any]], ...] = (
    ("clients.Contact", clients.record_contact, Contact, CONTACT, {}),
    ("clients.Address", clients.record_address, Address, ADDRESS, {}),
    ("documents.Document", documents.record_document, Document, DOCUMENT, {}),
    ("residency.Stay", residency.record_stay, Stay, STAY, {"document": Document}),
    ("residency.Permit", residency.record_permit, Permit, PERMIT, {"card": Document}),
    ("residency.Registration", residency.record_registration, Registration, REGISTRATION, {"stay": Stay, "address": Address}),
    ("residency.Application", residency.record_application, Application, APPLICATION, {"permit": Permit}),
    ("clients.Need", clients_needs.record_need, Need, NEED, {}),
)  # fmt: skip


@dataclass(slots=True)
class Taken:
    """What came of a file. `refused`: table, and why; `others`: what is left out or kept in words alone."""

    case: Case | None = None
    rows: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, str]] = field(default_factory=list)
    others: list[Line] = field(default_factory=list)


@transaction.atomic
def take_in(
    data: Mapping[str, Any], *, team: Team, caseworker: User | None, by: User, now: datetime, token: UUID
) -> Taken:
    """Make a case of ours of what a file says. Sent twice with the same token, it is made once. Raises UnableToTakeIn."""
    case = clients.open_case(team=team, caseworker=caseworker, by=by, now=now, submit_token=token)
    if case.clients.exists() or case.joined_into_id is not None:
        return Taken(case=case)
    work = _Work(data, case, by, now)
    work.people()
    if not work.made:
        table, why = work.taken.refused[0] if work.taken.refused else ("", "")
        raise UnableToTakeIn(
            _("Nobody in this file could be taken in: %(why)s") % {"why": f"{table} {why}"}, field="file"
        )
    work.everything()
    work.in_words()
    residency.refresh(client_ids=[client.pk for client in work.made.values()], now=now, by=by)
    record(
        "lifecycle.portable_taken_in",
        subject=case,
        case_id=case.pk,
        by=by,
        now=now,
        rows=work.taken.rows,
        refused=len(work.taken.refused),
        left=sum(line.count for line in work.taken.others),
    )
    return work.taken


class _Work:
    """One file on its way into one case. `made`: people, `rows`: everything else, by the ids that they have in the file."""

    def __init__(self, data: Mapping[str, Any], case: Case, by: User, now: datetime) -> None:
        self.data, self.case, self.by, self.now = data, case, by, now
        self.made: dict[str, Client] = {}
        self.rows: dict[str, Any] = {}
        self.taken = Taken(case=case)
        self.today, self.pages = today_in(case.team.time_zone, now), 0

    def people(self) -> None:
        rows = sorted(rows_of(self.data, "clients.Client"), key=lambda row: row.get("is_principal") is not True)
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
        for table, act, model, names, links in FACTS:
            for client, row in self._of_people(table):
                self._try(table, row, partial(self._fact, act, client, row, model, names, links), self.rows)
        self._relations()
        self._safety()
        for client, row in self._of_people("clients.Assessment"):
            self._try("clients.Assessment", row, partial(self._assessment, client, row), self.rows)
        for client, row in self._of_people("documents.Scan"):
            self._try("documents.Scan", row, partial(self._scan, client, row), self.rows)
        for row in self._taken("clients.Note"):
            self._try("clients.Note", row, partial(self._note, row), self.rows)

    def _fact(
        self, act: Any, client: Client, row: Mapping[str, Any], model: Any, names: tuple[str, ...], links: Any
    ) -> Any:
        return act(client=client, by=self.by, now=self.now, **self._with(row, model, names, **links))

    def _relations(self) -> None:
        for row in rows_of(self.data, "clients.Relation"):
            one, other = self.made.get(str(row.get("one"))), self.made.get(str(row.get("other")))
            if one is not None and other is not None:
                self._try("clients.Relation", row, partial(self._relate, one, row, other), self.rows)

    def _safety(self) -> None:
        """What protects people holds here from the first moment: whom nobody may reach, and what they refused."""
        for row in self._taken("clients.NeverContact"):
            client = self.made.get(str(row.get("client")))
            if client is not None or row.get("client") is None:
                self._try("clients.NeverContact", row, partial(self._never_contact, client, row), self.rows)
        for client, row in self._of_people("clients.Consent"):
            self._try("clients.Consent", row, partial(self._refusal, client, row), self.rows)
        for row in self._taken("clients.ContactStop"):
            self._try("clients.ContactStop", row, partial(self._stop, row), self.rows)

    def in_words(self) -> None:
        """Write into notes what is kept in words alone, and at last what came and what did not."""
        for table, head, say in (
            ("clients.Service", _("Help by the other organisation, from its file:"), service_in_words),
            ("clients.Referral", _("Referrals of the other organisation, from its file:"), referral_in_words),
            (
                "documents.Custody",
                _("Originals that lie elsewhere, by the file of the other organisation:"),
                custody_in_words,
            ),
        ):
            self._write(head, list(self._lines(table, say)))
        self.taken.others = [line for line in plan(self.data["tables"]) if line.becomes != Becomes.ROW]
        head = _("What came with the file of another organisation, and what did not:")
        self._write(head, summary(self.taken.rows, self.taken.refused, self.taken.others))

    def _lines(self, table: str, say: Callable[[Mapping[str, Any]], str]) -> Iterator[str]:
        for row in self._taken(table):
            try:
                yield say(row)
            except (WrongValue, ValueError) as wrong:
                name = str(wrong) if isinstance(wrong, WrongValue) else ""
                self.taken.refused.append((table, _("“%(column)s” is not what belongs there.") % {"column": name}))

    def _write(self, head: str, lines: Iterable[str]) -> None:
        for text in notes_of(head, lines):
            clients.write_note(case=self.case, text=text, by=self.by, now=self.now)

    def _assessment(self, client: Client, row: Mapping[str, Any]) -> Assessment:
        """When to ask again is for those to say who look after them now."""
        values = values_of(Assessment, row, ("assessed_on", "note"))
        head = _("From the file of another organisation")
        note = f"{head}: {values.pop('note', '')}".removesuffix(": ")
        return clients_needs.record_assessment(client=client, note=note[:4000], by=self.by, now=self.now, **values)

    def _never_contact(self, client: Client | None, row: Mapping[str, Any]) -> NeverContact:
        values = values_of(NeverContact, row, ("kind", "value", "since", "reason", "country"))
        return clients.record_never_contact(
            case=self.case, client=client, by=self.by, now=self.now, today=self.today, **values
        )

    def _refusal(self, client: Client, row: Mapping[str, Any]) -> Consent:
        """A no to one whom only their directory knows by its number holds for all of that kind here."""
        values = values_of(Consent, row, CONSENT)
        categories = row.get("categories")
        values["categories"] = [str(each) for each in categories] if isinstance(categories, list) else []
        head = _("From the file of another organisation")
        values["remark"] = f"{head}. {values.get('remark', '')}".strip()[:1000]
        return clients.record_consent(client=client, by=self.by, now=self.now, today=self.today, **values)

    def _stop(self, row: Mapping[str, Any]) -> ContactStop:
        words = values_of(ContactStop, row, ("words",)).get("words", "")
        return clients.stop_contact(case=self.case, words=words, by=self.by, now=self.now)

    def _scan(self, client: Client, row: Mapping[str, Any]) -> Scan:
        """Pictures are made anew as those that somebody uploads; a file with a picture that is none brings no page of it."""
        pages = sorted(
            (page for page in rows_of(self.data, "documents.ScanPage") if page.get("scan") == row.get("id")),
            key=lambda page: str(page.get("number", "")).zfill(8),
        )
        held = [self.data.get(PICTURES, {}).get(str(page.get("file_id"))) for page in pages]
        if not held or None in held:
            raise UnableToTakeIn(_("The pictures of it are not in the file."))
        self.pages += len(held)
        if self.pages > MOST_PAGES:
            raise UnableToTakeIn(
                _("More than %(most)s pages are not taken in at once: ask for them on paper.") % {"most": MOST_PAGES}
            )
        state = scanning.check(held)
        if state == Scan.Check.INFECTED:
            raise UnableToTakeIn(_("A virus was found in it."))
        pictures = [picture for content in held for picture in pictures_in([content], kind="jpeg")]
        values = self._with(row, Scan, ("kind",), document=Document)
        return documents.add_pages(
            client=client, scan_id=new_id(), source=new_id(), pictures=pictures, check_state=state, by=self.by, now=self.now,
            **values,
        )[0]  # fmt: skip

    def _relate(self, one: Client, row: Mapping[str, Any], other: Client) -> Relation:
        kind = values_of(Relation, row, ("kind",)).get("kind", "")
        return clients.relate(one=one, kind=kind, other=other, by=self.by, now=self.now, today=self.today)

    def _note(self, row: Mapping[str, Any]) -> Note:
        values = values_of(Note, row, ("text", "happened_on"))
        head = _("From the file of another organisation")
        when = row.get("written_at")
        said = f"{head}, {str(when)[:10]}:" if isinstance(when, str) else f"{head}:"
        return clients.write_note(case=self.case, text=f"{said}\n{values.get('text', '')}", by=self.by, now=self.now)

    def _of_people(self, table: str) -> Iterator[tuple[Client, Mapping[str, Any]]]:
        for row in self._taken(table):
            client = self.made.get(str(row.get("client")))
            if client is not None:
                yield client, row

    def _taken(self, table: str) -> list[Mapping[str, Any]]:
        return [row for row in rows_of(self.data, table) if is_taken(table, row)]

    def _with(self, row: Mapping[str, Any], model: Any, names: tuple[str, ...], **links: Any) -> dict[str, Any]:
        """Return the values of a row, with the rows of ours to which it refers."""
        found = values_of(model, row, names)
        for name, kind in links.items():
            target = self.rows.get(str(row.get(name)))
            if isinstance(target, kind):
                found[name] = target
        return found

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

"""What became of each row, as a table: to read, and to correct and bring back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.clients.models import Case, Client, Import, ImportRow
from casework.reports.table import Column, Kind, Table

from ..likeness_words import in_words
from .columns import BY_CODE
from .sheets import BROKEN
from .starting import DECISION, PROBLEM, ROW

SEPARATOR = " | "


def sentences_of(row: ImportRow, seen: "Seen") -> list[str]:
    """Return what is wrong with a row, or who it may be, one sentence each."""
    wrong = [
        f"{BY_CODE[code].label}: {sentence}" if code in BY_CODE else sentence
        for code, sentence in (row.problems or {}).items()
    ]
    return [*wrong, *(seen.sentence(each) for each in row.alike)]


class Seen:
    """Who on record rows may be, named as far as the reader may see them now. Two queries, however many rows."""

    def __init__(self, rows: Sequence[ImportRow], reader: User, now: datetime) -> None:
        clients = {each["client"] for row in rows for each in row.alike if "client" in each}
        cases = {each["case"] for row in rows for each in row.alike if "case" in each}
        visible: Any = Client.objects.visible_to(reader, now).filter(pk__in=clients).select_related("data_key", "case")
        self.clients = {str(client.pk): client for client in (visible.defer("search_form") if clients else ())}
        found = Case.objects.visible_to(reader, now).filter(pk__in=cases).values_list("pk", "code") if cases else ()
        self.codes = {str(pk): code for pk, code in found}

    def sentence(self, alike: dict[str, Any]) -> str:
        if "row" in alike:
            return _(
                "The same person stands in row %(row)s. If this is one more stay or paper of theirs, write one number under "
                "person_id in both."
            ) % {"row": alike["row"]}
        if "case" in alike:
            code = self.codes.get(alike["case"], "")
            return _("This submission was imported before, as case %(code)s.") % {"code": code}
        client = self.clients.get(alike["client"])
        if client is None:
            return _("Somebody like this is on record.")
        return _("On record as %(name)s, case %(code)s: %(why)s.") % {
            "name": client.full_name,
            "code": client.case.code,
            "why": in_words(alike.get("why", ())),
        }


def to_mend(of: Import, reader: User, now: datetime) -> Table:
    """Return the rows that are to be corrected, as they were brought in, with what is wrong and room for a decision."""
    headings = list(of.headings)
    columns = [
        Column(key="row", label=ROW, kind=Kind.NUMBER, width=8),
        Column(key="problem", label=PROBLEM, width=60),
        Column(key="decision", label=DECISION, width=14),
        *(Column(key=f"c{number}", label=heading) for number, heading in enumerate(headings)),
    ]
    return Table(key="to_correct", title=_("Rows to correct"), columns=columns, rows=_rows_to_mend(of, reader, now))


def _rows_to_mend(of: Import, reader: User, now: datetime) -> Iterator[list[Any]]:
    rows: Any = of.rows.to_mend().in_order()
    for chunk in _chunks(rows):
        seen = Seen(chunk, reader, now)
        for row in chunk:
            cells = [cell if not cell.startswith(BROKEN) else "" for cell in row.cells or ()]
            yield [row.number, SEPARATOR.join(sentences_of(row, seen)), "", *cells]


def everything(of: Import, reader: User, now: datetime) -> Table:
    """Return what became of every row: its number, its state, the case, what is wrong. No names."""
    columns = [
        Column(key="row", label=_("Row"), kind=Kind.NUMBER, width=8),
        Column(key="state", label=_("State")),
        Column(key="case", label=_("Case")),
        Column(key="problem", label=_("What is wrong"), width=60),
    ]
    return Table(key="report", title=_("What became of each row"), columns=columns, rows=_all_rows(of, reader, now))


def _all_rows(of: Import, reader: User, now: datetime) -> Iterator[list[Any]]:
    for chunk in _chunks(of.rows.order_by("number")):
        seen = Seen(chunk, reader, now)
        codes = dict(
            Case.objects.visible_to(reader, now)
            .filter(pk__in=[row.case_id for row in chunk if row.case_id])
            .values_list("pk", "code")
        )
        for row in chunk:
            said = SEPARATOR.join(sentences_of(row, seen)) if row.state in ImportRow.TO_MEND else ""
            yield [
                row.number,
                str(ImportRow.State(row.state).label),
                codes.get(row.case_id, "") if row.case_id else "",
                said,
            ]


def _chunks(rows: Any, size: int = 200) -> Iterator[list[ImportRow]]:
    place = 0
    while chunk := list(rows.filter(number__gt=place)[:size]):
        yield chunk
        place = chunk[-1].number

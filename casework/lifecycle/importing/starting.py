"""What somebody does with a table of people before anybody is recorded: bring it in, name its columns, correct rows, decide."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts import jobs
from casework.accounts.access import memberships
from casework.accounts.models import Job, Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.models import Import, ImportMemory, ImportRow
from casework.clients.models.importing import UNDONE_WITHIN
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.residency.tables.cells import unguarded
from casework.vault.actions import destroy_key
from casework.vault.models import DataKey

from .asking import ask_soon
from .columns import BY_CODE, guess, missing, plain
from .sheets import MOST_ROWS, SheetRow, read_sheet

BATCH = 500
CHECK, RECORD, UNDO = "lifecycle.import_check", "lifecycle.import_record", "lifecycle.import_undo"
# Columns of the table in which rows are handed out to be corrected; no heading of people's own begins so.
ROW, PROBLEM, DECISION = "#row", "#problem", "#decision"
NEW, LEAVE_OUT = frozenset({"new", "новый", "новая", "новое"}), frozenset({"leave out", "пропустить", "не загружать"})
Stage, State = Import.Stage, ImportRow.State


class UnableToImport(Refusal):
    pass


@transaction.atomic
def bring_in(
    *,
    file: IO[bytes],
    team: Team,
    by: User,
    now: datetime,
    language: str,
    submit_token: UUID,
    most_rows: int = MOST_ROWS,
) -> Import:
    """Read a table and keep its rows sealed, with a first idea of what its columns hold. Nobody is recorded yet.

    Sent twice with the same `submit_token`, it is read once. Raises UnableToReadTable, UnableToImport.
    """
    refuse_unless_of_team(by, team, now)
    earlier = Import.objects.filter(submit_token=submit_token, by=by).first()
    if earlier is not None:
        return earlier
    sheet = read_sheet(file, most_rows=most_rows)
    of = Import(
        id=new_id(),
        data_key=DataKey.objects.make(DataKey.OwnerKind.ORGANISATION, now=now),
        team=team,
        by=by,
        source=sheet.source,
        language=language,
        created_at=now,
        touched_at=now,
        submit_token=submit_token,
    )
    of.headings = sheet.headings
    memory = _memory(team)
    of.columns = guess(sheet.headings, memory.get("columns", {}))
    of.day_order = (
        memory.get("day_order", "")
        if of.columns and all(plain(heading) in memory.get("columns", {}) for heading in sheet.headings)
        else ""
    )
    of.save(force_insert=True)
    count = 0
    for rows in _batches(sheet.rows):
        ImportRow.objects.bulk_create([_row(of, each.number, each.cells, each.source_id) for each in rows])
        count += len(rows)
    record("lifecycle.import_brought_in", subject=of, by=by, now=now, rows=count, team=team.code, source=of.source)
    return of


@transaction.atomic
def choose_columns(
    *, of: Import, columns: Sequence[str], day_order: str, by: User, now: datetime, asks: bool = True
) -> Import:
    """Say what each column holds, and have the rows checked. The team's next table begins with what is said here.

    Here and below: without `asks` the caller does the work by itself.
    """
    of = locked_for(of, by, now)
    _refuse_columns(of, columns)
    if day_order not in Import.DayOrder.values:
        raise UnableToImport(_("Say which comes first in days with slashes."), field="day_order")
    of.columns, of.day_order = list(columns), day_order
    of.save(update_fields=["columns", "day_order"])
    _remember(of, now)
    of.rows.filter(state__in=[State.GOOD, *ImportRow.TO_MEND]).update(state=State.WAITING)
    return start(of, Stage.CHECKING, by=by, now=now, asks=asks)


@transaction.atomic
def correct_row(*, row: ImportRow, cells: Mapping[str, str], by: User, now: datetime) -> ImportRow:
    """Put other words into cells of a row, by the code of their column. It waits to be checked then."""
    of = locked_for(row.of, by, now)
    row = _locked_row(row)
    row.cells = _with(row.cells, {of.columns.index(code): text for code, text in cells.items() if code in of.columns})
    row.state, row.is_somebody_new = State.WAITING, False
    row.save(update_fields=["cells", "state", "is_somebody_new"])
    _touch(of, now)
    record("lifecycle.import_row_corrected", subject=of, by=by, now=now, row=row.number)
    return row


@transaction.atomic
def decide_row(*, row: ImportRow, decision: str, by: User, now: datetime) -> ImportRow:
    """Say that a row is somebody new all the same ("new"), is left out ("leave_out") or is taken in again ("check")."""
    of = locked_for(row.of, by, now)
    row = _locked_row(row, State.LEFT_OUT)
    match decision:
        case "new" if row.state == State.DOUBLE:
            row.state, row.is_somebody_new = State.GOOD, True
        case "leave_out":
            row.state = State.LEFT_OUT
            _move_further([row], State.LEFT_OUT)
        case "check":
            row.state, row.is_somebody_new = State.WAITING, False
            _move_further([row], State.WAITING)
        case _:
            raise UnableToImport(_("Say whether this is somebody new, or leave the row out."), field="decision")
    row.save(update_fields=["state", "is_somebody_new"])
    _touch(of, now)
    record("lifecycle.import_row_decided", subject=of, by=by, now=now, row=row.number, decision=decision)
    return row


@transaction.atomic
def leave_out_all(*, of: Import, state: str, by: User, now: datetime) -> int:
    """Leave out every row that is still to be mended for one reason; return how many."""
    of = locked_for(of, by, now)
    if state not in ImportRow.TO_MEND:
        raise UnableToImport(_("Say which rows are left out."))
    rows = list(of.rows.filter(state=state).only("pk", "of", "number", "family", "cells", "data_key"))
    count: int = of.rows.filter(pk__in=[row.pk for row in rows]).update(state=State.LEFT_OUT)
    count += _move_further(rows, State.LEFT_OUT)
    _touch(of, now)
    record("lifecycle.import_rows_left_out", subject=of, by=by, now=now, rows=count, of=state)
    return count


@transaction.atomic
def mend(*, of: Import, file: IO[bytes], by: User, now: datetime) -> int:
    """Take the rows of a corrected table in place of those that were handed out; return how many.

    Every row of it must be one to correct: a table of other people is refused as a whole. Raises UnableToReadTable,
    UnableToImport.
    """
    of = locked_for(of, by, now)
    sheet = read_sheet(file, is_ours=True)
    if ROW not in sheet.headings:
        raise UnableToImport(
            _("The column %(row)s is missing. Correct the table that you fetched here, and keep that column.")
            % {"row": ROW},
            field="file",
        )
    strange = [name for name in sheet.headings if name not in (ROW, PROBLEM, DECISION) and name not in of.headings]
    if strange:
        raise UnableToImport(
            _("The table that you brought in has no such columns: %(names)s.") % {"names": ", ".join(strange)[:200]},
            field="file",
        )
    waiting = {row.number: row for row in of.rows.to_mend().select_for_update()}
    mended: dict[int, ImportRow] = {}
    for each in sheet.rows:
        cells = dict(zip(sheet.headings, each.cells, strict=True))
        if not any(cell for name, cell in cells.items() if name != ROW):
            continue  # the line that says who took the table along
        number = _number_of(cells[ROW], each.number)
        if number not in waiting or number in mended:
            raise UnableToImport(
                _("Row %(here)s of this table is row %(row)s, which is not one to correct, or stands here twice.")
                % {"here": each.number, "row": number},
                field="file",
            )
        mended[number] = _mended(waiting[number], cells, of.headings)
    for row in mended.values():
        row.save(update_fields=["cells", "state", "is_somebody_new"])
    record("lifecycle.import_mended", subject=of, by=by, now=now, rows=len(mended))
    start(of, Stage.CHECKING, by=by, now=now)
    return len(mended)


@transaction.atomic
def record_people(*, of: Import, by: User, now: datetime, asks: bool = True) -> Import:
    """Have the people of all good rows recorded. What is to be mended stays here and can follow."""
    of = locked_for(of, by, now)
    if of.stage not in (Stage.CHECKED, Stage.IMPORTED) or of.rows.to_check().exists():
        raise UnableToImport(_("The rows are not all checked yet. Check them first."))
    if not of.rows.ready().exists():
        raise UnableToImport(_("There is no row that could be imported now. Correct what is wrong first."))
    record("lifecycle.import_confirmed", subject=of, by=by, now=now, team=of.team.code)
    return start(of, Stage.IMPORTING, by=by, now=now, asks=asks)


@transaction.atomic
def take_back(*, of: Import, by: User, now: datetime, asks: bool = True) -> Import:
    """Have everything removed that this import has recorded, but for cases on which somebody has worked since."""
    of = locked_for(of, by, now)
    if not of.rows.filter(state=State.IMPORTED).exists():
        raise UnableToImport(_("Nobody was recorded from this table."))
    if of.touched_at <= now - UNDONE_WITHIN:
        raise UnableToImport(_("It is more than 30 days since this import. Its cases are closed one by one now."))
    record("lifecycle.import_undo_asked", subject=of, by=by, now=now, team=of.team.code)
    return start(of, Stage.UNDOING, by=by, now=now, asks=asks)


@transaction.atomic
def stop(*, of: Import, by: User, now: datetime) -> bool:
    """Stop what is under way; what is done stays done. Return whether there was anything to stop."""
    if of.job is None or not jobs.cancel(of.job, by=by, now=now):
        return False
    of = Import.objects.select_for_update().get(pk=of.pk)
    set_stage(of, stage_when_stopped(of), now)
    return True


@transaction.atomic
def forget(*, of: Import, by: User, now: datetime) -> None:
    """Throw a table away from which nobody was recorded. Its key goes with it."""
    of = locked_for(of, by, now)
    if of.rows.filter(imported_at__isnull=False).exists():
        raise UnableToImport(_("People were recorded from this table. Take the import back first."))
    record("lifecycle.import_forgotten", subject=of, by=by, now=now)
    erase(of, now)


def erase(of: Import, now: datetime) -> None:
    """Remove an import and destroy its key."""
    key = of.data_key
    of.delete()
    destroy_key(key, by=None, now=now)


def start(of: Import, stage: Import.Stage, *, by: User, now: datetime, asks: bool = True) -> Import:
    """Begin a job for the next stage of a locked import, and ask for a worker after the commit."""
    kind = {Stage.CHECKING: CHECK, Stage.IMPORTING: RECORD, Stage.UNDOING: UNDO}[stage]
    of.job = jobs.start_job(kind, by=by, now=now)
    of.stage, of.touched_at = stage, now
    of.save(update_fields=["job", "stage", "touched_at"])
    if asks:
        ask_soon(of.pk)
    return of


def _touch(of: Import, now: datetime) -> None:
    """Somebody goes on with it: what waits to be corrected is kept for thirty days from now."""
    of.touched_at = now
    of.save(update_fields=["touched_at"])


def set_stage(of: Import, stage: str, now: datetime) -> None:
    of.stage, of.touched_at = stage, now
    of.undone_at = now if stage == Stage.UNDONE else None
    of.save(update_fields=["stage", "touched_at", "undone_at"])


def stage_when_stopped(of: Import) -> str:
    """Return where an import stands whose work ended before its end."""
    if of.rows.filter(state=State.IMPORTED).exists():
        return Stage.IMPORTED
    return Stage.COLUMNS if of.rows.to_check().exists() else Stage.CHECKED


def refuse_unless_of_team(by: User, team: Team, now: datetime) -> None:
    if not memberships(by, Permission.CASE_CHANGE, now).filter(team=team).exists():
        raise UnableToImport(_("You do not log cases for this team. Choose a team of yours."), field="team")


def locked_for(of: Import, by: User, now: datetime) -> Import:
    """Return the import as it is now, locked. Refuses while a worker is at it, and whoever may not change cases of the team."""
    of = Import.objects.select_related("team", "data_key").select_for_update(of=("self",)).get(pk=of.pk)
    refuse_unless_of_team(by, of.team, now)
    if of.is_under_way:
        raise UnableToImport(_("This import is being worked on. Wait for the end, or stop it."))
    if of.stage == Stage.UNDONE:
        raise UnableToImport(_("This import was taken back. Bring the table in again."))
    return of


def _batches(rows: Iterator[SheetRow]) -> Iterator[list[SheetRow]]:
    while chunk := list(islice(rows, BATCH)):
        yield chunk


def _memory(team: Team) -> dict[str, Any]:
    memory = ImportMemory.objects.filter(team=team).first()
    return dict(memory.known) if memory is not None else {}


def _remember(of: Import, now: datetime) -> None:
    memory = ImportMemory.objects.select_for_update().filter(team=of.team).first()
    if memory is None:
        key = DataKey.objects.make(DataKey.OwnerKind.ORGANISATION, now=now)
        memory = ImportMemory(id=new_id(), data_key=key, team=of.team)
        memory.known = {}
    columns = dict(memory.known.get("columns", {}))
    columns |= {plain(heading): code for heading, code in zip(of.headings, of.columns, strict=True)}
    memory.known = {"columns": columns, "day_order": of.day_order}
    memory.save()


def _refuse_columns(of: Import, columns: Sequence[str]) -> None:
    if len(columns) != len(of.headings) or not set(columns) <= {*BY_CODE, ""}:
        raise UnableToImport(_("Say for each column what it holds."))
    named = [code for code in columns if code]
    twice = next((code for code in named if named.count(code) > 1), "")
    if twice:
        raise UnableToImport(
            _("Two columns hold “%(label)s”. Which one counts? Leave the other one out.")
            % {"label": BY_CODE[twice].label}
        )
    if absent := missing(columns):
        raise UnableToImport(
            _("No column holds this yet: %(labels)s. Say which one does.")
            % {"labels": ", ".join(str(column.label) for column in absent)}
        )


def _row(of: Import, number: int, cells: Sequence[str], source_id: str) -> ImportRow:
    row = ImportRow(id=new_id(), data_key=of.data_key, of=of, number=number, family=number, source_id=source_id)
    row.cells = list(cells)
    return row


def _locked_row(row: ImportRow, *others: str) -> ImportRow:
    row = ImportRow.objects.select_for_update().get(pk=row.pk)
    if row.state not in (State.GOOD, State.WAITING, *ImportRow.TO_MEND, *others) or row.cells is None:
        raise UnableToImport(_("This row is not waiting for anything any more."))
    return row


def _move_further(rows: Sequence[ImportRow], state: str) -> int:
    """Let the other rows of the same people go where these go: they say nothing without them. Return how many."""
    if not rows or "person_id" not in rows[0].of.columns:
        return 0
    of = rows[0].of
    at, numbers = of.columns.index("person_id"), {row.number for row in rows}
    people = {_word(row, at) for row in rows} - {""}
    beside: Any = of.rows.filter(family__in={row.family for row in rows}, imported_at__isnull=True)
    beside = beside.exclude(cells__isnull=True).exclude(state=state)
    moved = [row.pk for row in beside if row.number not in numbers and _word(row, at) in people]
    count: int = of.rows.filter(pk__in=moved).update(state=state)
    return count


def _word(row: ImportRow, at: int) -> str:
    return " ".join((row.cells or [""] * (at + 1))[at].split()).casefold()


def _with(cells: Sequence[str], changed: Mapping[int, str]) -> list[str]:
    return [changed.get(at, cell).strip() for at, cell in enumerate(cells)]


def _number_of(text: str, here: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise UnableToImport(
            _("Row %(here)s of this table does not say which row it is: keep the numbers in the column %(row)s.")
            % {"here": here, "row": ROW},
            field="file",
        )
    return int(text)


def _mended(row: ImportRow, cells: Mapping[str, str], headings: Sequence[str]) -> ImportRow:
    """Return a row with what the corrected table says; columns that are not in it keep what they said."""
    row.cells = [unguarded(cells.get(name, cell)) for name, cell in zip(headings, row.cells, strict=True)]
    decision = plain(cells.get(DECISION, ""))
    row.is_somebody_new = decision in NEW
    row.state = State.LEFT_OUT if decision in LEAVE_OUT else State.WAITING
    return row


def _stop_job(job: Job, by: User, now: datetime) -> bool:
    of = Import.objects.filter(job=job).first()
    return stop(of=of, by=by, now=now) if of is not None else jobs.cancel(job, by=by, now=now)


# Whoever brings the table in sees from its rows what is left, and begins again there.
for each in (CHECK, RECORD, UNDO):
    jobs.handle(each, stop=_stop_job)

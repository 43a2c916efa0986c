"""What every table of reference data shares: how rows are taken in, what came of each, and what differs, cell by cell."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from typing import Any, ClassVar

import tablib
from diff_match_patch import diff_match_patch
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource
from import_export.results import Result, RowResult

from casework.accounts.models import User
from casework.lib.refusals import Refusal

from .cells import UnreadableCell
from .files import UnableToReadTable

Row = Mapping[str, Any]


class RowRefused(Exception):
    """A row that cannot be taken in: what is wrong, by column; "" is the row as a whole."""

    def __init__(self, problems: Mapping[str, Sequence[str]]) -> None:
        super().__init__(str(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell, before and after, in pieces: (whether the piece is only on this side, text)."""

    column: str
    old: str
    new: str

    @property
    def before(self) -> list[tuple[bool, str]]:
        return self._pieces(-1)

    @property
    def after(self) -> list[tuple[bool, str]]:
        return self._pieces(1)

    def _pieces(self, side: int) -> list[tuple[bool, str]]:
        if not (self.old and self.new) or len(self.old) + len(self.new) < 40:
            text = self.old if side < 0 else self.new
            return [(True, text)] if text else []
        matcher = diff_match_patch()
        pieces = matcher.diff_main(self.old, self.new)
        matcher.diff_cleanupSemantic(pieces)
        return [(kind == side, text) for kind, text in pieces if kind in (0, side)]


@dataclass(slots=True)
class Outcome:
    """What comes of a row. `act`: a sentence; `subject`: what it is compared with."""

    act: str
    type: str = RowResult.IMPORT_TYPE_SKIP
    subject: str = ""
    title: str = ""
    differences: Sequence[Difference] = ()
    hints: Sequence[str] = field(default_factory=list)
    instance: Any = None


class RowAnswer(RowResult):
    """The row of the library's result, with the number that it has in the file."""

    def __init__(self) -> None:
        super().__init__()
        self.row_number = 0
        self.outcome = Outcome("")
        self.problems: list[tuple[str, str]] = []


class Table(Resource):
    """Takes rows in one by one, in one transaction. What is wrong with some leaves nothing of any."""

    needed: ClassVar[Sequence[str]] = ()
    optional: ClassVar[Sequence[str]] = ()

    class Meta:
        use_transactions = True
        instance_loader_class = BaseInstanceLoader  # asked for nothing: `take_row` finds what a row is about

    def __init__(self, *, by: User | None = None, now: datetime | None = None, **options: Any) -> None:
        super().__init__()
        self.by: Any = by
        self.now: Any = now

    @classmethod
    def get_row_result_class(cls) -> type[RowResult]:
        return RowAnswer

    @classmethod
    def get_display_name(cls) -> str:
        return cls.__name__

    # Taking in

    def take_in(self, dataset: tablib.Dataset, *, dry_run: bool) -> Result:
        """Return what came of the rows. Nothing is written if one of them is refused. Raises UnableToReadTable."""
        self.check_columns(dataset.headers)
        self.prepare(dataset)
        return self.import_data(dataset, dry_run=dry_run, raise_errors=False, rollback_on_validation_errors=True)

    def check_columns(self, headers: Sequence[str]) -> None:
        unknown = [name for name in headers if not self.knows(name)]
        if unknown:
            raise UnableToReadTable(
                _("There is no such column: %(names)s. Take the names of the columns from an export.")
                % {"names": ", ".join(self._with_guess(name) for name in unknown[:20])}
            )
        missing = [name for name in self.needed if name not in headers]
        if missing:
            raise UnableToReadTable(
                _("Columns are missing: %(names)s. A column may be empty, but it must be there.")
                % {"names": ", ".join(missing)}
            )

    def knows(self, name: str) -> bool:
        return name in (*self.needed, *self.optional)

    def prepare(self, dataset: tablib.Dataset) -> None:
        """Load what the rows are compared with."""

    def take_row(self, row: Row, number: int) -> Outcome:
        """Write what the row says. Raises RowRefused, UnreadableCell or Refusal."""
        raise NotImplementedError

    def import_row(self, row: Row, instance_loader: Any, **kwargs: Any) -> RowAnswer:
        answer = RowAnswer()
        answer.row_number = kwargs["row_number"] + 1
        if all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row.values()):
            answer.import_type = RowResult.IMPORT_TYPE_SKIP
            return answer
        try:
            answer.outcome = self.take_row(row, answer.row_number)
        except RowRefused as refused:
            _refuse(answer, refused.problems)
        except Refusal as refusal:
            _refuse(answer, {self.column_of(refusal.field): [refusal.sentence]})
        else:
            answer.import_type = answer.outcome.type
            answer.instance = answer.outcome.instance
            answer.add_instance_info(answer.instance)
        return answer

    def column_of(self, name: str) -> str:
        """Return the column beside which a refusal that names a field is told, "" for the row."""
        return name if self.knows(name) else ""

    def _check_import_id_fields(self, headers: Any) -> None:
        """Rows are found by `take_row`, not by an id."""

    def _with_guess(self, name: str) -> str:
        close = get_close_matches(name, (*self.needed, *self.optional), n=1)
        return f"{name[:60]} (" + _("did you mean %(name)s?") % {"name": close[0]} + ")" if close else name[:60]

    # Giving out

    def rows_of(self, queryset: QuerySet[Any]) -> tuple[list[str], list[dict[str, Any]]]:
        """Return the columns and the cells of what is exported."""
        raise NotImplementedError

    def export(self, queryset: Any = None, **kwargs: Any) -> tablib.Dataset:
        columns, rows = self.rows_of(queryset)
        table = tablib.Dataset(headers=columns)
        for row in rows:
            table.append([row.get(column, "") for column in columns])
        return table


def differences(old: Mapping[str, Any], new: Mapping[str, Any], columns: Sequence[str]) -> list[Difference]:
    """Return the cells in which two rows differ, in the order of the columns."""
    return [
        Difference(column, str(old.get(column, "")), str(new.get(column, "")))
        for column in columns
        if old.get(column, "") != new.get(column, "")
    ]


def read_cells(row: Row, readers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the cells of a row say. Raises RowRefused with everything that cannot be read."""
    said, problems = {}, {}
    for column, reader in readers.items():
        try:
            said[column] = reader(row.get(column))
        except UnreadableCell as error:
            problems[column] = [error.sentence]
    if problems:
        raise RowRefused(problems)
    return said


def changes_in(result: Result) -> list[RowAnswer]:
    return [answer for answer in result.rows if answer.outcome.type in ("new", "update") and not answer.problems]


def refused_in(result: Result) -> list[RowAnswer]:
    return [answer for answer in result.rows if answer.problems]


def fingerprint(result: Result) -> str:
    """Return a digest of what a person was shown, to see on confirmation that it is what will be done."""
    shown = [
        [it.row_number, it.outcome.type, it.outcome.subject, [[d.column, d.old, d.new] for d in it.outcome.differences]]
        for it in changes_in(result)
    ]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


def report_of(result: Result) -> Iterator[list[str]]:
    """Return the lines of the report to download: row, column, what it is about, before, after, what is wrong."""
    yield [_("Row"), _("Column"), _("What happens"), _("Before"), _("After"), _("What is wrong")]
    for answer in result.rows:
        for column, sentence in answer.problems:
            yield [str(answer.row_number), column, _("refused"), "", "", sentence]
        outcome = answer.outcome
        if answer.problems or not outcome.act:
            continue
        if not outcome.differences:
            yield [str(answer.row_number), "", outcome.act, "", "", ""]
        for difference in outcome.differences:
            yield [str(answer.row_number), difference.column, outcome.act, difference.old, difference.new, ""]


def _refuse(answer: RowAnswer, problems: Mapping[str, Sequence[str]]) -> None:
    answer.import_type = RowResult.IMPORT_TYPE_INVALID
    answer.problems = [(column, sentence) for column, sentences in problems.items() for sentence in sentences]
    answer.validation_error = ValidationError(
        {column or NON_FIELD_ERRORS: list(sentences) for column, sentences in problems.items()}
    )

"""What a list must say of itself so that it can be taken along. See docs/exports.md."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import QueryDict
from django.utils.functional import Promise

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.reports.table import Column
from casework.residency.actions import ensure_fresh
from casework.web.components import Chip
from casework.web.filters import chips
from casework.web.paging import batches

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows of a list, a cell a column, and the cases that they are about, if they are about any."""

    rows: Sequence[Sequence[Any]]
    case_ids: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one user sees of a list with the filters of one address, all pages of it, in the order of the page.

    filters: the names of those in force; chips: the same in words. `batches` are read once. columns: those that this user has
    chosen, None for those of the list.
    """

    count: int
    batches: Iterable[Batch]
    filters: Sequence[str] = ()
    chips: Sequence[Chip] = ()
    columns: Sequence[Column] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list that can be taken along. `ask` answers as the page named by `url_name` does."""

    key: str
    title: Promise | str
    permission: Permission
    url_name: str
    columns: Callable[[], Sequence[Column]]
    ask: Callable[[User, QueryDict, datetime], Question]


def question_of(
    found: QuerySet[Any],
    keys: Sequence[str],
    batch_of: Callable[[list[Any]], Batch],
    *,
    form: BaseForm | None = None,
    first: Callable[[], None] | None = None,
) -> Question:
    """Return the question about rows that a page shows in the order of `keys`, filtered by the fields of `form`.

    first: what must be in order before the first row is read.
    """

    def all_of_them() -> Iterator[Batch]:
        if first is not None:
            first()
        for rows in batches(found, keys, size=BATCH):
            yield batch_of(rows)

    return Question(
        count=found.count(),
        batches=all_of_them(),
        filters=filters_in_force(form) if form is not None else (),
        chips=chips(form, QueryDict(), "") if form is not None else (),
    )


def filters_in_force(form: BaseForm) -> list[str]:
    """Return the names of the fields by which a form filters or orders."""
    form.full_clean()
    return [name for name, value in form.cleaned_data.items() if value not in (None, "", [], False)]


def freshened(clients: QuerySet[Any], now: datetime, by: User) -> None:
    """Compute everybody whose dates are out of date: a file cannot say that it will be right in a few minutes."""
    while ensure_fresh(clients, now, by):
        pass


def rows_of(question: Question) -> Iterator[Sequence[Any]]:
    for batch in question.batches:
        yield from batch.rows

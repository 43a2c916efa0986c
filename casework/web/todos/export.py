"""One's open to-dos, taken along."""

from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.clients.models import ToDo
from casework.reports.table import Column, Kind
from casework.web.exports.listing import Batch, Listing, Question

from .rows import rows_of


def columns() -> list[Column]:
    return [
        Column(key="due_on", label=_("Due on"), kind=Kind.DAY, width=13),
        Column(key="what", label=_("To do"), width=60),
        Column(key="detail", label=_("To know"), width=30),
        Column(key="case", label=_("Case"), width=18),
    ]


def ask(user: User, query: QueryDict, now: datetime) -> Question:
    to_dos: Any = ToDo.objects
    found = to_dos.visible_to(user, now).for_user(user).open().select_related("case").soonest_first()
    return Question(count=found.count(), batches=(_batch(list(found), user, now) for _once in (1,)))


def _batch(to_dos: list[ToDo], user: User, now: datetime) -> Batch:
    return Batch(
        rows=[
            [row.to_do.due_on, row.title, row.detail, row.to_do.case.code if row.to_do.case else ""]
            for row in rows_of(to_dos, user, now)
        ],
        case_ids=[it.case_id for it in to_dos if it.case_id],
    )


LISTING = Listing(
    key="to-dos",
    title=gettext_lazy("To do"),
    permission=Permission.CASE_VIEW,
    url_name="my_day",
    columns=columns,
    ask=ask,
)

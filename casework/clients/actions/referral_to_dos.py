"""To-dos about answers that do not come: given once by the task, gone as soon as there is an answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from casework.accounts.access import people_with
from casework.accounts.models import User
from casework.accounts.roles import Permission
from casework.audit.record import record

from ..audience import Audience
from ..models import Case, IncomingReferral, Referral, ToDo


def give_overdue_to_dos(now: datetime) -> int:
    """Give a to-do for each referral whose answer is overdue, once; return how many were given."""
    overdue: Any = Referral.objects.overdue(now).filter(case__status=Case.Status.OPEN)
    out = list(_not_said_yet(overdue.select_related("data_key", "case__team", "case__data_key"), ToDo.Kind.REFERRAL))
    audience = Audience([each.case for each in out], now)
    given = sum(_give(each, ToDo.Kind.REFERRAL, audience.of(each.case), each.case, now) for each in out)
    unanswered: Any = IncomingReferral.objects.overdue(now).filter(case__isnull=True)
    for each in _not_said_yet(unanswered, ToDo.Kind.REFERRAL_IN):
        assigners = people_with(Permission.CASE_ASSIGN, [each.team_id], now).values_list("pk", flat=True)
        given += _give(each, ToDo.Kind.REFERRAL_IN, list(assigners), None, now)
    return given


def settle_to_dos(about: UUID, *, by: User, now: datetime) -> None:
    """There is an answer: the to-dos that ask for it are done."""
    for to_do in _about(about).filter(done_at__isnull=True).select_for_update():
        to_do.done_at, to_do.done_by = now, by
        to_do.save(update_fields=["done_at", "done_by"])
        record("clients.to_do_done", subject=to_do, case_id=to_do.case_id, by=by, now=now, kind=to_do.kind)


def forget_to_dos(about: UUID) -> None:
    """The answer was a mistake: the next run of the task gives them anew, if it is still overdue."""
    _about(about).delete()


def _about(about: UUID) -> QuerySet[ToDo]:
    return ToDo.objects.filter(kind__in=(ToDo.Kind.REFERRAL, ToDo.Kind.REFERRAL_IN), about=about)


def _not_said_yet(rows: Any, kind: str) -> Any:
    said = ToDo.objects.filter(kind=kind, about__isnull=False).values("about")
    return rows.exclude(pk__in=said).order_by("answer_due_on", "pk")


@transaction.atomic
def _give(
    row: Referral | IncomingReferral, kind: str, owner_ids: Iterable[UUID], case: Case | None, now: datetime
) -> int:
    given = 0
    for owner in User.objects.filter(pk__in=list(owner_ids)).order_by("pk"):
        made = {
            "case": case,
            "data_key": case.data_key if case else owner.data_key,
            "due_on": row.answer_due_on,
            "created_at": now,
        }
        # two runs of the task may come to the same one: the second finds it
        to_do, is_new = ToDo.objects.get_or_create(owner=owner, kind=kind, about=row.pk, defaults=made)
        if is_new:
            told = {"kind": kind, "owner": str(owner.pk)}
            record("clients.to_do_given", subject=to_do, case_id=to_do.case_id, by=None, now=now, **told)
            given += 1
    return given

"""Somebody opens more cases than work usually needs: those who watch over access are told, nobody is locked out."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.access import people_with, teams_with
from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import give_to_dos
from casework.clients.changes import insert_once
from casework.clients.models import SightNotice, ToDo
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.reminders.notices import queue_notices

from .emergency import SHORTEST_REASON


class UnableToGoOn(Refusal):
    pass


@transaction.atomic
def tell_of_many_cases(*, user: User, count: int, now: datetime) -> SightNotice:
    """Tell auditors and coordinators that somebody opened many cases within an hour."""
    return _tell(user, SightNotice.Kind.MANY, count, "", now)


@transaction.atomic
def ask_for_more_cases(
    *, reason: str, count: int, by: User, now: datetime, notice_id: UUID | None = None
) -> SightNotice:
    """Go on beyond the limit of a day, for a reason that auditors and coordinators are told of. Raises UnableToGoOn.

    Sent twice with the same `notice_id`, they are told once.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToGoOn(
            _("Say in %(count)s letters or more what you need them for.") % {"count": SHORTEST_REASON}, field="reason"
        )
    return _tell(by, SightNotice.Kind.MORE, count, reason.strip(), now, notice_id)


@transaction.atomic
def note_sight_notice(*, notice: SightNotice, by: User, now: datetime) -> SightNotice:
    """Note that somebody has looked into it; the first who did stands there."""
    notice = SightNotice.objects.select_for_update().get(pk=notice.pk)
    if notice.seen_at is None:
        notice.seen_at, notice.seen_by = now, by
        notice.save(update_fields=["seen_at", "seen_by"])
        record("clients.many_cases_noted", subject=notice, by=by, now=now)
    return notice


def coordinators_of(user: User, now: datetime) -> list[User]:
    """Return who assigns the cases of the teams in which this user works, without themselves."""
    teams = teams_with(user, Permission.CASE_VIEW, now)
    return list(people_with(Permission.CASE_ASSIGN, teams, now).exclude(pk=user.pk).distinct().order_by("pk"))


def _tell(user: User, kind: str, count: int, reason: str, now: datetime, notice_id: UUID | None = None) -> SightNotice:
    notice = SightNotice(id=notice_id or new_id(), data_key=user.data_key, user=user, kind=kind, at=now, count=count)
    notice.reason = reason
    notice, is_new = insert_once(notice, user_id=user.pk)
    if not is_new:
        return notice
    coordinators = {each.pk for each in coordinators_of(user, now)}
    held = Membership.objects.active(now).carrying(Permission.AUDIT_VIEW).exclude(user=user)
    auditors: set[UUID] = set(held.values_list("user_id", flat=True))
    give_to_dos(owner_ids=coordinators, kind=ToDo.Kind.MANY_CASES, about=notice.pk, now=now)
    queue_notices(f"sights:{notice.pk}", coordinators | auditors, case=None, now=now)
    told = sorted(str(pk) for pk in coordinators | auditors)
    record("clients.many_cases_opened", subject=notice, by=user, now=now, kind=kind, count=count, told=told)
    return notice

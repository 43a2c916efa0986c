"""Break-glass: somebody who knows its exact code opens a case for an hour, and those concerned are told at once.

Access, to-dos and messages are written in one transaction: where nobody can be told, nothing opens.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.accounts.access import may, people_with
from casework.accounts.models import Membership, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients.actions import finish_to_do, give_to_dos
from casework.clients.models import Case, EmergencyAccess, EmergencySeen, ToDo
from casework.clients.models.emergency import EMERGENCY_LASTS
from casework.clients.quotas import EMERGENCIES_AN_HOUR, next_emergency_at
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.reminders.notices import queue_notices

SHORTEST_REASON = 20


class UnableToOpenInEmergency(Refusal):
    """`at`: from when on it may be tried again, None where time does not help."""

    def __init__(self, sentence: str, *, field: str = "", at: datetime | None = None) -> None:
        super().__init__(sentence, field=field)
        self.at = at


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What typing a code came to. `case` None: no case opens by it. `access` None: the reader may see it anyway."""

    case: Case | None
    access: EmergencyAccess | None = None


@transaction.atomic
def open_in_emergency(*, code: str, reason: str, by: User, now: datetime) -> Opened:
    """Let `by` look at the case with this code for an hour. Whatever the code, the steps are the same and it counts.

    Raises UnableToOpenInEmergency.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two at once are counted one after the other
    if not may(by, Permission.CASE_VIEW, now):
        raise UnableToOpenInEmergency(_("Only those who work with cases open one in an emergency."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise UnableToOpenInEmergency(
            ngettext(
                "Say in %(count)s letter or more what happened.",
                "Say in %(count)s letters or more what happened.",
                SHORTEST_REASON,
            )
            % {"count": SHORTEST_REASON},
            field="reason",
        )
    if at := next_emergency_at(by, now):
        raise UnableToOpenInEmergency(
            _("You have typed %(count)s codes within an hour.") % {"count": EMERGENCIES_AN_HOUR}, at=at
        )
    case = Case.objects.filter(code=code).select_related("data_key", "team").first()
    if case is None:
        record("clients.emergency_refused", by=by, now=now)
        return Opened(case=None)
    if Case.objects.visible_to(by, now).filter(pk=case.pk).exists():
        record("clients.emergency_not_needed", subject=case, case_id=case.pk, by=by, now=now)
        return Opened(case=case)
    return Opened(case=case, access=_open(case, reason, by, now))


def people_concerned(case: Case, now: datetime) -> QuerySet[User]:
    """Return who is told because of the case.

    Of a restricted case those named on it who work in its team, and nobody else learns that it is there; of others
    whoever looks after it and the coordinators of the team.
    """
    working = people_with(Permission.CASE_VIEW, [case.team], now)
    if case.restricted:
        return working.filter(named_on__case=case)
    assigning = people_with(Permission.CASE_ASSIGN, [case.team], now)
    return assigning | working.filter(pk__in=Case.objects.filter(pk=case.pk).values("caseworker"))


def people_told(case: Case, now: datetime) -> tuple[set[UUID], set[UUID]]:
    """Return who is told because of the case, and the auditors."""
    auditors = Membership.objects.active(now).carrying(Permission.AUDIT_VIEW).values_list("user_id", flat=True)
    return set(people_concerned(case, now).values_list("pk", flat=True)), set(auditors)


@transaction.atomic
def note_emergency(*, access: EmergencyAccess, by: User, now: datetime) -> None:
    """Note that somebody who was told has taken note; said twice, it counts once."""
    _seen, is_new = EmergencySeen.objects.get_or_create(access=access, user=by, defaults={"seen_at": now})
    for to_do in ToDo.objects.open().for_user(by).filter(kind=ToDo.Kind.EMERGENCY, about=access.pk):
        finish_to_do(to_do=to_do, by=by, now=now)
    if is_new:
        record("clients.emergency_noted", subject=access, case_id=access.case_id, by=by, now=now)


def is_told(access: EmergencyAccess, user: User, now: datetime) -> bool:
    """Whether this user is one of those who were told, or would be now."""
    concerned, auditors = people_told(access.case, now)
    return user.pk in concerned | auditors and user.pk != access.user_id


def _open(case: Case, reason: str, by: User, now: datetime) -> EmergencyAccess:
    access = EmergencyAccess(
        id=new_id(), data_key=case.data_key, case=case, user=by, opened_at=now, ends_at=now + EMERGENCY_LASTS
    )
    access.reason = reason.strip()
    access.save(force_insert=True)
    concerned, auditors = people_told(case, now)
    concerned, auditors = concerned - {by.pk}, auditors - {by.pk}
    if not concerned | auditors:
        raise UnableToOpenInEmergency(
            _("There is nobody who could be told of it, so nothing was opened. Ask an administrator.")
        )
    give_to_dos(owner_ids=concerned, kind=ToDo.Kind.EMERGENCY, about=access.pk, case=case, now=now)
    queue_notices(f"emergency:{access.pk}", concerned, case=case, now=now)
    queue_notices(f"emergency:{access.pk}", auditors - concerned, case=None, now=now)
    told = sorted(str(pk) for pk in concerned | auditors)
    record("clients.emergency_opened", subject=access, case_id=case.pk, by=by, now=now, told=told)
    return access

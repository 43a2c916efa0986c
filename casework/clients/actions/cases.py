"""What can happen to a case: opened, assigned, given a priority, closed, reopened, restricted."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casework.accounts.access import memberships
from casework.accounts.models import Membership, Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.ids import new_id, new_reference
from casework.lib.refusals import Refusal
from casework.vault.models import DataKey

from ..changes import locked, write
from ..models import Case, CaseMember, Note
from ..models.case import NAMED_AT_LEAST
from .access import end_all_access
from .transfers import hand_over_to_dos, withdraw_open_transfer


class UnableToOpenCase(Refusal):
    pass


class UnableToAssignCase(Refusal):
    pass


class UnableToCloseCase(Refusal):
    pass


class UnableToReopenCase(Refusal):
    pass


class UnableToRestrictCase(Refusal):
    pass


class UnableToArchiveCase(Refusal):
    pass


@transaction.atomic
def open_case(
    *,
    team: Team,
    caseworker: User | None,
    by: User,
    now: datetime,
    priority: str = Case.Priority.NORMAL,
    submit_token: UUID | None = None,
) -> Case:
    """Open a case. Sent twice with the same `submit_token`, return the case that the first one opened."""
    if caseworker is not None and not _works_in(caseworker, team, now):
        raise UnableToOpenCase(_("The caseworker does not work in this team."), field="caseworker")
    try:
        with transaction.atomic():
            case = Case(
                id=new_id(),
                data_key=DataKey.objects.make(DataKey.OwnerKind.CASE, now=now),
                code=_free_code(),
                team=team,
                caseworker=caseworker,
                priority=priority,
                opened_at=now,
                submit_token=submit_token or new_id(),
            )
            case.save(force_insert=True)
    except IntegrityError:
        earlier = Case.objects.filter(submit_token=submit_token).first() if submit_token else None
        if earlier is None:
            raise
        if earlier.team_id != team.pk:
            raise SuspiciousOperation("the token of a form names a case of another team") from None
        return earlier
    record("clients.case_opened", subject=case, case_id=case.pk, by=by, now=now)
    return case


@transaction.atomic
def assign_case(*, case: Case, caseworker: User | None, version: int, by: User, now: datetime) -> Case:
    """Give the case to another caseworker of its team, or to nobody. Raises ChangedMeanwhile.

    What the one before had still to do in it, and was to go along to, goes to the new one, as when a case is handed over.
    """
    case = locked(case, version=version, mine={"caseworker": caseworker})
    if caseworker is not None and not _works_in(caseworker, case.team, now):
        raise UnableToAssignCase(_("The caseworker does not work in this team."), field="caseworker")
    if case.restricted and caseworker is not None and not case.members.filter(user=caseworker).exists():
        raise UnableToAssignCase(
            _("This case is restricted, and the caseworker is not named on it. Name them first."),
            field="caseworker",
        )
    before = case.caseworker_id
    if write(case, {"caseworker": caseworker}):
        told: dict[str, Any] = {"caseworker": str(caseworker.pk) if caseworker else None}
        if caseworker is not None and (moved := hand_over_to_dos(case, before, caseworker, now)):
            told["to_dos"] = moved
        record("clients.case_assigned", subject=case, case_id=case.pk, by=by, now=now, **told)
    return case


@transaction.atomic
def change_priority(*, case: Case, priority: str, version: int, by: User, now: datetime) -> Case:
    """Set how urgent the case is. Raises ChangedMeanwhile."""
    case = locked(case, version=version, mine={"priority": priority})
    if write(case, {"priority": priority}):
        record("clients.case_priority_changed", subject=case, case_id=case.pk, by=by, now=now, priority=priority)
    return case


@transaction.atomic
def close_case(*, case: Case, reason: str, version: int, by: User, now: datetime, remark: str = "") -> Case:
    """Close the case for one of `Case.ClosingReason`; the remark becomes a note. Raises ChangedMeanwhile.

    A closed case keeps everything, and its deadlines stop asking for anything.
    """
    values = {"status": Case.Status.CLOSED, "closed_at": now, "closing_reason": reason}
    case = locked(case, version=version, mine=values)
    if case.status == Case.Status.CLOSED:
        raise UnableToCloseCase(_("This case is closed already."))
    if reason == Case.ClosingReason.JOINED:
        raise UnableToCloseCase(_("A case is closed for that reason by joining it into another."), field="reason")
    write(case, values)
    withdraw_open_transfer(case, by=by, now=now)
    _note(case, Note.Kind.CLOSING, remark, by, now)
    record("clients.case_closed", subject=case, case_id=case.pk, by=by, now=now, reason=reason)
    return case


@transaction.atomic
def reopen_case(*, case: Case, version: int, by: User, now: datetime, reason: str = "") -> Case:
    """Open a closed case again; the reason, in words, becomes a note. Raises ChangedMeanwhile."""
    values = {"status": Case.Status.OPEN, "closed_at": None, "closing_reason": ""}
    case = locked(case, version=version, mine=values)
    if case.status == Case.Status.OPEN:
        raise UnableToReopenCase(_("This case is open already."))
    if case.joined_into is not None:
        raise UnableToReopenCase(
            _("Its people are in %(code)s now. To take them back, split that case.") % {"code": case.joined_into.code}
        )
    if case.is_archived:
        raise UnableToReopenCase(_("This case is archived. Take it out of the archive first."))
    write(case, values)
    _note(case, Note.Kind.CLOSING, reason, by, now)
    record("clients.case_reopened", subject=case, case_id=case.pk, by=by, now=now)
    return case


@transaction.atomic
def archive_case(*, case: Case, version: int, by: User, now: datetime) -> Case:
    """Take a closed case out of lists and searches, and let nobody change it. Raises ChangedMeanwhile."""
    case = locked(case, version=version)
    if case.status != Case.Status.CLOSED:
        raise UnableToArchiveCase(_("Only a closed case can be archived. Close it first."))
    if not case.is_archived:
        write(case, {"archived_at": now})
        record("clients.case_archived", subject=case, case_id=case.pk, by=by, now=now)
    return case


@transaction.atomic
def unarchive_case(*, case: Case, version: int, by: User, now: datetime) -> Case:
    """Take a case out of the archive; it stays closed. Raises ChangedMeanwhile."""
    case = locked(case, version=version)
    if write(case, {"archived_at": None}):
        record("clients.case_unarchived", subject=case, case_id=case.pk, by=by, now=now)
    return case


@transaction.atomic
def restrict_case(
    *, case: Case, people: Collection[User], version: int, by: User, now: datetime, reason: str = ""
) -> Case:
    """Let nobody but `people` see the case, two of its team at least. Called again, it names others.

    The reason becomes a note. Access given for a time ends, and what others still had to do in this case goes to
    whoever looks after it. Raises ChangedMeanwhile.
    """
    case = locked(case, version=version, mine={"people": people})
    named = {user.pk: user for user in people}
    if why_not := _why_not_restrict(case, named, now):
        raise UnableToRestrictCase(why_not, field="people")
    case.members.exclude(user__in=named).delete()
    there = set(case.members.values_list("user", flat=True))
    CaseMember.objects.bulk_create(
        CaseMember(case=case, user=user, named_at=now) for key, user in named.items() if key not in there
    )
    case.restricted = True
    case.version += 1
    case.save(update_fields=["restricted", "version"])
    record("clients.case_restricted", subject=case, case_id=case.pk, by=by, now=now, people=sorted(map(str, named)))
    end_all_access(case, by=by, now=now)
    owner = case.caseworker or (by if by.pk in named else min(named.values(), key=lambda user: str(user.pk)))
    hand_over_to_dos(case, owner.pk, owner, now)
    _note(case, Note.Kind.NOTE, reason, by, now)
    return case


@transaction.atomic
def lift_restriction(*, case: Case, version: int, by: User, now: datetime, reason: str = "") -> Case:
    """Let the whole team see the case again; the reason becomes a note. Raises ChangedMeanwhile."""
    case = locked(case, version=version)
    if write(case, {"restricted": False}):
        case.members.all().delete()
        record("clients.case_restriction_lifted", subject=case, case_id=case.pk, by=by, now=now)
        _note(case, Note.Kind.NOTE, reason, by, now)
    return case


def _why_not_restrict(case: Case, named: dict[UUID, User], now: datetime) -> str:
    """Return the sentence that says why these people cannot be the only ones to see the case, or ""."""
    working = set(
        Membership.objects.active(now)
        .carrying(Permission.CASE_VIEW)
        .filter(team=case.team, user__in=named)
        .values_list("user", flat=True)
    )
    if len(named) < NAMED_AT_LEAST:
        return _("Name at least two people, so that somebody is there when one of them is away.")
    if set(named) - working:
        return _("Everybody who is named must work in the team of the case.")
    if case.caseworker_id is not None and case.caseworker_id not in named:
        return _("The caseworker of the case must be among the people named.")
    return ""


def _works_in(user: User, team: Team, now: datetime) -> bool:
    return memberships(user, Permission.CASE_CHANGE, now).filter(team=team).exists()


def _note(case: Case, kind: str, text: str, by: User, now: datetime) -> None:
    if text.strip():
        note = Note(
            id=new_id(),
            data_key=case.data_key,
            case=case,
            kind=kind,
            written_by=by,
            written_at=now,
        )
        note.text = text
        note.save(force_insert=True)


def _free_code() -> str:
    """Return a code that no case has: `C-` tells it from the reference of a client."""
    while Case.objects.filter(code=(code := f"C-{new_reference()}")).exists():
        pass
    return code

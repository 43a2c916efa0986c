"""Who may erase, and when: one person asks, another one confirms, and in the same moment it is done."""

import logging
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.models import User
from casework.audit.models import Event
from casework.audit.record import record
from casework.clients.actions.facts import lock_in_order
from casework.clients.changes import insert_once
from casework.clients.models import Case, Client, Erasure, ImportRow, LegalHold
from casework.housing.models import Placement
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from . import ledger
from .periods import ERASED
from .reach import Reach, of_case, of_person
from .removal import Removed, remains_of, remove

logger = logging.getLogger(__name__)


class UnableToErase(Refusal):
    pass


class UnableToHold(Refusal):
    pass


@transaction.atomic
def ask_to_erase(
    *,
    case: Case,
    reason: str,
    by: User,
    now: datetime,
    client: Client | None = None,
    unassigned_too: bool = False,
    erasure_id: UUID | None = None,
) -> Erasure:
    """Ask for a case, or for one of its people, to be erased. Nothing happens to them before another person confirms it.

    Asked twice for the same, return what was asked first. Raises UnableToErase.
    """
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if sentence := why_not(case, client, now):
        raise UnableToErase(sentence)
    waiting = Erasure.objects.waiting().filter(case_id=case.pk, client_id=client.pk if client else None).first()
    if waiting is not None:
        return waiting
    erasure = Erasure(
        id=erasure_id or new_id(),
        case_id=case.pk,
        client_id=client.pk if client else None,
        reason=reason,
        unassigned_too=unassigned_too and client is not None,
        asked_by=by,
        asked_at=now,
    )
    erasure, is_new = insert_once(erasure, case_id=case.pk)
    if is_new:
        record(
            "lifecycle.erasure_asked", subject=erasure, case_id=case.pk, by=by, now=now, reason=reason, **_whom(erasure)
        )
    return erasure


@transaction.atomic
def withdraw_erasure(*, erasure: Erasure, by: User, now: datetime) -> Erasure:
    """Take back what one has asked for oneself, or refuse what somebody else asked for. A second time changes nothing."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.is_waiting:
        is_own = erasure.asked_by_id == by.pk
        erasure.state = Erasure.State.WITHDRAWN if is_own else Erasure.State.REFUSED
        erasure.decided_by, erasure.decided_at = by, now
        erasure.save(update_fields=["state", "decided_by", "decided_at"])
        event = "lifecycle.erasure_withdrawn" if is_own else "lifecycle.erasure_refused"
        record(event, subject=erasure, case_id=erasure.case_id, by=by, now=now, **_whom(erasure))
    return erasure


@transaction.atomic
def confirm_erasure(*, erasure: Erasure, by: User, now: datetime) -> Erasure:
    """Erase what somebody else has asked for. It cannot be undone. Raises UnableToErase.

    The line of the ledger is on the disk before anything is committed: an erasure that cannot be repeated on a backup does not happen.
    """
    erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if erasure.state == Erasure.State.DONE:
        return erasure
    if not erasure.is_waiting:
        raise UnableToErase(_("This was taken back or refused meanwhile. Ask anew if it is to be erased."))
    if erasure.asked_by_id == by.pk:
        raise UnableToErase(_("You have asked for this yourself. Another person has to confirm it."))
    case = Case.objects.select_for_update().filter(pk=erasure.case_id).first()  # nobody adds anything to it meanwhile
    client = Client.objects.filter(pk=erasure.client_id, case=case).first() if erasure.client_id else None
    if case is None or (erasure.client_id and client is None):
        raise UnableToErase(_("This is not there any more."))
    lock_in_order(Client.objects.filter(case=case).only("pk"))
    if sentence := why_not(case, client, now):
        raise UnableToErase(sentence)
    reach = reach_of_erasure(erasure)
    removed = remove(reach, about=[case.pk], by=by, now=now)
    return _done(erasure, removed, by, now)


def why_not(case: Case, client: Client | None, now: datetime) -> str:
    """Return the sentence that says why a case or person cannot be erased now, or ""."""
    if LegalHold.objects.in_force().filter(case=case).exists():
        return _("A legal hold keeps this case. It has to be lifted first.")
    if case.joined_into_id is not None:
        return _("This case was joined into another one. What is to be erased is there.")
    people = list(Client.objects.filter(case=case).only("pk", "is_principal", "case", "data_key"))
    if client is not None and len(people) == 1:
        return _("Nobody else is in this case. Erase the whole case.")
    if client is not None and client.is_principal:
        return _("This is the principal applicant. Choose another one of the case first.")
    concerned = [client.pk] if client is not None else [each.pk for each in people]
    if Placement.objects.taking_beds(now).live().filter(client__in=concerned).exists():
        return _("Somebody has a bed of ours. Check them out or cancel it first, or the bed would be given to others.")
    return ""


def reach_of_erasure(erasure: Erasure) -> Reach:
    """Return everything that goes, or would go, with an erasure."""
    if erasure.client_id is None:
        reach = of_case(erasure.case_id)
        # Of the rows of a table from which they came an older backup may still hold what they said.
        came_by = ImportRow.objects.filter(case__in=reach.of(Case)).values_list("pk", flat=True)
        reach.rows[ImportRow] = set(came_by)
        return reach
    return of_person(erasure.client_id, case_id=erasure.case_id, unassigned_too=erasure.unassigned_too)


@transaction.atomic
def order_hold(
    *, case: Case, reason: str, by: User, now: datetime, look_again_on: date | None = None, hold_id: UUID | None = None
) -> LegalHold:
    """Let nobody erase anything of a case until the hold is lifted. A second one changes nothing. Raises UnableToHold."""
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if not reason.strip():
        raise UnableToHold(_("Say why the case must be kept."), field="reason")
    if (held := LegalHold.objects.in_force().filter(case=case).first()) is not None:
        return held
    hold = LegalHold(id=hold_id or new_id(), data_key=case.data_key, case=case, ordered_by=by, ordered_at=now)
    hold.reason, hold.look_again_on = reason.strip(), look_again_on
    hold, is_new = insert_once(hold, case_id=case.pk)
    if is_new:
        record("lifecycle.hold_ordered", subject=hold, case_id=case.pk, by=by, now=now)
    return hold


@transaction.atomic
def lift_hold(*, hold: LegalHold, by: User, now: datetime) -> LegalHold:
    """Let a case be erased again. A second time changes nothing."""
    hold = LegalHold.objects.select_for_update().get(pk=hold.pk)
    if hold.lifted_at is None:
        hold.lifted_by, hold.lifted_at = by, now
        hold.save(update_fields=["lifted_by", "lifted_at"])
        record("lifecycle.hold_lifted", subject=hold, case_id=hold.case_id, by=by, now=now)
    return hold


def _done(erasure: Erasure, removed: Removed, by: User, now: datetime) -> Erasure:
    erasure.state, erasure.decided_by, erasure.decided_at = Erasure.State.DONE, by, now
    erasure.counts = removed.counts
    record(
        "lifecycle.person_erased" if erasure.client_id else "lifecycle.case_erased",
        subject=erasure,
        case_id=erasure.case_id,
        by=by,
        now=now,
        **_whom(erasure),
        people=len(removed.people),
        keys=len(removed.keys),
    )
    erasure.remains = remains_of(removed, [erasure.case_id])
    erasure.save()
    # What cannot be shown by nobody any more: others that were asked for about the same.
    others = Erasure.objects.waiting().filter(case_id=erasure.case_id)
    if erasure.client_id is not None:
        others = others.filter(client_id=erasure.client_id)
    others.update(state=Erasure.State.WITHDRAWN, decided_by=by, decided_at=now)
    _write(line_of(erasure, removed, ledger.MEANT))
    transaction.on_commit(partial(_say_done, erasure.pk, now))
    return erasure


def line_of(erasure: Erasure, removed: Removed, says: str) -> ledger.Line:
    assert erasure.decided_at is not None  # noqa: S101 - it has just been done
    return ledger.Line(
        says=says,
        erasure=erasure.pk,
        at=erasure.decided_at,
        reason=erasure.reason,
        asked_by=erasure.asked_by_id,
        decided_by=erasure.decided_by_id,
        case=erasure.case_id,
        client=erasure.client_id,
        cases=removed.cases,
        people=removed.people,
        keys=removed.keys,
        rows=removed.loose,
    )


def reconcile(now: datetime) -> int:
    """Write into the ledger what was done and of which it does not say so, because the process died at that moment; return how many."""
    waiting = list(ledger.unclear())
    done = set(Erasure.objects.filter(pk__in=waiting, state=Erasure.State.DONE).values_list("pk", flat=True))
    if waiting:
        told = Event.objects.filter(type=ERASED, data__erasure__in=[str(pk) for pk in waiting])
        done.update(UUID(erasure) for erasure in told.values_list("data__erasure", flat=True))
    for pk in sorted(done):
        _say_done(pk, now)
    return len(done)


def _say_done(erasure_id: UUID, now: datetime) -> None:
    try:
        ledger.write(ledger.Line(says=ledger.DONE, erasure=erasure_id, at=now))
    except OSError:
        # `reconcile` writes it later.
        logger.exception("the ledger does not say yet that erasure %s is done", erasure_id)


def _write(line: ledger.Line) -> None:
    try:
        ledger.write(line)
    except OSError:
        logger.exception("the ledger of erasures cannot be written")
        raise UnableToErase(
            _(
                "The ledger of erasures cannot be written, so that this could not be repeated on a backup. Nothing was erased; tell whoever keeps the server."
            )
        ) from None


def _whom(erasure: Erasure) -> dict[str, str]:
    return {"client": str(erasure.client_id)} if erasure.client_id else {}

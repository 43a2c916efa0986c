"""What can happen to an offer of a case: made, withdrawn, accepted, declined, lapsed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from casework.accounts.access import memberships, people_with
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal

from ..models import Appointment, Case, CaseMember, ToDo, Transfer
from ..models.case import NAMED_AT_LEAST
from .access import end_all_access
from .todos import give_to_dos

LAPSES_AFTER = timedelta(days=14)


class UnableToOfferCase(Refusal):
    pass


class UnableToAnswerTransfer(Refusal):
    pass


@transaction.atomic
def offer_case(
    *,
    case: Case,
    to_team: Team,
    to_worker: User | None,
    note: str,
    by: User,
    now: datetime,
    named: Collection[UUID] = (),
    transfer_id: UUID | None = None,
) -> Transfer:
    """Offer a case to a colleague, or to another team. Sent twice with the same `transfer_id`, it is offered once.

    `named`: of a restricted case that goes to another team, who is to see it there.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    earlier = Transfer.objects.filter(pk=transfer_id, case=case).first() if transfer_id else None
    if earlier is not None:
        return earlier
    _refuse_offer(case, to_team, to_worker, set(named), now)
    if case.restricted and to_team.pk == case.team_id:
        named = case.members.values_list("user", flat=True)
    transfer = Transfer(
        id=transfer_id or new_id(),
        data_key=case.data_key,
        case=case,
        from_team_id=case.team_id,
        from_worker_id=case.caseworker_id,
        offered_by=by,
        to_team=to_team,
        to_worker=to_worker,
        named=sorted(named) if case.restricted else [],
        offered_at=now,
        lapses_at=now + LAPSES_AFTER,
    )
    transfer.note = note
    try:
        with transaction.atomic():
            transfer.save(force_insert=True)
    except IntegrityError:
        raise UnableToOfferCase(_("This case is offered to somebody already. Withdraw that offer first.")) from None
    record("clients.transfer_offered", subject=transfer, case_id=case.pk, by=by, now=now, to_team=str(to_team.pk))
    return transfer


@transaction.atomic
def withdraw_transfer(*, transfer: Transfer, by: User, now: datetime) -> Transfer:
    """Take an offer back before it is answered."""
    _case, transfer = _lock(transfer)
    _settle(transfer, Transfer.State.WITHDRAWN, by, now)
    return transfer


@transaction.atomic
def decline_transfer(*, transfer: Transfer, reason: str, by: User, now: datetime) -> Transfer:
    """Say no, and why: the case stays where it is."""
    _case, transfer = _lock(transfer)
    _refuse_strangers(transfer, by, now)
    if not reason.strip():
        raise UnableToAnswerTransfer(_("Say why, so that they know whom to ask next."), field="reason")
    transfer.reason = reason
    _settle(transfer, Transfer.State.DECLINED, by, now)
    _tell_the_sender(transfer, now)
    return transfer


@transaction.atomic
def accept_transfer(*, transfer: Transfer, by: User, now: datetime, caseworker: User | None = None) -> Transfer:
    """Take the case over: team and caseworker change now, and the old team sees it no more, nor do guests it let in.

    Offered by name, the one who is named looks after it; offered to a team, `caseworker` does, or nobody yet. What
    was still to be done in this case by those who see it no more goes to whoever looks after it now. Reminders
    follow by themselves: the planner tells only who may be told.
    """
    case, transfer = _lock(transfer)
    _refuse_strangers(transfer, by, now)
    worker = transfer.to_worker or caseworker
    if case.status != Case.Status.OPEN:
        raise UnableToAnswerTransfer(_("This case was closed meanwhile. Decline the offer, or ask why."))
    if (
        worker is not None
        and not memberships(worker, Permission.CASE_CHANGE, now).filter(team=transfer.to_team).exists()
    ):
        raise UnableToAnswerTransfer(_("The caseworker does not work in this team."), field="caseworker")
    old_worker = case.caseworker_id
    if case.restricted:
        _name_anew(case, transfer, worker, now)
    if case.team_id != transfer.to_team_id:
        end_all_access(case, by=by, now=now)
    case.team, case.caseworker = transfer.to_team, worker
    case.version += 1
    case.save(update_fields=["team", "caseworker", "version"])
    _settle(transfer, Transfer.State.ACCEPTED, by, now)
    moved = hand_over_to_dos(case, old_worker, worker or by, now)
    record(
        "clients.case_handed_over",
        subject=transfer,
        case_id=case.pk,
        by=by,
        now=now,
        team=str(transfer.to_team_id),
        caseworker=str(worker.pk) if worker else None,
        to_dos=moved,
    )
    _tell_the_sender(transfer, now)
    return transfer


@transaction.atomic
def lapse_transfer(*, transfer: Transfer, now: datetime) -> Transfer:
    """Give up waiting for an answer: the case stays where it is, and its sender is told."""
    _case, transfer = _lock(transfer)
    if transfer.is_open and transfer.lapses_at <= now:
        _settle(transfer, Transfer.State.LAPSED, None, now)
        _tell_the_sender(transfer, now)
    return transfer


def lapse_transfers(*, now: datetime) -> int:
    """Let everything lapse that nobody answered in time; return how many."""
    due = list(Transfer.objects.lapsed_by(now).order_by("pk"))
    for transfer in due:
        lapse_transfer(transfer=transfer, now=now)
    return len(due)


def withdraw_open_transfer(case: Case, *, by: User, now: datetime) -> None:
    """Withdraw the offer of a case that is closed or joined into another. The case must be locked."""
    for transfer in Transfer.objects.select_for_update().filter(case=case, state=Transfer.State.OFFERED):
        _settle(transfer, Transfer.State.WITHDRAWN, by, now)


def _lock(transfer: Transfer) -> tuple[Case, Transfer]:
    """Lock the case before its offer, as everybody does who changes a case. Refuse where it was answered already."""
    case = Case.objects.select_for_update().get(pk=transfer.case_id)
    rows = Transfer.objects.select_related("to_team", "to_worker__data_key", "offered_by__data_key", "case")
    return case, rows.select_for_update(of=("self",)).get(pk=transfer.pk)


def _settle(transfer: Transfer, state: str, by: User | None, now: datetime) -> None:
    if not transfer.is_open:
        raise UnableToAnswerTransfer(
            _("This offer is settled already: %(state)s.") % {"state": transfer.get_state_display()}
        )
    transfer.state, transfer.answered_at, transfer.answered_by = state, now, by
    transfer.save(update_fields=["state", "answered_at", "answered_by", "reason"])
    record(f"clients.transfer_{state}", subject=transfer, case_id=transfer.case_id, by=by, now=now)


def _refuse_strangers(transfer: Transfer, by: User, now: datetime) -> None:
    """Whoever may answer is asked of the database once more, under the lock: roles end while a page is open."""
    may_answer = Transfer.objects.for_answer_by(by, now)
    if transfer.is_open and not may_answer.filter(pk=transfer.pk).exists():
        raise UnableToAnswerTransfer(_("This offer is not yours to answer any more."))


def _refuse_offer(case: Case, to_team: Team, to_worker: User | None, named: set[UUID], now: datetime) -> None:
    if case.status != Case.Status.OPEN:
        raise UnableToOfferCase(_("A closed case is not handed over. Reopen it first."))
    if not to_team.is_active:
        raise UnableToOfferCase(_("This team has been closed. Choose another."), field="to_team")
    if to_worker is None and to_team.pk == case.team_id:
        raise UnableToOfferCase(_("Choose a colleague, or another team."), field="to_worker")
    if to_worker is not None:
        if to_worker.pk == case.caseworker_id and to_team.pk == case.team_id:
            raise UnableToOfferCase(_("This person looks after the case already."), field="to_worker")
        if not memberships(to_worker, Permission.CASE_CHANGE, now).filter(team=to_team).exists():
            raise UnableToOfferCase(_("The caseworker does not work in this team."), field="to_worker")
    if case.restricted:
        _refuse_names(case, to_team, to_worker, named, now)


def _refuse_names(case: Case, to_team: Team, to_worker: User | None, named: set[UUID], now: datetime) -> None:
    """A restricted case goes to people who are named: in its team those who are, elsewhere two at least who will be."""
    if to_team.pk == case.team_id:
        if to_worker is not None and not case.members.filter(user=to_worker).exists():
            raise UnableToOfferCase(
                _("This case is restricted, and the caseworker is not named on it. Name them first."), field="to_worker"
            )
        return
    working = set(people_with(Permission.CASE_CHANGE, [to_team], now).filter(pk__in=named).values_list("pk", flat=True))
    if len(named) < NAMED_AT_LEAST or named - working:
        raise UnableToOfferCase(
            _("This case is restricted. Name at least two people of the other team who will see it there."),
            field="named",
        )
    if to_worker is not None and to_worker.pk not in named:
        raise UnableToOfferCase(_("The caseworker of the case must be among the people named."), field="named")
    assigning = people_with(Permission.CASE_ASSIGN, [to_team], now).filter(pk__in=named)
    if to_worker is None and not assigning.exists():
        raise UnableToOfferCase(
            _("Name a coordinator too, or choose who is to look after it: somebody must answer."), field="named"
        )


def _name_anew(case: Case, transfer: Transfer, worker: User | None, now: datetime) -> None:
    """Let the people named in the offer, and nobody else, see the case from now on."""
    if transfer.to_team_id == case.team_id:
        named = set(case.members.values_list("user", flat=True))
    else:
        held = people_with(Permission.CASE_CHANGE, [transfer.to_team], now).filter(pk__in=transfer.named)
        named = set(held.values_list("pk", flat=True))
        if len(named) < NAMED_AT_LEAST:
            raise UnableToAnswerTransfer(
                _("Of the people named in this offer, too few work in the team now. Decline it and say so.")
            )
    if worker is not None and worker.pk not in named:
        raise UnableToAnswerTransfer(
            _("This case is restricted, and the caseworker is not named on it. Name them first."), field="caseworker"
        )
    case.members.exclude(user__in=named).delete()
    there = set(case.members.values_list("user", flat=True))
    CaseMember.objects.bulk_create(CaseMember(case=case, user_id=pk, named_at=now) for pk in sorted(named - there))


def hand_over_to_dos(case: Case, old_worker: UUID | None, new_owner: User, now: datetime) -> int:
    """Give what is still to be done in this case to its new caseworker, where the owner was the old one or is gone from it."""
    staying = people_with(Permission.CASE_CHANGE, [case.team], now)
    if case.restricted:
        staying = staying.filter(named_on__case=case)
    kept = set(staying.values_list("pk", flat=True))
    if old_worker != new_owner.pk:
        kept.discard(old_worker)
    has_it = ToDo.objects.filter(owner=new_owner, kind=OuterRef("kind"), about=OuterRef("about"))
    to_dos = ToDo.objects.filter(~Exists(has_it), case=case, done_at__isnull=True).exclude(owner__in=kept)
    appointments = Appointment.objects.planned().ending_after(now).filter(case=case)
    appointments.exclude(staff__in=kept).filter(staff__isnull=False).update(staff=new_owner, version=F("version") + 1)
    return int(to_dos.update(owner=new_owner))


def _tell_the_sender(transfer: Transfer, now: datetime) -> None:
    give_to_dos(owner_ids=[transfer.offered_by_id], kind=ToDo.Kind.TRANSFER, about=transfer.pk, now=now)

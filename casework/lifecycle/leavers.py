"""Somebody leaves: a coordinator hands over everything that they had to do, in one act, and their access ends with it.

Cases, to-dos, appointments and reminders that wait go to whoever the plan names. Of what the coordinator may not see nothing
is said and nothing is moved: `leaving` refuses where somebody would be the last who sees a restricted case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from casework.accounts import actions as accounts
from casework.accounts.access import memberships, people_with
from casework.accounts.models import Absence, Membership, Team, User
from casework.accounts.roles import Permission, Role
from casework.audit.record import record
from casework.clients.access import cases_visible_to
from casework.clients.actions import assign_case
from casework.clients.actions.access import end_access
from casework.clients.models import Appointment, Case, CaseMember, HandOver, TimedAccess, ToDo
from casework.lib.ids import new_id
from casework.lib.refusals import Refusal
from casework.reminders.models import Reminder

from . import leaving

UNDO_FOR = timedelta(days=7)
# What is handed over, by name of table, and the column that says whose it is.
WHOSE: dict[str, tuple[type[models.Model], str]] = {
    "clients.Case": (Case, "caseworker_id"),
    "clients.ToDo": (ToDo, "owner_id"),
    "clients.Appointment": (Appointment, "staff_id"),
    "reminders.Reminder": (Reminder, "recipient_id"),
    "accounts.Absence": (Absence, "deputy_id"),
}


class UnableToHandOver(Refusal):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What somebody has to do, as far as a coordinator may hand it over."""

    user: User
    roles: list[Membership]
    cases: list[Case]
    to_dos: list[ToDo]
    appointments: list[Appointment]
    reminders: list[Reminder]
    colleagues: dict[UUID, list[User]]  # who may look after the cases of a team
    named: dict[UUID, set[UUID]]  # who is named on which restricted case
    keeps_roles: bool  # in other teams, or in the whole organisation

    def may_take(self, case: Case) -> list[User]:
        """Return who could look after a case from now on."""
        people = self.colleagues.get(case.team_id, [])
        return [it for it in people if not case.restricted or it.pk in self.named.get(case.pk, set())]

    def everybody(self) -> list[User]:
        """Return who could take anything at all."""
        found = {it.pk: it for people in self.colleagues.values() for it in people}
        return sorted(found.values(), key=lambda it: (str(it.display_name or it.email), it.pk))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Who takes what: `takers` by case; whatever is not named there, and what is about no case, goes to `rest`."""

    rest: User | None
    takers: Mapping[UUID, User]


def leavers_of(by: User, now: datetime) -> QuerySet[User]:
    """Return whose work a coordinator may hand over: everybody in the teams whose cases they give out, but themselves."""
    teams = memberships(by, Permission.CASE_ASSIGN, now).values("team")
    held = Membership.objects.active(now).filter(team__in=teams)
    return User.objects.filter(pk__in=held.values("user")).exclude(pk=by.pk)


def work_of(user: User, by: User, now: datetime) -> Work:
    """Return what there is to hand over, in a constant number of queries."""
    teams = list(memberships(by, Permission.CASE_ASSIGN, now).values_list("team", flat=True))
    held = Membership.objects.current(now).filter(user=user).select_related("team").order_by("starts_at", "pk")
    roles = [it for it in held if it.team_id in teams]
    mine = {it.team_id for it in roles if it.team_id is not None}
    visible = cases_visible_to(by, now, permission=Permission.CASE_ASSIGN)
    cases: Any = Case.objects.filter(visible, caseworker=user, team__in=mine, status=Case.Status.OPEN)
    loaded = list(cases.select_related("data_key", "team").order_by("-priority", "opened_at", "pk"))
    seen = cases_visible_to(by, now, permission=Permission.CASE_ASSIGN, prefix="case__")
    of_team = Q(case__team__in=mine) & seen
    to_dos: Any = ToDo.objects.open().filter(owner=user)
    planned: Any = Appointment.objects.planned().ending_after(now).filter(of_team, staff=user)
    waiting: Any = Reminder.objects.filter(of_team, recipient=user, state=Reminder.State.WAITING)
    keeps_roles = any(it.team_id not in teams for it in held)
    # What is about no case goes with them to their other teams: it may be about work there.
    about_none = Q() if keeps_roles else Q(case__isnull=True, kind=ToDo.Kind.FREE)
    people = people_with(Permission.CASE_CHANGE, Team.objects.filter(pk__in=mine), now).exclude(pk=user.pk)
    working = Membership.objects.active(now).carrying(Permission.CASE_CHANGE).filter(team__in=mine)
    by_pk = {it.pk: it for it in people.filter(is_active=True).select_related("data_key")}
    colleagues: dict[UUID, list[User]] = {}
    for team, pk in working.values_list("team_id", "user_id").order_by("user_id").distinct():
        if pk in by_pk:
            colleagues.setdefault(team, []).append(by_pk[pk])
    named: dict[UUID, set[UUID]] = {}
    restricted = [it.pk for it in loaded if it.restricted]
    for case_id, pk in CaseMember.objects.filter(case__in=restricted).values_list("case_id", "user_id"):
        named.setdefault(case_id, set()).add(pk)
    return Work(
        user=user,
        roles=roles,
        cases=loaded,
        to_dos=list(to_dos.filter(of_team | about_none).select_related("case")),
        appointments=list(planned.select_related("case")),
        reminders=list(waiting.select_related("case")),
        colleagues=colleagues,
        named=named,
        keeps_roles=keeps_roles,
    )


@transaction.atomic
def hand_over(*, user: User, plan: Plan, by: User, now: datetime, hand_over_id: UUID | None = None) -> HandOver:
    """Hand over everything and end the access, or do nothing. Sent twice with the same id, it is done once.

    Raises UnableToHandOver, `leaving.UnableToLetGo`, and what accounts and clients raise.
    """
    earlier = HandOver.objects.filter(pk=hand_over_id).first() if hand_over_id else None
    if earlier is not None:
        if earlier.by_id != by.pk or earlier.user_id != user.pk:
            raise SuspiciousOperation("the token of a form names a hand-over by somebody else")
        return earlier
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not leavers_of(by, now).filter(pk=user.pk).exists():
        raise UnableToHandOver(_("Their work is not yours to hand over: you do not give out the cases of their team."))
    cases = Case.objects.filter(caseworker=user, status=Case.Status.OPEN)
    list(cases.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    work = work_of(user, by, now)
    takers = _takers(work, plan)
    before = _whose(work)
    for case in work.cases:
        assign_case(case=case, caseworker=takers[case.pk], version=case.version, by=by, now=now)
    for to_do in work.to_dos:
        _give_to_do(to_do, _next_for(to_do.case, work, takers, plan, now))
    for appointment in work.appointments:
        taker = _next_for(appointment.case, work, takers, plan, now)
        Appointment.objects.filter(pk=appointment.pk).update(staff=taker, version=F("version") + 1)
    for reminder in work.reminders:
        _readdress(reminder, takers.get(reminder.case_id) if reminder.case_id else None, now)
    is_shut = _end_access(work, by, now)
    made = HandOver(
        id=hand_over_id or new_id(),
        user=user,
        at=now,
        by=by,
        teams=sorted({it.team_id for it in work.roles}),
        roles=[[it.role, str(it.team_id)] for it in work.roles],
        account_shut=is_shut,
        changes=_changes(before),
        undo_until=now + UNDO_FOR,
    )
    made.counts = {label: sum(it[0] == label for it in made.changes) for label in WHOSE}
    made.save(force_insert=True)
    record("lifecycle.work_handed_over", subject=made, by=by, now=now, user=str(user.pk), rows=made.counts)
    return made


@transaction.atomic
def undo_hand_over(*, hand_over: HandOver, by: User, now: datetime) -> HandOver:
    """They stay after all: give back what nobody has handed on since, with the roles that had ended."""
    made = HandOver.objects.select_for_update().get(pk=hand_over.pk)
    if not made.may_be_undone(now):
        raise UnableToHandOver(_("This hand-over has been undone already, or is too long ago."))
    if not HandOver.objects.of_teams_of(by, now).filter(pk=made.pk).exists():
        raise UnableToHandOver(_("Their work is not yours to hand over: you do not give out the cases of their team."))
    user = User.objects.select_for_update(of=("self",)).get(pk=made.user_id)
    if made.account_shut:
        user = accounts.enable_user(user=user, by=by, now=now)
    for role, team_id in made.roles:
        accounts.grant_role(user=user, role=Role(role), team=Team.objects.get(pk=team_id), by=by, now=now)
    for label, pk, was, became in made.changes:
        _give_back(label, pk, was, became, user=user, by=by, now=now)
    made.undone_at, made.undone_by = now, by
    made.save(update_fields=["undone_at", "undone_by"])
    record("lifecycle.hand_over_undone", subject=made, by=by, now=now, user=str(user.pk))
    return made


def _takers(work: Work, plan: Plan) -> dict[UUID, User]:
    """Return who takes each case, or say which of them nobody takes."""
    found, refused = {}, []
    for case in work.cases:
        taker = plan.takers.get(case.pk, plan.rest)
        if taker is None or taker.pk not in {it.pk for it in work.may_take(case)}:
            refused.append(case.code)
        else:
            found[case.pk] = taker
    if refused:
        raise UnableToHandOver(
            _("Choose somebody of the team, and of a restricted case somebody named on it, for: %(codes)s.")
            % {"codes": ", ".join(refused)},
            field="rest",
        )
    others: list[Any] = [*work.to_dos, *work.appointments]
    is_rest_needed = any(it.case_id not in found for it in others)
    if is_rest_needed and (plan.rest is None or plan.rest.pk not in {it.pk for it in work.everybody()}):
        raise UnableToHandOver(_("Choose who takes what is about no case of theirs."), field="rest")
    return found


def _next_for(case: Case | None, work: Work, takers: Mapping[UUID, User], plan: Plan, now: datetime) -> User:
    """Return who goes on with something: whoever takes the case; of a case of a colleague, the colleague; else the rest."""
    if case is not None and case.pk in takers:
        return takers[case.pk]
    assert plan.rest is not None  # noqa: S101 - `_takers` has refused
    if case is None:
        return plan.rest
    visible: Any = Case.objects.filter(pk=case.pk)
    for each in (case.caseworker, plan.rest):
        if each is not None and each.pk != work.user.pk and visible.visible_to(each, now).exists():
            return each
    raise UnableToHandOver(
        _("Choose somebody of the team, and of a restricted case somebody named on it, for: %(codes)s.")
        % {"codes": case.code},
        field="rest",
    )


def _give_to_do(to_do: ToDo, taker: User) -> None:
    """Give a to-do to somebody; who has the same already keeps theirs alone. What is about no case goes under their key."""
    to_do.refresh_from_db()
    if to_do.owner_id == taker.pk:
        return  # it has gone with its case
    if to_do.about and ToDo.objects.filter(owner=taker, kind=to_do.kind, about=to_do.about).exists():
        return
    fields = ["owner", "version"]
    if to_do.case_id is None:
        text = str(to_do.text)
        to_do.data_key, to_do.text = taker.data_key, text
        fields += ["data_key", "text"]
    to_do.owner = taker
    to_do.version += 1
    to_do.save(update_fields=fields)


def _readdress(reminder: Reminder, taker: User | None, now: datetime) -> None:
    """Have a reminder that waits go to whoever takes the case. Who is told already, or if nobody takes it, it stops."""
    if taker is not None:
        try:
            with transaction.atomic():
                Reminder.objects.filter(pk=reminder.pk, state=Reminder.State.WAITING).update(recipient=taker)
        except IntegrityError:
            pass
        else:
            return
    stopped = {"state": Reminder.State.STOPPED, "settled_at": now, "why": "handed_over"}
    Reminder.objects.filter(pk=reminder.pk, state=Reminder.State.WAITING).update(**stopped)


def _end_access(work: Work, by: User, now: datetime) -> bool:
    """End the roles in these teams, what was lent, every session and token; shut the account that has no role left."""
    teams = {it.team_id for it in work.roles}
    lent = TimedAccess.objects.not_over(now).filter(user=work.user)
    for access in lent.filter(Q(team__in=teams) | Q(case__team__in=teams)).order_by("pk"):
        end_access(access=access, by=by, now=now)
    for membership in work.roles:
        leaving.end_role(membership=membership, by=by, now=now)
    accounts.revoke_api_tokens_of(user=work.user, by=by, now=now)
    if work.keeps_roles:
        accounts.end_sessions(user=work.user, by=by, now=now)
        return False
    leaving.disable_user(user=work.user, by=by, now=now)
    return True


def _whose(work: Work) -> dict[tuple[str, str], str]:
    """Return whose everything is that may change hands: what is theirs, and what goes along with their cases."""
    found: dict[tuple[str, str], str] = {}
    cases = [it.pk for it in work.cases]
    along: dict[str, Iterable[Any]] = {
        "clients.Case": cases,
        "clients.ToDo": ToDo.objects.open().filter(case__in=cases).values_list("pk", flat=True),
        "clients.Appointment": Appointment.objects.planned().filter(case__in=cases).values_list("pk", flat=True),
        "reminders.Reminder": [],
        "accounts.Absence": [],
    }
    own: dict[str, Iterable[Any]] = {
        "clients.Case": [],
        "clients.ToDo": [it.pk for it in work.to_dos],
        "clients.Appointment": [it.pk for it in work.appointments],
        "reminders.Reminder": [it.pk for it in work.reminders],
        "accounts.Absence": Absence.objects.filter(deputy=work.user, ended_at__isnull=True).values_list(
            "pk", flat=True
        ),
    }
    for label, (model, column) in WHOSE.items():
        rows = model._base_manager.filter(pk__in={*along[label], *own[label]})
        found |= {(label, str(pk)): str(whose or "") for pk, whose in rows.values_list("pk", column)}
    return found


def _changes(before: Mapping[tuple[str, str], str]) -> list[list[str]]:
    """Return what has changed hands: table, row, whose it was, whose it is."""
    found = []
    for label, (model, column) in WHOSE.items():
        ids = [pk for each, pk in before if each == label]
        for pk, whose in model._base_manager.filter(pk__in=ids).order_by("pk").values_list("pk", column):
            was, became = before[label, str(pk)], str(whose or "")
            if was != became:
                found.append([label, str(pk), was, became])
    return found


def _give_back(label: str, pk: str, was: str, became: str, *, user: User, by: User, now: datetime) -> None:
    """Give one row back to whoever had it, if it still is with whoever got it and is not done."""
    model, column = WHOSE[label]
    row: Any = model._base_manager.filter(pk=pk, **{column: became or None}).first()
    if row is None:
        return
    match row:
        case Case():
            if row.status == Case.Status.OPEN:
                row = Case.objects.select_for_update().get(pk=pk)
                Case.objects.filter(pk=pk).update(caseworker=was or None, version=row.version + 1)
                record("clients.case_assigned", subject=row, case_id=row.pk, by=by, now=now, caseworker=was or None)
        case ToDo():
            if not row.is_done:
                _give_to_do(row, User.objects.get(pk=was))
        case Appointment():
            if row.is_planned:
                Appointment.objects.filter(pk=pk).update(staff=was or None, version=F("version") + 1)
        case Absence():
            if row.ended_at is None and row.ends_at > now:
                Absence.objects.filter(pk=pk).update(deputy=was or None)
        case Reminder():
            if row.state == Reminder.State.WAITING:
                _readdress(row, user, now)

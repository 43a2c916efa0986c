"""A case is split into two, or joined into another: people and everything about them, in one act, with nothing lost."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casework.accounts.access import memberships, people_with
from casework.accounts.models import Team, User
from casework.accounts.roles import Permission
from casework.audit.record import record
from casework.clients import actions as clients
from casework.clients.actions.facts import lock_in_order
from casework.clients.actions.principal import why_not_these_relations, write_relations
from casework.clients.actions.transfers import withdraw_open_transfer
from casework.clients.changes import ChangedMeanwhile, write
from casework.clients.models import Case, CaseMember, Client, Relation
from casework.clients.models.case import NAMED_AT_LEAST
from casework.housing import actions as housing
from casework.housing.models import HousingRequest
from casework.lib.kinship import relations_to
from casework.lib.refusals import Refusal
from casework.reminders.deadlines import subject_of
from casework.reminders.housing import subjects_of_case
from casework.reminders.models import Reminder
from casework.residency.models import Deadline

from .rows_of_cases import join_rows, split_rows


class UnableToSplitCase(Refusal):
    pass


class UnableToJoinCases(Refusal):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """Who is what to whom on both sides of a split; the principals are in neither mapping."""

    principal_there: UUID
    there: Mapping[UUID, str]
    principal_here: UUID
    here: Mapping[UUID, str]


def divide(case: Case, leaving: Collection[UUID], principal_there: UUID, principal_here: UUID | None) -> Division:
    """Return what a split would make of the people of a case. Raises UnableToSplitCase.

    `principal_here` is asked for only where the principal applicant leaves.
    """
    people = list(Client.objects.filter(case=case).principal_first().defer("search_form"))
    known, leaves = {each.pk for each in people}, set(leaving)
    if not leaves or leaves - known:
        raise UnableToSplitCase(_("Choose who leaves this case, from the people in it."), field="leaving")
    if leaves == known:
        raise UnableToSplitCase(_("Somebody must stay. To give the whole case away, transfer it."), field="leaving")
    if principal_there not in leaves:
        raise UnableToSplitCase(
            _("The principal applicant of the new case is one of those who leave."), field="principal"
        )
    old = people[0].pk
    if old in leaves and (principal_here is None or principal_here in leaves or principal_here not in known):
        raise UnableToSplitCase(
            _("The principal applicant leaves. Choose who is the principal applicant of those who stay."),
            field="principal_here",
        )
    here = principal_here if old in leaves and principal_here is not None else old
    return Division(
        principal_there=principal_there,
        there=_seen_from(principal_there, people, leaves),
        principal_here=here,
        here=_seen_from(here, people, known - leaves),
    )


@transaction.atomic
def split_case(
    *,
    case: Case,
    leaving: Collection[UUID],
    principal: UUID,
    principal_here: UUID | None,
    team: Team,
    caseworker: User | None,
    version: int,
    by: User,
    now: datetime,
    chosen: Mapping[str, Collection[UUID]] | None = None,
    named: Collection[User] = (),
    submit_token: UUID | None = None,
) -> Case:
    """Open a case for those who leave, with everything about them. Sent twice with the same token, it is split once.

    `chosen` names rows that go along because somebody ticked them, see `rows_of_cases`. `named`: of a restricted
    case, who will see the new one. Raises ChangedMeanwhile, UnableToSplitCase.
    """
    earlier = Case.objects.filter(submit_token=submit_token).first() if submit_token else None
    if earlier is not None:
        return earlier
    case = _locked(case, version, {})
    if case.status != Case.Status.OPEN:
        raise UnableToSplitCase(_("A closed case is not split. Reopen it first."))
    if not _may_change_in(by, team, now):
        raise UnableToSplitCase(
            _("You do not work in this team. Split the case, then transfer the new one."), field="team"
        )
    division = divide(case, leaving, principal, principal_here)
    new = _open_beside(case, team, caseworker, named, submit_token, by, now)
    people = {each.pk: each for each in Client.objects.filter(case=case).order_by("pk")}
    lock_in_order(people.values())
    gone = [people[pk] for pk in sorted(leaving)]
    _move(gone, new, division.principal_there, division.there, now)
    if not people[division.principal_here].is_principal:
        write_relations([people[pk] for pk in people if pk not in set(leaving)], division.principal_here, division.here)
    went = split_rows(case, new, list(leaving), chosen or {})
    _divide_requests(case, new, leaving, by, now)
    take_reminders_along(new, leaving)
    Case.objects.filter(pk=case.pk).update(version=case.version + 1)
    rows: dict[str, Any] = {"people": [str(each.pk) for each in gone], "rows": went}
    record("lifecycle.case_split", subject=new, case_id=case.pk, by=by, now=now, **rows)
    record("lifecycle.case_split_off", subject=case, case_id=new.pk, by=by, now=now, **rows)
    return new


def why_not_join(source: Case, into: Case) -> str:
    """Return the sentence that says why the one case cannot be joined into the other, or ""."""
    if source.pk == into.pk:
        return _("A case is not joined into itself. Enter the code of another one.")
    if into.status != Case.Status.OPEN:
        return _("The other case is closed. Reopen it first.")
    if source.joined_into_id is not None:
        return _("This case was joined into another one already.")
    if source.is_archived:
        return _("This case is archived. Take it out of the archive first.")
    if source.restricted != into.restricted:
        return _("One of the two is restricted and the other is not. Restrict both, or lift the restriction first.")
    return ""


def names_united(source: Case, into: Case, now: datetime) -> tuple[list[User], list[User]]:
    """Return who would see a restricted case after the join, and who of those named on the emptied one would not.

    Nobody who does not work in the team of the case can be named on it.
    """
    named = list(User.objects.filter(named_on__case__in=[source.pk, into.pk]).distinct().order_by("pk"))
    working = set(
        people_with(Permission.CASE_VIEW, [into.team], now)
        .filter(pk__in=[each.pk for each in named])
        .values_list("pk", flat=True)
    )
    return [each for each in named if each.pk in working], [each for each in named if each.pk not in working]


@transaction.atomic
def join_cases(
    *,
    source: Case,
    into: Case,
    version: int,
    into_version: int,
    relations: Mapping[UUID, str],
    by: User,
    now: datetime,
    names_agreed: bool = False,
) -> Case:
    """Move everybody and everything of `source` into another case; the emptied one closes and leads there.

    `relations` says what each who comes is to the principal applicant there. Raises ChangedMeanwhile, UnableToJoinCases.
    """
    # In the order of their ids, so that two joins of the same two cases do not wait for each other.
    locked = {
        each.pk: each for each in Case.objects.filter(pk__in=[source.pk, into.pk]).order_by("pk").select_for_update()
    }
    for each, seen in ((source, version), (into, into_version)):
        if locked[each.pk].version != seen:
            raise ChangedMeanwhile(locked[each.pk], {})
    source, into = locked[source.pk], locked[into.pk]
    if reason := why_not_join(source, into):
        raise UnableToJoinCases(reason)
    if source.restricted and not names_agreed:
        raise UnableToJoinCases(_("Confirm who will see the restricted case."), field="names_agreed")
    principal = Client.objects.filter(case=into, is_principal=True).values_list("pk", flat=True).first()
    coming = list(Client.objects.filter(case=source).order_by("pk"))
    if principal is None or {each.pk for each in coming} != set(relations):
        raise UnableToJoinCases(_("Somebody was added to this case or left it meanwhile. Look at it again."))
    if reason := why_not_these_relations(principal, relations):
        raise UnableToJoinCases(reason)
    lock_in_order(coming)
    _move(coming, into, None, relations, now)
    withdraw_open_transfer(source, by=by, now=now)
    _unite_names(source, into, now)
    moved = join_rows(source, into)
    housing.wait_on_in(source=source, into=into, people=list(relations), by=by, now=now)
    take_reminders_along(into, list(relations))
    close_as_joined(source, into, now)
    Case.objects.filter(pk=into.pk).update(version=into.version + 1)
    rows: dict[str, Any] = {"people": [str(each.pk) for each in coming], "rows": moved}
    record("lifecycle.case_joined_into", subject=into, case_id=source.pk, by=by, now=now, **rows)
    record("lifecycle.case_joined", subject=source, case_id=into.pk, by=by, now=now, **rows)
    into.refresh_from_db()
    return into


def _locked(case: Case, version: int, mine: Mapping[str, Any]) -> Case:
    current = Case.objects.select_for_update().get(pk=case.pk)
    if current.version != version:
        raise ChangedMeanwhile(current, mine)
    return current


def _may_change_in(user: User, team: Team, now: datetime) -> bool:
    return memberships(user, Permission.CASE_CHANGE, now).filter(team=team).exists()


def _seen_from(principal: UUID, people: list[Client], among: Collection[UUID]) -> dict[UUID, str]:
    """Return what the people of one side are to their principal applicant, as far as that can be told."""
    old = people[0]
    relations = {each.pk: str(each.relation) for each in people[1:]}
    if principal != old.pk:
        ties: Any = [row.tie for row in Relation.objects.among([principal])]
        relations = relations_to(principal, old.pk, relations, ties)
    return {pk: relation for pk, relation in relations.items() if pk in among and pk != principal}


def _open_beside(
    case: Case,
    team: Team,
    caseworker: User | None,
    named: Collection[User],
    submit_token: UUID | None,
    by: User,
    now: datetime,
) -> Case:
    """Open a case beside another: as urgent as that, and as restricted."""
    values: dict[str, Any] = {"team": team, "caseworker": caseworker, "priority": case.priority}
    new = clients.open_case(by=by, now=now, submit_token=submit_token, **values)
    if not case.restricted:
        return new
    if not named and team.pk == case.team_id:
        named = list(User.objects.filter(named_on__case=case))
    return clients.restrict_case(case=new, people=named, version=new.version, by=by, now=now)


def _move(
    people: list[Client], case: Case, principal: UUID | None, relations: Mapping[UUID, str], now: datetime
) -> None:
    """Put people into another case; their principal applicant, if they have one of their own, comes first of all."""
    for client in people:
        is_principal = client.pk == principal
        relation = Client.Relation.PRINCIPAL if is_principal else relations[client.pk]
        write(client, {"case": case, "is_principal": is_principal, "relation": relation})
        clients.facts_changed(client, now=now)


def _divide_requests(case: Case, new: Case, leaving: Collection[UUID], by: User, now: datetime) -> None:
    """Those who waited for a bed together wait on in two cases; whoever waited alone took the request along."""
    together = HousingRequest.objects.open().filter(case=case, people__client__in=leaving).distinct()
    for request in together.order_by("pk"):
        housing.divide_request(request=request, case=new, people=leaving, by=by, now=now)


def take_reminders_along(case: Case, people: Collection[UUID]) -> None:
    """Have what is said, and was, of the deadlines and beds of these people belong to the case in which they are now.

    Whoever may not be told any more is not: delivery looks once more, and the planner tells whoever is new.
    """
    subjects = [subject_of(pk) for pk in Deadline.objects.filter(client__in=people).values_list("pk", flat=True)]
    subjects += subjects_of_case(case)
    Reminder.objects.filter(subject__in=subjects).update(case=case)
    Reminder.objects.filter(client__in=people).update(case=case)


def _unite_names(source: Case, into: Case, now: datetime) -> None:
    if not source.restricted:
        return
    together, _left_out = names_united(source, into, now)
    if len(together) < NAMED_AT_LEAST:
        raise UnableToJoinCases(_("Name at least two people, so that somebody is there when one of them is away."))
    there = set(into.members.values_list("user", flat=True))
    CaseMember.objects.bulk_create(
        CaseMember(case=into, user=user, named_at=now) for user in together if user.pk not in there
    )


def close_as_joined(source: Case, into: Case, now: datetime) -> None:
    source.status, source.closing_reason, source.joined_into = Case.Status.CLOSED, Case.ClosingReason.JOINED, into
    source.closed_at = source.closed_at or now
    source.version += 1
    source.save(update_fields=["status", "closing_reason", "joined_into", "closed_at", "version"])

"""What can happen to a case."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.changes import ChangedMeanwhile
from casework.clients.models import Case, Note
from tests.factories.accounts import NOW, make_membership, make_team, make_user, team_of
from tests.factories.clients import make_case

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def events(case: Case, type_: str) -> list[Event]:
    return list(Event.objects.about_case(case.pk).filter(type=type_).order_by("id"))


def test_opening_gives_a_code_that_tells_it_from_a_person() -> None:
    worker = make_user()

    case = actions.open_case(team=team_of(worker), caseworker=worker, by=worker, now=NOW)

    assert case.code.startswith("C-")
    assert case.status == Case.Status.OPEN
    assert case.caseworker == worker
    [event] = events(case, "clients.case_opened")
    assert event.actor_id == worker.pk
    assert event.at == NOW


def test_a_form_sent_twice_opens_one_case() -> None:
    worker, token = make_user(), uuid.uuid4()
    team = team_of(worker)

    first = actions.open_case(team=team, caseworker=worker, by=worker, now=NOW, submit_token=token)
    second = actions.open_case(team=team, caseworker=None, by=worker, now=LATER, submit_token=token)

    assert second == first
    assert Case.objects.count() == 1
    assert len(events(first, "clients.case_opened")) == 1


def test_a_case_is_not_given_to_somebody_of_another_team() -> None:
    worker, stranger = make_user(), make_user()

    with pytest.raises(actions.UnableToOpenCase) as refusal:
        actions.open_case(team=team_of(worker), caseworker=stranger, by=worker, now=NOW)

    assert refusal.value.field == "caseworker"
    assert not Case.objects.exists()


def test_what_the_one_before_had_to_do_goes_to_the_new_caseworker_and_what_colleagues_have_stays() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), caseworker=worker)
    colleague, other = make_user(team=case.team), make_user(team=case.team)
    for owner in (worker, other):
        actions.give_to_dos(owner_ids=[owner.pk], kind="referral", about=case.pk, case=case, now=NOW)

    actions.assign_case(case=case, caseworker=colleague, version=1, by=worker, now=LATER)

    assert {it.owner for it in case.to_dos.all()} == {colleague, other}
    [event] = events(case, "clients.case_assigned")
    assert event.data == {"caseworker": str(colleague.pk), "to_dos": 1}


def test_assigning_says_who_in_the_audit() -> None:
    case = make_case()
    colleague = make_user(team=case.team)

    changed = actions.assign_case(case=case, caseworker=colleague, version=1, by=colleague, now=LATER)

    assert changed.caseworker == colleague
    assert changed.version == 2
    [event] = events(case, "clients.case_assigned")
    assert event.data == {"caseworker": str(colleague.pk)}


def test_assigning_refuses_somebody_whose_membership_has_ended() -> None:
    case = make_case()
    former = make_user(role=None)
    make_membership(former, Role.CASEWORKER, team=case.team, ends_at=NOW)

    with pytest.raises(actions.UnableToAssignCase):
        actions.assign_case(case=case, caseworker=former, version=1, by=make_user(team=case.team), now=LATER)


def test_assigning_to_nobody_leaves_the_case_to_the_team() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), caseworker=worker)

    assert actions.assign_case(case=case, caseworker=None, version=1, by=worker, now=LATER).caseworker is None


def test_a_change_over_the_change_of_somebody_else_is_refused_with_both() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))
    actions.change_priority(case=case, priority="high", version=1, by=worker, now=LATER)

    with pytest.raises(ChangedMeanwhile) as conflict:
        actions.change_priority(case=case, priority="urgent", version=1, by=worker, now=LATER)

    assert conflict.value.theirs.priority == "high"
    assert conflict.value.mine == {"priority": "urgent"}
    case.refresh_from_db()
    assert case.priority == "high"


def test_a_change_to_the_same_is_no_change() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))

    same = actions.change_priority(case=case, priority="normal", version=1, by=worker, now=LATER)

    assert same.version == 1
    assert events(case, "clients.case_priority_changed") == []


def test_closing_keeps_reason_and_remark() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))

    closed = actions.close_case(
        case=case, reason="moved_on", remark="Уехала в придуманную страну", version=1, by=worker, now=LATER
    )

    assert (closed.status, closed.closed_at, closed.closing_reason) == ("closed", LATER, "moved_on")
    note = Note.objects.get(case=case)
    assert (note.kind, note.text) == (Note.Kind.CLOSING, "Уехала в придуманную страну")
    [event] = events(case, "clients.case_closed")
    assert event.data == {"reason": "moved_on"}


def test_a_closed_case_is_not_closed_again() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))
    closed = actions.close_case(case=case, reason="needs_met", version=1, by=worker, now=LATER)

    with pytest.raises(actions.UnableToCloseCase):
        actions.close_case(case=closed, reason="other", version=2, by=worker, now=LATER)


def test_reopening_takes_the_reason_for_closing_away_and_says_why() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))
    closed = actions.close_case(case=case, reason="lost_contact", version=1, by=worker, now=LATER)

    opened = actions.reopen_case(case=closed, reason="Написала снова", version=2, by=worker, now=LATER)

    assert (opened.status, opened.closed_at, opened.closing_reason) == ("open", None, "")
    assert Note.objects.get(case=case).text == "Написала снова"


def test_an_open_case_is_not_reopened() -> None:
    worker = make_user()

    with pytest.raises(actions.UnableToReopenCase):
        actions.reopen_case(case=make_case(team=team_of(worker)), version=1, by=worker, now=LATER)


def test_restricting_names_two_people_at_least() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker))

    with pytest.raises(actions.UnableToRestrictCase):
        actions.restrict_case(case=case, people=[worker, worker], version=1, by=worker, now=LATER)


def test_restricting_refuses_people_who_do_not_work_in_the_team() -> None:
    worker, stranger, former = make_user(), make_user(), make_user(None)
    case = make_case(team=team_of(worker))
    make_membership(former, Role.CASEWORKER, team=case.team, ends_at=NOW)

    for other in (stranger, former):
        with pytest.raises(actions.UnableToRestrictCase):
            actions.restrict_case(case=case, people=[worker, other], version=1, by=worker, now=LATER)


def test_restricting_keeps_the_caseworker() -> None:
    worker = make_user()
    team = team_of(worker)
    case = make_case(team=team, caseworker=worker)
    others = [make_user(team=team), make_user(team=team)]

    with pytest.raises(actions.UnableToRestrictCase):
        actions.restrict_case(case=case, people=others, version=1, by=worker, now=LATER)


def test_restricting_again_names_others() -> None:
    worker = make_user()
    team = team_of(worker)
    case = make_case(team=team)
    first, second = make_user(team=team), make_user(team=team)
    actions.restrict_case(case=case, people=[worker, first], version=1, by=worker, now=LATER)

    actions.restrict_case(case=case, people=[worker, second], version=2, by=worker, now=LATER)

    assert set(case.members.values_list("user", flat=True)) == {worker.pk, second.pk}
    assert events(case, "clients.case_restricted")[-1].data == {"people": sorted([str(worker.pk), str(second.pk)])}


def test_a_restricted_case_goes_only_to_somebody_named() -> None:
    worker = make_user()
    team = team_of(worker)
    case = make_case(team=team)
    named, unnamed = make_user(team=team), make_user(team=team)
    restricted = actions.restrict_case(case=case, people=[worker, named], version=1, by=worker, now=LATER)

    with pytest.raises(actions.UnableToAssignCase):
        actions.assign_case(case=restricted, caseworker=unnamed, version=2, by=worker, now=LATER)

    assert actions.assign_case(case=restricted, caseworker=named, version=2, by=worker, now=LATER).caseworker == named


def test_lifting_a_restriction_forgets_who_was_named() -> None:
    worker = make_user()
    team = team_of(worker)
    case = make_case(team=team)
    actions.restrict_case(case=case, people=[worker, make_user(team=team)], version=1, by=worker, now=LATER)

    lifted = actions.lift_restriction(case=case, version=2, by=worker, now=LATER)

    assert lifted.restricted is False
    assert not case.members.exists()


def test_the_name_of_a_case_says_nothing_about_people() -> None:
    case = make_case(team=make_team())

    assert str(case) == case.code


def test_a_closed_case_is_archived_and_then_changed_by_nobody_until_it_is_taken_out() -> None:
    worker = make_user()
    case = make_case(team=team_of(worker), by=worker)
    changeable: Any = Case.objects

    with pytest.raises(actions.UnableToArchiveCase, match="Close it first"):
        actions.archive_case(case=case, version=1, by=worker, now=NOW)
    actions.close_case(case=case, reason="needs_met", version=1, by=worker, now=NOW)
    archived = actions.archive_case(case=case, version=2, by=worker, now=NOW)

    assert archived.is_archived
    assert (changeable.visible_to(worker, NOW).count(), changeable.changeable_by(worker, NOW).count()) == (1, 0)
    assert changeable.not_archived().count() == 0
    with pytest.raises(actions.UnableToReopenCase, match="archive"):
        actions.reopen_case(case=case, version=3, by=worker, now=NOW)
    actions.unarchive_case(case=case, version=3, by=worker, now=NOW)
    assert changeable.changeable_by(worker, NOW).get().status == "closed"


def test_nobody_closes_a_case_as_joined_without_joining_it() -> None:
    case = make_case()

    with pytest.raises(actions.UnableToCloseCase) as error:
        actions.close_case(case=case, reason="joined", version=1, by=make_user(), now=NOW)

    assert error.value.field == "reason"

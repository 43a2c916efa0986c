"""A leaver's work goes to others in one act, and their access ends with it."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction

from casework.accounts import actions as accounts
from casework.accounts.models import Membership, Session, Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Appointment, Case, HandOver, ToDo
from casework.lifecycle.leavers import (
    UNDO_FOR,
    Plan,
    UnableToHandOver,
    hand_over,
    leavers_of,
    undo_hand_over,
    work_of,
)
from casework.lifecycle.leaving import UnableToLetGo
from casework.reminders.models import Reminder
from tests.factories.accounts import NOW, make_membership, make_team, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.racing import at_once

pytestmark = pytest.mark.django_db


class Office:
    """A coordinator, somebody who leaves, and two colleagues."""

    def __init__(self) -> None:
        make_user(Role.ADMINISTRATOR)
        self.team: Team = make_team()
        self.coordinator = make_user(Role.COORDINATOR, team=self.team)
        self.leaver = make_user(team=self.team, name="Уходящая")
        self.first = make_user(team=self.team, name="Первый")
        self.second = make_user(team=self.team, name="Вторая")

    def case(self, worker: User | None = None) -> Case:
        case = make_case(team=self.team, caseworker=worker or self.leaver, by=self.coordinator)
        make_client(case=case, by=self.coordinator)
        return case

    def appointment(self, case: Case, day: int = 20, staff: User | None = None) -> Appointment:
        return actions.plan_appointment(
            case=case,
            people=list(case.clients.all()),
            by=self.coordinator,
            now=NOW,
            day=date(2026, 12, day),
            wall_time=time(10),
            zone="Asia/Bishkek",
            with_kind="ours",
            staff=staff or self.leaver,
        )

    def to_do(self, case: Case | None = None, owner: User | None = None) -> ToDo:
        owner = owner or self.leaver
        return actions.write_to_do(text="Позвонить Вымышлену", owner=owner, by=owner, now=NOW, case=case)

    def reminder(self, case: Case, recipient: User | None = None, subject: str = "deadline:x") -> Reminder:
        return Reminder.objects.create(
            subject=subject,
            due_on=date(2026, 12, 20),
            lead_days=3,
            recipient=recipient or self.leaver,
            channel="email",
            case=case,
            send_at=NOW + timedelta(days=20),
            created_at=NOW,
        )

    def leaves(self, rest: User | None = None, takers: dict[Case, User] | None = None, **fields: Any) -> HandOver:
        plan = Plan(rest=rest or self.first, takers={case.pk: user for case, user in (takers or {}).items()})
        known: dict[str, Any] = {"user": self.leaver, "plan": plan, "by": self.coordinator, "now": NOW}
        return hand_over(**(known | fields))


@pytest.fixture
def office() -> Office:
    return Office()


def caseworkers(*cases: Case) -> list[User | None]:
    return [Case.objects.get(pk=case.pk).caseworker for case in cases]


def test_forty_cases_go_where_the_plan_says_in_one_act(office: Office) -> None:
    cases = [office.case() for _number in range(40)]
    others = dict.fromkeys(cases[:15], office.second)

    made = office.leaves(takers=others)

    assert caseworkers(*cases) == [office.second] * 15 + [office.first] * 25
    assert made.counts["clients.Case"] == 40
    assert Event.objects.filter(type="clients.case_assigned").count() == 40


def test_who_goes_on_in_another_team_keeps_what_is_about_no_case(office: Office) -> None:
    make_membership(office.leaver, Role.CASEWORKER, team=make_team())
    of_case, of_none = office.to_do(office.case()), office.to_do()

    made = office.leaves()

    assert {row.pk: row.owner for row in ToDo.objects.all()} == {of_case.pk: office.first, of_none.pk: office.leaver}
    assert made.counts["clients.ToDo"] == 1


def test_to_dos_and_appointments_go_with_the_case_and_what_is_about_no_case_to_the_rest(office: Office) -> None:
    own, theirs = office.case(), office.case(office.second)
    of_own, of_theirs, of_none = office.to_do(own), office.to_do(theirs), office.to_do()
    along, to_colleague = office.appointment(own), office.appointment(theirs, 21)

    office.leaves(takers={own: office.second})

    owners = dict(ToDo.objects.values_list("pk", "owner"))
    assert owners == {of_own.pk: office.second.pk, of_theirs.pk: office.second.pk, of_none.pk: office.first.pk}
    staff = dict(Appointment.objects.values_list("pk", "staff"))
    assert staff == {along.pk: office.second.pk, to_colleague.pk: office.second.pk}
    kept = ToDo.objects.get(pk=of_none.pk)
    assert (kept.text, kept.data_key_id) == ("Позвонить Вымышлену", office.first.data_key_id)


def test_what_is_past_or_done_stays_as_it_was(office: Office) -> None:
    case = office.case()
    done = actions.finish_to_do(to_do=office.to_do(case), by=office.leaver, now=NOW)
    past = office.appointment(case)
    Appointment.objects.filter(pk=past.pk).update(starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1))
    closed = office.case()
    actions.close_case(case=closed, reason="left", version=1, by=office.coordinator, now=NOW)

    office.leaves()

    assert ToDo.objects.get(pk=done.pk).owner == office.leaver
    assert Appointment.objects.get(pk=past.pk).staff == office.leaver
    assert caseworkers(closed) == [office.leaver]


def test_what_colleagues_have_to_do_stays_theirs(office: Office) -> None:
    office.case()
    case = office.case(office.second)
    to_do, appointment = office.to_do(case, office.first), office.appointment(case, staff=office.first)
    reminder = office.reminder(case, recipient=office.second)

    office.leaves()

    assert caseworkers(case) == [office.second]
    assert ToDo.objects.get(pk=to_do.pk).owner == office.first
    assert Appointment.objects.get(pk=appointment.pk).staff == office.first
    reminder.refresh_from_db()
    assert (reminder.recipient, reminder.state) == (office.second, "waiting")
    assert HandOver.objects.get().roles == [["caseworker", str(office.team.pk)]]


def test_of_a_case_that_the_coordinator_does_not_see_no_to_do_is_moved(office: Office) -> None:
    hidden = office.case(office.first)
    to_do = office.to_do(hidden)
    appointment = office.appointment(hidden)
    reminder = office.reminder(hidden)
    hide(hidden, office.leaver, office.first, office.second)

    office.leaves(rest=office.second)

    assert ToDo.objects.get(pk=to_do.pk).owner == office.leaver
    assert Appointment.objects.get(pk=appointment.pk).staff == office.leaver
    reminder.refresh_from_db()
    assert reminder.recipient == office.leaver


def test_a_to_do_about_a_colleagues_case_goes_to_nobody_who_may_not_see_it(office: Office) -> None:
    case = office.case(office.first)
    to_do = office.to_do(case)
    hide(case, office.leaver, office.coordinator, office.second)  # whoever looks after it is not named any more

    with pytest.raises(UnableToHandOver, match=case.code):
        office.leaves(rest=office.first)
    office.leaves(rest=office.second)

    assert ToDo.objects.get(pk=to_do.pk).owner == office.second


def test_who_works_no_more_in_the_team_of_a_case_does_not_take_it(office: Office) -> None:
    other = make_team()
    for user in (office.coordinator, office.leaver, office.first):
        role = Role.COORDINATOR if user == office.coordinator else Role.CASEWORKER
        make_membership(user, role, team=other)
    office.first.memberships.filter(team=other).update(ends_at=NOW)
    here, there = office.case(), make_case(team=other, caseworker=office.leaver, by=office.coordinator)

    work = work_of(office.leaver, office.coordinator, NOW)

    assert office.first in work.may_take(here)
    assert office.first not in work.may_take(there)
    with pytest.raises(UnableToHandOver, match=there.code):
        office.leaves(rest=office.first)


def test_who_has_left_already_is_not_among_those_whose_work_is_handed_over(office: Office) -> None:
    former = make_user(team=office.team)
    former.memberships.update(ends_at=NOW)

    people = set(leavers_of(office.coordinator, NOW))

    assert people == {office.leaver, office.first, office.second}


def test_reminders_that_wait_go_along_and_none_is_said_twice(office: Office) -> None:
    case, theirs = office.case(), office.case(office.second)
    goes = office.reminder(case)
    double = office.reminder(case, subject="deadline:y")
    office.reminder(case, recipient=office.first, subject="deadline:y")
    elsewhere = office.reminder(theirs, subject="deadline:z")

    office.leaves()

    goes.refresh_from_db()
    double.refresh_from_db()
    elsewhere.refresh_from_db()
    assert (goes.recipient, goes.state) == (office.first, "waiting")
    assert (double.state, double.why, elsewhere.state) == ("stopped", "handed_over", "stopped")


def test_access_ends_at_once_with_every_session(office: Office) -> None:
    case = office.case()
    key = "k" * 40
    Session.objects.create(
        session_key=key, session_data="", expire_date=NOW + timedelta(days=1), opened_at=NOW, user=office.leaver
    )

    made = office.leaves()

    office.leaver.refresh_from_db()
    assert (office.leaver.is_active, made.account_shut) == (False, True)
    assert not Session.objects.filter(user=office.leaver).exists()
    visible: Any = Case.objects
    assert not visible.visible_to(office.leaver, NOW).filter(pk=case.pk).exists()


def test_who_has_a_role_elsewhere_keeps_it_and_is_signed_out(office: Office) -> None:
    other = make_team()
    make_membership(office.leaver, Role.CASEWORKER, team=other)
    kept = make_case(team=other, caseworker=office.leaver)
    case = office.case()
    actions.give_access(case=kept, user=office.first, by=make_user(Role.COORDINATOR, team=other), now=NOW, **lent(NOW))

    made = office.leaves()

    office.leaver.refresh_from_db()
    assert (office.leaver.is_active, made.account_shut) == (True, False)
    assert caseworkers(case, kept) == [office.first, office.leaver]
    assert list(Membership.objects.active(NOW).filter(user=office.leaver).values_list("team", flat=True)) == [other.pk]


def lent(now: datetime) -> dict[str, Any]:
    return {"starts_at": now, "ends_at": now + timedelta(days=5), "reason": "Замещает коллегу", "may_change": False}


def test_a_restricted_case_goes_only_to_somebody_named_on_it(office: Office) -> None:
    case = office.case()
    hide(case, office.leaver, office.coordinator, office.second)

    with pytest.raises(UnableToHandOver, match=case.code):
        office.leaves(rest=office.first)
    assert office.leaver.is_active
    office.leaves(rest=office.first, takers={case: office.second})

    assert caseworkers(case) == [office.second]


def test_of_a_restricted_case_that_the_coordinator_does_not_see_nothing_is_said_and_nothing_moved(
    office: Office,
) -> None:
    hidden = office.case()
    hide(hidden, office.leaver, office.first)

    work = work_of(office.leaver, office.coordinator, NOW)
    assert work.cases == []
    office.leaves()

    assert caseworkers(hidden) == [office.leaver]
    assert ToDo.objects.get(kind=ToDo.Kind.NAMED_ALONE).owner == office.first


def test_the_last_who_sees_a_case_does_not_leave_and_nothing_is_half_done(office: Office) -> None:
    case, hidden = office.case(), office.case()
    hide(hidden, office.leaver, office.first)
    office.first.memberships.update(ends_at=NOW)

    with pytest.raises(UnableToLetGo):
        office.leaves(rest=office.second)

    assert caseworkers(case) == [office.leaver]
    assert HandOver.objects.count() == 0
    assert User.objects.get(pk=office.leaver.pk).is_active


def test_only_coordinators_of_the_team_hand_over_and_nobody_themselves(office: Office) -> None:
    office.case()

    elsewhere = make_user(Role.COORDINATOR)
    make_user(team=elsewhere.memberships.get().team)  # whose work they would hand over
    for user in (office.first, elsewhere, make_user(Role.ADMINISTRATOR)):
        assert not leavers_of(user, NOW).filter(pk=office.leaver.pk).exists()
        with pytest.raises(UnableToHandOver, match="not yours"):
            office.leaves(by=user)
    with pytest.raises(UnableToHandOver, match="not yours"):
        office.leaves(user=office.coordinator)


@pytest.mark.parametrize("who", ["nobody", "stranger", "leaver"])
def test_whoever_takes_a_case_works_in_its_team(office: Office, who: str) -> None:
    case = office.case()
    rest = {"nobody": None, "stranger": make_user(), "leaver": office.leaver}[who]

    with pytest.raises(UnableToHandOver) as error:
        office.leaves(plan=Plan(rest=rest, takers={}))

    assert error.value.field == "rest"
    assert caseworkers(case) == [office.leaver]


def test_sent_twice_it_is_done_once(office: Office) -> None:
    case = office.case()
    made = office.leaves()

    assert office.leaves(hand_over_id=made.pk) == made
    with pytest.raises(SuspiciousOperation):
        office.leaves(hand_over_id=made.pk, by=office.first)
    assert (caseworkers(case), HandOver.objects.count()) == ([office.first], 1)


def test_undone_everything_is_theirs_again_but_for_what_was_handed_on(office: Office) -> None:
    case, given_on = office.case(), office.case()
    to_do, done, alone = office.to_do(case), office.to_do(case), office.to_do()
    appointment, reminder = office.appointment(case), office.reminder(case)
    made = office.leaves()
    actions.assign_case(case=given_on, caseworker=office.second, version=2, by=office.coordinator, now=NOW)
    actions.finish_to_do(to_do=done, by=office.first, now=NOW)

    undo_hand_over(hand_over=made, by=office.coordinator, now=NOW + timedelta(hours=1))

    office.leaver.refresh_from_db()
    assert office.leaver.is_active
    assert caseworkers(case, given_on) == [office.leaver, office.second]
    owners = dict(ToDo.objects.values_list("pk", "owner"))
    assert owners == {to_do.pk: office.leaver.pk, done.pk: office.first.pk, alone.pk: office.leaver.pk}
    assert ToDo.objects.get(pk=alone.pk).text == "Позвонить Вымышлену"
    assert Appointment.objects.get(pk=appointment.pk).staff == office.leaver
    assert Reminder.objects.get(pk=reminder.pk).recipient == office.leaver
    held = Membership.objects.active(NOW + timedelta(hours=2)).filter(user=office.leaver)
    assert [(it.role, it.team) for it in held] == [(Role.CASEWORKER, office.team)]


def test_an_undo_is_once_in_time_and_by_a_coordinator_of_the_team(office: Office) -> None:
    office.case()
    made = office.leaves()

    for user in (office.first, make_user(Role.COORDINATOR)):
        with pytest.raises(UnableToHandOver, match="not yours"):
            undo_hand_over(hand_over=made, by=user, now=NOW)
    with pytest.raises(UnableToHandOver, match="too long ago"):
        undo_hand_over(hand_over=made, by=office.coordinator, now=NOW + UNDO_FOR + timedelta(seconds=1))
    undo_hand_over(hand_over=made, by=office.coordinator, now=NOW)
    with pytest.raises(UnableToHandOver, match="already"):
        undo_hand_over(hand_over=made, by=office.coordinator, now=NOW)


def test_the_database_refuses_a_hand_over_of_oneself_and_an_undo_by_nobody(office: Office) -> None:
    office.case()
    made = office.leaves()

    for values, name in (
        ({"by": office.leaver}, "hand_over_not_of_oneself"),
        ({"undone_at": NOW}, "hand_over_undone_by_somebody_in_time"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            HandOver.objects.filter(pk=made.pk).update(**values)


def test_the_audit_says_how_much_went_and_no_word_of_it(office: Office) -> None:
    case = office.case()
    office.to_do(case)

    office.leaves()

    event = Event.objects.get(type="lifecycle.work_handed_over")
    assert event.actor_id == office.coordinator.pk
    assert event.data == {
        "user": str(office.leaver.pk),
        "rows": {
            "clients.Case": 1,
            "clients.ToDo": 1,
            "clients.Appointment": 0,
            "reminders.Reminder": 0,
            "accounts.Absence": 0,
        },
    }


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_one_hands_over() -> None:
    office = Office()
    other = make_user(Role.COORDINATOR, team=office.team)
    case = office.case()

    outcomes = at_once(office.leaves, lambda: office.leaves(rest=office.second, by=other))

    made = [it for it in outcomes if isinstance(it, HandOver)]
    assert len(made) == 1
    assert caseworkers(case) == [office.first if made[0].by == office.coordinator else office.second]
    assert [type(it) for it in outcomes if it not in made] == [UnableToHandOver]


def test_whoever_leaves_stands_in_for_nobody_any_more_and_does_again_if_they_stay_after_all() -> None:
    office = Office()
    absence = accounts.record_absence(
        user=office.first,
        deputy=office.leaver,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=9),
        by=office.first,
        now=NOW,
    )[0]
    other = accounts.record_absence(
        user=office.second,
        deputy=office.coordinator,
        starts_at=NOW,
        ends_at=NOW + timedelta(days=9),
        by=office.second,
        now=NOW,
    )[0]

    made = hand_over(user=office.leaver, plan=Plan(rest=office.second, takers={}), by=office.coordinator, now=NOW)

    absence.refresh_from_db()
    other.refresh_from_db()
    assert (absence.deputy, other.deputy) == (None, office.coordinator)
    assert Event.objects.filter(type="accounts.absence_deputy_dropped").count() == 1
    undo_hand_over(hand_over=made, by=office.coordinator, now=NOW + timedelta(hours=1))
    absence.refresh_from_db()
    assert absence.deputy == office.leaver

"""Break-glass: what opens, for how long, who is told, what stays."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.models import Case, EmergencyAccess, EmergencySeen, ToDo
from casework.lifecycle import emergency
from casework.lifecycle.emergency import Opened, UnableToOpenInEmergency, note_emergency, open_in_emergency
from casework.reminders.models import Reminder
from casework.reminders.send import deliver_due
from tests.factories.accounts import NOW, make_membership, make_user
from tests.factories.clients import hide, make_case, make_client
from tests.racing import at_once

pytestmark = pytest.mark.django_db

REASON = "Звонит с границы, никто не отвечает"


def opened(code: str, by: User, *, now: datetime = NOW, reason: str = REASON) -> Opened:
    return open_in_emergency(code=code, reason=reason, by=by, now=now)


def sees(user: User, case: Case, now: datetime = NOW) -> bool:
    return Case.objects.visible_to(user, now).filter(pk=case.pk).exists()


@pytest.fixture
def stranger() -> User:
    return make_user(name="Demo Stranger")


@pytest.fixture
def auditor() -> User:
    return make_user(Role.AUDITOR)


def test_the_exact_code_opens_that_case_for_an_hour_to_look_at(stranger: User, auditor: User) -> None:
    case, other = make_case(), make_case()

    access = opened(case.code, stranger).access

    assert access is not None
    assert str(access.reason) == REASON
    assert [sees(stranger, case), sees(stranger, other)] == [True, False]
    assert not Case.objects.changeable_by(stranger, NOW).exists()
    assert sees(stranger, case, NOW + timedelta(minutes=59, seconds=59))
    assert not sees(stranger, case, NOW + timedelta(hours=1))


def test_of_a_restricted_case_those_named_and_auditors_are_told_and_nobody_else(stranger: User, auditor: User) -> None:
    case = make_case()
    named = [make_user(team=case.team), make_user(Role.COORDINATOR, team=case.team)]
    unnamed = make_user(Role.COORDINATOR, team=case.team)
    hide(case, *named)
    case.refresh_from_db()

    opened(case.code, unnamed)

    assert sees(unnamed, case)
    told = set(ToDo.objects.filter(kind=ToDo.Kind.EMERGENCY, case=case).values_list("owner", flat=True))
    assert told == {user.pk for user in named}
    written = set(Reminder.objects.values_list("recipient", flat=True))
    assert written == {auditor.pk, *(user.pk for user in named)}
    assert Reminder.objects.get(recipient=auditor).case is None


def test_of_another_case_its_caseworker_the_coordinators_and_auditors_are_told(stranger: User, auditor: User) -> None:
    worker = make_user()
    case = make_case(team=worker.memberships.get().team, caseworker=worker)
    coordinator, _colleague = make_user(Role.COORDINATOR, team=case.team), make_user(team=case.team)
    make_membership(make_user(None), Role.AUDITOR, ends_at=NOW)  # was one
    make_membership(make_user(None), Role.COORDINATOR, team=case.team, ends_at=NOW)

    opened(case.code, stranger)

    assert set(ToDo.objects.values_list("owner", flat=True)) == {worker.pk, coordinator.pk}
    assert Reminder.objects.count() == 3


def test_the_message_is_neutral_and_goes_at_once(stranger: User, auditor: User, mailoutbox: Any) -> None:
    case = make_client().case
    opened(case.code, stranger)

    deliver_due(clock=lambda: NOW)

    assert [mail.to for mail in mailoutbox] == [[auditor.email]]
    assert mailoutbox[0].subject == "There is something for you to look at."
    assert case.code not in mailoutbox[0].body
    assert Reminder.objects.get().state == Reminder.State.SENT


def test_where_nobody_can_be_told_nothing_opens(stranger: User) -> None:
    case = make_case()

    with pytest.raises(UnableToOpenInEmergency, match="nobody"):
        opened(case.code, stranger)

    assert not sees(stranger, case)
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize("part", ["give_to_dos", "queue_notices", "record"])
def test_where_a_notice_cannot_be_written_nothing_opens(
    part: str, stranger: User, auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make_case()

    def broken(*_args: Any, **_named: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(emergency, part, broken)
    with pytest.raises(RuntimeError):
        opened(case.code, stranger)

    assert not sees(stranger, case)
    assert not Reminder.objects.exists()


def test_wrong_codes_open_nothing_and_count_as_much_as_right_ones(stranger: User, auditor: User) -> None:
    case = make_case()

    assert opened("C-XXX-XXX", stranger) == Opened(case=None)
    assert opened("no code at all", stranger) == Opened(case=None)
    assert opened(case.code, stranger, now=NOW + timedelta(minutes=1)).access is not None
    with pytest.raises(UnableToOpenInEmergency) as refused:
        opened(make_case().code, stranger, now=NOW + timedelta(minutes=2))

    assert refused.value.at == NOW + timedelta(hours=1)
    assert opened(make_case().code, stranger, now=NOW + timedelta(hours=1)).access is not None
    assert Event.objects.filter(type="clients.emergency_refused", case_id=None).count() == 2


def test_a_case_that_one_may_see_anyway_takes_the_same_steps_and_tells_nobody(auditor: User) -> None:
    worker = make_user()
    case = make_case(team=worker.memberships.get().team)

    assert opened(case.code, worker) == Opened(case=case)
    with pytest.raises(UnableToOpenInEmergency, match="20 letters"):
        opened(case.code, worker, reason="zu kurz")

    assert not EmergencyAccess.objects.exists()
    assert not Reminder.objects.exists()
    assert Event.objects.filter(type="clients.emergency_not_needed").count() == 1


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.POLICY_EDITOR, None])
def test_who_works_with_no_cases_opens_none(role: Role | None, auditor: User) -> None:
    with pytest.raises(UnableToOpenInEmergency, match="work with cases"):
        opened(make_case().code, make_user(role))


def test_taking_note_counts_once_and_ends_the_to_do(stranger: User, auditor: User) -> None:
    case = make_case()
    other, coordinator = make_user(Role.COORDINATOR, team=case.team), make_user(Role.COORDINATOR, team=case.team)
    access = opened(case.code, stranger).access
    assert access is not None

    for _each in range(2):
        note_emergency(access=access, by=coordinator, now=NOW)

    assert EmergencySeen.objects.get().user == coordinator
    assert [ToDo.objects.get(owner=user).is_done for user in (coordinator, other)] == [True, False]
    assert Event.objects.filter(type="clients.emergency_noted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_codes_typed_at_once_three_count() -> None:
    make_user(Role.AUDITOR)
    stranger, cases = make_user(), [make_case() for _number in range(6)]
    codes = iter([case.code for case in cases])

    def act() -> bool:
        try:
            return opened(next(codes), stranger).access is not None
        except UnableToOpenInEmergency:
            return False

    assert sorted(at_once(*[act] * 6)) == [False] * 3 + [True] * 3
    assert EmergencyAccess.objects.count() == 3

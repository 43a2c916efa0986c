"""Dates that are set in place of the computed one: a later one needs a second person, whatever happens meanwhile."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from casework.accounts.actions import end_role
from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients import actions as cases
from casework.clients.models import Client
from casework.residency import actions
from casework.residency.actions import DeadlineMoved, UnableToAnswer, refresh
from casework.residency.models import Deadline, Decision
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.residency import make_rule, make_stay
from tests.racing import at_once

pytestmark = pytest.mark.django_db

DUE = date(2026, 11, 30)
EARLIER, LATER = date(2026, 11, 25), date(2026, 12, 20)


@pytest.fixture
def client() -> Client:
    make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")
    client = make_client()
    make_stay(client, date(2026, 11, 1))
    refresh(client_ids=[client.pk], now=NOW)
    return client


@pytest.fixture
def by(client: Client) -> User:
    return make_user(team=client.case.team, name="Recorder")


@pytest.fixture
def second(client: Client) -> User:
    return make_user(team=client.case.team, name="Second")


@pytest.fixture
def deadline(client: Client) -> Deadline:
    return client.deadlines.get(duty="register")


def impose(deadline: Deadline, day: date, by: User, **more) -> Deadline:
    values = {"authority": "Migration service", "paper": "No. 17", "reason": "Extended"} | more
    return actions.impose(deadline=deadline, imposed_on=day, by=by, now=NOW, **values)


def confirm(deadline: Deadline, by: User, seen_on: date | None = DUE, **more) -> Deadline:
    order = more.get("order") or actions.waiting_order(Deadline.objects.get(pk=deadline.pk)).pk
    return actions.confirm_order(deadline=deadline, order=order, seen_on=seen_on, by=by, now=NOW)


def test_a_second_person_confirms_and_the_later_date_drives(deadline: Deadline, by: User, second: User) -> None:
    waiting = impose(deadline, LATER, by)
    assert (waiting.drives_on, waiting.waiting_on, waiting.waiting_by) == (DUE, LATER, by)

    confirmed = confirm(deadline, second)

    assert (confirmed.drives_on, confirmed.imposed_on, confirmed.waiting_on) == (LATER, LATER, None)
    assert (confirmed.set_by, confirmed.contradicted) == ("authority", False)
    look = confirmed.decisions.get(kind="confirmed")
    assert (look.decided_by, look.about.decided_by, look.answered_on) == (second, by, DUE)
    assert Event.objects.filter(type="residency.deadline_confirmed", actor_id=second.pk).count() == 1


def test_it_survives_a_refresh(deadline: Deadline, by: User, second: User) -> None:
    impose(deadline, LATER, by)
    refresh(client_ids=[deadline.client_id], now=NOW)
    assert Deadline.objects.get(pk=deadline.pk).waiting_on == LATER
    confirm(deadline, second)

    refresh(client_ids=[deadline.client_id], now=NOW)

    assert Deadline.objects.get(pk=deadline.pk).drives_on == LATER


def test_authority_and_paper_are_kept_sealed(deadline: Deadline, by: User) -> None:
    impose(deadline, EARLIER, by)

    order = Decision.objects.get(kind="imposed")
    assert (order.authority, order.paper, order.reason) == ("Migration service", "No. 17", "Extended")
    with connection.cursor() as cursor:
        cursor.execute("SELECT authority || paper || reason FROM residency_decision")
        stored = bytes(cursor.fetchone()[0])
    assert b"Migration" not in stored


def test_nobody_confirms_their_own(deadline: Deadline, by: User) -> None:
    impose(deadline, LATER, by)

    with pytest.raises(UnableToAnswer, match="yourself"):
        confirm(deadline, by)


def test_the_database_refuses_to_let_somebody_confirm_their_own(deadline: Deadline, by: User) -> None:
    impose(deadline, LATER, by)
    order = Decision.objects.get(kind="imposed")

    with pytest.raises(IntegrityError, match="nobody confirms"), transaction.atomic():
        Decision.objects.create(**_look(deadline, order, by))


def test_the_database_refuses_a_second_look_at_another_deadline_or_answer(
    deadline: Deadline, by: User, second: User, client: Client
) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)
    done = Decision.objects.get()

    with pytest.raises(IntegrityError, match="nobody confirms"), transaction.atomic():
        Decision.objects.create(**_look(deadline, done, second))


@pytest.mark.parametrize("kind", ["confirmed", "refused"])
def test_a_second_look_is_about_an_order(deadline: Deadline, second: User, kind: str) -> None:
    with pytest.raises(IntegrityError, match="decision_second_look_is_about_an_order"), transaction.atomic():
        Decision.objects.create(**(_look(deadline, None, second) | {"kind": kind}))


def test_one_order_is_looked_at_once_against_one_date(deadline: Deadline, by: User, second: User) -> None:
    impose(deadline, LATER, by)
    order = Decision.objects.get(kind="imposed")
    confirm(deadline, second)

    with pytest.raises(IntegrityError, match="decision_looked_at_once"), transaction.atomic():
        Decision.objects.create(**(_look(deadline, order, second) | {"number": 9}))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"imposed_on": DUE}, "deadline_set_by_somebody"),
        ({"set_by": "staff"}, "deadline_set_by_somebody"),
        ({"waiting_on": LATER}, "deadline_waiting_has_its_recorder"),
    ],
)
def test_what_must_not_be_is_refused(deadline: Deadline, fields: dict, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Deadline.objects.filter(pk=deadline.pk).update(**fields)


def test_a_refusal_keeps_the_reason_and_the_computed_date(deadline: Deadline, by: User, second: User) -> None:
    impose(deadline, LATER, by)
    order = actions.waiting_order(Deadline.objects.get(pk=deadline.pk))

    refused = actions.refuse_order(
        deadline=deadline, order=order.pk, reason="Stamp is of 2025", seen_on=DUE, by=second, now=NOW
    )

    assert (refused.drives_on, refused.waiting_on, refused.imposed_on) == (DUE, None, None)
    assert refused.decisions.get(kind="refused").reason == "Stamp is of 2025"


def test_a_refusal_says_why(deadline: Deadline, by: User, second: User) -> None:
    impose(deadline, LATER, by)
    order = actions.waiting_order(Deadline.objects.get(pk=deadline.pk))

    with pytest.raises(UnableToAnswer) as refusal:
        actions.refuse_order(deadline=deadline, order=order.pk, reason=" ", seen_on=DUE, by=second, now=NOW)

    assert refusal.value.field == "reason"


def test_an_override_by_staff_is_told_apart_and_waits_as_well(deadline: Deadline, by: User, second: User) -> None:
    waiting = actions.override(deadline=deadline, imposed_on=LATER, reason="Legal advice", by=by, now=NOW)
    assert (waiting.drives_on, waiting.waiting_on) == (DUE, LATER)

    assert confirm(deadline, second).set_by == "staff"


def test_an_earlier_override_drives_at_once(deadline: Deadline, by: User) -> None:
    overridden = actions.override(deadline=deadline, imposed_on=EARLIER, reason="Legal advice", by=by, now=NOW)

    assert (overridden.drives_on, overridden.set_by, overridden.waiting_on) == (EARLIER, "staff", None)


@pytest.mark.parametrize(
    ("more", "field"),
    [({"reason": " "}, "reason"), ({"authority": ""}, "authority")],
    ids=["no reason", "no authority"],
)
def test_an_order_names_its_authority_and_reason(deadline: Deadline, by: User, more: dict, field: str) -> None:
    with pytest.raises(UnableToAnswer) as refusal:
        impose(deadline, LATER, by, **more)

    assert refusal.value.field == field
    assert not Decision.objects.exists()


def test_sent_twice_it_is_one_order(deadline: Deadline, by: User) -> None:
    impose(deadline, LATER, by)
    impose(deadline, LATER, by)

    assert Decision.objects.filter(kind="imposed").count() == 1


def test_another_person_who_records_the_same_date_is_sent_to_confirm_it(
    deadline: Deadline, by: User, second: User
) -> None:
    impose(deadline, LATER, by)

    with pytest.raises(UnableToAnswer, match="already"):
        impose(deadline, LATER, second)


def test_facts_that_move_the_computed_date_meanwhile_are_shown_first(
    deadline: Deadline, by: User, second: User, client: Client
) -> None:
    impose(deadline, LATER, by)
    _enter_on(client, date(2026, 10, 20), by)

    with pytest.raises(DeadlineMoved):
        confirm(deadline, second)

    assert not Decision.objects.filter(kind="confirmed").exists()


def test_a_confirmed_date_waits_again_where_the_rules_give_less_than_was_seen(
    deadline: Deadline, by: User, second: User, client: Client
) -> None:
    impose(deadline, LATER, by)
    confirm(deadline, second)
    _enter_on(client, date(2026, 10, 27), by)
    refresh(client_ids=[client.pk], now=NOW)

    moved = Deadline.objects.get(pk=deadline.pk)
    assert (moved.drives_on, moved.waiting_on) == (date(2026, 11, 25), LATER)
    assert confirm(deadline, second, seen_on=date(2026, 11, 25)).drives_on == LATER


def test_a_date_that_the_rules_come_to_allow_waits_no_more(deadline: Deadline, by: User, client: Client) -> None:
    impose(deadline, date(2026, 12, 5), by)
    _enter_on(client, date(2026, 11, 10), by)
    refresh(client_ids=[client.pk], now=NOW)

    moved = Deadline.objects.get(pk=deadline.pk)
    assert (moved.due_on, moved.imposed_on, moved.waiting_on) == (date(2026, 12, 9), date(2026, 12, 5), None)


def test_who_has_lost_access_cannot_confirm(deadline: Deadline, by: User, second: User) -> None:
    impose(deadline, LATER, by)
    end_role(membership=second.memberships.get(), by=None, now=NOW)

    with pytest.raises(UnableToAnswer, match="may change this case"):
        confirm(deadline, second)


def test_on_a_restricted_case_only_those_named_confirm(
    deadline: Deadline, by: User, second: User, client: Client
) -> None:
    impose(deadline, LATER, by)
    named = make_user(team=client.case.team)
    client.case.refresh_from_db()
    cases.restrict_case(case=client.case, people=[by, named], version=client.case.version, by=by, now=NOW)

    with pytest.raises(UnableToAnswer, match="may change this case"):
        confirm(deadline, second)
    assert confirm(deadline, named).drives_on == LATER


def test_a_recorder_whose_account_is_disabled_leaves_the_order_to_others(
    deadline: Deadline, by: User, second: User
) -> None:
    impose(deadline, LATER, by)
    by.is_active = False
    by.save()

    assert confirm(deadline, second).drives_on == LATER


def test_an_order_that_was_replaced_meanwhile_is_not_confirmed(deadline: Deadline, by: User, second: User) -> None:
    impose(deadline, LATER, by)
    seen = actions.waiting_order(Deadline.objects.get(pk=deadline.pk))
    impose(deadline, date(2026, 12, 28), by)

    with pytest.raises(UnableToAnswer, match="Another date"):
        confirm(deadline, second, order=seen.pk)
    with pytest.raises(UnableToAnswer):
        confirm(deadline, second, order=uuid4())


def test_what_waits_can_be_lifted(deadline: Deadline, by: User) -> None:
    impose(deadline, LATER, by)

    assert actions.lift_imposed(deadline=deadline, reason="By mistake", by=by, now=NOW).waiting_on is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_does(deadline: Deadline, by: User, second: User) -> None:
    third = make_user(team=deadline.client.case.team)
    impose(deadline, LATER, by)
    order = actions.waiting_order(Deadline.objects.get(pk=deadline.pk)).pk

    outcomes = at_once(lambda: confirm(deadline, second, order=order), lambda: confirm(deadline, third, order=order))

    assert sorted(isinstance(each, UnableToAnswer) for each in outcomes) == [False, True]
    assert Decision.objects.filter(kind="confirmed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_and_refusing_at_once_leaves_one_of_both(deadline: Deadline, by: User, second: User) -> None:
    third = make_user(team=deadline.client.case.team)
    impose(deadline, LATER, by)
    order = actions.waiting_order(Deadline.objects.get(pk=deadline.pk)).pk

    def refuse() -> Deadline:
        return actions.refuse_order(deadline=deadline, order=order, reason="No", seen_on=DUE, by=third, now=NOW)

    at_once(lambda: confirm(deadline, second, order=order), refuse)

    assert Decision.objects.filter(about=order).count() == 1
    assert Deadline.objects.get(pk=deadline.pk).waiting_on is None


def _look(deadline: Deadline, order: Decision | None, by: User) -> dict:
    return {
        "data_key": deadline.client.data_key,
        "deadline": deadline,
        "number": 5,
        "kind": "confirmed",
        "about": order,
        "answered_on": DUE,
        "decided_by": by,
        "decided_at": NOW,
    }


def _enter_on(client: Client, day: date, by: User) -> None:
    stay = client.stays.get()
    actions.change_stay(stay=stay, version=stay.version, entered_earliest=day, entered_latest=day, by=by, now=NOW)

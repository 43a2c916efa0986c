"""Facts and rules in, changed rows out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.audit.models import Event
from casework.clients.actions import change_client, close_case, facts_changed
from casework.clients.models import Client
from casework.documents.actions import record_document
from casework.residency import actions, computing
from casework.residency.actions import ensure_fresh, refresh, stale_clients
from casework.residency.models import ComputedPosition, Deadline, Rule
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_jurisdiction, make_registration, make_rule, make_stay

pytestmark = pytest.mark.django_db

ENTERED = date(2026, 11, 1)
DAY_90 = date(2027, 1, 29)  # the 90th day of a stay whose day one is 1 November 2026


@pytest.fixture
def thirty_days() -> Rule:
    """Register by day 30, as in Kazakhstan."""
    return make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")


def in_kazakhstan(**fields) -> Client:
    client = make_client(**fields)
    make_stay(client, ENTERED)
    return client


def compute(client: Client, now: datetime = NOW) -> actions.Outcome:
    return refresh(client_ids=[client.pk], now=now)


def leave_by(client: Client) -> Deadline:
    return client.deadlines.get(duty="leave")


def test_a_stay_and_a_rule_make_a_deadline() -> None:
    rule = make_rule()
    client = in_kazakhstan()
    stay = client.stays.get()

    outcome = compute(client)

    deadline = leave_by(client)
    assert outcome.created == 1
    assert (deadline.due_on, deadline.drives_on) == (DAY_90, DAY_90)
    assert (deadline.subject_kind, deadline.subject_id) == ("stay", stay.pk)
    assert (deadline.rule, deadline.rule_ids) == (rule, [rule.pk])
    assert (deadline.country, deadline.review) == ("KZ", "provisional")
    assert deadline.is_open
    assert deadline.moved_at is None


def test_the_law_of_the_day_of_entry_drives() -> None:
    make_rule(valid=(None, date(2023, 1, 27)), part="visit")
    make_rule("rolling_window", {"days": 90, "window_days": 180}, valid=(date(2023, 1, 27), None), part="visit")
    before, after = make_client(), make_client()
    for client in (before, after):
        make_stay(client, date(2022, 9, 1), date(2022, 11, 9))  # 70 days
    make_stay(before, date(2023, 1, 20))
    make_stay(after, date(2023, 1, 30))
    asked_at = datetime(2023, 2, 10, tzinfo=UTC)

    refresh(client_ids=[before.pk, after.pk], now=asked_at)

    assert leave_by(before).due_on == date(2023, 4, 19)  # 90 days in a row from 20 January
    assert leave_by(after).due_on == date(2023, 2, 18)  # 20 more days, the first of 2022 leave the window on the 28th


def test_reasons_hold_references_and_values_never_names() -> None:
    make_rule()
    client = in_kazakhstan()

    compute(client)

    because = leave_by(client).because
    assert because[0]["code"] == "entered"
    assert because[0]["subject"] == ["stay", str(client.stays.get().pk)]
    assert str(client.family_name) not in str(because)


def test_nothing_that_has_not_changed_is_written() -> None:
    make_rule()
    client = in_kazakhstan()
    compute(client)

    with CaptureQueriesContext(connection) as queries:
        outcome = compute(client)

    assert (outcome.created, outcome.changed, outcome.moved, outcome.gone) == (0, 0, 0, 0)
    assert [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))] == []


def test_the_position_says_from_what_it_was_computed() -> None:
    make_rule()
    client = in_kazakhstan()

    compute(client)

    position = ComputedPosition.objects.get(client=client)
    client.refresh_from_db()
    assert position.facts_version == client.facts_version
    assert (position.country, position.time_zone) == ("KZ", "Asia/Almaty")
    assert not position.failed


def test_a_date_that_moves_says_what_it_was_and_why() -> None:
    make_rule()
    client = in_kazakhstan()
    compute(client)
    stay = client.stays.get()
    earlier_day = date(2026, 10, 20)
    actions.change_stay(
        stay=stay,
        version=stay.version,
        entered_earliest=earlier_day,
        entered_latest=earlier_day,
        by=make_user(team=client.case.team),
        now=NOW,
    )

    outcome = compute(client)

    deadline = leave_by(client)
    move = deadline.moves.get()
    assert outcome.moved == 1
    assert (deadline.due_on, deadline.was_due_on, deadline.moved_at) == (date(2027, 1, 17), DAY_90, NOW)
    assert (move.what, move.cause, move.from_on, move.to_on) == ("moved", "facts", DAY_90, date(2027, 1, 17))


def test_a_rule_that_changes_moves_the_date_because_of_the_rules() -> None:
    rule = make_rule()
    client = in_kazakhstan()
    compute(client)
    supersede(rule, {"days": 60})

    compute(client, NOW + timedelta(hours=1))

    deadline = leave_by(client)
    assert deadline.due_on == date(2026, 12, 30)
    assert deadline.moves.get().cause == "rules"


def test_a_rule_that_is_replaced_without_moving_the_date_keeps_the_row() -> None:
    rule = make_rule()
    client = in_kazakhstan()
    compute(client)
    before = leave_by(client)
    newer = supersede(rule, {"days": 90})

    compute(client, NOW + timedelta(hours=1))

    after = leave_by(client)
    assert (after.pk, after.rule) == (before.pk, newer)
    assert not after.moves.exists()
    assert after.moved_at is None


def test_a_deadline_is_gone_when_the_person_has_left() -> None:
    make_rule()
    client = in_kazakhstan()
    compute(client)
    leave(client, date(2026, 11, 20))

    outcome = compute(client)

    deadline = leave_by(client)
    assert outcome.gone == 1
    assert (deadline.gone_at, deadline.due_on) == (NOW, DAY_90)
    assert not Deadline.objects.open().filter(client=client).exists()
    assert deadline.moves.get().what == "gone"


def test_a_deadline_that_is_gone_comes_back_as_the_same_row() -> None:
    make_rule()
    client = in_kazakhstan()
    compute(client)
    before = leave_by(client)
    leave(client, date(2026, 11, 20))
    compute(client)
    stay = client.stays.get()
    actions.change_stay(
        stay=stay,
        version=stay.version,
        has_left=False,
        left_earliest=None,
        left_latest=None,
        by=make_user(team=client.case.team),
        now=NOW,
    )

    compute(client)

    after = leave_by(client)
    assert (after.pk, after.gone_at) == (before.pk, None)
    assert list(after.moves.order_by("id").values_list("what", flat=True)) == ["gone", "back"]


def test_a_registration_on_record_meets_its_deadline(thirty_days: Rule) -> None:
    client = in_kazakhstan()
    compute(client)
    register = client.deadlines.get(duty="register")
    assert (register.state, register.due_on) == ("open", date(2026, 11, 30))

    registration = make_registration(client, stay=client.stays.get(), registered_on=date(2026, 11, 10))
    compute(client)

    register.refresh_from_db()
    assert (register.state, register.is_met, register.met_by_id) == ("done", True, registration.pk)
    assert register.met_on == date(2026, 11, 10)


def test_an_unknown_entry_makes_a_deadline_without_a_date() -> None:
    make_rule()
    client = make_client()
    make_stay(client, None)

    compute(client)

    deadline = leave_by(client)
    assert deadline.due_on is None
    assert deadline.is_open


def test_what_no_rule_speaks_to_is_a_warning() -> None:
    make_jurisdiction("KZ")
    client = in_kazakhstan()

    compute(client)

    codes = [warning["code"] for warning in ComputedPosition.objects.get(client=client).warnings]
    assert codes == ["no_rule_recorded", "return_risk_unknown"]
    assert not client.deadlines.exists()


def test_odd_facts_of_one_person_hide_nobody_elses_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule()
    odd, plain = in_kazakhstan(), in_kazakhstan()
    compute(odd)
    real = computing.evaluate

    def evaluate(facts, *args, **kwargs):
        if facts.client_id == str(odd.pk):
            raise ZeroDivisionError
        return real(facts, *args, **kwargs)

    monkeypatch.setattr(computing, "evaluate", evaluate)
    facts_changed(odd, now=NOW)

    outcome = refresh(client_ids=[odd.pk, plain.pk], now=NOW)

    position = ComputedPosition.objects.get(client=odd)
    assert outcome.failed == (odd.pk,)
    assert leave_by(odd).due_on == leave_by(plain).due_on == DAY_90
    assert position.failed
    assert [warning["code"] for warning in position.warnings] == ["cannot_compute"]
    assert not stale_clients(NOW).filter(pk=odd.pk).exists()
    assert stale_clients(NOW + timedelta(days=1)).filter(pk=odd.pk).exists()


def test_a_deadline_computed_twice_is_refused_not_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule()
    client = in_kazakhstan()
    real = computing.evaluate

    def evaluate(*args, **kwargs):
        position = real(*args, **kwargs)
        return replace(position, deadlines=position.deadlines * 2)

    monkeypatch.setattr(computing, "evaluate", evaluate)

    assert compute(client).failed == (client.pk,)
    assert not client.deadlines.exists()


@pytest.mark.parametrize("people", [1, 50])
def test_any_number_of_people_takes_the_same_queries(people: int) -> None:
    make_rule()
    case = make_case()
    by = make_user(team=case.team)
    clients = [make_client(case=case, by=by) for _ in range(people)]
    for client in clients:
        make_stay(client, ENTERED, by=by)

    with CaptureQueriesContext(connection) as queries:
        refresh(client_ids=[client.pk for client in clients], now=NOW)

    asked = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    # Lock, versions, book (5 tables, once), facts, positions, deadlines, decisions, two inserts, audit.
    assert len(asked) <= 16
    assert Deadline.objects.count() == people


def test_a_refresh_of_one_person_is_an_event_about_them() -> None:
    make_rule()
    client = in_kazakhstan()
    by = make_user(team=client.case.team)

    refresh(client_ids=[client.pk], now=NOW, by=by)

    event = Event.objects.get(type="residency.deadlines_refreshed")
    assert (event.actor_id, event.case_id, event.subject_id) == (by.pk, client.case_id, str(client.pk))
    assert event.data == {"clients": 1, "created": 1, "changed": 0, "moved": 0, "gone": 0}


def test_nobody_is_computed_who_is_not_there() -> None:
    assert refresh(client_ids=[], now=NOW) == actions.Outcome()


def test_who_was_never_computed_is_stale() -> None:
    client = make_client()

    assert list(stale_clients(NOW)) == [client]


def test_who_was_computed_is_not_stale() -> None:
    client = make_client()
    compute(client)

    assert not stale_clients(NOW).exists()


def test_changed_facts_make_stale() -> None:
    client = make_client()
    compute(client)
    make_stay(client)

    assert stale_clients(NOW).get() == client


def test_a_changed_nationality_makes_stale_and_a_changed_language_does_not() -> None:
    client = make_client()
    compute(client)
    by = make_user(team=client.case.team)
    client = change_client(client=client, version=client.version, language="ru", by=by, now=NOW)
    assert not stale_clients(NOW).exists()

    change_client(client=client, version=client.version, nationalities=["KZ"], by=by, now=NOW)

    assert stale_clients(NOW).exists()


def test_a_published_rule_makes_stale() -> None:
    client = in_kazakhstan()
    compute(client)
    make_rule()

    assert stale_clients(NOW).get() == client


def test_the_day_from_which_time_changes_the_answer_makes_stale_where_the_person_is() -> None:
    make_rule()
    client = in_kazakhstan()
    compute(client)
    position = ComputedPosition.objects.get(client=client)
    assert position.recheck_at is not None

    before_midnight = position.recheck_at - timedelta(seconds=1)

    # Midnight in Almaty is 19:00 in UTC.
    assert position.recheck_at.astimezone(UTC).hour == 19
    assert not stale_clients(before_midnight).exists()
    assert stale_clients(position.recheck_at).exists()


def test_only_who_is_stale_is_computed_before_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    make_rule()
    fresh, stale = in_kazakhstan(), in_kazakhstan()
    compute(fresh)

    left = ensure_fresh([fresh.pk, stale.pk], NOW)

    assert left == 0
    assert leave_by(stale).due_on == DAY_90
    assert Event.objects.filter(type="residency.deadlines_refreshed").count() == 2


def test_too_many_for_one_request_are_left_to_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casework.residency.actions.deadlines.AT_ONCE", 2)
    for _ in range(3):
        make_client()

    assert ensure_fresh(Client.objects.values("pk"), NOW) == 1
    assert ComputedPosition.objects.count() == 2


def test_the_deadlines_of_a_closed_case_ask_for_nothing() -> None:
    make_rule()
    client = in_kazakhstan()
    compute(client)
    case = client.case
    close_case(case=case, reason="left_country", version=case.version, by=make_user(team=case.team), now=NOW)

    assert not Deadline.objects.open().exists()
    assert leave_by(client).gone_at is None


def test_the_reference_rules_give_kazakhstan_its_dates() -> None:
    call_command("load_country_rules", stdout=StringIO())
    client, by = make_client(), make_user()
    passport = record_document(client=client, kind="internal_passport", country="RU", by=by, now=NOW)
    make_stay(client, ENTERED, document=passport)
    now = timezone.now()

    refresh(client_ids=[client.pk], now=now)

    due = {deadline.duty: deadline for deadline in client.deadlines.all()}
    assert due["leave"].due_on == DAY_90
    assert due["register"].due_on == date(2026, 11, 30)  # by day 30, since July 2026
    assert {deadline.review for deadline in due.values()} <= {"provisional", "needs_review"}
    assert all(deadline.rule_ids and deadline.because for deadline in due.values())


def supersede(rule: Rule, parameters: dict) -> Rule:
    """Close what was held until now and hold something else from now on."""
    known = rule.known
    Rule.objects.filter(pk=rule.pk).update(known=type(known)(known.lower, NOW))
    return make_rule(rule.kind, parameters, duty=rule.duty, key=rule.key, known=(NOW, None))


def leave(client: Client, day: date) -> None:
    stay = client.stays.get()
    actions.end_stay(
        stay=stay,
        left_earliest=day,
        left_latest=day,
        version=stay.version,
        by=make_user(team=client.case.team),
        now=NOW,
    )

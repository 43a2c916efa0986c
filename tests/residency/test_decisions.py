"""Done, waived, imposed and back: what people decide survives every refresh, and no date is missed by it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.accounts.models import User
from casework.audit.models import Event
from casework.clients.models import Client
from casework.residency import actions
from casework.residency.actions import DeadlineMoved, UnableToAnswer, refresh
from casework.residency.models import Deadline, Decision, Rule
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_client
from tests.factories.residency import make_rule, make_stay

pytestmark = pytest.mark.django_db

ENTERED = date(2026, 11, 1)
DUE = date(2026, 11, 30)


@pytest.fixture
def thirty_days() -> Rule:
    return make_rule("register_within", {"n": 30, "unit": "calendar_days", "day_one": "entry_day"}, duty="register")


@pytest.fixture
def client(thirty_days: Rule) -> Client:
    client = make_client()
    make_stay(client, ENTERED)
    refresh(client_ids=[client.pk], now=NOW)
    return client


@pytest.fixture
def by(client: Client) -> User:
    return make_user(team=client.case.team)


@pytest.fixture
def deadline(client: Client) -> Deadline:
    deadline = client.deadlines.get(duty="register")
    assert deadline.drives_on == DUE
    return deadline


def enter_on(client: Client, day: date, by: User, now: datetime = NOW, **values) -> None:
    stay = client.stays.get()
    actions.change_stay(
        stay=stay, version=stay.version, entered_earliest=day, entered_latest=day, by=by, now=now, **values
    )


def again(deadline: Deadline, now: datetime = NOW) -> Deadline:
    refresh(client_ids=[deadline.client_id], now=now)
    return Deadline.objects.get(pk=deadline.pk)


def test_done_keeps_the_date_that_it_answered(deadline: Deadline, by: User) -> None:
    done = actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)

    decision = done.decisions.get()
    assert (done.state, done.is_open) == ("done", False)
    assert (decision.kind, decision.answered_on, decision.answered_country) == ("done", DUE, "KZ")
    assert (decision.decided_by, decision.decided_at, decision.number) == (by, NOW, 1)


def test_an_answer_is_an_event_of_the_case(deadline: Deadline, by: User, client: Client) -> None:
    actions.waive(deadline=deadline, reason="Leaves tomorrow", seen_on=DUE, by=by, now=NOW)

    event = Event.objects.get(type="residency.deadline_waived")
    assert (event.actor_id, event.case_id, event.subject_id) == (by.pk, client.case_id, str(deadline.pk))
    assert "Leaves" not in str(event.data)


def test_done_said_twice_counts_once(deadline: Deadline, by: User) -> None:
    for _ in range(2):
        actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)

    assert deadline.decisions.count() == 1


def test_waiving_keeps_the_reason_sealed(deadline: Deadline, by: User) -> None:
    waived = actions.waive(deadline=deadline, reason=" Applied for asylum ", seen_on=DUE, by=by, now=NOW)

    decision = waived.decisions.get()
    assert (waived.state, decision.reason) == ("waived", "Applied for asylum")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM residency_decision WHERE id = %s", [decision.pk])
        assert b"asylum" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("reason", ["", "   "])
def test_waiving_needs_a_reason(deadline: Deadline, by: User, reason: str) -> None:
    with pytest.raises(UnableToAnswer) as refusal:
        actions.waive(deadline=deadline, reason=reason, seen_on=DUE, by=by, now=NOW)

    assert refusal.value.field == "reason"
    assert not deadline.decisions.exists()


def test_a_date_that_moved_since_it_was_seen_is_not_answered(deadline: Deadline, by: User, client: Client) -> None:
    enter_on(client, date(2026, 10, 25), by)

    with pytest.raises(DeadlineMoved) as moved:
        actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)

    assert (moved.value.deadline.drives_on, moved.value.seen_on) == (date(2026, 11, 23), DUE)
    assert not deadline.decisions.exists()


def test_a_deadline_that_is_gone_is_not_answered(deadline: Deadline, by: User, client: Client) -> None:
    enter_on(client, ENTERED, by, has_left=True, left_earliest=date(2026, 11, 5), left_latest=date(2026, 11, 5))

    with pytest.raises(UnableToAnswer):
        actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)


def test_done_survives_a_refresh(deadline: Deadline, by: User) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)

    assert again(deadline).state == "done"


def test_a_corrected_entry_asks_again_what_was_done(deadline: Deadline, by: User, client: Client) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)
    enter_on(client, date(2026, 11, 10), by)

    asked = again(deadline)

    assert (asked.state, asked.contradicted, asked.is_open) == ("open", True, True)
    assert asked.drives_on == date(2026, 12, 9)
    assert Deadline.objects.open().filter(pk=deadline.pk).exists()


def test_the_answer_is_back_with_the_entry_that_it_answered(deadline: Deadline, by: User, client: Client) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)
    enter_on(client, date(2026, 11, 10), by)
    again(deadline)
    enter_on(client, ENTERED, by)

    assert again(deadline).state == "done"


def test_an_answer_to_the_new_date_settles_it(deadline: Deadline, by: User, client: Client) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)
    enter_on(client, date(2026, 11, 10), by)
    moved = again(deadline)

    settled = actions.mark_done(deadline=moved, seen_on=moved.drives_on, by=by, now=NOW)

    assert (settled.state, settled.contradicted, settled.was_due_on) == ("done", False, None)
    assert [it.answered_on for it in settled.decisions.order_by("number")] == [DUE, date(2026, 12, 9)]


def test_a_stricter_law_asks_again_what_was_waived(deadline: Deadline, by: User, thirty_days: Rule) -> None:
    actions.waive(deadline=deadline, reason="The landlord does it", seen_on=DUE, by=by, now=NOW)
    change_law(thirty_days, n=25)

    asked = again(deadline, NOW + timedelta(hours=1))

    assert (asked.drives_on, asked.state, asked.contradicted) == (date(2026, 11, 25), "open", True)


def test_a_stricter_law_leaves_what_was_done_before_its_date(deadline: Deadline, by: User, thirty_days: Rule) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)  # on 22 November
    change_law(thirty_days, n=25)

    assert again(deadline, NOW + timedelta(hours=1)).state == "done"


def test_the_day_of_an_answer_is_the_day_where_the_person_is(deadline: Deadline, by: User, thirty_days: Rule) -> None:
    late = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # already the 26th in Almaty
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=late)
    change_law(thirty_days, n=25, at=late)

    assert again(deadline, late + timedelta(hours=1)).contradicted


def test_a_milder_law_leaves_answers(deadline: Deadline, by: User, thirty_days: Rule) -> None:
    actions.waive(deadline=deadline, reason="The landlord does it", seen_on=DUE, by=by, now=NOW)
    change_law(thirty_days, n=45)

    assert again(deadline, NOW + timedelta(hours=1)).state == "waived"


def test_reopening_takes_an_answer_back(deadline: Deadline, by: User) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)

    reopened = actions.reopen(deadline=deadline, reason="By mistake", by=by, now=NOW)

    assert (reopened.state, reopened.contradicted) == ("open", False)
    assert [it.kind for it in reopened.decisions.order_by("number")] == ["done", "reopened"]


def test_what_is_open_cannot_be_reopened(deadline: Deadline, by: User) -> None:
    with pytest.raises(UnableToAnswer):
        actions.reopen(deadline=deadline, reason="By mistake", by=by, now=NOW)


def test_an_earlier_date_of_an_authority_drives(deadline: Deadline, by: User) -> None:
    imposed = actions.impose(
        deadline=deadline,
        imposed_on=date(2026, 11, 25),
        authority="Migration service",
        reason="Order of the police",
        by=by,
        now=NOW,
    )

    move = imposed.moves.get()
    assert (imposed.drives_on, imposed.due_on, imposed.contradicted) == (date(2026, 11, 25), DUE, False)
    assert (move.cause, move.from_on, move.to_on) == ("decision", DUE, date(2026, 11, 25))
    assert imposed.was_due_on is None


def test_a_later_date_of_an_authority_waits_and_the_computed_one_drives(deadline: Deadline, by: User) -> None:
    imposed = actions.impose(
        deadline=deadline,
        imposed_on=date(2026, 12, 20),
        authority="Migration service",
        reason="Extension",
        by=by,
        now=NOW,
    )

    kept = again(imposed)
    assert (kept.drives_on, kept.imposed_on, kept.waiting_on) == (DUE, None, date(2026, 12, 20))
    assert (kept.waiting_by, kept.set_by) == (by, "")


def test_an_imposed_date_survives_a_date_that_moves(deadline: Deadline, by: User, client: Client) -> None:
    actions.impose(
        deadline=deadline, imposed_on=date(2026, 11, 25), authority="Migration service", reason="Order", by=by, now=NOW
    )
    enter_on(client, date(2026, 10, 20), by)

    imposed = again(deadline)

    # The law now asks earlier than the authority did: that date drives, until a second person has looked.
    assert (imposed.drives_on, imposed.due_on) == (date(2026, 11, 18), date(2026, 11, 18))
    assert (imposed.imposed_on, imposed.waiting_on) == (None, date(2026, 11, 25))


def test_an_order_does_not_vanish_with_the_stay(deadline: Deadline, by: User, client: Client) -> None:
    actions.impose(
        deadline=deadline, imposed_on=date(2026, 11, 25), authority="Migration service", reason="Order", by=by, now=NOW
    )
    stay = client.stays.get()
    actions.remove_stay(stay=stay, version=stay.version, by=by, now=NOW)

    kept = again(deadline)

    assert (kept.gone_at, kept.due_on, kept.drives_on) == (None, None, date(2026, 11, 25))
    assert (kept.contradicted, kept.because, kept.rule) == (True, [], None)
    assert Deadline.objects.open().filter(pk=deadline.pk).exists()


def test_an_order_that_is_answered_goes_with_the_stay(deadline: Deadline, by: User, client: Client) -> None:
    imposed = actions.impose(
        deadline=deadline, imposed_on=date(2026, 11, 25), authority="Migration service", reason="Order", by=by, now=NOW
    )
    stay = client.stays.get()
    actions.remove_stay(stay=stay, version=stay.version, by=by, now=NOW)
    kept = again(imposed)

    done = actions.mark_done(deadline=kept, seen_on=kept.drives_on, by=by, now=NOW)

    assert (done.state, done.gone_at) == ("done", NOW)


def test_an_order_asks_anew_what_was_done(deadline: Deadline, by: User) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)

    imposed = actions.impose(
        deadline=deadline, imposed_on=date(2026, 11, 28), authority="Migration service", reason="Order", by=by, now=NOW
    )

    assert imposed.state == "open"


def test_lifting_goes_back_to_the_computed_date(deadline: Deadline, by: User) -> None:
    actions.impose(
        deadline=deadline, imposed_on=date(2026, 11, 25), authority="Migration service", reason="Order", by=by, now=NOW
    )

    lifted = actions.lift_imposed(deadline=deadline, reason="Withdrawn by court", by=by, now=NOW)

    assert (lifted.drives_on, lifted.imposed_on) == (DUE, None)


def test_what_was_not_imposed_cannot_be_lifted(deadline: Deadline, by: User) -> None:
    with pytest.raises(UnableToAnswer):
        actions.lift_imposed(deadline=deadline, reason="Withdrawn", by=by, now=NOW)


@pytest.mark.parametrize("day", [date(2024, 11, 25), date(2062, 11, 25)])
def test_a_slip_of_the_pen_is_refused(deadline: Deadline, by: User, day: date) -> None:
    with pytest.raises(UnableToAnswer) as refusal:
        actions.impose(deadline=deadline, imposed_on=day, authority="Migration service", reason="Order", by=by, now=NOW)

    assert refusal.value.field == "imposed_on"


def test_seeing_a_new_date_takes_the_old_one_away(deadline: Deadline, by: User, client: Client) -> None:
    enter_on(client, date(2026, 10, 25), by)
    moved = again(deadline)
    assert moved.was_due_on == DUE

    noted = actions.note_move(deadline=moved, by=by, now=NOW)

    assert (noted.was_due_on, noted.moved_at) == (None, None)
    assert noted.moves.count() == 1
    assert Event.objects.filter(type="residency.move_noted").count() == 1


def test_a_decision_never_changes(deadline: Deadline, by: User) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Decision.objects.update(answered_on=date(2030, 1, 1))


def test_a_move_never_changes(deadline: Deadline, by: User) -> None:
    actions.impose(
        deadline=deadline, imposed_on=date(2026, 11, 25), authority="Migration service", reason="Order", by=by, now=NOW
    )

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        deadline.moves.update(to_on=date(2030, 1, 1))


def test_two_decisions_never_share_a_number(deadline: Deadline, by: User) -> None:
    actions.mark_done(deadline=deadline, seen_on=DUE, by=by, now=NOW)
    first = deadline.decisions.get()

    with pytest.raises(IntegrityError, match="decision_numbered_once"), transaction.atomic():
        Decision.objects.create(
            data_key=first.data_key, deadline=deadline, number=1, kind="waived", decided_by=by, decided_at=NOW
        )


@pytest.mark.parametrize(
    ("kind", "imposed_on"), [("imposed", None), ("done", DUE)], ids=["imposed without a date", "done with one"]
)
def test_only_an_imposed_decision_has_an_imposed_date(
    deadline: Deadline, by: User, kind: str, imposed_on: date | None
) -> None:
    with pytest.raises(IntegrityError, match="decision_imposed_has_its_date"), transaction.atomic():
        Decision.objects.create(
            data_key=deadline.client.data_key,
            deadline=deadline,
            number=1,
            kind=kind,
            imposed_on=imposed_on,
            decided_by=by,
            decided_at=NOW,
        )


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"was_due_on": DUE}, "deadline_moved_has_its_time"),
        ({"state": "done", "contradicted": True}, "deadline_contradicted_only_while_open"),
        ({"met_on": DUE}, "deadline_met_by_a_fact"),
        ({"met_by_kind": "registration"}, "deadline_met_by_a_fact"),
    ],
)
def test_the_database_refuses_rows_that_contradict_themselves(
    deadline: Deadline, fields: dict, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Deadline.objects.filter(pk=deadline.pk).update(**fields)


def test_a_deadline_has_one_identity(deadline: Deadline) -> None:
    twin = Deadline.objects.get(pk=deadline.pk)
    twin.pk = None

    with pytest.raises(IntegrityError, match="deadline_identity"), transaction.atomic():
        Deadline.objects.bulk_create([twin])


ACTS = st.one_of(
    st.tuples(st.just("enter"), st.integers(0, 25)),
    st.tuples(st.just("law"), st.integers(20, 45)),
    st.tuples(st.sampled_from(["done", "waive", "reopen", "lift", "refresh"]), st.just(0)),
    st.tuples(st.just("impose"), st.integers(0, 60)),
)


@settings(max_examples=25)
@given(acts=st.lists(ACTS, min_size=1, max_size=8))
def test_decisions_survive_everything_and_nothing_is_hidden_without_one(
    acts: list[tuple[str, int]], thirty_days: Rule
) -> None:
    with transaction.atomic():
        try_acts(acts, thirty_days)
        transaction.set_rollback(True)


def try_acts(acts: list[tuple[str, int]], rule: Rule) -> None:
    client = make_client()
    make_stay(client, ENTERED)
    refresh(client_ids=[client.pk], now=NOW)
    by = make_user(team=client.case.team)
    now = NOW
    decided: list[tuple] = []
    for act, number in acts:
        now += timedelta(hours=3)
        deadline = client.deadlines.get()
        rule = do(act, number, deadline, rule, by, now)
        refresh(client_ids=[client.pk], now=now)
        after = client.deadlines.get()  # one row, whatever happens
        kept = list(after.decisions.order_by("number").values_list("number", "kind", "answered_on", "imposed_on"))
        assert kept[: len(decided)] == decided
        decided = kept
        assert after.drives_on == (after.imposed_on or after.due_on)
        check_state(after, kept)


def do(act: str, number: int, deadline: Deadline, rule: Rule, by: User, now: datetime) -> Rule:
    try:
        match act:
            case "enter":
                enter_on(deadline.client, ENTERED - timedelta(days=number), by, now)
            case "law":
                return change_law(rule, n=number, at=now)
            case "done":
                actions.mark_done(deadline=deadline, seen_on=deadline.drives_on, by=by, now=now)
            case "waive":
                actions.waive(deadline=deadline, reason="Why", seen_on=deadline.drives_on, by=by, now=now)
            case "reopen":
                actions.reopen(deadline=deadline, reason="Why", by=by, now=now)
            case "lift":
                actions.lift_imposed(deadline=deadline, reason="Why", by=by, now=now)
            case "impose":
                day = ENTERED + timedelta(days=number)
                actions.impose(
                    deadline=deadline, imposed_on=day, authority="Migration service", reason="Why", by=by, now=now
                )
    except UnableToAnswer:
        pass
    return rule


def check_state(deadline: Deadline, decided: list[tuple]) -> None:
    """What is hidden was answered; what drives on the answered date is not asked again."""
    # A later date than the one that drove when it was recorded asks nothing anew while it waits.
    answers = [it for it in decided if it[1] in ("done", "waived", "reopened")]
    answers += [it for it in decided if it[1] == "imposed" and (it[2] is None or it[3] <= it[2])]
    answers.sort()
    answer = answers[-1] if answers and answers[-1][1] in ("done", "waived") else None
    if deadline.state != "open":
        assert answer is not None
        assert answer[1] == deadline.state
    if answer is not None and answer[2] == deadline.drives_on:
        assert deadline.state == answer[1]
    if answer is not None and answer[1] == "waived" and deadline.drives_on < answer[2]:
        assert deadline.is_open


def change_law(rule: Rule, *, n: int, at: datetime = NOW) -> Rule:
    known = Rule.objects.get(pk=rule.pk).known
    Rule.objects.filter(pk=rule.pk).update(known=type(known)(known.lower, at))
    parameters = {"n": n, "unit": "calendar_days", "day_one": "entry_day"}
    return make_rule("register_within", parameters, duty="register", key=rule.key, known=(at, None))

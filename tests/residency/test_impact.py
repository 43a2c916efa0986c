"""What a draft would change is what publishing it changes: nobody more, nobody less, and nothing is written before."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from casework.accounts.models import Job
from casework.clients.actions import close_case
from casework.clients.models import Client
from casework.residency import actions, impact
from casework.residency.actions.deadlines import load_people
from casework.residency.actions.impacts import UnableToComputeImpact, cancel_impact, purge_impacts, start_impact
from casework.residency.actions.rules import change_draft, publish_rule, supersede_rule
from casework.residency.impact import compare
from casework.residency.impact_books import books_with, is_of_an_earlier_state
from casework.residency.models import Deadline, Impact, ImpactLine, Rule
from casework.residency.rulebook import rules_version
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.impacts import LATER, compute, computed_impact, make_person, make_shorter_draft
from tests.factories.residency import make_permit, make_rule, make_stay

pytestmark = pytest.mark.django_db

FAR = NOW + timedelta(days=400)


def lines() -> list[tuple[Any, ...]]:
    return list(ImpactLine.objects.order_by("sort_on").values_list("what", "before_on", "after_on", "days"))


def tables(*names: str) -> dict[str, list[Any]]:
    """Every row of these tables as the database has it, ciphertext included."""
    found = {}
    for name in names:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {name} ORDER BY 1")
            found[name] = cursor.fetchall()
    return found


def test_it_says_which_dates_move_from_when_to_when_and_why() -> None:
    old = make_rule()
    client = make_person()
    draft = make_shorter_draft(old)

    computed = computed_impact(draft)

    line = ImpactLine.objects.get()
    assert lines() == [("moved", date(2027, 1, 29), date(2026, 12, 30), -30)]
    assert (line.client, line.team, line.caseworker) == (client, client.case.team, None)
    assert (line.before_rules, line.after_rules) == ([old.pk], [draft.pk])
    assert [step["code"] for step in line.after_because] == [step["code"] for step in line.before_because]
    assert computed.job.state == Job.State.DONE
    assert (computed.job.done, computed.job.total) == (1, 1)


def test_it_says_who_becomes_overdue_and_who_stops_to_be() -> None:
    old = make_rule()
    make_person(date(2026, 9, 1))  # day 83 on 22 November: lawful by ninety days, not by sixty
    computed_impact(make_shorter_draft(old))
    shorter = ImpactLine.objects.get()
    late = make_person(date(2026, 8, 1))

    computed_impact(supersede_rule(rule=old, by=make_user(None), now=NOW, parameters={"days": 200}))

    assert (shorter.becomes_overdue, shorter.stops_overdue) == (True, False)
    assert [(it.client, it.stops_overdue) for it in ImpactLine.objects.filter(days__gt=100, stops_overdue=True)] == [
        (late, True)
    ]


def test_a_rule_that_is_new_gives_new_deadlines_and_one_that_ends_takes_them_away() -> None:
    old = make_rule()
    make_person()
    draft = make_shorter_draft(old)
    change_draft(rule=draft, by=make_user(None), now=NOW, nationality="UA")

    computed_impact(draft)

    assert lines() == [("gone", date(2027, 1, 29), None, None)]


def test_another_review_status_alone_is_said() -> None:
    old = make_rule()
    make_person()

    computed_impact(supersede_rule(rule=old, by=make_user(None), now=NOW, review_status="needs_review"))

    assert ImpactLine.objects.values_list("what", "before_review", "after_review").get() == (
        "review",
        "provisional",
        "needs_review",
    )


def test_a_new_version_that_says_the_same_concerns_nobody() -> None:
    make_person()
    old = make_rule()
    make_person()

    computed_impact(supersede_rule(rule=old, by=make_user(None), now=NOW))

    assert lines() == []


def test_what_was_done_asks_again_where_the_answer_does_not_fit_any_more() -> None:
    old = make_rule()
    deadline = Deadline.objects.get(client=make_person())
    actions.waive(deadline=deadline, reason="Leaves tomorrow.", seen_on=deadline.drives_on, by=make_user(), now=NOW)

    computed_impact(make_shorter_draft(old))

    assert ImpactLine.objects.values_list("what", "before_state", "after_state").get() == ("moved", "waived", "open")


def test_people_of_closed_cases_are_left_out() -> None:
    old = make_rule()
    client = make_person()
    by = make_user(team=client.case.team)
    close_case(case=client.case, reason="needs_met", version=client.case.version, by=by, now=NOW)

    assert computed_impact(make_shorter_draft(old)).job.total == 0
    assert lines() == []


def test_days_that_the_draft_leaves_over_keep_the_old_rule_only_if_that_is_asked() -> None:
    old = make_rule()
    make_person(date(2026, 11, 1))
    draft = make_shorter_draft(old)
    change_draft(rule=draft, by=make_user(None), now=NOW, valid=DateRange(date(2026, 11, 10), None))
    by = make_user(None)

    compute(start_impact(rule=draft, by=by, now=NOW, keep_rest=True))
    kept = lines()
    compute(start_impact(rule=draft, by=by, now=LATER, keep_rest=False))

    assert kept == []
    assert [line[0] for line in lines()] == ["gone"]


def test_nothing_of_anybody_is_written() -> None:
    old = make_rule()
    fresh = make_person()
    stale = make_person(date(2026, 10, 1))
    make_stay(stale, date(2026, 8, 1), date(2026, 8, 20))
    never = make_client()
    make_stay(never, date(2026, 11, 2))
    draft = make_shorter_draft(old)
    parts = ("deadline", "move", "derivation", "decision", "computedposition", "stay", "rule", "citation")
    names = ("clients_client", "clients_todo", *(f"residency_{part}" for part in parts))
    before = tables(*names)

    computed_impact(draft)

    assert tables(*names) == before
    assert len(before["residency_deadline"]) == 2
    assert {line.client for line in ImpactLine.objects.all()} == {fresh, stale, never}


def open_dates() -> dict[Any, date | None]:
    return {row.pk: row.drives_on for row in Deadline.objects.open()}


def some_people() -> list[Client]:
    """People whom a change of the rule of Kazakhstan reaches in many ways, or not at all; some stale, some never computed."""
    team = make_user().memberships.get().team
    people = [make_person(date(2026, 11, 22) - timedelta(days=ago), team=team) for ago in range(0, 140, 9)]
    people += [make_person(country="KG", team=team) for _ in range(3)]
    for number, client in enumerate(people):
        if number % 3 == 0:
            make_stay(client, date(2026, 3, 1), date(2026, 4, 9))
            actions.refresh(client_ids=[client.pk], now=NOW)
        if number % 4 == 1:
            make_permit(client)
        if number % 5 == 2:
            make_stay(client, date(2027, 2, 1), date(2027, 2, 20), planned=True)
        if number % 6 == 0:
            deadline = Deadline.objects.filter(client=client, gone_at=None).first()
            if deadline:
                actions.mark_done(deadline=deadline, seen_on=deadline.drives_on, by=make_user(team=team), now=NOW)
    other = make_client(case=make_case(team=team), nationalities=["KZ", "RU"])
    make_stay(other, date(2026, 11, 2))
    return [*people, other]


def test_what_is_stored_stands_for_the_rules_before_only_where_that_makes_no_difference(monkeypatch: Any) -> None:
    old = make_rule("rolling_window", {"days": 90, "window_days": 180}, valid=(date(2023, 1, 27), None))
    make_rule("rolling_window", {"days": 60, "window_days": 180}, country="KG")
    some_people()
    draft = supersede_rule(rule=old, by=make_user(None), now=NOW, parameters={"days": 60, "window_days": 180})
    people = list(load_people(list(Client.objects.select_related("case__team"))))
    books = books_with(draft, keep_rest=True)

    short = compare(people, books, NOW)
    monkeypatch.setattr(impact, "_is_fresh", lambda *_: False)
    long = compare(people, books, NOW)

    def bare(found: Any) -> Any:
        return {
            pk: [impact.line_values(it, books.borrowed) for it in differences]
            for pk, differences in found.differences.items()
        }

    assert bare(short) == bare(long)
    assert 5 < len(short.differences) < len(people)
    assert short.failed == long.failed == ()


def test_what_would_change_is_what_changes_when_it_is_published() -> None:
    old = make_rule("rolling_window", {"days": 90, "window_days": 180}, valid=(date(2023, 1, 27), None))
    some_people()
    by = make_user(None)
    draft = supersede_rule(
        rule=old,
        by=by,
        now=NOW,
        parameters={"days": 60, "window_days": 180},
        valid=DateRange(date(2026, 9, 1), date(2026, 11, 10)),
    )
    actions.refresh(client_ids=Client.objects.values_list("pk", flat=True), now=NOW)
    would = computed_impact(draft)
    before = open_dates()

    # At the same instant for both: only the rules are different.
    publish_rule(rule=draft, by=by, now=NOW)
    is_now = compute(Impact.objects.get(kind="publication"))

    columns = ("client", "duty", "subject_id", "what", "before_on", "after_on", "days", "becomes_overdue")
    assert list(would.lines.order_by("client", "subject_id").values_list(*columns)) == list(
        is_now.lines.order_by("client", "subject_id").values_list(*columns)
    )
    assert would.lines.exists()
    after = open_dates()
    differing = {pk: (before.get(pk), after.get(pk)) for pk in {*before, *after} if before.get(pk) != after.get(pk)}
    assert sorted(differing.values(), key=str) == sorted(is_now.lines.values_list("before_on", "after_on"), key=str)


def test_a_run_of_ten_people_costs_as_many_queries_as_one_of_two(django_assert_max_num_queries: Any) -> None:
    old = make_rule()
    for _ in range(2):
        make_person()
    counted = []
    draft = make_shorter_draft(old)
    for _ in range(2):
        started = start_impact(rule=draft, by=make_user(None), now=NOW)
        with django_assert_max_num_queries(60) as found:
            compute(started)
        counted.append(len(found))
        for _ in range(8):
            make_person()

    assert counted[0] == counted[1]
    assert connection.in_atomic_block


def test_a_published_rule_or_one_that_overlaps_has_nothing_to_compute() -> None:
    rule = make_rule()
    draft = make_shorter_draft(rule)
    publish_rule(rule=draft, by=make_user(None), now=NOW)

    with pytest.raises(UnableToComputeImpact, match="no draft any more"):
        start_impact(rule=draft, by=make_user(None), now=NOW)


def test_a_draft_whose_predecessor_is_no_longer_held_is_refused() -> None:
    rule = make_rule()
    one, other = make_shorter_draft(rule), make_shorter_draft(rule, days=50)
    publish_rule(rule=one, by=make_user(None), now=NOW)

    with pytest.raises(UnableToComputeImpact, match="no longer held"):
        start_impact(rule=other, by=make_user(None), now=LATER)


def test_one_computation_of_a_draft_runs_at_a_time() -> None:
    draft = make_shorter_draft()
    start_impact(rule=draft, by=make_user(None), now=NOW)

    with pytest.raises(UnableToComputeImpact, match="already"):
        start_impact(rule=draft, by=make_user(None), now=NOW)


def test_a_changed_draft_or_other_rules_make_it_one_of_an_earlier_state() -> None:
    draft = make_shorter_draft()
    computed = computed_impact(draft)
    is_current = is_of_an_earlier_state(computed, draft, rules_version())

    draft = change_draft(rule=draft, by=make_user(None), now=NOW, parameters={"days": 61})

    assert not is_current
    assert is_of_an_earlier_state(computed, draft, rules_version())
    change_draft(rule=draft, by=make_user(None), now=NOW, parameters={"days": 60})
    assert not is_of_an_earlier_state(computed, Rule.objects.get(pk=draft.pk), rules_version())
    make_rule(country="GE")
    assert is_of_an_earlier_state(computed, Rule.objects.get(pk=draft.pk), rules_version())


def test_a_draft_that_changes_on_the_way_stops_the_work_and_says_so() -> None:
    draft = make_shorter_draft()
    started = start_impact(rule=draft, by=make_user(None), now=NOW)
    change_draft(rule=draft, by=make_user(None), now=NOW, parameters={"days": 61})

    compute(started)

    assert (started.job.state, started.job.message) == (
        Job.State.FAILED,
        "The draft or other rules were changed meanwhile. Start again.",
    )


def test_a_cancelled_job_writes_no_more() -> None:
    old = make_rule()
    make_person()
    started = start_impact(rule=make_shorter_draft(old), by=make_user(None), now=NOW)

    assert cancel_impact(impact=started, by=make_user(None), now=NOW)
    compute(started)

    assert (started.job.state, lines()) == (Job.State.CANCELLED, [])
    assert not cancel_impact(impact=started, by=make_user(None), now=NOW)


def test_an_interrupted_job_goes_on_where_it_stood(monkeypatch: Any) -> None:
    old = make_rule()
    for _ in range(5):
        make_person()
    started = start_impact(rule=make_shorter_draft(old), by=make_user(None), now=NOW)
    real, calls = impact.compare, []

    def compare_twice(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr("casework.residency.actions.impacts.compare", compare_twice)
    with pytest.raises(KeyboardInterrupt):
        compute(started, size=2)
    between = ImpactLine.objects.count()
    compute(started, size=2)

    assert (between, ImpactLine.objects.count()) == (2, 5)
    assert (started.job.state, started.job.done, started.job.total) == (Job.State.DONE, 5, 5)


def test_somebody_who_cannot_be_computed_is_counted_and_holds_up_nobody(monkeypatch: Any) -> None:
    old = make_rule()
    odd = make_person()
    make_person()
    real = impact.position_of

    def position_of(facts: Any, *args: Any) -> Any:
        if facts.client_id == str(odd.pk):
            raise ValueError("facts that cannot be")
        return real(facts, *args)

    monkeypatch.setattr(impact, "position_of", position_of)
    computed = computed_impact(make_shorter_draft(old))

    assert (len(lines()), computed.job.result["failed"]) == (1, 1)
    assert "fewer than 8 people could not be computed" in computed.job.message


def test_old_ones_are_forgotten_by_age() -> None:
    draft = make_shorter_draft()
    computed_impact(draft)
    publish_rule(rule=draft, by=make_user(None), now=NOW)

    early = purge_impacts(NOW + timedelta(days=59))
    late = purge_impacts(NOW + timedelta(days=61))

    assert (early, late, [it.kind for it in Impact.objects.all()]) == (0, 1, ["publication"])
    assert purge_impacts(FAR + timedelta(days=1)) == 1

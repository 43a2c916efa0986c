"""After a rule was published or withdrawn: whoever is concerned is computed anew, and told once."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from casework.accounts.models import Job, User
from casework.accounts.roles import Role
from casework.clients.actions import finish_to_do, give_to_dos, reopen_to_do, restrict_case
from casework.clients.models import ToDo
from casework.residency import actions
from casework.residency.actions.impacts import (
    SILENT,
    UnableToComputeImpact,
    cancel_impact,
    mark_lines_seen,
    resume_impacts,
)
from casework.residency.actions.rules import (
    UnableToWithdrawRule,
    change_draft,
    publish_rule,
    supersede_rule,
    withdraw_rule,
)
from casework.residency.models import Deadline, Derivation, Impact, ImpactLine, Rule
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.impacts import LATER, compute, make_person, make_shorter_draft
from tests.factories.residency import make_rule, make_stay

pytestmark = pytest.mark.django_db

NINETY, SIXTY = date(2027, 1, 29), date(2026, 12, 30)


def publish(draft: Rule, **options: Any) -> Impact:
    publish_rule(rule=draft, by=make_user(None), now=options.pop("now", NOW), **options)
    return Impact.objects.get(rule=draft, kind="publication")


def dates() -> list[date | None]:
    return list(Deadline.objects.open().order_by("pk").values_list("drives_on", flat=True))


def owners() -> set[User]:
    return {to_do.owner for to_do in ToDo.objects.all()}


def test_publishing_moves_the_dates_and_gives_each_caseworker_one_to_do() -> None:
    old, team = make_rule(), make_team()
    one, other = make_user(team=team), make_user(team=team)
    for worker in (one, one, other):
        make_person(team=team, caseworker=worker)
    make_person(team=team, caseworker=other, country="KG")

    impact = compute(publish(make_shorter_draft(old)))

    assert dates() == [SIXTY] * 3
    assert owners() == {one, other}
    assert ImpactLine.objects.told_to(one).count() == 2
    assert (impact.job.state, impact.job.done) == (Job.State.DONE, 4)


def test_without_a_caseworker_the_coordinators_of_the_team_are_told() -> None:
    old, team = make_rule(), make_team()
    coordinator, _worker = make_user(Role.COORDINATOR, team=team), make_user(team=team)
    make_user(Role.COORDINATOR)
    make_person(team=team)

    compute(publish(make_shorter_draft(old)))

    assert owners() == {coordinator}


def test_of_a_restricted_case_only_people_named_on_it_are_told() -> None:
    old, team = make_rule(), make_team()
    named, also_named = make_user(team=team), make_user(Role.COORDINATOR, team=team)
    make_user(Role.COORDINATOR, team=team)
    client = make_person(team=team)
    restrict_case(case=client.case, people=[named, also_named], version=client.case.version, by=named, now=NOW)

    compute(publish(make_shorter_draft(old)))

    assert owners() == {also_named}


def test_people_whom_a_page_has_refreshed_meanwhile_are_told_about_too() -> None:
    old, team = make_rule(), make_team()
    worker = make_user(team=team)
    client = make_person(team=team, caseworker=worker)
    impact = publish(make_shorter_draft(old))

    actions.refresh(client_ids=[client.pk], now=NOW)
    compute(impact)

    assert ImpactLine.objects.values_list("before_on", "after_on").get() == (NINETY, SIXTY)
    assert owners() == {worker}


def test_two_publications_close_together_each_get_their_own_answer() -> None:
    old, team = make_rule(), make_team()
    make_person(team=team, caseworker=make_user(team=team))
    first_draft = make_shorter_draft(old)
    first = publish(first_draft)
    second = publish(make_shorter_draft(first_draft, days=30, now=LATER), now=LATER)

    compute(second, now=LATER)
    compute(first, now=LATER)

    assert first.lines.values_list("before_on", "after_on").get() == (NINETY, SIXTY)
    assert second.lines.values_list("before_on", "after_on").get() == (SIXTY, date(2026, 11, 30))
    assert dates() == [date(2026, 11, 30)]
    assert ToDo.objects.count() == 2


def test_worked_on_twice_nobody_is_told_twice() -> None:
    old, team = make_rule(), make_team()
    make_person(team=team, caseworker=make_user(team=team))
    impact = compute(publish(make_shorter_draft(old)))

    compute(impact)
    give_to_dos(owner_ids=[owners().pop().pk], kind="rule_change", about=impact.pk, now=NOW)

    assert (ImpactLine.objects.count(), ToDo.objects.count()) == (1, 1)


def test_the_database_refuses_a_second_to_do_about_one_thing() -> None:
    owner, about = make_user(), make_rule()
    impact = publish(make_shorter_draft(about))
    give_to_dos(owner_ids=[owner.pk], kind="rule_change", about=impact.pk, now=NOW)

    with pytest.raises(IntegrityError, match="to_do_about_one_thing_once"), transaction.atomic():
        ToDo.objects.create(owner=owner, data_key=owner.data_key, kind="rule_change", about=impact.pk, created_at=NOW)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "free", "done_at": NOW}, "to_do_done_has_its_time"),
        ({"kind": "rule_change"}, "to_do_of_the_software_is_about_something"),
    ],
)
def test_the_database_refuses_a_to_do_that_cannot_be(fields: dict[str, Any], constraint: str) -> None:
    owner = make_user()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ToDo.objects.create(owner=owner, data_key=owner.data_key, created_at=NOW, **fields)


def test_the_database_refuses_a_second_publication_of_one_rule() -> None:
    impact = publish(make_shorter_draft())
    job = Job.objects.create(kind="residency.impact", created_at=NOW)
    impact.pk, impact.job, impact._state.adding = None, job, True

    with pytest.raises(IntegrityError, match="impact_of_an_act_once"), transaction.atomic():
        impact.save(force_insert=True)


def test_what_follows_an_act_is_not_cancelled() -> None:
    impact = publish(make_shorter_draft())

    with pytest.raises(UnableToComputeImpact, match="up to the end"):
        cancel_impact(impact=impact, by=make_user(None), now=NOW)


def test_a_job_without_a_sign_of_life_is_given_to_another_worker(monkeypatch: Any) -> None:
    asked: list[Any] = []
    monkeypatch.setattr("casework.residency.actions.impacts._ask_a_worker", asked.append)
    impact = publish(make_shorter_draft())

    early = resume_impacts(NOW + SILENT - timedelta(seconds=1))
    late = resume_impacts(NOW + SILENT + timedelta(seconds=1))

    assert (early, late, asked) == (0, 1, [impact.job_id])


def test_the_to_do_is_done_with_its_last_line_seen() -> None:
    old, team = make_rule(), make_team()
    worker, other = make_user(team=team), make_user(team=team)
    for _ in range(2):
        make_person(team=team, caseworker=worker)
    make_person(team=team, caseworker=other)
    impact = compute(publish(make_shorter_draft(old)))
    mine = list(ImpactLine.objects.told_to(worker))

    one = mark_lines_seen(impact=impact, by=worker, now=LATER, line_id=mine[0].pk)
    half = ToDo.objects.open().count()
    rest = mark_lines_seen(impact=impact, by=worker, now=LATER)

    assert (one, half, rest) == (1, 2, 1)
    assert [to_do.owner for to_do in ToDo.objects.open()] == [other]
    assert ImpactLine.objects.unseen().count() == 1
    assert mark_lines_seen(impact=impact, by=make_user(), now=LATER) == 0


def test_a_to_do_is_done_and_opened_again() -> None:
    owner = make_user()
    give_to_dos(owner_ids=[owner.pk], kind="rule_change", about=publish_id(), now=NOW)
    to_do = ToDo.objects.get()

    done = finish_to_do(to_do=to_do, by=owner, now=NOW)
    again = reopen_to_do(to_do=to_do, by=owner, now=LATER)

    assert (done.is_done, again.is_done) == (True, False)


def publish_id() -> Any:
    return publish(make_shorter_draft(make_rule(country="GE"))).pk


# Withdrawing


def test_withdrawing_brings_back_what_was_replaced_and_every_date() -> None:
    old = make_rule("rolling_window", {"days": 90, "window_days": 180}, valid=(date(2023, 1, 27), None))
    client = make_person()
    make_stay(client, date(2026, 9, 1), date(2026, 9, 20))
    actions.refresh(client_ids=[client.pk], now=NOW)
    before = Deadline.objects.values_list("due_on", "because").get()
    draft = supersede_rule(rule=old, by=make_user(None), now=NOW, parameters={"days": 60, "window_days": 180})
    change_draft(rule=draft, by=make_user(None), now=NOW, valid=DateRange(date(2026, 10, 1), None))
    compute(publish(draft))
    between = Deadline.objects.get().due_on

    withdraw_rule(rule=draft, reason="Read wrongly.", by=make_user(None), now=LATER)
    impact = compute(Impact.objects.get(kind="withdrawal"), now=LATER)

    due_on, because = Deadline.objects.values_list("due_on", "because").get()
    (held,) = Rule.objects.held_now()
    assert (held.parameters, held.valid, held.supersedes) == (old.parameters, old.valid, draft)
    assert [it.title for it in held.citations.all()] == [it.title for it in old.citations.all()]
    assert between < before[0] == due_on
    assert [(step["code"], step["values"]) for step in because] == [
        (step["code"], step["values"]) for step in before[1]
    ]
    assert impact.lines.values_list("before_on", "after_on").get() == (between, due_on)


def test_without_restoring_nothing_takes_its_place() -> None:
    make_person()
    draft = make_shorter_draft()
    compute(publish(draft))

    withdraw_rule(rule=draft, reason="No such law.", by=make_user(None), now=LATER, restore=False)
    impact = compute(Impact.objects.get(kind="withdrawal"), now=LATER)

    assert not Rule.objects.held_now().exists()
    assert dates() == []
    assert [line.what for line in impact.lines.all()] == ["gone"]


def test_what_replaced_nothing_is_withdrawn_without_more() -> None:
    withdraw_rule(rule=make_rule(), reason="No such law.", by=make_user(None), now=NOW)

    assert not Rule.objects.held_now().exists()


def test_a_whole_that_was_given_up_comes_back_whole() -> None:
    old = make_rule(valid=(date(2023, 1, 27), None))
    draft = make_shorter_draft(old)
    change_draft(rule=draft, by=make_user(None), now=NOW, valid=DateRange(date(2026, 10, 1), None))
    publish(draft, keep_rest=False)

    withdraw_rule(rule=draft, reason="Read wrongly.", by=make_user(None), now=LATER)

    assert [it.valid for it in Rule.objects.held_now()] == [old.valid]


def test_a_part_that_somebody_changed_since_stays_changed() -> None:
    old = make_rule(valid=(date(2023, 1, 27), None))
    draft = make_shorter_draft(old)
    change_draft(rule=draft, by=make_user(None), now=NOW, valid=DateRange(date(2026, 10, 1), date(2026, 12, 1)))
    publish(draft)
    survivor = Rule.objects.held_now().get(valid__contains=date(2024, 1, 1))
    changed = make_shorter_draft(survivor, days=45, now=LATER)
    publish(changed, now=LATER)

    withdraw_rule(rule=draft, reason="Read wrongly.", by=make_user(None), now=LATER + timedelta(hours=1))

    held = {(it.parameters["days"], it.valid.lower, it.valid.upper) for it in Rule.objects.held_now()}
    assert held == {(45, date(2023, 1, 27), date(2026, 10, 1)), (90, date(2026, 10, 1), None)}


def test_something_published_meanwhile_on_those_days_is_named() -> None:
    old = make_rule(key="kz-ru-old")
    draft = make_shorter_draft(old)
    change_draft(rule=draft, by=make_user(None), now=NOW, valid=DateRange(date(2026, 10, 1), date(2026, 12, 1)))
    publish(draft, keep_rest=False)
    other = make_rule(key="kz-ru-other", valid=(date(2027, 1, 1), None), known=(NOW, None))

    with pytest.raises(UnableToWithdrawRule, match=rf"kz-ru-other \(no. {other.pk}\).*from 1 Jan 2027"):
        withdraw_rule(rule=draft, reason="Read wrongly.", by=make_user(None), now=LATER)

    assert set(Rule.objects.held_now()) == {draft, other}
    withdraw_rule(rule=draft, reason="Read wrongly.", by=make_user(None), now=LATER, restore=False)
    assert set(Rule.objects.held_now()) == {other}


def test_what_came_back_is_withdrawn_for_good() -> None:
    draft = make_shorter_draft()
    publish(draft)
    withdraw_rule(rule=draft, reason="Read wrongly.", by=make_user(None), now=LATER)

    again = Rule.objects.held_now().get()
    withdraw_rule(rule=again, reason="And this one too.", by=make_user(None), now=LATER + timedelta(hours=1))

    assert not Rule.objects.held_now().exists()


# What was said before


def test_what_was_said_before_is_kept_with_its_reasons() -> None:
    old = make_rule()
    client = make_person()
    reasons = Deadline.objects.get().because
    compute(publish(make_shorter_draft(old)), now=LATER)
    actions.refresh(client_ids=[client.pk], now=LATER)

    kept = Derivation.objects.get()

    assert (kept.due_on, kept.rule_ids, kept.because) == (NINETY, [old.pk], reasons)
    assert (kept.computed_at, kept.replaced_at, kept.cause) == (NOW, LATER, "rules")


def test_what_a_person_answers_or_what_stays_the_same_keeps_nothing() -> None:
    make_rule()
    client = make_person()
    deadline = Deadline.objects.get()
    actions.mark_done(deadline=deadline, seen_on=deadline.drives_on, by=make_user(team=client.case.team), now=NOW)

    actions.refresh(client_ids=[client.pk], now=LATER)

    assert not Derivation.objects.exists()


def test_that_one_more_day_has_passed_is_no_other_answer() -> None:
    make_rule()
    client = make_person(date(2026, 8, 1))
    before = Deadline.objects.get().because

    actions.refresh(client_ids=[client.pk], now=NOW + timedelta(days=1))

    assert Deadline.objects.get().because != before
    assert not Derivation.objects.exists()


def test_an_earlier_state_never_changes_and_goes_with_the_deadline() -> None:
    old = make_rule()
    make_person()
    compute(publish(make_shorter_draft(old)), now=LATER)

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Derivation.objects.update(due_on=None)
    Deadline.objects.all().delete()

    assert not Derivation.objects.exists()

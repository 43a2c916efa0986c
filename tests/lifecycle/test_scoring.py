"""What is known of cases becomes numbers, suggestions and scores; everybody is scored when a version is published."""

from datetime import date, timedelta
from typing import Any

import pytest

from casework.accounts import jobs
from casework.accounts.models import Job
from casework.clients.actions import needs, scores
from casework.clients.models import Case, Client, Score
from casework.lib import scoring as arithmetic
from casework.lib.dates import Birth
from casework.lifecycle import score_runs, scoring
from casework.lifecycle.suggestions import suggestions
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_address, make_case, make_client
from tests.factories.documents import make_document
from tests.factories.needs import DEFINITION, make_draft_version, make_need, publish

pytestmark = pytest.mark.django_db

ADULT, CHILD, OLD = Birth(date(1990, 5, 1)), Birth(date(2023, 5, 1)), Birth(date(1950, 5, 1))


def make_family(*births: Birth) -> tuple[Case, list[Client]]:
    case = make_case()
    return case, [make_client(case=case, birth=birth) for birth in births]


def known(case: Case) -> scoring.Known:
    return scoring.known_of([case], NOW)[case.pk]


def suggested(case: Case) -> list[tuple[Client, str]]:
    return [(it.client, it.code) for it in suggestions(known(case))]


def test_a_family_becomes_numbers() -> None:
    case, (mother, child) = make_family(ADULT, CHILD)
    make_need(mother, level="urgent")
    make_need(child, "SM-CI")
    ended = make_need(mother, "DS-BD")
    needs.end_need(need=ended, on=date(2026, 11, 2), version=1, by=ended.recorded_by, now=NOW)
    facts = scoring.facts_of(known(case))

    told = {name: facts[name] for name in arithmetic.FACTS}
    assert told == {
        "people": 2,
        "children": 1,
        "children_under_5": 1,
        "single_parent": 1,
        "over_60": 0,
        "no_address": 1,
        "leave_within_14": 0,
        "no_documents": 1,
        "urgent_needs": 1,
        "specific_needs": 2,
        "no_money_90": 1,
    }
    assert (facts["needs_LP"], facts["needs_SM"], facts.get("needs_DS", 0)) == (1, 1, 0)


def test_an_address_and_a_valid_document_are_seen() -> None:
    case, (client,) = make_family(OLD)
    make_address(client)
    make_document(client)
    facts = scoring.facts_of(known(case))

    assert (facts["no_address"], facts["no_documents"], facts["over_60"]) == (0, 0, 1)


def test_who_may_be_a_child_counts_as_one_and_an_unknown_age_as_neither_old_nor_young() -> None:
    case, _people = make_family(Birth(year=2008), Birth())
    facts = scoring.facts_of(known(case))

    assert (facts["children"], facts["over_60"], facts["single_parent"]) == (1, 0, 1)


def test_many_cases_cost_the_queries_of_one() -> None:
    cases = [make_family(ADULT, CHILD)[0] for _number in range(3)]
    rows = list(Case.objects.filter(pk__in=[case.pk for case in cases]).select_related("team"))

    def cost(some: list[Case]) -> int:
        with counted_queries() as asked:
            scoring.known_of(some, NOW)
        return len(asked)

    assert cost(rows) == cost(rows[:1]) == 2


def test_needs_are_suggested_from_facts_until_somebody_answers() -> None:
    case, (mother, _child) = make_family(ADULT, CHILD)
    assert suggested(case) == [(mother, "SP-PT"), (mother, "LP-ND")]

    by = make_user(team=case.team)
    needs.record_need(client=mother, kind="specific", code="SP-PT", suggested=True, by=by, now=NOW)
    needs.decline_suggestion(client=mother, code="LP-ND", by=by, now=NOW)

    assert suggested(case) == []


def test_children_alone_old_people_alone_and_with_children_are_told_apart() -> None:
    alone, (child, other) = make_family(CHILD, CHILD)
    old, (grandmother,) = make_family(OLD)
    caring, (grandfather, _grandchild) = make_family(OLD, CHILD)

    assert suggested(alone) == [(child, "SC-UC"), (other, "SC-UC")]
    assert suggested(old) == [(grandmother, "ER-NF"), (grandmother, "LP-ND")]
    assert suggested(caring) == [(grandfather, "ER-MC"), (grandfather, "LP-ND")]


def test_publishing_scores_everybody_and_a_worker_that_dies_is_followed_by_another(monkeypatch: Any) -> None:
    for _number in range(5):
        make_family(ADULT)
    version = publish(make_draft_version())
    assert version.job is not None
    calls = iter([1, 2])

    def dies(*args: Any) -> int:
        if next(calls) == 2:
            raise RuntimeError("power cut")
        return kept(*args)

    kept = score_runs.score_cases
    monkeypatch.setattr(score_runs, "score_cases", dies)
    with pytest.raises(RuntimeError):
        score_runs.carry_out(job_id=version.job.pk, clock=lambda: NOW, size=2)
    assert Score.objects.count() == 2
    assert score_runs.unfinished_jobs() == [version.job]
    monkeypatch.setattr(score_runs, "score_cases", kept)
    score_runs.carry_out(job_id=version.job.pk, clock=lambda: NOW, size=2)
    score_runs.carry_out(job_id=version.job.pk, clock=lambda: NOW, size=2)

    job = Job.objects.get(pk=version.job.pk)
    assert (job.state, job.done, job.total, job.result) == ("done", 5, 5, {"scored": 5})
    assert Score.objects.count() == 5


def test_an_earlier_version_does_not_write_over_the_scores_of_a_later_one() -> None:
    case, _people = make_family(ADULT)
    first = publish(make_draft_version())
    by = first.created_by
    draft = scores.draft_version(scheme=first.scheme, by=by, now=NOW)
    draft = scores.change_draft_version(draft=draft, definition={**DEFINITION, "cap": 1}, version=1, by=by, now=NOW)
    second = publish(draft)
    assert first.job is not None
    assert second.job is not None
    score_runs.carry_out(job_id=second.job.pk, clock=lambda: NOW)
    score_runs.carry_out(job_id=first.job.pk, clock=lambda: NOW)

    assert Score.objects.get(case=case).scheme_version == second


def test_a_job_that_was_cancelled_stops() -> None:
    make_family(ADULT)
    version = publish(make_draft_version())
    assert version.job is not None
    jobs.cancel(version.job, by=version.created_by, now=NOW)
    score_runs.carry_out(job_id=version.job.pk, clock=lambda: NOW)

    assert not Score.objects.exists()


def test_a_case_is_scored_anew_where_something_has_changed() -> None:
    case, (client,) = make_family(ADULT)
    version = publish(make_draft_version())
    assert scoring.score_case(case=case, by=None, now=NOW) == 1
    assert scoring.score_case(case=case, by=None, now=NOW) == 0
    make_need(client, level="urgent")
    later = NOW + timedelta(hours=1)
    assert score_runs.score_all(clock=lambda: later) is None

    current: Any = Score.objects
    score = current.current().get(case=case, scheme_version=version)
    assert score.total == 12
    assert Score.objects.count() == 2


def test_what_is_left_after_one_turn_of_a_night_is_scored_in_the_next() -> None:
    cases = [make_family(ADULT)[0] for _ in range(3)]
    version = publish(make_draft_version())
    assert version.job is not None
    jobs.cancel(version.job, by=version.created_by, now=NOW)
    times = iter(NOW + timedelta(seconds=4) * step for step in range(20))

    place = score_runs.score_all(clock=lambda: next(times), size=1)
    assert place is not None
    assert 0 < Score.objects.count() < 3
    while place is not None:
        place = score_runs.score_all(clock=lambda: next(times), after=place, size=1)

    assert {score.case for score in Score.objects.all()} == set(cases)


def test_a_case_of_which_something_was_stated_is_scored_anew_and_others_are_left_alone() -> None:
    case, (client,) = make_family(ADULT)
    other, _people = make_family(ADULT)
    version = publish(make_draft_version())
    assert version.job is not None
    assert score_runs.score_changed(clock=lambda: NOW) == 0  # its job scores everybody
    score_runs.carry_out(job_id=version.job.pk, clock=lambda: NOW + timedelta(minutes=5))
    later, stated = NOW + timedelta(minutes=20), NOW + timedelta(minutes=10)
    make_need(client, level="urgent", now=stated)
    new, _people = make_family(ADULT)

    assert set(score_runs.changed_cases(version, later)) == {case, new}
    assert score_runs.score_changed(clock=lambda: later) == 2
    assert list(score_runs.changed_cases(version, later)) == []
    current: Any = Score.objects
    assert {it.case: it.total for it in current.current()} == {case: 12, other: 2, new: 2}


def test_what_comes_out_as_it_was_is_noted_as_looked_at_and_not_looked_at_again() -> None:
    case, (client,) = make_family(ADULT)
    version = publish(make_draft_version())
    scoring.score_case(case=case, by=None, now=NOW)
    assert version.job is not None
    jobs.cancel(version.job, by=version.created_by, now=NOW)
    make_address(client, now=NOW + timedelta(minutes=10))
    later = NOW + timedelta(minutes=20)

    assert list(score_runs.changed_cases(version, later)) == [case]
    assert score_runs.score_changed(clock=lambda: later) == 0
    assert list(score_runs.changed_cases(version, later)) == []
    score = Score.objects.get()
    assert (score.computed_at, score.checked_at) == (NOW, later)


def test_scoring_many_that_have_not_changed_costs_the_queries_of_one() -> None:
    cases = [make_family(ADULT)[0] for _number in range(3)]
    version = publish(make_draft_version())
    rows = list(Case.objects.filter(pk__in=[case.pk for case in cases]).select_related("team", "data_key"))
    scoring.score_cases(rows, version, NOW)

    def cost(some: list[Case]) -> int:
        with counted_queries() as asked:
            scoring.score_cases(some, version, NOW + timedelta(hours=1))
        return len(asked)

    assert cost(rows) == cost(rows[:1]) <= 5

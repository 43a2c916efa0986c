"""Suggestions, the score and the questions on the page of needs; and who does not get to see why."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from casework.accounts.roles import Role
from casework.clients.models import Answers, Case, Need, Score
from casework.lib.dates import Birth
from casework.lifecycle.scoring import score_case
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.needs import make_draft_version, make_need, publish
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Any:
    team = make_team()
    worker = make_user(team=team)
    case = make_case(team=team, caseworker=worker)
    client = make_client(case=case, by=worker, birth=Birth(date(1950, 1, 1)))
    return worker, signed_in(worker), case, client


def test_a_suggestion_is_confirmed_or_declined_in_one_tap(world: Any) -> None:
    _worker, browser, case, client = world
    page, act = reverse("case_needs", args=[case.code]), reverse("answer_suggestion", args=[client.reference])
    assert "60 or over, and nobody else is in this case" in browser.get(page).content.decode()

    for _number in range(2):
        browser.post(act, {"code": "ER-NF", "act": "confirm"})
    browser.post(act, {"code": "LP-ND", "act": "decline"})
    browser.post(act, {"code": "SV-VA", "act": "confirm"})

    rows = {(need.code, need.declined_at is None) for need in Need.objects.all()}
    assert rows == {("ER-NF", True), ("LP-ND", False)}
    assert Need.objects.count() == 2
    assert "Do these apply?" not in browser.get(page).content.decode()


def test_questions_are_answered_and_the_score_says_why(world: Any) -> None:
    _worker, browser, case, _client = world
    version = publish(make_draft_version())
    url = reverse("answer_score", args=[case.code, version.pk])
    sent = browser.post(url, {"version": 0, "q_savings": "no", "q_work": "nobody"})
    late = browser.post(url, {"version": 9, "q_savings": "yes"})
    page = browser.get(reverse("case_needs", args=[case.code])).content.decode()

    assert (sent.status_code, late.status_code) == (302, 409)
    assert Answers.objects.get(case=case).answers == {"savings": "no", "work": "nobody"}
    assert Score.objects.get(case=case).total == 17
    assert "17 of 50 points" in page
    assert "Who works?" in page
    assert browser.post(url, {"version": 1, "q_work": "everybody"}).status_code == 200


def test_what_is_shown_is_what_is_on_record_now_and_what_was_stays_to_look_at(world: Any) -> None:
    _worker, browser, case, client = world
    publish(make_draft_version())
    page, scores = reverse("case_needs", args=[case.code]), reverse("case_scores", args=[case.code])
    assert "2 of 50 points" in browser.get(page).content.decode()
    make_need(client, level="urgent")
    colleague = signed_in(make_user(team=case.team))
    assert "12 of 50 points" in colleague.get(page).content.decode()
    shown, to_colleague = browser.get(scores).content.decode(), colleague.get(scores).content.decode()

    assert [score.total for score in Score.objects.order_by("total")] == [2, 12]
    assert "12 of 50 points" in shown
    assert "2 of 50 points" in shown
    assert "Who works?" in shown
    assert "Who works?" not in to_colleague
    assert signed_in(make_user()).get(scores).status_code == 404


def test_a_closed_case_keeps_its_score_and_says_that_it_is_not_of_today(world: Any) -> None:
    worker, browser, case, client = world
    publish(make_draft_version())
    score_case(case=case, by=worker, now=NOW)
    make_need(client, level="urgent")
    Case.objects.filter(pk=case.pk).update(status="closed", closed_at=NOW, closing_reason="other")
    page = browser.get(reverse("case_needs", args=[case.code])).content.decode()

    assert "2 of 50 points" in page
    assert "What is on record has changed since." in page


def test_the_team_sees_the_total_and_neither_why_nor_suggestions(world: Any) -> None:
    worker, _browser, case, client = world
    version = publish(make_draft_version())
    score_case(case=case, by=worker, now=NOW)
    other = signed_in(make_user(team=case.team))
    page = other.get(reverse("case_needs", args=[case.code])).content.decode()

    assert "2 of 50 points" in page
    assert "Who works?" not in page
    assert "Do these apply?" not in page
    assert other.get(reverse("answer_score", args=[case.code, version.pk])).status_code == 404
    assert other.post(reverse("answer_suggestion", args=[client.reference]), {"code": "LP-ND"}).status_code == 404


def test_other_teams_roles_and_missing_schemes_are_refused(world: Any) -> None:
    _worker, browser, case, _client = world
    draft = make_draft_version()
    url = reverse("case_scores", args=[case.code])

    assert signed_in(make_user()).get(url).status_code == 404
    assert signed_in(make_user(Role.ADMINISTRATOR)).get(url).status_code == 403
    for missing in (draft.pk, uuid4()):
        assert browser.get(reverse("answer_score", args=[case.code, missing])).status_code == 404


@pytest.mark.parametrize("reads", [True, False])
def test_the_page_with_a_score_costs_twenty_queries(world: Any, reads: bool) -> None:
    worker, browser, case, _client = world
    browser = browser if reads else signed_in(make_user(team=case.team))
    publish(make_draft_version())
    score_case(case=case, by=worker, now=NOW)
    for url in (reverse("case_needs", args=[case.code]), reverse("case_scores", args=[case.code])):
        browser.get(url)  # computes whoever is new
        with counted_queries() as asked:
            browser.get(url)
        assert len(asked) <= 20, "\n".join(each[:150] + " " + each[-60:] for each in asked)

"""Schemes of scores as administrators keep them: drafted, weighed, tried on nobody, published; every open case is scored."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from casework.accounts.models import Job
from casework.accounts.roles import Role
from casework.clients.actions import scores
from casework.clients.models import Scheme, SchemeVersion, Score
from casework.lib.scoring_edits import criterion_of
from casework.lifecycle import score_runs
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.needs import make_draft_version, make_programme, publish
from tests.pages import form_in
from tests.web.cases.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Any:
    return signed_in(make_user(Role.ADMINISTRATOR))


@pytest.fixture
def sent(monkeypatch: Any) -> list[Job]:
    """What workers were asked for."""
    asked: list[Job] = []
    monkeypatch.setattr("casework.web.scoring.publishing.ask_a_worker", asked.append)
    return asked


def page(name: str, draft: SchemeVersion, *more: str) -> str:
    return reverse(name, args=[draft.pk, *more])


def weights(**changed: Any) -> dict[str, Any]:
    typed = {
        "version": 2,
        "points_people": 2,
        "most_people": 10,
        "points_urgent": 10,
        "most_urgent": 30,
        "points_savings": -5,
        "points_work_nobody": 15,
        "points_work_somebody": 0,
        "cap": 50,
    }
    return typed | changed


def test_a_scheme_is_made_once_and_gets_criteria_of_each_kind(browser: Any) -> None:
    typed = {"id": uuid.uuid4(), "name": "Who first"}
    for _number in range(2):
        browser.post(reverse("create_scheme"), typed)
    draft = SchemeVersion.objects.get()
    assert Scheme.objects.get().name == "Who first"

    fact = {"id": uuid.uuid4(), "fact": "children", "points": 8, "at_most": 24}
    question = {"id": uuid.uuid4(), "label_ru": "Есть ли сбережения?", "points": -10}
    choice = {
        "id": uuid.uuid4(), "label_en": "Who works?", "answer1_en": "Nobody", "answer1_points": 15,
        "answer2_en": "Somebody", "answer2_points": 0,
    }  # fmt: skip
    for kind, sent in (("fact", fact), ("yes_no", question), ("choice", choice), ("choice", choice)):
        assert browser.post(page("add_criterion", draft, kind), sent).status_code == 302

    criteria = SchemeVersion.objects.get().definition["criteria"]
    assert [each["kind"] for each in criteria] == ["fact", "yes_no", "choice"]
    assert [option["points"] for option in criteria[2]["options"]] == [15, 0]
    assert browser.get(page("scheme_version", draft)).status_code == 200


def test_what_is_counted_already_and_what_says_nothing_is_refused_and_kept(browser: Any) -> None:
    draft = make_draft_version()
    twice = browser.post(page("add_criterion", draft, "fact"), {"id": uuid.uuid4(), "fact": "people", "points": 77})
    silent = browser.post(page("add_criterion", draft, "choice"), {"id": uuid.uuid4(), "label_en": "Kept?"})

    assert "This is counted already." in twice.content.decode()
    assert 'value="77"' in twice.content.decode()
    assert "Give at least two answers" in silent.content.decode()
    assert 'value="Kept?"' in silent.content.decode()
    assert SchemeVersion.objects.get().definition == draft.definition


def test_all_points_the_cap_and_thresholds_are_saved_at_once(browser: Any) -> None:
    draft, programme = make_draft_version(), make_programme()
    url = page("scheme_version", draft)
    typed = weights(points_people=3, most_people="", points_work_nobody=20, cap="") | {f"from_{programme.pk}": 25}
    saved, late = browser.post(url, typed), browser.post(url, weights(points_people=9))
    definition = SchemeVersion.objects.get().definition

    assert (saved.status_code, late.status_code) == (302, 409)
    assert criterion_of(definition, "people") == {"code": "people", "kind": "fact", "fact": "people", "points": 3}
    assert criterion_of(definition, "work")["options"][0]["points"] == 20
    assert (definition["cap"], definition["thresholds"]) == (None, {str(programme.pk): 25})


def test_two_who_weigh_at_once_choose_and_neither_loses_a_number(browser: Any) -> None:
    draft = make_draft_version()
    url = page("scheme_version", draft)
    opened = form_in(browser.get(url).content.decode(), "cap")
    browser.post(url, opened | {"points_people": 4})
    late = browser.post(url, opened | {"points_people": 9, "points_urgent": 12})
    shown = form_in(late.content.decode(), "cap")
    saved = browser.post(url, shown | {"keep_points_people": "theirs", "keep_points_urgent": "mine"})
    definition = SchemeVersion.objects.get().definition

    assert (late.status_code, saved.status_code) == (409, 302)
    assert "People in the case: points for each" in late.content.decode()
    assert [criterion_of(definition, code)["points"] for code in ("people", "urgent")] == [4, 12]


def test_points_that_are_none_are_told_beside_the_field(browser: Any) -> None:
    draft = make_draft_version()
    answer = browser.post(page("scheme_version", draft), weights(points_people="many", most_people=0))

    assert set(answer.context["form"].errors) == {"points_people", "most_people"}
    assert 'value="many"' in answer.content.decode()
    assert SchemeVersion.objects.get().version == draft.version


def test_a_question_is_worded_anew_and_keeps_its_code_and_is_taken_out(browser: Any) -> None:
    draft = make_draft_version()
    typed = {"version": 2, "label_en": "Money put aside?", "label_ru": "", "points": -5}
    changed = browser.post(page("change_criterion", draft, "savings"), typed)
    late = browser.post(page("change_criterion", draft, "savings"), typed | {"points": -7})
    assert criterion_of(SchemeVersion.objects.get().definition, "savings")["label"]["en"] == "Money put aside?"
    for _number in range(2):
        browser.post(page("remove_criterion", draft, "savings"))

    assert (changed.status_code, late.status_code) == (302, 409)
    assert criterion_of(SchemeVersion.objects.get().definition, "savings") is None


def test_an_invented_case_is_scored_beside_what_is_in_force_and_nothing_is_kept(browser: Any) -> None:
    first = publish(make_draft_version())
    by, programme = first.created_by, make_programme()
    draft = scores.draft_version(scheme=first.scheme, by=by, now=NOW)
    definition = {**draft.definition, "cap": 20, "thresholds": {str(programme.pk): 20}}
    draft = scores.change_draft_version(draft=draft, definition=definition, version=1, by=by, now=NOW)
    answer = browser.post(page("try_scheme", draft), {"fact_people": 3, "fact_urgent_needs": 1, "q_work": "nobody"})

    tried = answer.context["tried"]
    assert (tried.result.total, tried.result.sum_of_parts, answer.context["other_total"]) == (20, 31, 31)
    assert [(part.value, part.points) for part in tried.parts] == [
        ("3", 6), ("1", 10), ("not answered", 0), ("Nobody", 15),
    ]  # fmt: skip
    assert tried.reached == [(programme.name, 20, True)]
    assert not Score.objects.exists()
    refused = browser.post(page("try_scheme", draft), {"fact_people": -1})
    assert set(refused.context["form"].errors) == {"fact_people"}


def test_publishing_tells_what_changes_and_scores_every_open_case(
    browser: Any, sent: list[Job], django_capture_on_commit_callbacks: Any
) -> None:
    for _number in range(8):
        make_client(case=make_case())
    draft = make_draft_version()
    asked = browser.get(page("publish_scheme", draft)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        done = browser.post(page("publish_scheme", draft), {"version": draft.version})
    again = browser.post(page("publish_scheme", draft), {"version": draft.version})
    waiting = browser.get(done["Location"]).content.decode()
    (job,) = sent
    score_runs.carry_out(job_id=job.pk, clock=lambda: NOW)
    finished = browser.get(done["Location"]).content.decode()

    assert "About 10 open cases will be scored anew." in asked
    assert done["Location"] == again["Location"] == page("scoring_progress", draft)
    assert "data-running" in waiting
    assert "About 10 scores are new or have changed." in finished
    assert "Scored by it so far: about 10 cases." in browser.get(page("scheme_version", draft)).content.decode()


def test_few_cases_are_not_told_by_their_number(browser: Any) -> None:
    make_client(case=make_case())
    draft = make_draft_version()
    asked = browser.get(page("publish_scheme", draft)).content.decode()
    version = publish(draft)
    assert version.job is not None
    score_runs.carry_out(job_id=version.job.pk, clock=lambda: NOW)

    assert "Fewer than 8 open cases will be scored anew." in asked
    assert "1 of 1" not in browser.get(page("scoring_progress", draft)).content.decode()


def test_an_incomplete_draft_or_one_changed_meanwhile_is_not_published(browser: Any, sent: list[Job]) -> None:
    draft = make_draft_version({"criteria": [], "thresholds": {}})
    asked = browser.get(page("publish_scheme", draft)).content.decode()
    answers = [
        browser.post(page("publish_scheme", draft), {"version": version}, follow=True).content.decode()
        for version in (draft.version, 9, "what")
    ]

    assert "Add at least one criterion." in asked
    assert "Publish and score every open case" not in asked
    assert "Add at least one criterion." in answers[0]
    assert all("Somebody else has changed this draft." in answer for answer in answers[1:])
    assert not SchemeVersion.objects.get().is_published
    assert sent == []


def test_what_is_published_is_read_and_never_changed(browser: Any) -> None:
    version = publish(make_draft_version())
    for _number in range(2):
        browser.post(reverse("draft_scheme", args=[version.scheme.pk]))
    shown = browser.get(page("scheme_version", version)).content.decode()

    assert [each.is_published for each in SchemeVersion.objects.order_by("number")] == [True, False]
    assert "2 points each, at most 10" in shown
    for name, *more in (("discard_scheme_draft",), ("change_criterion", "people"), ("add_criterion", "fact")):
        assert browser.post(page(name, version, *more)).status_code == 404
    assert browser.post(page("scheme_version", version), weights()).status_code == 200
    assert SchemeVersion.objects.get(pk=version.pk).definition == version.definition


def test_a_draft_is_thrown_away_and_a_scheme_is_archived_after_a_question(browser: Any) -> None:
    version, draft = publish(make_draft_version()), make_draft_version()
    archive = reverse("archive_scheme", args=[version.scheme.pk])
    assert browser.get(archive).status_code == browser.get(page("discard_scheme_draft", draft)).status_code == 200
    browser.post(page("discard_scheme_draft", draft))
    browser.post(archive)

    assert Scheme.objects.get().archived_at is not None
    assert browser.get(reverse("scoring")).context["schemes"] == []
    assert browser.post(reverse("draft_scheme", args=[version.scheme.pk])).status_code == 404


def test_the_list_costs_the_same_at_every_size_and_names_nobody_served(browser: Any) -> None:
    case = make_case()
    make_client(case=case)

    def cost() -> int:
        with counted_queries() as asked:
            shown = browser.get(reverse("scoring")).content.decode()
        assert case.code not in shown
        return len(asked)

    publish(make_draft_version())
    few = cost()
    for _number in range(3):
        publish(make_draft_version())

    assert cost() == few <= 12


def test_others_are_refused_and_what_is_missing_is_not_found(browser: Any) -> None:
    version, draft = publish(make_draft_version()), make_draft_version()
    for role in (Role.CASEWORKER, Role.COORDINATOR, Role.REPORT_READER):
        other = signed_in(make_user(role))
        for url in (reverse("scoring"), page("scheme_version", version), page("publish_scheme", draft)):
            assert other.get(url).status_code == 403
    for url in (
        reverse("scheme_version", args=[uuid.uuid4()]),
        page("scoring_progress", draft),
        page("change_criterion", draft, "nothing"),
        page("add_criterion", draft, "nothing"),
    ):
        assert browser.get(url).status_code == 404

"""To-dos on My day, and the page of those that a change of rules gives."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client as Browser
from django.utils import timezone

from casework.accounts.models import User
from casework.clients.actions import give_to_dos
from casework.clients.models import Case, Client, ToDo
from casework.residency.actions.rules import publish_rule
from casework.residency.models import Impact, ImpactLine
from tests.factories.accounts import NOW, make_team, make_user, team_of
from tests.factories.clients import make_case
from tests.factories.impacts import compute, make_person, make_shorter_draft
from tests.factories.residency import make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user(team=make_team(name="Almaty", country="KZ", time_zone="Asia/Almaty"))


@pytest.fixture
def browser(worker: User, settings: Any) -> Browser:
    settings.SECOND_FACTOR_REQUIRED = False
    browser = Browser()
    browser.force_login(worker)
    return browser


@pytest.fixture
def person(worker: User) -> Client:
    """Somebody whose date a published rule has moved, so that their caseworker has a to-do."""
    old = make_rule()
    client = make_person(team=team_of(worker), caseworker=worker)
    publish_rule(rule=make_shorter_draft(old), by=make_user(None), now=NOW)
    compute(Impact.objects.get())
    return client


def url(more: str = "") -> str:
    return f"/to-dos/{ToDo.objects.get().pk}/{more}"


def test_my_day_shows_it_and_it_is_done_in_one_step_and_undone(browser: Browser, person: Client) -> None:
    shown = browser.get("/my-day/").content.decode()
    done = browser.post(url("done/"), follow=True).content.decode()
    asked = browser.get(url("reopen/")).content.decode()
    reopened = browser.post(url("reopen/"), follow=True).content.decode()

    assert "Kazakhstan · " in shown
    assert "1 of your people to look at" in shown
    assert url("reopen/") in done
    assert "1 of your people to look at" not in done
    assert "Open this to-do again?" in asked
    assert "1 of your people to look at" in reopened


def test_the_page_shows_the_people_with_their_dates_before_and_after(browser: Browser, person: Client) -> None:
    page = browser.get(url()).content.decode()

    assert person.reference in page
    assert "29 Jan 2027" in page
    assert "30 Dec 2026" in page


def test_a_line_is_seen_and_with_the_last_one_the_to_do_is_done(browser: Browser, person: Client) -> None:
    line = ImpactLine.objects.get()

    page = browser.post(url("seen/"), {"line": str(line.pk)}, follow=True).content.decode()

    line.refresh_from_db()
    assert line.seen_by is not None
    assert ToDo.objects.get().is_done
    assert "1 seen." in page
    assert "Done on" in page


def test_all_lines_are_seen_at_once(browser: Browser, person: Client) -> None:
    browser.post(url("seen/"))

    assert not ImpactLine.objects.unseen().exists()


def test_people_of_whom_somebody_else_is_told_are_neither_shown_nor_marked_as_seen(
    browser: Browser, person: Client, worker: User
) -> None:
    colleague = make_user(team=person.case.team)
    theirs = ImpactLine.objects.get()
    ImpactLine.objects.filter(pk=theirs.pk).update(recipients=[colleague.pk])
    other = ToDo.objects.create(
        pk=UUID(int=1),  # it would be found first
        owner=colleague,
        kind=ToDo.Kind.RULE_CHANGE,
        about=theirs.impact_id,
        data_key=colleague.data_key,
        created_at=NOW,
    )
    mine = ToDo.objects.get(owner=worker)

    page = browser.get(f"/to-dos/{mine.pk}/").content.decode()
    browser.post(f"/to-dos/{mine.pk}/seen/")

    assert "0 of your people to look at" in page
    assert person.reference not in page
    assert ImpactLine.objects.unseen().count() == 1
    other.refresh_from_db()
    assert not other.is_done


def test_what_is_no_line_is_not_found(browser: Browser, person: Client) -> None:
    assert browser.post(url("seen/"), {"line": "none"}).status_code == 404
    assert browser.get(url("seen/")).status_code == 405
    assert ImpactLine.objects.unseen().count() == 1


def test_somebody_elses_to_do_is_not_found(person: Client, settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    other = Browser()
    other.force_login(make_user(team=person.case.team))

    answers = [other.get(url()), other.post(url("done/")), other.post(url("reopen/")), other.post(url("seen/"))]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert not ToDo.objects.get().is_done


def test_people_whom_the_owner_may_not_see_any_more_are_not_shown(browser: Browser, person: Client) -> None:
    Case.objects.filter(pk=person.case_id).update(team=make_team())

    page = browser.get(url()).content.decode()
    browser.post(url("seen/"))

    assert ImpactLine.objects.unseen().count() == 1
    assert "0 of your people to look at" in page
    assert person.reference not in page
    assert "None of the people concerned is in a case that you may see now" in page


def test_a_to_do_about_a_case_is_gone_with_the_right_to_see_it(browser: Browser, worker: User) -> None:
    foreign = make_case()
    to_do = ToDo.objects.create(owner=worker, case=foreign, data_key=foreign.data_key, created_at=NOW)

    assert browser.get(f"/to-dos/{to_do.pk}/").status_code == 404
    assert browser.post(f"/to-dos/{to_do.pk}/done/").status_code == 404
    assert list(browser.get("/my-day/").context["to_do_groups"]) == []


def test_a_to_do_in_own_words_shows_them(browser: Browser, worker: User) -> None:
    to_do = ToDo(owner=worker, data_key=worker.data_key, created_at=timezone.now())
    to_do.text = "Позвонить на склад"
    to_do.save()

    assert "Позвонить на склад" in browser.get("/my-day/").content.decode()
    assert "Позвонить на склад" in browser.get(url()).content.decode()


def test_one_whose_computation_is_not_kept_any_more_says_so(browser: Browser, worker: User, person: Client) -> None:
    Impact.objects.all().delete()

    page = browser.get(url()).content.decode()

    assert "is not kept any more" in page
    assert give_to_dos(owner_ids=[worker.pk], kind="rule_change", about=ToDo.objects.get().about, now=NOW) == 0

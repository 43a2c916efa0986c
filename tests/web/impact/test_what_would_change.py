"""What would change: figures for everybody who reads rules, rows for those who may see the cases, small numbers for nobody else."""

import io
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from openpyxl import load_workbook

from casework.accounts.models import Job, Team, User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients.actions import restrict_case
from casework.residency.actions.impacts import start_impact
from casework.residency.actions.rules import change_draft, publish_rule
from casework.residency.models import Impact, ImpactLine, Rule
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_team, make_user
from tests.factories.clients import make_case, make_client
from tests.factories.impacts import compute, computed_impact, make_person, make_shorter_draft
from tests.factories.residency import make_rule, make_stay
from tests.web.sign_in.test_step_up import wait

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_worker(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def url(rule: Rule, more: str = "") -> str:
    return f"/rules/{rule.pk}/what-would-change/{more}"


def read(browser: Browser, rule: Rule, query: str = "") -> str:
    answer = browser.get(url(rule) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def people(number: int, team: Team, **options: Any) -> None:
    for _ in range(number):
        make_person(team=team, **options)


@pytest.fixture
def team() -> Team:
    return make_team(name="Almaty")


@pytest.fixture
def draft(team: Team) -> Rule:
    return make_shorter_draft(make_rule())


def test_a_caseworker_sees_their_people_with_the_dates_before_and_after_and_why(team: Team, draft: Rule) -> None:
    worker = make_user(team=team)
    client = make_person(team=team)
    computed_impact(draft)

    page = read(signed_in(worker), draft)

    assert "1 person of your teams is concerned" in page
    assert client.reference in page
    assert "29 Jan 2027" in page
    assert "30 Dec 2026" in page
    assert "30 days fewer" in page
    assert "Nothing was written." in page
    assert f"/deadlines/{client.deadlines.get().pk}/" in page


@pytest.mark.parametrize("role", [Role.POLICY_EDITOR, Role.POLICY_REVIEWER, Role.ADMINISTRATOR])
def test_who_sees_no_people_sees_figures_without_people(team: Team, draft: Rule, role: Role) -> None:
    people(9, team)
    client = make_person(team=team)
    computed_impact(draft)

    page = read(signed_in(make_user(role)), draft)

    assert "About 10 people are concerned." in page
    assert "Almaty" in page
    assert client.reference not in page
    assert client.case.code not in page
    assert str(client.family_name) not in page
    assert "Rows with people are shown to those who may see their cases" in page


def test_small_numbers_of_other_teams_are_hidden_and_not_given_away(team: Team, draft: Rule) -> None:
    people(9, team)
    people(3, make_team(name="Bishkek"))
    people(12, make_team(name="Tbilisi"))
    computed_impact(draft)

    answer = signed_in(make_user(Role.POLICY_EDITOR)).get(url(draft))

    figures = answer.context["figures"]
    assert {it.label: it.others for it in figures.other_teams} == {"Almaty": None, "Bishkek": None, "Tbilisi": 10}
    assert figures.others == 20


def test_fewer_than_eight_people_in_all_are_told_as_that(team: Team, draft: Rule) -> None:
    people(2, team)
    computed_impact(draft)

    answer = signed_in(make_user(Role.POLICY_EDITOR)).get(url(draft))

    figures = answer.context["figures"]
    assert "Few people are concerned; their number is hidden." in answer.content.decode()
    assert figures.others is None
    assert {bar.others for bar in figures.bars} == {None}
    assert figures.leads == []


def test_a_restricted_case_is_in_nobody_elses_rows_or_figures(team: Team, draft: Rule) -> None:
    named, also, colleague = make_user(team=team), make_user(team=team), make_user(team=team)
    client = make_person(team=team)
    restrict_case(case=client.case, people=[named, also], version=client.case.version, by=named, now=NOW)
    computed_impact(draft)

    page = read(signed_in(colleague), draft)
    editors = signed_in(make_user(Role.POLICY_EDITOR)).get(url(draft)).context["figures"]

    assert "Nobody of your teams is concerned" in page
    assert client.reference not in page
    assert editors.others == 0
    assert client.reference in read(signed_in(named), draft)


def test_another_team_sees_no_rows_of_this_one(team: Team, draft: Rule) -> None:
    client = make_person(team=team)
    computed_impact(draft)

    page = read(signed_in(make_user()), draft)

    assert client.reference not in page
    assert "few people, their number is hidden" in page


def test_the_rows_can_be_filtered_and_go_over_several_pages(
    team: Team, draft: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casework.web.impact.views.SHOWN", 2)
    browser = signed_in(make_user(team=team))
    people(3, team)
    late = make_person(date(2026, 9, 1), team=team)
    computed_impact(draft)

    first = browser.get(url(draft))
    second = browser.get(first.context["page"].next_url)
    overdue = browser.get(url(draft) + "?overdue=on")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (2, 2)
    assert [row.reference for row in overdue.context["rows"]] == [late.reference]
    assert len(browser.get(url(draft) + "?country=GE&what=odd&team=x").context["rows"]) == 2


def test_the_messages_that_would_go_are_counted_from_the_leads(team: Team, draft: Rule) -> None:
    people(2, team)
    computed_impact(draft)

    leads = signed_in(make_user(team=team)).get(url(draft)).context["figures"].leads

    # 30 December is 38 days off: thirty days before comes within thirty days, fourteen and seven days before too.
    assert {it.label: it.after for it in leads} == {"days before: 30": 2, "days before: 14": 2}
    assert {it.before for it in leads} == {0}


def test_what_was_computed_for_an_earlier_state_says_so(team: Team, draft: Rule) -> None:
    computed_impact(draft)
    browser = signed_in(make_user(Role.POLICY_EDITOR))
    current = read(browser, draft)

    change_draft(rule=draft, by=make_user(None), now=NOW, parameters={"days": 61})

    assert "earlier state" not in current
    assert "Computed for an earlier state of the draft" in read(browser, draft)


def test_an_editor_starts_it_and_stops_it(draft: Rule) -> None:
    browser = signed_in(make_user(Role.POLICY_EDITOR))
    before = read(browser, draft)

    started = browser.post(url(draft, "start/"), {"keep_rest": "on"})
    running = read(browser, draft)
    again = browser.post(url(draft, "start/"), {"keep_rest": "on"}, follow=True)
    impact = Impact.objects.get()
    stopped = browser.post(f"/what-would-change/{impact.pk}/cancel/", follow=True)

    assert "Nobody has had it worked out yet" in before
    assert started.status_code == 302
    assert "Waiting to start" in running
    assert "Stop this computation" in running
    assert "being worked out already" in again.content.decode()
    assert "Cancelled" in stopped.content.decode()
    assert Job.objects.get().state == Job.State.CANCELLED


def test_a_caseworker_looks_and_does_not_start(team: Team, draft: Rule) -> None:
    browser = signed_in(make_user(team=team))

    assert "Work out what would change" not in read(browser, draft)
    assert browser.post(url(draft, "start/")).status_code == 403
    assert not Impact.objects.exists()


@pytest.mark.parametrize("address", ["/rules/999999/what-would-change/", "/rules/999999/what-would-change/sheet/"])
def test_what_is_not_there_is_not_found(address: str) -> None:
    assert signed_in(make_user(Role.POLICY_EDITOR)).get(address).status_code == 404


def test_the_start_is_no_page_and_a_foreign_computation_is_not_shown(draft: Rule) -> None:
    browser = signed_in(make_user(Role.POLICY_EDITOR))
    other = computed_impact(make_shorter_draft(make_rule(country="GE")))

    assert browser.get(url(draft, "start/")).status_code == 405
    assert browser.get(url(draft) + f"?of={other.pk}").status_code == 404
    assert browser.get(url(draft, "sheet/")).status_code == 404


def test_what_followed_a_publication_is_shown_on_the_same_page(team: Team, draft: Rule) -> None:
    client = make_person(team=team)
    publish_rule(rule=draft, by=make_user(None), now=NOW)
    browser = signed_in(make_user(team=team))
    waiting = read(browser, draft)
    compute(Impact.objects.get())

    page = read(browser, draft)

    assert "Waiting to start" in waiting
    assert "What has changed" in page
    assert client.reference in page
    assert "Nothing was written." not in page
    assert "Work it out again" not in page


def test_nobody_concerned_is_said_as_that(draft: Rule) -> None:
    computed_impact(draft)

    assert "dates are other ones" in read(signed_in(make_user(Role.POLICY_EDITOR)), draft)


def sheets(browser: Browser, rule: Rule, query: str = "") -> dict[str, list[tuple[Any, ...]]]:
    answer = browser.get(url(rule, "sheet/") + query)
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.values) for sheet in book}


def test_the_workbook_holds_what_the_reader_sees(team: Team, draft: Rule) -> None:
    worker = make_user(team=team)
    mine = make_person(team=team)
    late = make_person(date(2026, 9, 1), team=team)
    make_person()
    computed_impact(draft)

    own = sheets(signed_in(worker), draft)
    filtered = sheets(signed_in(worker), draft, "?overdue=on")
    editors = sheets(signed_in(make_user(Role.POLICY_EDITOR)), draft)

    assert {row[1] for row in own["Deadlines"][1:]} == {mine.reference, late.reference}
    assert [row[1] for row in filtered["Deadlines"][1:]] == [late.reference]
    assert list(editors) == ["Figures"]
    [concerned] = [row for row in editors["Figures"] if row[1] == "People concerned"]
    assert concerned[2:] == (None, None, "number of the other teams: hidden")
    assert [row[2:4] for row in own["Figures"] if row[1] == "People concerned"] == [(2, None)]
    assert Event.objects.filter(type="residency.impact_exported").count() == 3


def test_a_name_that_looks_like_a_formula_is_text(team: Team, draft: Rule) -> None:
    client = make_client(case=make_case(team=team), family_name="=1+1", given_name="@SUM(A1)")
    make_stay(client, date(2026, 11, 1))
    computed_impact(draft)

    answer = signed_in(make_user(team=team)).get(url(draft, "sheet/"))
    cell = load_workbook(io.BytesIO(answer.content))["Deadlines"]["A2"]

    assert (cell.value.startswith("=1+1"), cell.data_type) in {(True, "s"), (True, "inlineStr")}


def test_the_page_costs_as_many_queries_for_many_people_as_for_few(team: Team, draft: Rule) -> None:
    browser = signed_in(make_user(team=team))
    people(2, team)
    computed_impact(draft)
    with counted_queries() as few:
        browser.get(url(draft))
    people(7, team)
    ImpactLine.objects.all().delete()
    Impact.objects.all().delete()
    computed_impact(draft)

    with counted_queries() as many:
        browser.get(url(draft))

    assert len(many) == len(few)
    assert len(many) <= 32


def test_looking_is_recorded(draft: Rule) -> None:
    start_impact(rule=draft, by=make_user(None), now=NOW)
    compute(Impact.objects.get())
    read(signed_in(make_user(Role.POLICY_EDITOR)), draft)

    assert Event.objects.filter(type="residency.impact_seen").count() == 1


def test_the_workbook_is_given_to_nobody_who_signed_in_long_ago(team: Team, draft: Rule) -> None:
    make_person(team=team)
    computed_impact(draft)
    browser = signed_in(make_user(team=team))
    assert browser.get(url(draft, "sheet/")).status_code == 200
    wait(browser)

    asked = browser.get(url(draft, "sheet/?overdue=on"))

    assert asked["Location"].startswith("/account/reauthenticate/")
    assert browser.get(url(draft)).status_code == 200

"""Position at a glance: pictures that fit the rule, with the same in words, for who may see the person."""

import re
from datetime import date

import pytest
from django.test import Client as Browser
from django.urls import reverse

from casework.accounts.models import User
from casework.accounts.roles import Role
from casework.audit.models import Event
from casework.clients import actions
from casework.clients.models import Client
from tests.counting import counted_queries
from tests.factories.accounts import NOW, make_user, team_of
from tests.factories.clients import make_case, make_client
from tests.factories.residency import make_permit, make_rule, make_stay
from tests.web.deadlines.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(worker: User) -> Client:
    case = make_case(team=team_of(worker), caseworker=worker, by=worker)
    return make_client(case=case, by=worker)


def url(client: Client) -> str:
    return reverse("position", args=[client.reference])


def filled(page: str) -> int:
    return len(re.findall(r'class="day day-(?:counted|broken|uncertain)[ "]', page))


def test_a_window_is_drawn_a_cell_a_day(browser: Browser, client: Client) -> None:
    make_rule("rolling_window", {"days": 90, "window_days": 180})
    make_stay(client, date(2026, 6, 1), date(2026, 6, 20))
    make_stay(client, date(2026, 11, 1))

    response = browser.get(url(client))

    (stay,) = response.context["stays"]
    (limit,) = stay.limits
    assert len(limit.calendar.cells) == 180
    assert sum(cell.counts for cell in limit.calendar.cells) == 42
    assert limit.words == "42 of 90 days used"
    # One more is the key of the legend.
    assert filled(response.content.decode()) == 42 + 1 + 1


def test_the_picture_has_a_title_and_a_description(browser: Browser, client: Client) -> None:
    make_rule("rolling_window", {"days": 90, "window_days": 180})
    make_stay(client, date(2026, 11, 1))

    page = browser.get(url(client)).content.decode()

    assert 'role="img"' in page
    assert "<desc id=" in page
    assert "22 of 90 days used" in page
    assert " style=" not in page


def test_a_calendar_year_is_drawn_by_months(browser: Browser, client: Client) -> None:
    make_rule("calendar_year", {"days": 90})
    make_stay(client, date(2026, 11, 1))

    (stay,) = browser.get(url(client)).context["stays"]

    months = stay.limits[0].calendar.months
    assert [month.first.month for month in months] == list(range(1, 13))
    assert [month.count for month in months] == [0] * 10 + [22, 0]


def test_days_in_a_row_are_a_bar_with_entry_today_and_last_lawful_day(browser: Browser, client: Client) -> None:
    make_rule("consecutive_days", {"days": 30})
    make_stay(client, date(2026, 11, 1))

    (stay,) = browser.get(url(client)).context["stays"]

    bar = stay.limits[0].bar
    assert [(mark.kind, mark.day) for mark in bar.marks] == [
        ("entry", date(2026, 11, 1)),
        ("last", date(2026, 11, 30)),
        ("asof", date(2026, 11, 22)),
    ]
    assert [(run.state, run.days) for run in bar.runs] == [("counted", 22), ("future", 8)]


@pytest.mark.parametrize(
    ("entered", "ticks"),
    [
        (date(2026, 10, 15), [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]),
        (date(2024, 12, 1), [date(2025, 1, 1), date(2026, 1, 1)]),
    ],
)
def test_a_bar_is_marked_by_months_and_a_long_one_by_years(
    browser: Browser, client: Client, entered: date, ticks: list[date]
) -> None:
    make_rule("consecutive_days", {"days": 90})
    make_stay(client, entered)

    (stay,) = browser.get(url(client)).context["stays"]

    assert [day for _x, day in stay.limits[0].bar.ticks] == ticks


def test_days_remaining_and_longest_stay_are_two_numbers_with_names(browser: Browser, client: Client) -> None:
    make_rule("rolling_window", {"days": 90, "window_days": 180})
    make_stay(client, date(2026, 5, 27), date(2026, 8, 21))
    make_stay(client, date(2026, 11, 22))

    (stay,) = browser.get(url(client)).context["stays"]

    said = {str(row.label): row.value for row in stay.rows}
    assert said["Days remaining (allowed less used)"] == "2 days"
    assert said["Longest stay from 22 Nov 2026 on, without leaving"] == "90 days"


def test_a_country_that_was_left_says_when_they_may_come_back(browser: Browser, client: Client) -> None:
    make_rule("rolling_window", {"days": 90, "window_days": 180})
    make_stay(client, date(2026, 6, 1), date(2026, 8, 29))
    make_stay(client, date(2026, 8, 29), country="GE")

    here, left = browser.get(url(client)).context["stays"]

    assert (here.title, left.title) == ("Georgia, where they are", "Kazakhstan, if they enter on 22 Nov 2026")
    assert left.lead == "They may not enter before 28 Nov 2026."


def test_the_binding_limit_comes_first_and_says_so(browser: Browser, client: Client) -> None:
    make_rule("rolling_window", {"days": 90, "window_days": 180})
    make_rule("consecutive_days", {"days": 30}, key="visit")
    make_stay(client, date(2026, 11, 1))

    (stay,) = browser.get(url(client)).context["stays"]

    assert [(limit.binds, limit.bar is not None) for limit in stay.limits] == [(True, True), (False, False)]


def test_another_day_can_be_asked_about(browser: Browser, client: Client) -> None:
    make_rule("consecutive_days", {"days": 30})
    make_stay(client, date(2026, 11, 1))

    response = browser.get(url(client) + "?on=2026-12-05")

    assert response.context["on"] == date(2026, 12, 5)
    assert response.context["stays"][0].lead == "More days than allowed since 1 Dec 2026."


def test_a_day_that_is_none_is_refused_and_today_is_shown(browser: Browser, client: Client) -> None:
    make_stay(client, date(2026, 11, 1))

    response = browser.get(url(client) + "?on=31-31-2026")

    assert response.context["form"].errors.keys() == {"on"}
    assert response.context["on"] == date(2026, 11, 22)


def test_who_has_no_stay_is_told_to_record_one(browser: Browser, client: Client) -> None:
    assert "No stay is recorded" in browser.get(url(client)).content.decode()


def test_a_stay_on_a_permit_says_so_in_words(browser: Browser, client: Client) -> None:
    make_rule("consecutive_days", {"days": 30})
    make_stay(client, date(2026, 2, 1), legal_basis="permit")
    make_permit(client)

    (stay,) = browser.get(url(client)).context["stays"]

    assert stay.limits == []
    assert stay.nothing == "The stay does not rest on days without a visa. Its last lawful day is 31 Jan 2027."


def test_looking_is_written_down(browser: Browser, client: Client) -> None:
    browser.get(url(client))

    assert Event.objects.filter(type="residency.position_seen", subject_id=client.pk).count() == 1


def test_people_of_other_teams_are_not_there(client: Client) -> None:
    assert signed_in(make_user()).get(url(client)).status_code == 404


def test_a_restricted_case_is_there_for_those_named_on_it_only(worker: User) -> None:
    colleague = make_user(team=team_of(worker))
    named = make_user(team=team_of(worker))
    case = make_case(team=team_of(worker), by=worker)
    client = make_client(case=case, by=worker)
    actions.restrict_case(case=case, people=[worker, named], version=case.version, by=worker, now=NOW)

    assert signed_in(worker).get(url(client)).status_code == 200
    assert signed_in(colleague).get(url(client)).status_code == 404


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.POLICY_EDITOR, Role.AUDITOR, Role.REPORT_READER])
def test_roles_without_cases_are_refused(client: Client, role: Role) -> None:
    assert signed_in(make_user(role)).get(url(client)).status_code == 403


def test_a_page_takes_as_many_queries_however_long_the_history(browser: Browser, client: Client) -> None:
    make_rule("rolling_window", {"days": 90, "window_days": 180})
    for month in range(1, 10):
        make_stay(client, date(2026, month, 1), date(2026, month, 5))
    browser.get(url(client))

    with counted_queries() as queries:
        browser.get(url(client))

    assert len(queries) <= 20


def test_the_case_page_shows_a_strip_and_the_way_to_the_pictures(browser: Browser, client: Client) -> None:
    make_rule("consecutive_days", {"days": 30})
    make_stay(client, date(2026, 11, 1))

    page = browser.get(reverse("case", args=[client.case.code])).content.decode()

    assert 'class="strip"' in page
    assert url(client) in page
